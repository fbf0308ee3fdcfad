package pack

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/service"
)

const head = "1111111111111111111111111111111111111111"

func sample(t testing.TB) Pack {
	t.Helper()
	report, _, err := formats.Parse("lcov", strings.NewReader("SF:src/a.go\nFN:7,f\nFNDA:2,f\nDA:3,1\nDA:4,0\nend_of_record\n"), formats.Options{Functions: true})
	if err != nil {
		t.Fatal(err)
	}
	return Pack{
		Run:     Run{ci.GitHub, "acme/api", head, 7, "41"},
		Reports: []service.ReportFile{{Path: "lcov.info", Format: "lcov", Report: report}},
		Change: &diff.Change{Files: []diff.File{
			{Path: "src/a.go", Kind: diff.Modified, Lines: []int{3, 4, 7}},
			{Path: "b", OldPath: "a", Kind: diff.Renamed},
			{Path: "gone", Kind: diff.Deleted},
		}},
		Findings: &finding.Set{
			Findings:  []service.Finding{{Rule: "R1", Severity: "high", Path: "src/a.go", Line: 3, Message: "m", Age: service.New}, {Rule: "R2", Path: "../x", Age: service.Unplaced}},
			Unmatched: map[string]string{"../x": "no file of the commit has this name"},
			Missing:   []string{"lint did not run to the end"},
			Tools:     []string{"lint", "vet"}, Unfinished: []string{"lint"},
		},
		Merged: diff.OfEdits([]diff.Edits{{Path: "src/a.go", OldPath: "a.go", Hunks: [][4]int{{0, 0, 1, 2}, {9, 1, 11, 0}}}, {Path: "new.go", New: true}}),
	}
}

func written(t testing.TB, p Pack) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRoundTrip(t *testing.T) {
	want := sample(t)
	got, err := Read(strings.NewReader(written(t, want)), "p.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Change, got.Change, cmpopts.IgnoreUnexported(diff.Change{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Findings, got.Findings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Run, got.Run); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Merged.Edits(), got.Merged.Edits()); diff != "" {
		t.Error(diff)
	}
	patch := func(p Pack) coverage.Patch { return p.Reports[0].Report.Patch(p.Change.Lines()) }
	if diff := cmp.Diff(patch(want), patch(got)); diff != "" || patch(got).Totals != (coverage.Count{Covered: 2, Coverable: 3}) {
		t.Errorf("the patch with its functions: %+v\n%s", patch(got).Totals, diff)
	}
	if again := written(t, got); again != written(t, want) {
		t.Errorf("written again it is another:\n%s", again)
	}
}

// TestNoChangeIsNotNone: changed lines, and coverage, that are not known stay so.
func TestNoChangeIsNotNone(t *testing.T) {
	p := sample(t)
	p.Change, p.NoChange = nil, ci.Missing{Reason: "shallow", Hint: "fetch-depth"}
	p.NoTotal, p.NoPatch = ci.Missing{Reason: "ambiguous", Hint: "--root"}, ci.Missing{Reason: "may be it"}
	got, err := Read(strings.NewReader(written(t, p)), "p.json")
	if err != nil || got.Change != nil || got.NoChange != p.NoChange || got.NoTotal != p.NoTotal || got.NoPatch != p.NoPatch {
		t.Errorf("%+v, %v", got, err)
	}
	p.Change, p.NoChange = &diff.Change{}, ci.Missing{}
	got, err = Read(strings.NewReader(written(t, p)), "p.json")
	if err != nil || got.Change == nil {
		t.Errorf("a change of nothing: %+v, %v", got.Change, err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := written(t, sample(t))
	for name, replace := range map[string][2]string{
		"not a pack":           {`"gatewright":"pack"`, `"gatewright":"plan"`},
		"another version":      {`"version":1,"run"`, `"version":2,"run"`},
		"an unknown key":       {`"run":{`, `"command":"sh","run":{`},
		"no commit":            {head, "HEAD"},
		"a path with dots":     {`"path":"src/a.go","kind"`, `"path":"src/../../a.go","kind"`},
		"an absolute path":     {`"path":"src/a.go","kind"`, `"path":"/etc/passwd","kind"`},
		"git's own file":       {`"path":"src/a.go","kind"`, `"path":".GIT/config","kind"`},
		"a report's path":      {`"files":[{"path":"src/a.go"`, `"files":[{"path":".git/config"`},
		"an unknown kind":      {`"kind":"modified"`, `"kind":"pwned"`},
		"lines back":           {`[3,4],[7,7]`, `[7,7],[3,4]`},
		"a range turned":       {`[3,4]`, `[4,3]`},
		"line 0":               {`[3,4]`, `[0,4]`},
		"a range without end":  {`[3,4],[7,7]`, `[3,2000000000]`},
		"a finding elsewhere":  {`"path":"src/a.go","line":3`, `"path":"../../a.go","line":3`},
		"an unknown age":       {`"age":"new"`, `"age":"fine"`},
		"a report that is not": {`"report":{`, `"report":[{`},
		"something behind it":  {"\n", "\n{}"},
		"edits back":           {`[[0,0,1,2],[9,1,11,0]]`, `[[9,1,11,0],[0,0,1,2]]`},
		"edits of line 0":      {`[0,0,1,2]`, `[0,0,0,2]`},
		"edits below 0":        {`[9,1,11,0]`, `[9,-1,11,0]`},
		"edits without end":    {`[9,1,11,0]`, `[9,20000001,11,0]`},
		"edits beyond":         {`[9,1,11,0]`, `[9,1,11,9223372036854775807]`},
		"edits elsewhere":      {`"oldPath":"a.go","hunks"`, `"oldPath":"../a.go","hunks"`},
		"a run id":             {`"id":"41"`, `"id":"41\n::add"`},
	} {
		text := strings.Replace(good, replace[0], replace[1], 1)
		if text == good {
			t.Errorf("%s: %q is not in the pack", name, replace[0])
		}
		if strings.HasPrefix(replace[1], "\n{") {
			text = strings.TrimSuffix(good, "\n") + replace[1]
		}
		if _, err := Read(strings.NewReader(text), "p.json"); fault.Of(err) != fault.Input || !strings.HasPrefix(err.Error(), "p.json is no pack that can be used: ") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	many := strings.Replace(good, `"reports":[`, `"reports":[`+strings.Repeat(`{"path":"a","format":"lcov","report":{}},`, maxReports), 1)
	if _, err := Read(strings.NewReader(many), "p.json"); err == nil || !strings.Contains(err.Error(), "at most 10000 are read") {
		t.Errorf("too many reports: %.200v", err)
	}
	all := strings.Replace(good, `[0,0,1,2],`, strings.Repeat(`[0,0,1,0],`, maxHunks), 1)
	if _, err := Read(strings.NewReader(all), "p.json"); err == nil || !strings.Contains(err.Error(), "moves lines") {
		t.Errorf("too many edits: %v", err)
	}
	moved := strings.Replace(good, `"merged":[`, `"merged":[`+strings.Repeat(`{"path":"a"},`, maxMoved), 1)
	if _, err := Read(strings.NewReader(moved), "p.json"); err == nil || !strings.Contains(err.Error(), "at most 100000 are read") {
		t.Errorf("too many files moved: %.200v", err)
	}
	if _, err := Read(strings.NewReader(strings.Repeat(" ", MaxSize+1)), "p.json"); err == nil || !strings.Contains(err.Error(), "larger than 128 MB") {
		t.Errorf("too large: %v", err)
	}
}

func TestVerify(t *testing.T) {
	p := sample(t)
	follows := ci.Run{System: ci.GitHub, Repo: repo.Repo{Owner: "Acme", Name: "api"}, Commit: head, PullRequest: 7, OfRun: "41", RunID: "99"}
	with := func(change func(*ci.Run)) ci.Run { r := follows; change(&r); return r }
	for name, tt := range map[string]struct {
		run  ci.Run
		want string
	}{
		"the run that follows":   {follows, ""},
		"the same run":           {with(func(r *ci.Run) { r.OfRun, r.RunID = "", "41" }), ""},
		"no number known yet":    {with(func(r *ci.Run) { r.PullRequest = 0 }), ""},
		"another run":            {with(func(r *ci.Run) { r.OfRun = "40" }), "the pack is of run 41"},
		"another, not following": {with(func(r *ci.Run) { r.OfRun = "" }), "the pack is of run 41"},
		"another commit":         {with(func(r *ci.Run) { r.Commit = strings.Repeat("2", 40) }), "the pack is of commit 1111"},
		"another repository":     {with(func(r *ci.Run) { r.Name = "web" }), "the pack is of repository acme/api"},
		"another pull request":   {with(func(r *ci.Run) { r.PullRequest = 8 }), "the pack is of pull request 7"},
		"no commit":              {with(func(r *ci.Run) { r.Commit = "" }), "no commit to compare the pack with"},
	} {
		err := p.Verify(tt.run)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%s: err = %v, want %q", name, err, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written(f, sample(f)))
	f.Add(`{"gatewright":"pack","version":1,"run":{"commit":"` + head + `"},"reports":[],"change":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read(strings.NewReader(text), "p")
		if err != nil {
			return
		}
		if _, err := Read(strings.NewReader(written(t, p)), "p"); err != nil {
			t.Fatalf("written again: %v", err)
		}
	})
}

// TestLinesOfAllFiles: the bound is one of the pack, for a range of a few bytes
// stands for millions of lines in each of a million files.
func TestLinesOfAllFiles(t *testing.T) {
	left := 10
	for _, tt := range []struct {
		ranges [][2]int
		lines  int
	}{{[][2]int{{1, 4}, {9, 9}}, 5}, {[][2]int{{1, 6}}, 0}, {[][2]int{{7, 11}}, 5}, {[][2]int{{1, 1}}, 0}} {
		got, err := lines(tt.ranges, &left)
		if len(got) != tt.lines || (err == nil) != (tt.lines > 0) {
			t.Errorf("%v: %v, %v", tt.ranges, got, err)
		}
	}
}

// TestUnmoved: what a pack has no room for is counted, and the pack can be read.
func TestUnmoved(t *testing.T) {
	files := make([]diff.Edits, maxMoved+2)
	for i := range files {
		files[i].Path = fmt.Sprint("f", i)
	}
	for name, list := range map[string][]diff.Edits{
		"files": files,
		"edits": {{Path: "a"}, {Path: "b", Hunks: make([][4]int, maxHunks+1)}, {Path: "c"}},
	} {
		p := sample(t)
		p.Merged = diff.OfEdits(list)
		got, err := Read(strings.NewReader(written(t, p)), "p.json")
		if err != nil {
			t.Fatal(err)
		}
		if kept := len(got.Merged.Edits()); p.Unmoved() != 2 || kept != len(list)-2 || got.Unmoved() != 0 {
			t.Errorf("%s: %d of %d kept, %d left", name, kept, len(list), p.Unmoved())
		}
	}
}
