package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/demo"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type demoCmd struct {
	Keep bool `help:"Leave the stand-ins running at the end, and print what to try next."`
}

func (demoCmd) Help() string {
	return `Does the whole job on stand-ins of the services, on this machine alone: makes a token, uploads the coverage of a
small project in four languages to Codacy and CodeAnt, scans it, and waits for both gates.`
}

// Run runs, one after the other, the commands a user would type, each
// for real, against the stand-ins, in a checkout of the small project.
func (c demoCmd) Run(ctx context.Context, a *connect.To) error {
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
	d := &demoRun{app: a, dir: dir, vars: map[string]string{}}
	for _, v := range s.Variables() {
		d.vars[v.Name] = v.Value
	}
	commit, committed, err := demo.Project(ctx, dir)
	if err != nil {
		return err
	}
	var base []string
	if committed {
		base = []string{"--base", "main"}
	} else {
		a.Say("there is no git command here; the demo goes on without matching paths to a commit")
	}
	demo.Push(s.World, commit)
	if err := d.tour(commit, base); err != nil {
		return err
	}
	if !c.Keep {
		a.Say("\nThe stand-ins have ended. `gatewright demo --keep` leaves them running to play with.")
		return nil
	}
	return d.keep(ctx, s, commit)
}

type demoRun struct {
	app  *connect.To
	dir  string
	vars map[string]string
}

func (d *demoRun) tour(commit string, base []string) error {
	for _, sc := range demo.Tour(commit, base) {
		fmt.Fprintf(d.app.Stdout, "\n# %s\n$ gatewright %s\n", sc.Says, strings.Join(sc.Args, " "))
		if code := d.run(sc); code != 0 {
			return fault.Errorf(fault.Kind(code), "the demo ended early: gatewright %s ended with %d", sc.Args[0], code)
		}
	}
	fmt.Fprintf(d.app.Stdout, "\nBoth gates passed: commit %.7s of pull request 7 may be merged.\n", commit)
	return nil
}

// run runs one command in this process, with its own environment.
func (d *demoRun) run(sc demo.Scene) int {
	return Main(Env{
		Args: sc.Args, Stdin: strings.NewReader(""), Stdout: d.app.Stdout, Stderr: d.app.Stderr, Dir: d.dir,
		Getenv: func(name string) string {
			if name == "NO_COLOR" {
				return d.app.Getenv(name)
			}
			if sc.Sees(name) {
				return d.vars[name]
			}
			return ""
		},
	})
}

// keep shows what to try next and waits to be interrupted.
func (d *demoRun) keep(ctx context.Context, s *sandbox.Sandbox, commit string) error {
	path := filepath.Join(d.dir, "env.sh")
	if err := writeExports(path, s.Variables()); err != nil {
		return err
	}
	a := d.app
	fmt.Fprintf(a.Stdout, "\nThe stand-ins are running:\n\n")
	for _, name := range sandbox.Names() {
		fmt.Fprintf(a.Stdout, "  %-12s %s\n", name, s.URL(name))
	}
	fmt.Fprintf(a.Stdout, demo.Next, d.dir, commit)
	a.Idle()
	<-ctx.Done()
	return nil
}
