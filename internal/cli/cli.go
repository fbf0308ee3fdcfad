// Package cli is the command line: the grammar, one file per command. A
// command reads its flags, calls one package below, prints, and returns an
// error whose fault.Kind is the exit code. Nothing else in Gatewright prints,
// exits, or reads the process environment.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/manual"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/trace"
)

// Env is what the process has: arguments without the program's name,
// the three streams, the environment, the working directory ("" for the
// process's own).
type Env struct {
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Dir    string
}

const description = `Coverage, scans, quality gates and tokens for every CI.

Gatewright uploads coverage to Codacy and CodeAnt, runs scans, waits for quality gates, and gives every
repository of an organization its own token as a CI secret.

Exit codes: 0 passed, skipped or queued; 1 a gate failed; 2 usage or input; 3 authentication or permission;
4 service or network; 5 timed out; 6 partly done; 70 a bug; 130 stopped.`

// Main runs the command line and returns the exit code.
func Main(env Env) (code int) {
	log.SetOutput(io.Discard) // GODEBUG=http2debug=2 prints every header there, credentials too; --debug shows requests without
	c := console.New(console.Streams{Stdin: env.Stdin, Stdout: env.Stdout, Stderr: env.Stderr, Getenv: env.Getenv, Dir: env.Dir}, ci.SystemOf(env.Getenv).Dialect())
	set := &settings{getenv: env.Getenv, from: map[string]string{}}
	defer func() {
		if p := recover(); p != nil {
			code = report(c, fault.Errorf(fault.Bug, "%v\n%s", p, debug.Stack()))
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	c.InterruptedBy(ctx)
	err := run(trace.With(ctx, c), c, set, env.Args)
	// A gate that failed before the interrupt stays failed.
	if ctx.Err() != nil && fault.Of(err) != fault.Gate {
		err = fault.As(fault.Stopped, err) // whatever the interruption broke is not the service's fault, nor ours
	}
	switch kind := fault.Of(err); {
	case kind == fault.OK, kind == fault.Bug, kind == fault.Input:
		if output := c.OutputError(); output != nil {
			err = output // what else went wrong follows from it
		}
	}
	return report(c, set.explain(err))
}

func run(ctx context.Context, c *console.Console, set *settings, args []string) error {
	command := asPeopleWrite(args)
	g := grammarOf(command)
	to := newTo(c)
	exited := false
	parser, err := kong.New(g,
		kong.Name("gatewright"), kong.Description(description),
		kong.Writers(c.Stdout, c.Stderr),
		kong.Exit(func(int) { exited = true; panic(exitPanic{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.ValueFormatter(manual.Help),
		kong.Resolvers(set), kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(durationFlag)), kong.NamedMapper("pull", kong.MapperFunc(pullFlag)),
		kong.TypeMapper(reflect.TypeFor[job.When](), whenFlag{}), kong.TypeMapper(reflect.TypeFor[[]string](), listFlag{}),
		kong.Vars{"version": Version()},
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(to, c, set),
	)
	if err != nil {
		return fault.Errorf(fault.Bug, "grammar: %w", err)
	}
	kctx, err := parse(parser, command)
	if exited && len(args) == 0 {
		return fault.Errorf(fault.Input, "no command")
	}
	if exited {
		return nil
	}
	if err != nil {
		c.JSON = slices.Contains(args, "--output=json") || slices.Contains(args, "json") && slices.Contains(args, "--output")
		return usageError(err)
	}
	asked := commonOf(g)
	c.JSON, c.Quiet = asked.Output == "json", asked.Quiet
	if err := set.take(kctx); err != nil {
		return err
	}
	c.DebugIf(asked.Debug)
	set.debug(c)
	defer c.End()
	defer c.Watch("gatewright " + kctx.Command())()
	return kctx.Run()
}

// asPeopleWrite understands gatewright help, help COMMAND and version, which
// are flags here. Nothing at all shows the help, and does nothing.
func asPeopleWrite(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case len(args) == 1 && args[0] == "version":
		return []string{"--version"}
	}
	return args
}

// exitPanic unwinds from kong when --help or --version has printed.
type exitPanic struct{}

func parse(parser *kong.Kong, args []string) (kctx *kong.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(exitPanic); !ok {
				panic(p)
			}
		}
	}()
	return parser.Parse(args)
}

func usageError(err error) error {
	help := "gatewright --help"
	var pe *kong.ParseError
	if errors.As(err, &pe) && pe.Context != nil {
		if n := pe.Context.Selected(); n != nil {
			help = "gatewright " + strings.Join(manual.Path(n), " ") + " --help"
			if path := pe.Context.Path; len(n.Children) > 0 && len(path[len(path)-1].Remainder()) == 0 {
				err = whichCommand(n)
			}
		}
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%w", err), "%s shows what is possible", help)
}

// whichCommand names the commands of a group that was named alone.
func whichCommand(group *kong.Node) error {
	var names []string
	for _, n := range group.Leaves(true) {
		names = append(names, strings.Join(manual.Path(n), " "))
	}
	return fault.Errorf(fault.Input, "which command? %s", strings.Join(names, ", "))
}

// newTo returns the way to the services and forges of the tables.
func newTo(c *console.Console) *connect.To {
	to := &connect.To{Console: c, Pace: &pace.Budgets{}, Services: services(), Forges: forges(), Version: Version(), Pipelines: pipelinesBitbucket, Programs: programs, ProgramRules: programRules()}
	to.Pace.Options.Notify = to.Notify
	return to
}

// report prints err, if any, as people should see it and returns the exit code.
func report(c *console.Console, err error) int {
	if err == nil {
		return 0
	}
	text := c.Redact.Clean(err.Error())
	if fault.Of(err) == fault.Stopped && !strings.HasPrefix(text, "stopped") {
		text = "stopped; " + text
	}
	if text != "" {
		fmt.Fprintf(c.Stderr, "gatewright: %s\n", console.Printable(text))
	}
	hint := c.Redact.Clean(fault.Hint(err))
	if fault.Of(err) == fault.Stopped && !strings.Contains(hint, "run it again") {
		hint = "run it again" // what the connection lacked is not why it ended
	}
	if hint != "" {
		fmt.Fprintf(c.Stderr, "  hint: %s\n", console.Printable(hint))
	}
	if c.JSON && !c.Answered() {
		_ = c.Print(map[string]any{"error": map[string]any{"kind": fault.Of(err).String(), "exitCode": fault.ExitCode(err), "message": text, "hint": hint}})
	}
	return fault.ExitCode(err)
}
