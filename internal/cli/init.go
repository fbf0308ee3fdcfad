package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/migrate"
	"github.com/gatewright/gatewright/internal/reports"
)

// initCmd asks nobody and overwrites nothing.
type initCmd struct {
	From   string `placeholder:"FILE" help:"Configuration of another tool to take over: codecov.yml, .octocov.yml, sonar-project.properties or .codacy.yml."`
	DryRun bool   `help:"Show what would be written, and write nothing."`
}

func (initCmd) Help() string {
	return `Looks at the checkout (languages, CI, coverage reports) and writes a beginning: .gatewright.yml with rules that the
project meets today, and the workflow or the piece of it that runs the gate. A file that is there is never written over.

  gatewright init
  gatewright init --from codecov.yml
  gatewright init --from sonar-project.properties --dry-run

With --from only .gatewright.yml is written, and what has no counterpart is said.`
}

func (c initCmd) Run(ctx context.Context, a *connect.To) error {
	_, repo, err := connect.TargetFlags{}.Resolve(ctx, a)
	if err != nil {
		return err
	}
	root := a.Path(".")
	if repo != nil {
		root = repo.Root
	}
	files, err := c.files(ctx, a, repo)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(root, filepath.FromSlash(f.Path))
		_, err := os.Lstat(name)
		// Lstat: a link that leads nowhere is there as well, and would be written through.
		there := err == nil
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fault.Errorf(fault.Input, "look for %s: %w", f.Path, err)
		case f.Shown:
			a.Say("add to %s:\n%s", f.Path, f.Text)
		case there && f.Path == gate.ConfigFile && !c.DryRun:
			return fault.WithHint(fault.Errorf(fault.Input, "%s is there already", f.Path), "--dry-run shows what would be in it")
		case there:
			a.Say("%s is there already, and stays as it is", f.Path)
		case c.DryRun:
			if _, err := io.WriteString(a.Stdout, "# "+f.Path+"\n"+f.Text); err != nil {
				return err
			}
		default:
			if err := a.WriteFile(name, func(w io.Writer) error { _, err := io.WriteString(w, f.Text); return err }); err != nil {
				return err
			}
			a.Say("wrote %s", f.Path)
		}
	}
	return nil
}

func (c initCmd) files(ctx context.Context, a *connect.To, repo *git.Repo) ([]migrate.File, error) {
	if c.From != "" {
		text, err := input.Read(a.Path(c.From))
		if err != nil {
			return nil, fault.Errorf(fault.Input, "init: %w", err)
		}
		r, err := migrate.Convert(c.From, text)
		for _, left := range r.Left {
			a.Say("not taken over: %s", left)
		}
		return []migrate.File{{Path: gate.ConfigFile, Text: string(r.Config)}}, err
	}
	look := migrate.Checkout{Total: -1}
	if repo != nil {
		head, err := repo.Resolve(ctx, "HEAD")
		if err != nil {
			return nil, err
		}
		if look.Files, err = repo.Tree(ctx, head); err != nil {
			return nil, err
		}
		look.Branch = repo.MainBranch(ctx)
	}
	for _, name := range migrate.Files() {
		if slices.Contains(look.Files, name) {
			a.Say("%s is there: gatewright init --from %s takes it over", name, name)
		}
	}
	// No report, or none that can be read, only leaves the number open.
	if read, err := (reports.Flags{Paths: "match"}).Read(ctx, a.Console, repo, ""); err == nil {
		if p, ok := read.Merged().Totals().Lines.Percent(); ok {
			look.Total = p
		}
	}
	return migrate.Start(look), nil
}
