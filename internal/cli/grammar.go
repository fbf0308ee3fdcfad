package cli

import (
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// common are the flags that every command has.
type common struct {
	Output  string           `enum:"text,json" default:"text" help:"Form of the answer on stdout: text or json."`
	Quiet   bool             `short:"q" help:"No progress on stderr; errors only."`
	Debug   bool             `help:"Show on stderr where each fact was read, which files were found, and every git command and request. On by itself in a debug run of the CI."`
	Version kong.VersionFlag `help:"Print the version and exit."`
}

// grammar is the command line, and its help is the manual.
type grammar struct {
	Common common `embed:""`

	Init     initCmd       `cmd:"" group:"Getting started" help:"Write a beginning: rules and the CI job, or another tool's configuration taken over."`
	Doctor   doctorCmd     `cmd:"" group:"Getting started" help:"Show what Gatewright sees here, and what to fix."`
	Demo     demoCmd       `cmd:"" group:"Getting started" help:"Do the whole job on embedded stand-ins."`
	Sandbox  sandboxCmd    `cmd:"" group:"Getting started" help:"Run the stand-ins of all services and forges on loopback."`
	Coverage coverageGroup `cmd:"" group:"Coverage and gates" help:"Read, convert and upload coverage reports."`
	Gate     gateCmd       `cmd:"" group:"Coverage and gates" help:"Wait for the service's verdict and show it."`
	Scan     scanCmd       `cmd:"" group:"Coverage and gates" help:"Run the service's analysis and show what it found."`
	Runs     runsCmd       `cmd:"" group:"Coverage and gates" help:"List the service's newest analyses."`
	Findings findingsCmd   `cmd:"" group:"Coverage and gates" help:"Read what scanners found, tell new from old, write it in another form."`
	Token    tokenGroup    `cmd:"" group:"Tokens and secrets" help:"List, create, revoke, rotate and check the service's tokens."`
	Secret   secretGroup   `cmd:"" group:"Tokens and secrets" help:"Put, list and delete CI secrets at a forge."`
	Fleet    fleetGroup    `cmd:"" group:"Tokens and secrets" help:"One token for each repository of an organization: planned, stored, rotated."`
	Action   actionCmd     `cmd:"" group:"The program itself" help:"What the CI packages run: inputs in, steps done, outputs and summary out."`
	Self     selfCommand   `cmd:"" group:"The program itself" help:"About this program: verify it, shell completion, manual page."`
}

type coverageGroup struct {
	Report  coverageReportCmd        `cmd:"" help:"Show totals and files of coverage reports."`
	Explain coverageExplainNumberCmd `cmd:"" name:"explain-number" help:"Show the total as other tools count it, each with its rule."`
	Convert coverageConvertCmd       `cmd:"" help:"Write coverage reports in another format."`
	Patch   coveragePatchCmd         `cmd:"" help:"Show which changed lines the tests ran."`
	Badge   coverageBadgeCmd         `cmd:"" help:"Write total coverage as a badge."`
	Upload  coverageUploadCmd        `cmd:"" help:"Send coverage to the service."`
	Pack    coveragePackCmd          `cmd:"" help:"Hand coverage, changed lines and findings over to a job with secrets."`
	Finish  coverageFinishCmd        `cmd:"" help:"Tell the service that all parts of a commit's coverage have been sent."`
}

// grammarOf returns the grammar that args are parsed by. Where they begin with
// a command it is that command alone: reading the tags of the other commands
// takes longer than most commands run. Everything else, a misspelt command or
// help on all of them, needs the whole; so do the commands that describe the
// others. --version needs none.
func grammarOf(args []string) any {
	whole := reflect.TypeFor[grammar]()
	if len(args) > 0 && (args[0] == "doctor" || args[0] == "self") {
		return reflect.New(whole).Interface()
	}
	if len(args) > 0 && args[0] == "--version" {
		return &struct {
			Common common `embed:""`
		}{}
	}
	return reflect.New(narrow(whole, args)).Interface()
}

// narrow returns group, a struct of commands, with only the one that args name.
func narrow(group reflect.Type, args []string) reflect.Type {
	if len(args) == 0 {
		return group
	}
	var fields []reflect.StructField
	found := false
	for i := range group.NumField() {
		f := group.Field(i)
		if _, isCommand := f.Tag.Lookup("cmd"); isCommand {
			if commandName(f) != args[0] {
				continue
			}
			found, f.Type = true, narrow(f.Type, args[1:])
		}
		fields = append(fields, f)
	}
	if !found {
		return group
	}
	return reflect.StructOf(fields)
}

func commandName(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return name
	}
	return strings.ToLower(f.Name)
}

// commonOf returns the flags every command has, after parsing.
func commonOf(g any) common {
	return reflect.ValueOf(g).Elem().FieldByName("Common").Interface().(common)
}
