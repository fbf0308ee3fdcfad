package baseline_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/git/servetest"
)

var commitA, commitB = strings.Repeat("a", 40), strings.Repeat("b", 40)

// report has the hits of the lines from 1 on, by file; -1 is not coverable.
func report(files map[string][]int64) *coverage.Report {
	r := coverage.New()
	for path, hits := range files {
		f := r.File(path)
		for i, n := range hits {
			if n >= 0 {
				f.Hit(i+1, n)
			}
		}
	}
	r.Settle()
	return r
}

func of(commit string, r *coverage.Report) *baseline.Baseline {
	return &baseline.Baseline{Repository: "acme/api", Commit: commit, Branch: "main", Report: r}
}

func TestReadsWhatItWrites(t *testing.T) {
	b := of(commitA, report(map[string][]int64{"a.go": {1, 0, -1, 3}}))
	b.Blobs = map[string]string{"a.go": commitB}
	b.Trend = []baseline.Point{{Commit: commitA, Label: "2026-01-02", Value: 66.6}}
	b.Flips = map[string]map[int]string{"a.go": {2: "101"}}
	b.Components = map[string]baseline.Component{"api": {Tree: "t", From: commitB}}
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		t.Fatal(err)
	}
	if !baseline.Sniff(bytes.NewReader(file.Bytes())) || baseline.Sniff(strings.NewReader("SF:a")) {
		t.Error("a baseline is told by its beginning")
	}
	got, err := baseline.Read(&file, "x")
	if err != nil {
		t.Fatal(err)
	}
	if got.Report.Totals() != b.Report.Totals() {
		t.Errorf("totals %+v", got.Report.Totals())
	}
	got.Report, b.Report = nil, nil
	if diff := cmp.Diff(b, got); diff != "" {
		t.Error(diff)
	}
}

func pack(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func TestHostileFiles(t *testing.T) {
	long := `{"gatewrightBaseline":1,"commit":"` + commitA + `","x":"` + strings.Repeat("0", 33<<20)
	for name, text := range map[string][]byte{
		"no gzip":          []byte("SF:a.go"),
		"empty":            nil,
		"no line":          pack(`{"gatewrightBaseline":1`),
		"another version":  pack(`{"gatewrightBaseline":2,"commit":"` + commitA + "\"}\n{}\n"),
		"no commit":        pack("{\"gatewrightBaseline\":1,\"commit\":\"--upload-pack=x\"}\n{}\n"),
		"endless header":   pack(long),
		"no report":        pack(`{"gatewrightBaseline":1,"commit":"` + commitA + "\"}\nno\n"),
		"cut":              pack(`{"gatewrightBaseline":1,"commit":"` + commitA + "\"}\n{}\n")[:20],
		"lines of a child": pack(`{"gatewrightBaseline":1,"commit":"` + commitA + "\"}\n" + `{"version":1,"files":[{"lines":{"1":1}}]}`),
	} {
		if _, err := baseline.Read(bytes.NewReader(text), name); err == nil || fault.Of(err) != fault.Input {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"gatewrightBaseline":1,"commit":"` + commitA + `","flips":{"a":{"1":"10x"}}}` + "\n" + `{"version":1,"files":[{"path":"a","lines":{"1":1}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := baseline.Read(bytes.NewReader(pack(string(text))), "x")
		if err != nil {
			return
		}
		now := report(map[string][]int64{"a": {0, 1}})
		s := b.Compare(now, same{})
		for path, lines := range s.FlakyNow {
			if len(lines) > now.Lookup(path).NumLines() {
				t.Errorf("%d flaky lines of %s", len(lines), path)
			}
		}
		if c := now.Totals().Lines; c.Covered > c.Coverable {
			t.Error(c)
		}
	})
}

// same says that nothing was edited.
type same struct{}

func (same) Before(path string, line int) (string, int, bool, bool) { return path, line, false, true }

// tree is a commit's files, by their ids.
type tree map[string]string

func (t tree) All() []string {
	var out []string
	for _, p := range []string{"api/a.go", "api/a_test.go", "web/w.js"} {
		if t[p] != "" {
			out = append(out, p)
		}
	}
	return out
}
func (t tree) ID(path string) string { return t[path] }

func TestCarry(t *testing.T) {
	api := baseline.Part{Name: "api", Match: func(p string) bool { return strings.HasPrefix(p, "api/") }}
	before := tree{"api/a.go": "1", "api/a_test.go": "2", "web/w.js": "3"}
	digest, _ := baseline.Digest(before, api.Match)
	b := of(commitA, report(map[string][]int64{"api/a.go": {1, 0}, "web/w.js": {1}}))
	b.Components = map[string]baseline.Component{"api": {Tree: digest}}
	for name, c := range map[string]struct {
		now    tree
		report map[string][]int64
		from   string
		lines  coverage.Count
	}{
		"unchanged":                     {before, map[string][]int64{"web/w.js": {1}}, commitA, coverage.Count{Covered: 2, Coverable: 3}},
		"another component's":           {tree{"api/a.go": "1", "api/a_test.go": "2", "web/w.js": "9"}, map[string][]int64{"web/w.js": {1}}, commitA, coverage.Count{Covered: 2, Coverable: 3}},
		"measured in part":              {before, map[string][]int64{"api/a.go": {1, 1}}, "", coverage.Count{Covered: 2, Coverable: 2}},
		"a text is another":             {tree{"api/a.go": "7", "api/a_test.go": "2", "web/w.js": "3"}, map[string][]int64{"web/w.js": {1}}, "", coverage.Count{Covered: 1, Coverable: 1}},
		"a test is another":             {tree{"api/a.go": "1", "api/a_test.go": "7", "web/w.js": "3"}, map[string][]int64{"web/w.js": {1}}, "", coverage.Count{Covered: 1, Coverable: 1}},
		"a file is gone":                {tree{"api/a.go": "1", "web/w.js": "3"}, map[string][]int64{"web/w.js": {1}}, "", coverage.Count{Covered: 1, Coverable: 1}},
		"two texts have changed places": {tree{"api/a.go": "2", "api/a_test.go": "1", "web/w.js": "3"}, map[string][]int64{"web/w.js": {1}}, "", coverage.Count{Covered: 1, Coverable: 1}},
	} {
		now := report(c.report)
		if from := b.Carry(now, c.now, api); from != c.from || now.Totals().Lines != c.lines {
			t.Errorf("%s: carried from %q, %+v", name, from, now.Totals().Lines)
		}
	}
	b.Components["api"] = baseline.Component{Tree: digest, From: commitB}
	if from := b.Carry(report(nil), before, api); from != commitB {
		t.Errorf("carried on, it is from where it was measured: %s", from)
	}
	b.Components = nil
	if from := b.Carry(report(nil), before, api); from != "" {
		t.Errorf("a component that was not measured is carried from %s", from)
	}
}

// TestFlaky: a line that goes and comes back is flaky from then on, one that is
// lost once is not; what was edited, or is near that, is not indirect.
func TestFlaky(t *testing.T) {
	b := of(commitA, report(map[string][]int64{"a.go": {1, 1, 1, 0}}))
	runs := [][]int64{{0, 1, 1, 0}, {1, 1, 0, 0}, {0, 1, 0, 1}}
	want := []baseline.Shift{
		{Path: "a.go", Lost: []int{1}},
		{Path: "a.go", Lost: []int{3}, Gained: []int{1}, Flaky: []int{1}},
		{Path: "a.go", Lost: []int{1}, Gained: []int{4}, Flaky: []int{1}},
	}
	for i, hits := range runs {
		now := report(map[string][]int64{"a.go": hits})
		s := b.Compare(now, same{})
		if diff := cmp.Diff([]baseline.Shift{want[i]}, s.Files); diff != "" {
			t.Errorf("run %d: %s", i, diff)
		}
		b = of(commitB, now)
		b.Flips = s.Flips
	}
	if states := b.Flips["a.go"][1]; states != "1010" {
		t.Errorf("the states that are kept: %q", states)
	}
	s := b.Compare(report(map[string][]int64{"a.go": {0, 0, 0, 0}}), edited{})
	if diff := cmp.Diff([]baseline.Shift{{Path: "a.go", Lost: []int{4}, Flaky: []int{4}}}, s.Files); diff != "" {
		t.Errorf("line 1 is edited, 2 and 3 are near: %s", diff)
	}
}

type edited struct{}

func (edited) Before(path string, line int) (string, int, bool, bool) {
	return path, line, line <= 3, line != 1
}

func TestStores(t *testing.T) {
	access, remote := servetest.New(t)
	folder := filepath.Join(t.TempDir(), "kept")
	r := gittest.New(t)
	var commits []string
	for range 4 {
		commits = append(commits, r.Commit("c"))
	}
	also := func(*baseline.Baseline) map[string][]byte { return map[string][]byte{"badge.svg": []byte("<svg/>")} }
	for name, s := range map[string]baseline.Store{
		"folder": baseline.Folder(folder),
		"branch": baseline.Ref{Access: access, Name: "refs/heads/baselines", Also: also},
		"notes":  baseline.Ref{Access: access, Name: "refs/notes/gatewright"},
	} {
		ctx := context.Background()
		if list, err := s.List(ctx, "main"); err != nil || len(list) != 0 {
			t.Errorf("%s: nothing is kept: %v %v", name, list, err)
		}
		for _, c := range []string{commits[1], commitB, commits[0]} {
			if _, err := s.(baseline.Keeper).Keep(ctx, of(c, report(map[string][]int64{"a.go": {1}}))); err != nil {
				t.Fatal(name, err)
			}
		}
		list, err := s.List(ctx, "main")
		if err != nil {
			t.Fatal(name, err)
		}
		found, err := baseline.Nearest(ctx, r.Open(), commits[3], list)
		if err != nil || len(found) != 2 || found[0].Commit != commits[1] || found[0].Distance != 2 || found[1].Distance != 3 {
			t.Fatalf("%s: the nearest ancestors: %+v %v", name, found, err)
		}
		text, err := s.Open(ctx, "main", found[0].Entry)
		if err != nil {
			t.Fatal(name, err)
		}
		if b, err := baseline.Read(bytes.NewReader(text), name); err != nil || b.Commit != commits[1] {
			t.Errorf("%s: %+v %v", name, b, err)
		}
		if found, err := baseline.Nearest(ctx, nil, commits[1], list); err != nil || len(found) != 1 {
			t.Errorf("%s: without history only the commit itself is known: %v %v", name, found, err)
		}
	}
	if files := remote.Git("ls-tree", "--name-only", "baselines"); !strings.Contains(files, "badge.svg") {
		t.Errorf("the branch: %s", files)
	}
	if n := remote.Git("rev-list", "--count", "baselines"); n != "3" {
		t.Errorf("%s commits for three runs", n)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(folder, commitA+".json.gz")); err != nil {
		t.Fatal(err)
	}
	if list, err := baseline.Folder(folder).List(t.Context(), ""); err != nil || len(list) != 3 {
		t.Errorf("a link in the folder counts: %v %v", list, err)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	link := filepath.Join(folder, commitB+".json.gz")
	if err := errors.Join(os.WriteFile(victim, []byte("own"), 0o644), os.RemoveAll(link), os.Symlink(victim, link)); err != nil {
		t.Fatal(err)
	}
	if _, err := baseline.Folder(folder).Keep(t.Context(), of(commitB, report(map[string][]int64{"a.go": {1}}))); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "own" {
		t.Errorf("it was written through a link: %q %v", text, err)
	}
}
