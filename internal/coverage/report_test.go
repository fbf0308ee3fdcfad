package coverage

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// borders are counts at which a column holds them in another way, or sums reach
// an end.
var borders = []int64{1<<30 - 1, 1<<31 - 1, 1<<32 - 1, 1<<33 - 1, math.MaxInt64 - 2}

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
		rare := []int{1, 3, 100, 1000}[random.IntN(4)]
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
			if random.IntN(rare) == 0 {
				hits = borders[random.IntN(len(borders))] + int64(random.IntN(5)) - 2
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
		if seed%5 == 0 {
			again := New()
			again.Merge(r)
			again.Merge(r)
			for name := range want {
				for n, hits := range want[name] {
					want[name][n] = add(hits, hits)
				}
				for id, hits := range taken[name] {
					taken[name][id] = add(hits, hits)
				}
			}
			r = again
		}
		for _, f := range r.Files() {
			if got := maps.Collect(f.Lines()); !maps.Equal(want[f.Path], got) {
				t.Fatalf("seed %d: %s: lines (-want +got)\n%s", seed, f.Path, cmp.Diff(want[f.Path], got))
			}
			if got := maps.Collect(f.Taken()); !maps.Equal(taken[f.Path], got) {
				t.Fatalf("seed %d: %s: branches (-want +got)\n%s", seed, f.Path, cmp.Diff(taken[f.Path], got))
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

// TestLargeTable: a table that is settled on the way, because it grows large
// while its records come out of order and again.
func TestLargeTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 4))
	f, want, taken := New().File("x"), map[int]int64{}, map[BranchID]int64{}
	for range 400_000 {
		n, hits := 1+random.IntN(90_000), int64(random.IntN(2))<<random.IntN(40)
		f.Hit(n, hits)
		want[n] += hits
		f.Branch(n, 7, hits)
		taken[BranchID{n, 7}] += hits
	}
	if got := maps.Collect(f.Lines()); !maps.Equal(got, want) {
		t.Errorf("%d lines, want %d, or other hits", len(got), len(want))
	}
	if got := maps.Collect(f.Taken()); !maps.Equal(got, taken) {
		t.Errorf("%d branches, want %d, or other counts", len(got), len(taken))
	}
}

// TestPlaces adds records in bulk, in and out of order, between others.
func TestPlaces(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 2))
		f := New().File("x")
		lines, taken := map[int]int64{}, map[BranchID]int64{}
		next, far := 1, 1+random.IntN(3000)
		for range random.IntN(100) {
			var p Places
			f.Places(&p, random.IntN(2) == 0)
			n, m := random.IntN(len(p.Lines)+1), random.IntN(len(p.Branches)+1)
			for i := range n {
				if next++; random.IntN(10) == 0 {
					next = 1 + random.IntN(far)
				}
				p.Lines[i], p.Hits[i] = uint32(next), MaxPlain-1-uint32(random.IntN(3))
				lines[next] += int64(p.Hits[i])
			}
			for i := range m {
				id := BranchID{1 + random.IntN(far), uint32(random.IntN(3))}
				p.Branches[i], p.Taken[i] = BranchKey(uint32(id.Line), id.ID), uint32(random.IntN(3))
				taken[id] += int64(p.Taken[i])
			}
			f.Fill(n, m)
			f.Hit(next, 1)
			lines[next]++
		}
		if got := maps.Collect(f.Lines()); !maps.Equal(lines, got) {
			t.Fatalf("seed %d: lines (-want +got)\n%s", seed, cmp.Diff(lines, got))
		}
		if got := maps.Collect(f.Taken()); !maps.Equal(taken, got) {
			t.Fatalf("seed %d: branches (-want +got)\n%s", seed, cmp.Diff(taken, got))
		}
	}
}

// TestNumbersLikeMaps: branches known by number only, and statements.
func TestNumbersLikeMaps(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 3))
		r := New()
		f := r.File("x")
		want, covered, total := map[int]Branches{}, map[uint64]bool{}, map[uint64]int{}
		size := []int{4, 1<<15 + 2, 1 << 20, math.MaxInt32}[random.IntN(4)]
		for range random.IntN(500) {
			n, b := 1+random.IntN(60), Branches{Total: 1 + random.IntN(size)}
			b.Covered = random.IntN(b.Total + 1)
			f.SetBranches(n, b)
			want[n] = Branches{max(want[n].Covered, b.Covered), max(want[n].Total, b.Total)}
			place, ran := uint64(random.IntN(40)), random.IntN(2) == 0
			f.Statements(place, b.Total, ran)
			covered[place] = covered[place] || ran
			total[place] = max(total[place], b.Total)
		}
		var sum Count
		for place, n := range total {
			sum.Coverable += n
			if covered[place] {
				sum.Covered += n
			}
		}
		if seed%2 == 0 {
			r.Settle()
		}
		if diff := cmp.Diff(want, maps.Collect(f.Branches()), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("seed %d: branches (-want +got)\n%s", seed, diff)
		}
		if got := f.Totals().Statements; got != sum {
			t.Fatalf("seed %d: statements %v, want %v", seed, got, sum)
		}
	}
}

// TestManyFiles: every path is one file, whatever the order it comes in, and
// those without anything are files too.
func TestManyFiles(t *testing.T) {
	r := New()
	for round := range 3 {
		for i := range 5000 {
			name := fmt.Sprintf("%*d", 1+i%40, i*7919%5000)
			f := r.File(name)
			if round > 0 {
				f = r.FileBytes([]byte(name))
			}
			if f.Path != name {
				t.Fatalf("%q is %q", name, f.Path)
			}
			if i%3 == 0 {
				f.Hit(round+1, 1)
			}
		}
	}
	if r.Len() != 5000 || len(r.Files()) != 5000 {
		t.Fatalf("%d files", r.Len())
	}
	if got, want := r.Totals(), (Totals{Files: 5000, Lines: Count{5001, 5001}}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for i := range 5000 {
		name := fmt.Sprintf("%*d", 1+i%40, i*7919%5000)
		if f := r.Lookup(name); f == nil || f.Path != name || f.NumLines() != 3*(1-min(i%3, 1)) {
			t.Fatalf("%q: %+v", name, f)
		}
	}
	if r.Lookup("none") != nil {
		t.Error("a file that never was")
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

// TestTotalsFollow adds to a file that was counted when the next one began.
func TestTotalsFollow(t *testing.T) {
	add := []struct {
		what string
		do   func(f *File)
		want Totals
	}{
		{"a line", func(f *File) { f.Hit(2, 1) }, Totals{Lines: Count{1, 2}}},
		{"the line again", func(f *File) { f.Hit(1, 1) }, Totals{Lines: Count{2, 2}}},
		{"a branch", func(f *File) { f.Branch(1, 0, 1) }, Totals{Lines: Count{2, 2}, Branches: Branches{1, 1}}},
		{"branches by number", func(f *File) { f.SetBranches(2, Branches{1, 2}) }, Totals{Lines: Count{2, 2}, Branches: Branches{2, 3}}},
		{"a block", func(f *File) { f.Statements(1, 5, true) }, Totals{Lines: Count{2, 2}, Branches: Branches{2, 3}, Statements: Count{5, 5}}},
		{"places", func(f *File) {
			var p Places
			f.Places(&p, false)
			p.Lines[0], p.Hits[0] = 9, 0
			f.Fill(1, 0)
		}, Totals{Lines: Count{2, 3}, Branches: Branches{2, 3}, Statements: Count{5, 5}}},
	}
	r := New()
	r.File("a").Hit(1, 0)
	for i, a := range add {
		r.File("other").Hit(i+1, 1)
		a.do(r.File("a"))
		r.File("other")
		a.want.Files = 1
		if got := r.Lookup("a").Totals(); got != a.want {
			t.Errorf("after %s: %+v, want %+v", a.what, got, a.want)
		}
	}
	o := New()
	o.File("a").Hit(10, 1)
	r.Merge(o)
	if got := r.Lookup("a").Totals().Lines; got != (Count{3, 4}) {
		t.Errorf("after a merge: %+v", got)
	}
}

// TestGuess: of a file that one report had loaded and another guesses, the guess is left
// out, unless the other knows no line, whichever comes first.
func TestGuess(t *testing.T) {
	report := func(fill func(f *File)) *Report {
		r := New()
		fill(r.File("a"))
		return r
	}
	guess := func(f *File) { f.Guess(); f.Hit(1, 0); f.Hit(2, 0) }
	for name, tt := range map[string]struct {
		loaded func(f *File)
		want   Totals
	}{
		"of lines": {func(f *File) { f.Hit(2, 3) }, Totals{Files: 1, Lines: Count{Covered: 1, Coverable: 1}}},
		"of none": {func(f *File) { f.Branch(2, 0, 1) }, Totals{
			Files: 1, Lines: Count{Coverable: 2}, Branches: Branches{Covered: 1, Total: 1},
		}},
		"a guess": {guess, Totals{Files: 1, Lines: Count{Coverable: 2}}},
	} {
		for _, order := range [][]func(*File){{tt.loaded, guess}, {guess, tt.loaded}} {
			all := New()
			for _, fill := range order {
				all.Merge(report(fill))
			}
			if diff := cmp.Diff(tt.want, all.Totals()); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", name, diff)
			}
		}
	}
}
