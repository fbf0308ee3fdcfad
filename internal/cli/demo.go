package cli

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

//go:embed demo/project.txtar
var demoProject []byte

type demoCmd struct {
	Keep bool `help:"Leave the stand-ins running at the end, and print what to try next."`
}

// Help is shown by gatewright demo --help.
func (demoCmd) Help() string {
	return `Does the whole job on stand-ins of the services, on this machine alone: makes a token, uploads the coverage of a
small project in four languages to Codacy and CodeAnt, scans it, and waits for both gates.`
}

// Run gives, one after the other, the commands a user would give; each runs
// for real, against the stand-ins, in a checkout of the small project.
func (c demoCmd) Run(ctx context.Context, a *App) error {
	a.Idle() // each command shows for itself what it does
	s, err := sandbox.Start(sandbox.Options{Seed: world.DefaultSeed()})
	if err != nil {
		return err
	}
	defer s.Close()
	dir, err := os.MkdirTemp("", "gatewright-demo-")
	if err != nil {
		return fault.Errorf(fault.Input, "make a folder for the demo: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	d := &demo{app: a, dir: dir, vars: map[string]string{}}
	for _, v := range s.Variables() {
		d.vars[v.Name] = v.Value
	}
	commit, err := d.project(ctx)
	if err != nil {
		return err
	}
	push(s.World, commit)
	if err := d.tour(commit); err != nil {
		return err
	}
	if !c.Keep {
		a.say("\nThe stand-ins have ended. `gatewright demo --keep` leaves them running to play with.")
		return nil
	}
	return d.keep(ctx, s, commit)
}

type demo struct {
	app  *App
	dir  string
	vars map[string]string
	base []string // the flag that names what the pull request changes; none without git
}

// project unpacks the small project and commits it. Without a git command the
// reports' paths are simply not matched to a commit.
func (d *demo) project(ctx context.Context) (head string, err error) {
	for _, f := range txtar.Parse(demoProject).Files {
		path := filepath.Join(d.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", fault.Errorf(fault.Input, "unpack the demo: %w", err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return "", fault.Errorf(fault.Input, "unpack the demo: %w", err)
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		d.app.say("there is no git command here; the demo goes on without matching paths to a commit")
		return world.SHA("demo"), nil
	}
	commit := []string{"-c", "user.name=Robin Doe", "-c", "user.email=robin@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m"}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"remote", "add", "origin", "https://github.com/acme/api.git"},
		{"add", "go.mod", "api", "billing", "android"},
		append(slices.Clone(commit), "A shop"),
		{"checkout", "-q", "-b", "retry-payments"},
		{"add", "-A"},
		append(slices.Clone(commit), "Retry lost payments"),
	} {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = d.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fault.Errorf(fault.Input, "commit the demo: git %s: %s", args[0], bytes.TrimSpace(out))
		}
	}
	d.base = []string{"--base", "main"}
	repo, err := git.Open(ctx, d.dir)
	if err != nil {
		return "", err
	}
	return repo.Resolve(ctx, "HEAD")
}

// push tells the stand-ins' world of the commit, as a git push would.
func push(w *world.World, commit string) {
	w.Lock()
	defer w.Unlock()
	w.Push(w.Repository("acme", "api"), "retry-payments", commit)
}

// scene is one command of the tour, and who it is given as.
type scene struct {
	says  string
	token []string // variables that are set, beside the addresses
	args  []string
}

func (d *demo) tour(commit string) error {
	about := []string{"--repository", "acme/api", "--commit", commit, "--pull-request", "7"}
	quick := append([]string{"--poll-interval", "50ms", "--timeout", "20s"}, about...)
	const tokenFile = "codacy.token"
	scenes := []scene{
		{"Make a repository token at Codacy, with an account token.", []string{"CODACY_API_TOKEN"}, append([]string{"token", "create", "--service", "codacy", "--name", "demo", "--expires", "30d", "--to-file", tokenFile}, about[:2]...)},
		{"Find the coverage reports and show what they say.", nil, []string{"coverage", "report"}},
		{"Upload them to Codacy, with the new token.", nil, append([]string{"coverage", "upload", "--service", "codacy", "--token-file", tokenFile, "--token-kind", "repository"}, about...)},
		{"Upload one to CodeAnt.", []string{"CODEANT_API_TOKEN"}, append([]string{"coverage", "upload", "coverage/cobertura.xml"}, about...)},
		{"Scan the commit at CodeAnt.", []string{"CODEANT_API_TOKEN"}, append([]string{"scan"}, quick...)},
		{"Wait for CodeAnt's gates.", []string{"CODEANT_API_TOKEN"}, append(append([]string{"gate"}, quick...), d.base...)},
		{"Wait for Codacy's verdict on the pull request.", []string{"CODACY_API_TOKEN"}, append(append([]string{"gate"}, quick...), d.base...)},
	}
	for _, sc := range scenes {
		fmt.Fprintf(d.app.Stdout, "\n# %s\n$ gatewright %s\n", sc.says, strings.Join(sc.args, " "))
		if code := d.give(sc); code != 0 {
			return fault.Errorf(fault.Kind(code), "the demo ended early: gatewright %s gave %d", sc.args[0], code)
		}
	}
	fmt.Fprintf(d.app.Stdout, "\nBoth gates passed: commit %.7s of pull request 7 may be merged.\n", commit)
	return nil
}

// give runs one command in this process, with its own environment.
func (d *demo) give(sc scene) int {
	return Main(Env{
		Args: sc.args, Stdin: strings.NewReader(""), Stdout: d.app.Stdout, Stderr: d.app.Stderr, Dir: d.dir,
		Getenv: func(name string) string {
			switch {
			case strings.HasSuffix(name, "_URL"), strings.HasSuffix(name, "COLLECTIONURI"):
				return d.vars[name]
			case name == "NO_COLOR":
				return d.app.Getenv(name)
			}
			for _, t := range sc.token {
				if t == name {
					return d.vars[name]
				}
			}
			return ""
		},
	})
}

// keep shows what to try next and waits to be interrupted.
func (d *demo) keep(ctx context.Context, s *sandbox.Sandbox, commit string) error {
	path := filepath.Join(d.dir, "env.sh")
	if err := writeExports(path, s.Variables()); err != nil {
		return err
	}
	a := d.app
	fmt.Fprintf(a.Stdout, "\nThe stand-ins are running:\n\n")
	for _, name := range sandbox.Names() {
		fmt.Fprintf(a.Stdout, "  %-12s %s\n", name, s.URL(name))
	}
	fmt.Fprintf(a.Stdout, `
Try next, in another terminal:

  cd %s
  . ./env.sh                    # addresses and fresh tokens of all stand-ins
  gatewright doctor --service codacy --repository acme/api
  gatewright coverage upload --dry-run --service codacy --repository acme/api
  gatewright gate --service codacy --repository acme/api --commit %s --pull-request 7
  gatewright fleet plan --service codacy --forge github --org acme

Interrupt (Ctrl-C) to end them.
`, d.dir, commit)
	a.Idle()
	<-ctx.Done()
	return nil
}
