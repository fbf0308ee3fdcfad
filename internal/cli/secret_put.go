package cli

import (
	"context"
	"time"

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
	connect.PlaceFlags
	connect.WriteFlags
	Timeout time.Duration `default:"10m" placeholder:"DURATION" help:"Longest time in all."`
}

func (secretPutCmd) Help() string {
	return `Stores a value as a CI secret, in one store or several. The value comes from standard input, a file or a
variable, never from an argument; white space around it is dropped. What is there already and does not carry this
tool's mark (GitHub, Azure DevOps and Bitbucket have no place for one) is replaced only with --yes.

  printf %s "$TOKEN" | gatewright secret put CODACY_PROJECT_TOKEN --repo acme/api --store actions,dependabot
  gatewright secret put CODACY_PROJECT_TOKEN --value-env TOKEN --forge gitlab --org acme/tools --dry-run

Exit codes: 0 stored; 2 not confirmed, or the name or value is refused; 3 no permission; 6 stored in some stores only.`
}

func (c secretPutCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, refs, err := a.OpenPlaces(ctx, c.ForgeFlags, c.WriteFlags, c.PlaceFlags)
	if err != nil {
		return err
	}
	var value secret.Value
	if !c.DryRun {
		if value, err = c.value(ctx, a); err != nil {
			return err
		}
		a.Redact.Add(value)
	}
	// The forge's rules of names and sizes, before anything is asked or written.
	if err := o.Secret.Check(o.Title, c.Name, value); err != nil {
		return err
	}
	steps, err := o.Client.PlanPut(ctx, refs, c.Name)
	if err != nil {
		return err
	}
	if c.DryRun {
		return showSteps(a, steps)
	}
	// One question for all places: the value is the same.
	for _, s := range steps {
		if what := s.Loss(); what != "" {
			if err := confirm(a, c.Yes, c.ValueFile == "" && c.ValueEnv == "", what); err != nil {
				return err
			}
			break
		}
	}
	return each(a, steps, func(s *forge.Step) error { return s.Put(ctx, o.Client, value) })
}

// value reads what is to be stored.
func (c secretPutCmd) value(ctx context.Context, a *connect.To) (secret.Value, error) {
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
		value, err = readHidden(ctx, a)
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
func readHidden(ctx context.Context, a *connect.To) (secret.Value, error) {
	fd, ok := a.Typed()
	if !ok {
		return secret.FromReader(a.Stdin)
	}
	text, err := a.Hidden(ctx, fd, "Value (not shown): ")
	return secret.New(string(text)), err
}
