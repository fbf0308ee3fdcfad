package coverage

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFileLikeMaps compares a file with the plainest thing that could do its
// work, whatever the order and the repeats of its records are.
func TestFileLikeMaps(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		r := New()
		if seed%3 == 0 {
			r = NewLargest()
		}
		want := map[string]map[int]int64{}
		taken := map[string]map[BranchID]int64{}
		names := []string{"a", "b", "c"}[:1+random.IntN(3)]
		far := []int{3, 50, 5000, math.MaxInt32}[random.IntN(4)]
		for range random.IntN(3000) {
			name := names[random.IntN(len(names))]
			if random.IntN(20) > 0 {
				name = names[0]
			}
			f := r.File(name)
			if want[name] == nil {
				want[name], taken[name] = map[int]int64{}, map[BranchID]int64{}
			}
			n, hits := 1+random.IntN(far), int64(random.IntN(4))
			if random.IntN(100) == 0 {
				hits = math.MaxInt64 - 1
			}
			if random.IntN(3) == 0 {
				id := BranchID{n, uint32(random.IntN(3))}
				f.Branch(n, id.ID, hits)
				taken[name][id] = add(taken[name][id], hits)
				continue
			}
			f.Hit(n, hits)
			if old, ok := want[name][n]; ok && seed%3 == 0 {
				want[name][n] = max(old, hits)
			} else {
				want[name][n] = add(old, hits)
			}
			if random.IntN(200) == 0 {
				if got, ok := f.Line(n); !ok || got != want[name][n] {
					t.Fatalf("seed %d: line %d has %d hits, want %d", seed, n, got, want[name][n])
				}
			}
		}
		if seed%2 == 0 {
			r.Settle()
		}
		for _, f := range r.Files() {
			if diff := cmp.Diff(want[f.Path], maps.Collect(f.Lines())); diff != "" {
				t.Fatalf("seed %d: %s: lines (-want +got)\n%s", seed, f.Path, diff)
			}
			if diff := cmp.Diff(taken[f.Path], maps.Collect(f.Taken())); diff != "" {
				t.Fatalf("seed %d: %s: branches (-want +got)\n%s", seed, f.Path, diff)
			}
			if f.NumLines() != len(want[f.Path]) {
				t.Fatalf("seed %d: %d lines, want %d", seed, f.NumLines(), len(want[f.Path]))
			}
			branches := 0
			for n, b := range f.Branches() {
				branches += b.Total
				if f.BranchesOf(n) != b {
					t.Fatalf("seed %d: branches of line %d: %v and %v", seed, n, f.BranchesOf(n), b)
				}
			}
			if branches != len(taken[f.Path]) {
				t.Fatalf("seed %d: %d branches, want %d", seed, branches, len(taken[f.Path]))
			}
		}
	}
}

// TestMerge: hits add up and saturate, branches merge by identity, those known
// by number only keep the larger, statements ran if they ran in either.
func TestMerge(t *testing.T) {
	a, b := New(), New()
	fa, fb := a.File("x"), b.File("x")
	fa.Hit(1, 2)
	fb.Hit(1, 3)
	fa.Hit(2, math.MaxInt64)
	fb.Hit(2, 1)
	fb.Hit(3, 0)
	fa.Branch(1, 0, 1)
	fa.Branch(1, 1, 0)
	fb.Branch(1, 1, 4)
	fb.Branch(1, 2, 0)
	fa.SetBranches(2, Branches{1, 2})
	fb.SetBranches(2, Branches{2, 4})
	fa.Statements(7, 2, false)
	fb.Statements(7, 2, true)
	fb.Statements(9, 3, false)
	b.File("y").Hit(5, 1)
	a.Merge(b)
	want := `files 2 lines {3 4} branches {4 7} statements {2 5}`
	if got := a.Totals(); fmt.Sprintf("files %d lines %v branches %v statements %v", got.Files, got.Lines, got.Branches, got.Statements) != want {
		t.Errorf("%+v, want %s", got, want)
	}
	if diff := cmp.Diff(map[int]int64{1: 5, 2: math.MaxInt64, 3: 0}, maps.Collect(a.Lookup("x").Lines())); diff != "" {
		t.Error(diff)
	}
	if hits, _ := fb.Line(1); hits != 3 || b.Len() != 2 {
		t.Error("the merged report has changed")
	}
}

func TestOddRecords(t *testing.T) {
	f := New().File("x")
	f.Hit(0, 1)
	f.Hit(-4, 1)
	f.Hit(3, -2)
	f.Branch(0, 1, 1)
	f.SetBranches(0, Branches{1, 2})
	f.SetBranches(3, Branches{5, 2})
	f.SetBranches(4, Branches{0, 0})
	if diff := cmp.Diff(map[int]int64{3: 0}, maps.Collect(f.Lines())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[int]Branches{3: {2, 2}}, maps.Collect(f.Branches())); diff != "" {
		t.Error(diff)
	}
	if _, ok := f.Line(-1); ok {
		t.Error("a line below 1")
	}
	if b := f.BranchesOf(99); b != (Branches{}) {
		t.Errorf("branches of a line without any: %v", b)
	}
}

func TestWriteJSON(t *testing.T) {
	r := New()
	r.File("src/a.go").Hit(11, 0)
	r.File("src/a.go").Hit(10, 1)
	r.File("src/a.go").SetBranches(10, Branches{1, 2})
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	const want = `{"version":1,"files":[{"path":"src/a.go","lines":{"10":1,"11":0},"branches":{"10":{"covered":1,"total":2}}}],"totals":{"files":1,"lines":{"covered":1,"coverable":2},"branches":{"covered":1,"total":2}}}` + "\n"
	if b.String() != want {
		t.Errorf("%s\nwant %s", b.String(), want)
	}
}

func TestLanguage(t *testing.T) {
	for file, want := range map[string]string{
		"a/b.go": "Go", "x.tsx": "TypeScript", "x.MTS": "TypeScript", "x.svelte": "Javascript", "Dockerfile.dev": "Dockerfile",
		"a.m": "Objective C", "a.h": "C", "a.hpp": "CPP", "a.kt": "Kotlin", "Gemfile": "", "a.unknown": "", ".cs": "CSharp",
	} {
		got, ok := Language(file)
		if got != want || ok != (want != "") {
			t.Errorf("Language(%q) = %q, %t; want %q", file, got, ok, want)
		}
	}
}
