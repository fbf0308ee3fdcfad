// Package demo is the tour that gatewright demo takes: a small project in four
// languages, and the commands that are run on it against the stand-ins.
package demo

import (
	"bytes"
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

//go:embed project.txtar
var project []byte

// Project unpacks the small project into dir, commits it and returns the commit
// of its pull request. Without a git command nothing is committed, and ok is
// false: the reports' paths are then not matched to a commit.
func Project(ctx context.Context, dir string) (commit string, ok bool, err error) {
	for _, f := range txtar.Parse(project).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, f.Data, 0o644)
		}
		if err != nil {
			return "", false, fault.Errorf(fault.Input, "unpack the demo: %w", err)
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		return world.SHA("demo"), false, nil
	}
	commitAs := []string{"-c", "user.name=Robin Doe", "-c", "user.email=robin@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m"}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"remote", "add", "origin", "https://github.com/acme/api.git"},
		{"add", "go.mod", "api", "billing", "android"},
		append(slices.Clone(commitAs), "A shop"),
		{"checkout", "-q", "-b", "retry-payments"},
		{"add", "-A"},
		append(slices.Clone(commitAs), "Retry lost payments"),
	} {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = dir
		// No token, and nothing of the user's own configuration, is git's business here.
		cmd.Env = append(slices.DeleteFunc(cmd.Environ(), func(v string) bool {
			name, _, _ := strings.Cut(v, "=")
			return !slices.Contains([]string{"PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT"}, strings.ToUpper(name))
		}), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", false, fault.Errorf(fault.Input, "commit the demo: git %s: %s", args[0], bytes.TrimSpace(out))
		}
	}
	repo, err := git.Open(ctx, dir)
	if err != nil {
		return "", false, err
	}
	commit, err = repo.Resolve(ctx, "HEAD")
	return commit, true, err
}

// Push makes the commit known to the stand-ins' world, as a git push would.
func Push(w *world.World, commit string) {
	w.Lock()
	defer w.Unlock()
	w.Push(w.Repository("acme", "api"), "retry-payments", commit)
}

// Scene is one command of the tour, and who runs it.
type Scene struct {
	Says  string
	Token []string // variables that are set, beside the addresses
	Args  []string
}

// Sees reports whether a variable of the stand-ins is set in the scene: every
// address, and the scene's tokens.
func (s Scene) Sees(name string) bool {
	return strings.HasSuffix(name, "_URL") || strings.HasSuffix(name, "COLLECTIONURI") || slices.Contains(s.Token, name)
}

// Tour lists the scenes. base is the flags that name what the pull request
// changes; nil without git.
func Tour(commit string, base []string) []Scene {
	about := []string{"--repository", "acme/api", "--commit", commit, "--pull-request", "7"}
	quick := append([]string{"--poll-interval", "50ms", "--timeout", "20s"}, about...)
	const tokenFile = "codacy.token"
	return []Scene{
		{"Make a repository token at Codacy, with an account token.", []string{"CODACY_API_TOKEN"}, append([]string{"token", "create", "--service", "codacy", "--name", "demo", "--expires", "30d", "--to-file", tokenFile}, about[:2]...)},
		{"Find the coverage reports and show what they say.", nil, []string{"coverage", "report"}},
		{"Upload them to Codacy, with the new token.", nil, append([]string{"coverage", "upload", "--service", "codacy", "--token-file", tokenFile, "--token-kind", "repository"}, about...)},
		{"Upload one to CodeAnt.", []string{"CODEANT_API_TOKEN"}, append([]string{"coverage", "upload", "coverage/cobertura.xml"}, about...)},
		{"Scan the commit at CodeAnt.", []string{"CODEANT_API_TOKEN"}, append([]string{"scan"}, quick...)},
		{"Wait for CodeAnt's gates.", []string{"CODEANT_API_TOKEN"}, append(append([]string{"gate"}, quick...), base...)},
		{"Wait for Codacy's verdict on the pull request.", []string{"CODACY_API_TOKEN"}, append(append([]string{"gate"}, quick...), base...)},
	}
}

// Next is what to try while the stand-ins run; it takes the folder and the commit.
const Next = `
Try next, in another terminal:

  cd %s
  . ./env.sh                    # addresses and fresh tokens of all stand-ins
  gatewright doctor --service codacy --repository acme/api
  gatewright coverage upload --dry-run --service codacy --repository acme/api
  gatewright gate --service codacy --repository acme/api --commit %s --pull-request 7
  gatewright fleet plan --service codacy --forge github --org acme

Interrupt (Ctrl-C) to end them.
`
