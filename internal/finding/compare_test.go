package finding

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/scan"
	"github.com/gatewright/gatewright/internal/service"
)

// found is a finding with a fingerprint of the tool's own, or with none.
func found(path string, line int, message, own string) service.Finding {
	return service.Finding{Tool: "t", Rule: "r", Path: path, Line: line, Message: message, Fingerprint: own}
}

func TestCompare(t *testing.T) {
	N, O := service.New, service.Old
	for _, tt := range []struct {
		name     string
		old, now []service.Finding
		want     []service.Age
	}{
		{"moved down", []service.Finding{found("a", 1, "x from line 7", "")}, []service.Finding{found("a", 30, "x from line 36", "")}, []service.Age{O}},
		{"once more", []service.Finding{found("a", 5, "m", "")}, []service.Finding{found("a", 2, "m", ""), found("a", 5, "m", "")}, []service.Age{N, O}},
		{"renamed", []service.Finding{found("old", 1, "m", "")}, []service.Finding{found("new", 1, "m", "")}, []service.Age{O}},
		{"other words, same name", []service.Finding{found("a", 1, "m", "1")}, []service.Finding{found("a", 1, "n", "1")}, []service.Age{O}},
		{"same words, other name", []service.Finding{found("a", 1, "m", "1")}, []service.Finding{found("a", 1, "m", "2")}, []service.Age{O}},
		{"no name before", []service.Finding{found("a", 1, "m", "")}, []service.Finding{found("a", 1, "m", "2")}, []service.Age{O}},
		{"no name now", []service.Finding{found("a", 1, "m", "2")}, []service.Finding{found("a", 1, "m", "")}, []service.Age{O}},
		{"another tool's word", []service.Finding{found("a", 1, "m", "2")}, []service.Finding{{Tool: "u", Rule: "s", Path: "a", Message: "m"}}, []service.Age{N}},
		{
			// The first has only its words; the second has its name. Whichever
			// comes first, the named one takes the old one of its name.
			"the named one first",
			[]service.Finding{found("a", 1, "m", "1")},
			[]service.Finding{found("a", 9, "m", "2"), found("a", 1, "m", "1")},
			[]service.Age{N, O},
		},
		{
			"each old one once",
			[]service.Finding{found("a", 1, "m", "1"), found("a", 2, "m", "2")},
			[]service.Finding{found("a", 1, "m", "3"), found("a", 2, "m", "4"), found("a", 3, "m", "5")},
			[]service.Age{O, O, N},
		},
		{"nothing before", nil, []service.Finding{found("a", 1, "m", "")}, []service.Age{N}},
		{"nothing now", []service.Finding{found("a", 1, "m", "")}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 20 { // the order of neither list matters
				order := rand.Perm(len(tt.now))
				now := make([]service.Finding, len(tt.now))
				for i, o := range order {
					now[i] = tt.now[o]
				}
				rand.Shuffle(len(tt.old), func(i, j int) { tt.old[i], tt.old[j] = tt.old[j], tt.old[i] })
				b := holding(tt.old...)
				b.Compare(&Set{Findings: now}, map[string]string{"new": "old"})
				got := make([]service.Age, len(now))
				for i, o := range order {
					got[o] = now[i].Age
				}
				if diff := cmp.Diff(tt.want, got); len(got) > 0 && diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

// TestCompareIsTheSameInEveryRun: where one old finding could be either of two,
// the seed of the run does not choose, nor does the order of the log: a rule
// that counts only one of them would pass and fail by turns.
func TestCompareIsTheSameInEveryRun(t *testing.T) {
	run := func(turn int) string {
		now := []service.Finding{found("a", 1, "one", "1"), found("a", 1, "two", "1"), found("a", 1, "three", "1")}
		slices.Reverse(now[:turn%len(now)+1])
		b := holding(found("a", 1, "before", "1"))
		b.Compare(&Set{Findings: now}, nil)
		return now[slices.IndexFunc(now, func(f service.Finding) bool { return f.Age == service.Old })].Message
	}
	want := run(0)
	for i := range 30 {
		if got := run(i); got != want {
			t.Fatalf("run %d: %q is the old one, and %q was", i, got, want)
		}
	}
}

// holding is a baseline of findings.
func holding(findings ...service.Finding) *Baseline {
	var b Baseline
	for i := range findings {
		b.add(&findings[i])
	}
	return &b
}

// TestCompareIsNotSure leaves open what a baseline cannot tell.
func TestCompareIsNotSure(t *testing.T) {
	s := Set{Findings: []service.Finding{found("lost", 1, "m", ""), found("lost", 1, "n", ""), found("", 0, "m", ""), found("a", 1, "m", "")}, Unmatched: map[string]string{"lost": "why"}}
	ages := func() (got []service.Age) {
		for _, f := range s.Findings {
			got = append(got, f.Age)
		}
		return got
	}
	b := holding(found("lost", 7, "m", ""))
	b.Compare(&s, nil)
	if diff := cmp.Diff([]service.Age{service.Old, service.Unplaced, service.Unplaced, service.New}, ages()); diff != "" {
		t.Error(diff)
	}
	half := holding(found("a", 7, "m", ""))
	half.Missing = []string{"t did not run to the end"}
	half.Compare(&s, nil)
	if diff := cmp.Diff([]service.Age{service.Unplaced, service.Unplaced, service.Unplaced, service.Old}, ages()); diff != "" {
		t.Error(diff)
	}
}

// TestCompareCounts checks against counting what is alike, by random lists.
func TestCompareCounts(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		list := func() []service.Finding {
			out := make([]service.Finding, r.IntN(12))
			for i := range out {
				out[i] = found(fmt.Sprint(r.IntN(2)), r.IntN(3), fmt.Sprint("m", string(rune('a'+r.IntN(3)))), "")
			}
			return out
		}
		old, now := list(), list()
		left := map[string]int{}
		for _, f := range old {
			left[f.Path+f.Message]++
		}
		want := 0
		for _, f := range now {
			if left[f.Path+f.Message] > 0 {
				left[f.Path+f.Message]--
				want++
			}
		}
		b := holding(old...)
		b.Compare(&Set{Findings: now}, nil)
		got := len(slices.DeleteFunc(now, func(f service.Finding) bool { return f.Age != service.Old }))
		if got != want {
			t.Fatalf("seed %d: %d old, want %d", seed, got, want)
		}
	}
}

func TestMarkChanged(t *testing.T) {
	s := Set{
		Findings: []service.Finding{
			{Path: "a", Line: 5},
			{Path: "a", Line: 1, EndLine: 4},
			{Path: "a", Line: 6},
			{Path: "a"},
			{Path: "b"},
			{Path: "b", Line: 4},
			{Path: "lost", Line: 5},
			{Line: 5},
			{Path: "a", Line: 5, Age: service.Old}, // its tool compared it
			{Path: "b", Line: 5, Age: service.New},
		},
		Unmatched: map[string]string{"lost": "no file of the commit has this name"},
	}
	s.MarkChanged(map[string][]int{"a": {3, 5}})
	var got []service.Age
	for _, f := range s.Findings {
		got = append(got, f.Age)
	}
	N, O, U := service.New, service.Old, service.Unplaced
	if diff := cmp.Diff([]service.Age{N, N, O, N, O, O, U, U, O, N}, got); diff != "" {
		t.Error(diff)
	}
}

// TestFurtherPlaces: a finding at several places is new where the change touches any
// of them, as a package that a lock file has twice (Trivy), or a rule all of whose
// matches are one result (njsscan#76). It counts once, and stands at its first.
func TestFurtherPlaces(t *testing.T) {
	at := func(uri string, line int) string {
		return fmt.Sprintf(`{"physicalLocation":{"artifactLocation":{"uri":%q},"region":{"startLine":%d}}}`, uri, line)
	}
	result := func(rule string, places ...string) string {
		return `{"ruleId":"` + rule + `","message":{"text":"m"},"locations":[` + strings.Join(places, ",") + `]}`
	}
	log := func(results ...string) string {
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[` + strings.Join(results, ",") + `]}]}`
	}
	var s Set
	for _, text := range []string{
		log(result("none", at("a", 9), at("a", 8), at("b", 5)), result("second", at("a", 9), at("a", 5)), result("alone", at("a", 9)), result("elsewhere", at("b", 1), at("b", 2), at("a", 4))),
		log(result("other file", at("b", 1), at("a", 5)), result("no file", `{"logicalLocations":[{"name":"f"}]}`, at("b", 7), at("a", 5))),
	} {
		set, err := ParseSARIF(strings.NewReader(text), "x", Options{})
		if err != nil {
			t.Fatal(err)
		}
		s.AddOther(set)
	}
	s.MarkChanged(map[string][]int{"a": {4, 5}})
	var got []string
	for _, f := range s.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d %s", f.Rule, f.Path, f.Line, f.Age))
	}
	want := []string{"none a:9 old", "second a:9 new", "alone a:9 old", "elsewhere b:1 new", "other file b:1 new", "no file b:7 new"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFurtherPlacesOfOne: a place of one finding is none of those that are worded alike.
func TestFurtherPlacesOfOne(t *testing.T) {
	place := func(line int) string {
		return fmt.Sprintf(`{"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":%d}}}`, line)
	}
	var results []string
	for _, places := range []string{place(1), place(2), place(3) + "," + place(7), place(4) + "," + place(9)} {
		results = append(results, `{"ruleId":"r","message":{"text":"m"},"locations":[`+places+`]}`)
	}
	s, err := ParseSARIF(strings.NewReader(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[`+strings.Join(results, ",")+`]}]}`), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.MarkChanged(map[string][]int{"a": {7}})
	for _, f := range s.Findings {
		if want := f.Line == 3; want != (f.Age == service.New) {
			t.Errorf("line %d is %s", f.Line, f.Age)
		}
	}
}

// TestManyPlaces: a place that a result names again and again is held once, and a
// baseline, which never asks for them, holds none.
func TestManyPlaces(t *testing.T) {
	const again = `{"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":7}}},`
	text := `{"ruleId":"r","message":{"text":"m"},"locations":[` + again + strings.Repeat(again, 1000) +
		strings.Repeat(strings.Replace(again, "7", "8", 1), 999) + strings.TrimSuffix(again, ",") + `]}`
	for old, want := range map[*Baseline]int{nil: 2, {}: 0} {
		p, held := &sarif{JSON: scan.NewJSON(strings.NewReader(text)), strings: map[string]string{}, old: old}, run{}
		if p.readResult(&held); p.Err() != nil || held.pending.n != 1 || len(held.further) != want {
			t.Errorf("%d results with %d places, want %d: %v", held.pending.n, len(held.further), want, p.Err())
		}
	}
}

// TestFilesOfAMatrix: what the files of several jobs have in common counts once,
// in the baseline too, where it would make a second new one old.
func TestFilesOfAMatrix(t *testing.T) {
	log := func(home string, lines ...int) string {
		var results []string
		for _, line := range lines {
			results = append(results, fmt.Sprintf(`{"ruleId":"R","partialFingerprints":{"p/v1":"x"},"message":{"text":"m in `+home+`"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":%d}}}]}`, line))
		}
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[` + strings.Join(results, ",") + `]}]}`
	}
	var old Baseline
	var now Set
	for _, home := range []string{"/home/a", "C:/a"} { // a tool words one finding otherwise on another system
		if err := old.Read(strings.NewReader(log(home, 5)), "old", Options{}); err != nil {
			t.Fatal(err)
		}
		set, err := ParseSARIF(strings.NewReader(log(home, 5, 10)), "now", Options{})
		if err != nil {
			t.Fatal(err)
		}
		now.AddOther(set)
	}
	old.Compare(&now, nil)
	ages := map[int]service.Age{}
	for _, f := range now.Findings {
		ages[f.Line] = f.Age
	}
	if len(now.Findings) != 2 || ages[5] != service.Old || ages[10] != service.New {
		t.Errorf("%d findings: %v", len(now.Findings), ages)
	}
}
