package git_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/reference"
)

// programs are the configuration keys that can make git run a program, fetch,
// or read another configuration, from git-config(1) of git 2.39 to 2.51. RUN
// stands for a command line, FILE for a program's path, and INCLUDED for a
// configuration file that names programs in its turn.
const programs = `
alias.diff = !RUN
alias.rev-parse = !RUN
alias.cat-file = !RUN
alias.ls-tree = !RUN
alias.ls-files = !RUN
alias.merge-base = !RUN
alias.config = !RUN
browser.x.cmd = RUN
browser.x.path = FILE
clone.defaultRemoteName = origin
core.alternateRefsCommand = RUN
core.askPass = FILE
core.editor = RUN
core.fsmonitor = FILE
core.gitProxy = FILE
core.hooksPath = HOOKS
core.pager = RUN
core.sshCommand = RUN
core.worktree = OTHER
core.attributesFile = ATTRIBUTES
core.excludesFile = ATTRIBUTES
credential.helper = !RUN
credential.https://127.0.0.1.helper = !RUN
diff.external = FILE
diff.trustExitCode = true
diff.x.command = FILE
diff.x.textconv = FILE
diff.x.cachetextconv = true
difftool.x.cmd = RUN
difftool.x.path = FILE
diff.tool = x
diff.guitool = x
extensions.worktreeConfig = true
filter.x.clean = RUN
filter.x.process = RUN
filter.x.smudge = RUN
filter.x.required = true
fetch.recurseSubmodules = true
fsmonitor.allowRemote = true
gc.recentObjectsHook = RUN
gpg.program = FILE
gpg.openpgp.program = FILE
gpg.ssh.program = FILE
gpg.ssh.defaultKeyCommand = RUN
gpg.x509.program = FILE
guitool.x.cmd = RUN
hook.x.command = RUN
hook.x.event = post-index-change
http.proxy = http://127.0.0.1:9
imap.tunnel = RUN
include.path = INCLUDED
includeIf.gitdir:/.path = INCLUDED
init.templateDir = HOOKS
instaweb.httpd = FILE
instaweb.browser = x
interactive.diffFilter = RUN
log.showSignature = true
man.x.cmd = RUN
man.x.path = FILE
merge.x.driver = RUN
merge.tool = x
mergetool.x.cmd = RUN
mergetool.x.path = FILE
notes.rewriteRef = refs/notes/*
pager.diff = RUN
pager.ls-tree = RUN
pager.rev-parse = RUN
pager.config = RUN
protocol.ext.allow = always
protocol.file.allow = always
receive.procReceiveRefs = refs/for
remote.origin.url = .
remote.second.url = ext::RUN
remote.second.promisor = true
remote.origin.promisor = true
remote.origin.partialclonefilter = blob:none
remote.origin.proxy = http://127.0.0.1:9
remote.origin.receivepack = RUN
remote.origin.uploadpack = RUN; git-upload-pack
remote.second.vcs = x
sendemail.sendmailCmd = RUN
sendemail.toCmd = RUN
sendemail.ccCmd = RUN
sendemail.headerCmd = RUN
sequence.editor = RUN
ssh.variant = ssh
submodule.recurse = true
submodule.lib.update = !RUN
tar.x.command = RUN
trailer.x.command = RUN
trailer.x.cmd = RUN
uploadpack.packObjectsHook = RUN
url.ext::RUN.insteadOf = https://127.0.0.1/
web.browser = x
`

// poisoned is a checkout whose configuration names a program at every key, and
// whose attributes ask for the drivers. ran lists the keys whose program ran
// since it was last called.
func poisoned(t *testing.T) (repo gittest.Repo, ran func() []string) {
	t.Helper()
	repo = gittest.New(t)
	repo.Write("a.go", "package a\n")
	repo.Commit("one")
	repo.Git("checkout", "-qb", "topic")
	repo.Write("a.go", "package a\n\nfunc A() {}\n")
	repo.Write(".gitattributes", "* filter=x diff=x merge=x text\n")
	repo.Commit("two")
	traps, marks := t.TempDir(), t.TempDir()
	set := func(file, text string) {
		for line := range strings.Lines(text) {
			key, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
			if !ok {
				continue
			}
			trap := filepath.Join(traps, strings.NewReplacer("/", "_", ":", "_").Replace(key))
			if err := os.WriteFile(trap, []byte("#!/bin/sh\n: >'"+filepath.Join(marks, filepath.Base(trap))+"'\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			value = strings.NewReplacer(
				"RUN", "'"+trap+"'", "FILE", trap, "INCLUDED", filepath.Join(traps, "included"), "HOOKS", filepath.Join(traps, "hooks"),
				"ATTRIBUTES", filepath.Join(traps, "attributes"), "OTHER", traps,
			).Replace(value)
			key = strings.ReplaceAll(key, "RUN", trap)
			if out, err := repo.Try("config", "--file", file, "--add", key, value); err != nil {
				t.Fatalf("%s: %v\n%s", key, err, out)
			}
		}
	}
	set(filepath.Join(traps, "included"), "core.fsmonitor = FILE\ndiff.external = FILE\nfilter.x.clean = RUN\n")
	for _, hook := range []string{"post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout", "pre-auto-gc"} {
		text := "#!/bin/sh\n: >'" + filepath.Join(marks, "hook-"+hook) + "'\n"
		for _, dir := range []string{filepath.Join(traps, "hooks"), filepath.Join(repo.Root, ".git", "hooks")} {
			if err := os.MkdirAll(dir, 0o755); err != nil { // gittest makes no hooks
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, hook), []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(traps, "attributes"), []byte("* filter=x diff=x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	repo.Write(".git/info/attributes", "* filter=x diff=x merge=x\n")
	set(filepath.Join(repo.Root, ".git", "config"), "core.repositoryFormatVersion = 1\nextensions.partialClone = origin\n"+programs)
	repo.Write(".git/config.worktree", "[core]\n\tfsmonitor = "+filepath.Join(traps, "core.fsmonitor")+"\n")
	repo.Write("a.go", "package a\n\nfunc B() {}\n") // neither the index nor the commit has it
	return repo, func() []string {
		entries, err := os.ReadDir(marks)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
			_ = os.Remove(filepath.Join(marks, e.Name()))
		}
		return names
	}
}

// TestPoisonedCheckout: whatever the configuration of a checkout names, none
// of it runs.
func TestPoisonedCheckout(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred configuration keys")
	}
	repo, ran := poisoned(t)
	// The traps work: git as it is runs some of them.
	missing := strings.Repeat("1", 40)
	for _, args := range [][]string{
		{"diff", "main"},
		{"diff", "main", "HEAD"},
		{"diff", "--no-ext-diff", "main", "HEAD"},
		{"cat-file", "-p", missing},
	} {
		_, _ = repo.Try(append([]string{"-c", "core.worktree=" + repo.Root, "-c", "filter.x.required=false"}, args...)...)
		_, _ = repo.Try(append([]string{"-c", "core.worktree=" + repo.Root, "-c", "filter.x.required=false", "-c", "filter.x.process="}, args...)...)
	}
	plain := ran()
	for _, want := range []string{"core.fsmonitor", "diff.x.command", "diff.x.textconv", "filter.x.process", "remote.origin.uploadpack"} {
		if !strings.Contains(strings.Join(plain, " ")+" ", want) {
			t.Errorf("git as it is did not run %s; it ran %v", want, plain)
		}
	}

	t.Setenv("CODACY_PROJECT_TOKEN", "secret")
	t.Setenv("GIT_EXTERNAL_DIFF", "false")
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
	t.Setenv("GIT_CONFIG_VALUE_0", filepath.Join(repo.Root, "none"))
	ctx := context.Background()
	r, err := git.Open(ctx, repo.Root)
	if err != nil {
		t.Fatal(err)
	}
	if r.Root != repo.Root {
		t.Errorf("Root = %s: core.worktree moved it", r.Root)
	}
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Resolve(ctx, missing); err == nil {
		t.Error("a commit that is not there was resolved")
	}
	for _, args := range [][]string{
		{"diff", "main"},
		{"diff", "main", "HEAD"},
		{"diff", "--textconv", "--ext-diff", "main"},
		{"log", "-p", "--show-signature"},
		{"status"},
		{"cat-file", "--filters", "HEAD:a.go"},
		{"cat-file", "--textconv", "HEAD:a.go"},
		{"archive", "--format=tar", "HEAD"},
		{"grep", "--textconv", "package"},
		{"blame", "a.go"},
	} {
		if err := r.Stream(ctx, io.Discard, args...); err != nil {
			t.Errorf("git %v: %v", args, err)
		}
	}
	_ = r.Stream(ctx, io.Discard, "cat-file", "-p", missing)
	_ = r.Stream(ctx, io.Discard, "fetch", "origin")
	if _, err := r.Tree(ctx, head); err != nil {
		t.Error(err)
	}
	if _, err := r.Untracked(ctx); err != nil {
		t.Error(err)
	}
	_, _ = r.MergeBase(ctx, "main", missing)
	files, err := r.Files(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := files.Read("a.go", 1000); !strings.Contains(string(text), "func A") {
		t.Errorf("a.go = %q, %v", text, err)
	}
	_ = files.Close()
	_, _ = r.Remote()
	r.Branch(ctx)
	r.Shallow()
	if got := ran(); len(got) > 0 {
		t.Errorf("ran %v", got)
	}
}

// TestNoTokenInGitsEnvironment asks git, by an alias given on the command
// line, what it knows.
func TestNoTokenInGitsEnvironment(t *testing.T) {
	t.Setenv("CODACY_PROJECT_TOKEN", "top-secret")
	t.Setenv("GH_TOKEN", "top-secret")
	repo := gittest.New(t)
	out, err := repo.Open().Run(context.Background(), "-c", "alias.env=!env", "env")
	if err != nil || !strings.Contains(out, "GIT_NO_LAZY_FETCH=1") {
		t.Fatal(out, err)
	}
	if strings.Contains(out, "top-secret") || strings.Contains(out, "GATEWRIGHT") {
		t.Error(out)
	}
}

// TestEveryConfigurationKey plants each key that this machine's git documents,
// with a program as its value, as a path and as a command line.
func TestEveryConfigurationKey(t *testing.T) {
	if testing.Short() {
		t.Skip("eight hundred configuration keys")
	}
	out, err := exec.Command("git", "help", "--config").Output()
	if err != nil {
		reference.Missing(t, "git help --config: %v", err)
	}
	repo := gittest.New(t)
	repo.Write("a.go", "package a\n")
	repo.Commit("one")
	repo.Write("a.go", "package a\n\nfunc A() {}\n")
	repo.Write(".gitattributes", "* filter=x diff=x merge=x text\n")
	repo.Commit("two")
	traps, marks := t.TempDir(), t.TempDir()
	config, keys := "[core]\n\trepositoryFormatVersion = 0\n", 0
	for key := range strings.FieldsSeq(string(out)) {
		first, rest, ok := strings.Cut(key, ".")
		i := strings.LastIndex(rest, ".")
		// Keys that say how the repository is stored must be believed, or be refused.
		if !ok || first == "extensions" || strings.EqualFold(key, "core.repositoryFormatVersion") {
			continue
		}
		name := placeholder.ReplaceAllString(rest[i+1:], "x")
		if strings.Contains(name, "_") { // gitweb's own, which git itself cannot read
			continue
		}
		keys++
		section := first
		if i >= 0 {
			section += ` "` + placeholder.ReplaceAllString(rest[:i], "x") + `"`
		}
		trap := filepath.Join(traps, strings.NewReplacer("/", "_", "*", "x", "<", "", ">", "").Replace(key))
		if err := os.WriteFile(trap, []byte("#!/bin/sh\n: >'"+filepath.Join(marks, filepath.Base(trap))+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		config += "[" + section + "]\n\t" + name + " = \"" + trap + "\"\n\t" + name + " = \"!" + trap + "\"\n"
	}
	if keys < 500 {
		t.Fatalf("git help --config names %d keys", keys)
	}
	repo.Write(".git/config", config)
	repo.Write("a.go", "package a\n\nfunc B() {}\n")

	ctx := context.Background()
	r, err := git.Open(ctx, repo.Root)
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"diff", "HEAD~"}, {"diff", "HEAD~", "HEAD"}, {"log", "-p"}, {"status"}, {"cat-file", "--filters", "HEAD:a.go"}, {"blame", "a.go"}, {"archive", "HEAD"}} {
		if err := r.Stream(ctx, io.Discard, args...); err != nil {
			t.Errorf("git %v: %v", args, err)
		}
	}
	_ = r.Stream(ctx, io.Discard, "fetch", "origin")
	if _, err := r.Tree(ctx, head); err != nil {
		t.Error(err)
	}
	if _, err := r.Untracked(ctx); err != nil {
		t.Error(err)
	}
	files, err := r.Files(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := files.Read("a.go", 1000); !strings.Contains(string(text), "func A") {
		t.Errorf("a.go = %q, %v", text, err)
	}
	_ = files.Close()
	_, _ = r.Remote()
	ran, err := os.ReadDir(marks)
	if err != nil || len(ran) > 0 {
		t.Errorf("of %d keys ran %v, %v", keys, ran, err)
	}
	t.Logf("%d keys of %s", keys, strings.TrimSpace(repo.Git("version")))
}

// placeholder is what git's documentation writes for a part of a key that the
// user chooses.
var placeholder = regexp.MustCompile(`<[^>]*>|\*`)

// TestPoisonedSubmodule: nobody asks what has changed in a submodule, where git
// reads the configuration that is there.
func TestPoisonedSubmodule(t *testing.T) {
	repo := gittest.New(t)
	repo.Write("lib", "report")
	repo.Commit("one")
	if err := os.Remove(filepath.Join(repo.Root, "lib")); err != nil {
		t.Fatal(err)
	}
	repo.Write("lib/a.go", "package a\n")
	mark := filepath.Join(t.TempDir(), "mark")
	repo.Write("trap", "#!/bin/sh\n: >'"+mark+"'\n")
	if err := os.Chmod(filepath.Join(repo.Root, "trap"), 0o755); err != nil {
		t.Fatal(err)
	}
	repo.Git("init", "-q", "lib")
	repo.Git("-C", "lib", "add", "-A")
	repo.Git("-C", "lib", "commit", "-qm", "one")
	repo.Git("-C", "lib", "config", "core.fsmonitor", filepath.Join(repo.Root, "trap"))
	repo.Git("add", "lib")
	repo.Git("status")
	if err := os.Remove(mark); err != nil {
		t.Fatalf("git as it is did not run it: %v", err)
	}
	if got, err := repo.Open().Untouched(t.Context(), []string{"lib"}); err != nil || len(got) > 0 {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("it ran what the submodule's configuration names")
	}
}
