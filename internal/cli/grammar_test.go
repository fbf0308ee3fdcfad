package cli

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/action"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/manual"
)

// TestGrammarOfOneCommand holds that a command read alone has the page, and so
// the flags, that it has in the whole.
func TestGrammarOfOneCommand(t *testing.T) {
	t.Parallel()
	pages := func(args ...string) map[string]string {
		k, err := kong.New(grammarOf(args), kong.Name("gatewright"), kong.Vars{"version": Version()},
			kong.TypeMapper(reflect.TypeFor[job.When](), whenFlag{}), kong.TypeMapper(reflect.TypeFor[[]string](), listFlag{}))
		if err != nil {
			t.Fatal(err)
		}
		return manual.Pages(k.Model)
	}
	whole := pages()
	commands := 0
	for name, page := range whole {
		title, _, _ := strings.Cut(page, "\n")
		args, isCommand := strings.CutPrefix(title, "# gatewright ")
		if !isCommand || strings.HasPrefix(args, "self") || args == "doctor" {
			continue
		}
		commands++
		alone := pages(strings.Fields(args)...)
		if len(alone) != 2 { // the command's and the list of commands
			t.Errorf("%s is read with %d pages", args, len(alone))
		}
		if d := cmp.Diff(page, alone[name]); d != "" {
			t.Errorf("%s alone (-whole +alone):\n%s", args, d)
		}
	}
	if commands < 30 {
		t.Errorf("%d commands looked at", commands)
	}
}

// TestOutputsAreNoFlags: GitLab and Bitbucket hand a job's outputs to later jobs
// as variables, of other projects too, and a flag's variable among them would be
// taken for the user's word.
func TestOutputsAreNoFlags(t *testing.T) {
	t.Parallel()
	k, err := kong.New(grammarOf(nil), kong.Name("gatewright"), kong.Vars{"version": Version()},
		kong.TypeMapper(reflect.TypeFor[job.When](), whenFlag{}), kong.TypeMapper(reflect.TypeFor[[]string](), listFlag{}))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, page := range manual.Pages(k.Model) {
		text.WriteString(page)
	}
	if !strings.Contains(text.String(), "`GATEWRIGHT_COMMIT`") {
		t.Fatal("the pages name no variable of a flag")
	}
	for _, o := range job.Outputs() {
		if name := job.Variable(o[0]); strings.Contains(text.String(), "`"+name+"`") {
			t.Errorf("output %s is %s, the variable of a flag", o[0], name)
		}
		if slices.ContainsFunc(action.Table(), func(i action.Input) bool { return manual.Variable(i.Name) == job.Variable(o[0]) }) {
			t.Errorf("output %s is an input too, and its variable that of the input", o[0])
		}
	}
}
