package simplecov

import (
	"maps"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestCommands adds up what several commands say of a file, of which some loaded
// it and one only listed it.
func TestCommands(t *testing.T) {
	t.Parallel()
	report := coveragetest.Read(t, Parse, `{
"rspec":{"coverage":{"a.rb":{"lines":[3,null,null,0,0]},"b.rb":[null,0,1]},"timestamp":1},
"cucumber":{"coverage":{"a.rb":{"lines":[0,0,2,0]}},"timestamp":2},
"unit":{"coverage":{"a.rb":{"lines":[9223372036854775807,0,null,0]}},"timestamp":2}}`)
	for path, want := range map[string]map[int]int64{
		"a.rb": {1: 9223372036854775807, 3: 2, 4: 0},
		"b.rb": {2: 0, 3: 1},
	} {
		got := maps.Collect(report.File(path).Lines())
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, not %v", path, got, want)
		}
	}
}

// TestEarlierRuns leaves out what a folder that is kept between runs still holds, in
// whatever order.
func TestEarlierRuns(t *testing.T) {
	t.Parallel()
	branch := func(hits string) string {
		return `"branches":{"[:if, 0, 1, 0, 1, 9]":{"[:then, 1, 1, 0, 1, 4]":` + hits + `}}`
	}
	old := `"unit (process 5972)":{"coverage":{"a.rb":{"lines":[1,1,0],` + branch("1") + `},"gone.rb":{"lines":[1]}},"timestamp":1700000000}`
	unit := `"unit (process 6001)":{"coverage":{"a.rb":{"lines":[1,0,0],` + branch("0") + `}},"timestamp":1700090000}`
	web := `"web":{"coverage":{"a.rb":{"lines":[0,0,2],` + branch("0") + `}},"timestamp":1700099000}`
	for name, commands := range map[string][]string{"first": {old, unit, web}, "between": {unit, old, web}, "last": {web, unit, old}} {
		report, err := Parse(strings.NewReader("{" + strings.Join(commands, ",") + "}"))
		if err != nil {
			t.Fatal(err)
		}
		got, want := maps.Collect(report.File("a.rb").Lines()), map[int]int64{1: 1, 2: 0, 3: 2}
		if b := report.File("a.rb").BranchesOf(1); !maps.Equal(got, want) || report.Len() != 1 || b.Covered != 0 || len(report.Remarks()) != 1 {
			t.Errorf("%s: %v, %d files, branches %v, remarks %v", name, got, report.Len(), b, report.Remarks())
		}
	}
}

// TestRunsOneAfterAnother: of runs that each follow within a day of the one before, as
// they do in a folder that is kept, those of the last day are one.
func TestRunsOneAfterAnother(t *testing.T) {
	t.Parallel()
	var commands []string
	for i, at := range []string{"1700000000", "1700072000", "1700144000", "1700145000"} {
		lines := []string{"0", "0", "0", "0"}
		lines[i] = "1"
		commands = append(commands, `"unit `+at+`":{"coverage":{"a.rb":{"lines":[`+strings.Join(lines, ",")+`]}},"timestamp":`+at+`}`)
	}
	commands = append(commands, `"web":{"coverage":{"a.rb":{"lines":[0,0,0,0,1]}}}`) // at no time
	for range commands {
		commands = append(commands[1:], commands[0])
		report := coveragetest.Read(t, Parse, "{"+strings.Join(commands, ",")+"}")
		if got, want := maps.Collect(report.File("a.rb").Lines()), map[int]int64{1: 0, 2: 1, 3: 1, 4: 1, 5: 1}; !maps.Equal(got, want) || len(report.Remarks()) != 1 {
			t.Errorf("%s first: %v, not %v; %v", commands[0], got, want, report.Remarks())
		}
	}
}

// TestNoTime takes a command that does not say when it ran for one of the run.
func TestNoTime(t *testing.T) {
	t.Parallel()
	timed, other := `"rspec":{"coverage":{"a.rb":{"lines":[1,0]}},"timestamp":1700000000}`, `"web":{"coverage":{"a.rb":{"lines":[0,1]}}}`
	for _, text := range []string{timed + "," + other, other + "," + timed} {
		report, err := Parse(strings.NewReader("{" + text + "}"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := maps.Collect(report.File("a.rb").Lines()), map[int]int64{1: 1, 2: 1}; !maps.Equal(got, want) {
			t.Errorf("%s: %v, not %v", text, got, want)
		}
	}
}

// TestIgnored has branches that :nocov: takes out, as the JSON formatter writes
// them.
func TestIgnored(t *testing.T) {
	t.Parallel()
	report := coveragetest.Read(t, ParseFormatter, `{"meta":{"simplecov_version":"0.22.0"},"coverage":{"a.rb":{"lines":[1,"ignored"],"branches":[
{"type":"then","start_line":1,"end_line":1,"coverage":"ignored","inline":true,"report_line":1},
{"type":"else","start_line":1,"end_line":1,"coverage":0,"inline":true,"report_line":1}]}}}`)
	if got, want := report.File("a.rb").BranchesOf(1), (coverage.Branches{Covered: 0, Total: 1}); got != want {
		t.Errorf("branches %v, not %v", got, want)
	}
}

// TestNeverLoaded merges the results of processes of which some only listed a file:
// as SimpleCov.collate has it, their 0 where the others have null is no code.
func TestNeverLoaded(t *testing.T) {
	t.Parallel()
	const listed, loaded, never = "[0,null,0,0,0]", "[1,null,3,0,null]", "[0,0]"
	result := func(a, b string) *coverage.Report {
		report := coveragetest.Read(t, Parse, `{"rspec":{"coverage":{"a.rb":{"lines":`+a+`},"b.rb":{"lines":`+b+`}},"timestamp":1}}`)
		return report
	}
	for name, results := range map[string][]*coverage.Report{
		"listed first":  {result(listed, never), result(loaded, never)},
		"listed last":   {result(loaded, never), result(listed, never)},
		"listed twice":  {result(listed, never), result(listed, never), result(loaded, never)},
		"listed around": {result(listed, never), result(loaded, never), result(listed, never)},
	} {
		whole := coverage.New()
		for _, r := range results {
			r.Settle()
			whole.Merge(r)
		}
		for path, want := range map[string]map[int]int64{"a.rb": {1: 1, 3: 3, 4: 0}, "b.rb": {1: 0, 2: 0}} {
			if got := maps.Collect(whole.File(path).Lines()); !maps.Equal(got, want) {
				t.Errorf("%s: %s: %v, not %v", name, path, got, want)
			}
		}
	}
}
