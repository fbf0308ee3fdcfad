package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

type secretPutCmd struct {
	Name      string `arg:"" help:"Name of the secret."`
	ValueFile string `name:"value-file" placeholder:"FILE" help:"Read the value from this file."`
	ValueEnv  string `name:"value-env" placeholder:"VARIABLE" help:"Read the value from this environment variable."`
	Yes       bool   `short:"y" help:"Replace what is there and was not written by this tool, without asking."`
	DryRun    bool   `name:"dry-run" help:"Look at what is there and say what would be done."`
	connect.ForgeFlags
	PlaceFlags
	connect.WriteFlags
	Timeout time.Duration `default:"10m" placeholder:"DURATION" help:"Longest time in all."`
}

// Help is shown by gatewright secret put --help.
func (secretPutCmd) Help() string {
	return `Stores a value as a CI secret, in one store or several. The value comes from standard input, a file or a
variable, never from an argument; white space around it is dropped. What is there already and does not carry this
tool's mark (GitHub, Azure DevOps and Bitbucket have no place for one) is replaced only with --yes.

  printf %s "$TOKEN" | gatewright secret put CODACY_PROJECT_TOKEN --repo acme/api --store actions,dependabot
  gatewright secret put CODACY_PROJECT_TOKEN --value-env TOKEN --forge gitlab --org acme/tools --dry-run

Exit codes: 0 stored; 2 not confirmed, or the name or value is refused; 3 no permission; 6 stored in some stores only.`
}

// step is what is done with one secret in one place, and what came of it.
type secretStep struct {
	ref    forge.Ref
	Name   string       `json:"name"`
	Place  string       `json:"place"`
	Store  forge.Store  `json:"store"`
	Change forge.Change `json:"change"`
	Ours   bool         `json:"ours"` // what is there carries this tool's mark
	Result string       `json:"result,omitempty"`
	Note   string       `json:"note,omitempty"` // who does not see it
	Error  string       `json:"error,omitempty"`
}

func (c secretPutCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, refs, err := openPlaces(ctx, a, c.ForgeFlags, c.WriteFlags, c.PlaceFlags)
	if err != nil {
		return err
	}
	var value secret.Value
	if !c.DryRun {
		if value, err = c.value(a); err != nil {
			return err
		}
		a.Redact.Add(value)
	}
	if err := o.Secret.Check(o.Title, c.Name, value); err != nil {
		return err
	}
	steps, err := planSecrets(ctx, o, refs, c.Name)
	if err != nil {
		return err
	}
	if c.DryRun {
		return showSteps(a, steps)
	}
	if what := foreign(steps); what != "" {
		if err := confirm(a, c.Yes, c.ValueFile == "" && c.ValueEnv == "", what); err != nil {
			return err
		}
	}
	return each(a, steps, func(s *secretStep) error {
		written, err := o.Client.Put(ctx, s.ref, value)
		switch {
		case err != nil:
			return err
		case written == forge.Created:
			s.Result = "created"
		default:
			s.Result = "replaced"
		}
		return nil
	})
}

// value reads what is to be stored.
func (c secretPutCmd) value(a *connect.To) (secret.Value, error) {
	var value secret.Value
	var err error
	from := "standard input"
	switch {
	case c.ValueFile != "" && c.ValueEnv != "":
		return value, fault.Errorf(fault.Input, "both --value-file and --value-env are given; choose one")
	case c.ValueFile != "":
		from = "the file " + c.ValueFile
		value, err = secret.FromFile(a.Path(c.ValueFile))
	case c.ValueEnv != "":
		if value = secret.New(a.Getenv(c.ValueEnv)); value.Empty() {
			return value, fault.WithHint(fault.Errorf(fault.Input, "variable %s is not set", c.ValueEnv), "export it, or name the variable that has the value; an empty one counts as not set")
		}
	default:
		value, err = readHidden(a)
	}
	if err != nil {
		return value, fault.Errorf(fault.Input, "read the value from %s: %w", from, err)
	}
	if value.Empty() {
		return value, fault.WithHint(fault.Errorf(fault.Input, "there is no value in %s", from), "pipe it in, or use --value-file or --value-env")
	}
	return value, nil
}

// readHidden reads standard input, on a terminal without showing it.
func readHidden(a *connect.To) (secret.Value, error) {
	in, ok := a.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return secret.FromReader(a.Stdin)
	}
	fmt.Fprint(a.Stderr, "Value (not shown): ")
	text, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(a.Stderr)
	return secret.New(string(text)), err
}

// planSecrets looks at every place before anything is written to one of them.
func planSecrets(ctx context.Context, o *connect.Forge, refs []forge.Ref, name string) ([]secretStep, error) {
	var steps []secretStep
	for _, ref := range refs {
		ref.Name = name
		if err := o.Client.CanWrite(ctx, ref); err != nil {
			return nil, err
		}
		change, err := o.Client.Plan(ctx, ref)
		if err != nil {
			return nil, err
		}
		s := secretStep{ref: ref, Name: name, Place: ref.String(), Store: ref.Store, Change: change}
		if change != forge.Create {
			stat, err := o.Client.Stat(ctx, ref)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			s.Ours, s.Note = stat.Ours, stat.Note
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// foreign says what would be replaced that this tool is not known to have
// written, or is lost for a moment; "" if nothing.
func foreign(steps []secretStep) string {
	for _, s := range steps {
		if s.Change == forge.Recreate {
			return fmt.Sprintf("delete %s in %s and make it anew, so that jobs that start in between find none", s.Name, s.Place)
		}
		if s.Change == forge.Replace && !s.Ours {
			return fmt.Sprintf("replace %s in %s, which may be somebody else's", s.Name, s.Place)
		}
	}
	return ""
}

// each does every step, goes on after a failure, and shows all results.
func each(a *connect.To, steps []secretStep, do func(*secretStep) error) error {
	var errs []error
	for i := range steps {
		if err := do(&steps[i]); err != nil {
			errs = append(errs, err)
			steps[i].Result, steps[i].Error = "failed", a.Redact.Clean(err.Error())
		}
	}
	if err := showSteps(a, steps); err != nil {
		return err
	}
	switch {
	case len(errs) == 0:
		return nil
	case len(errs) < len(steps):
		return fault.WithHint(fault.Errorf(fault.Partial, "%d of %s failed: %w", len(errs), count(len(steps), "place"), errs[0]), "%s", fault.Hint(errs[0]))
	default:
		return errs[0]
	}
}

func showSteps(a *connect.To, steps []secretStep) error {
	if a.JSON {
		return a.Print(map[string]any{"secrets": steps})
	}
	for _, s := range steps {
		text := s.Result
		if text == "" {
			text = "would " + string(s.Change)
		}
		if s.Change == forge.Recreate && s.Result == "" {
			text += " (delete, then create: a gap)"
		}
		if (s.Change == forge.Replace || s.Change == "delete") && s.Result == "" && !s.Ours {
			text += " (not known to be this tool's)"
		}
		fmt.Fprintf(a.Stdout, "%s %s in %s\n", text, s.Name, s.Place)
		if s.Note != "" {
			a.Say("%s in %s stays %s", s.Name, s.Place, s.Note)
		}
	}
	return nil
}
