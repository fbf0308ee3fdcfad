package match

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// world makes up a commit, and a report of it that a tool may have written in
// some folder of some machine, with files that the commit does not have.
func world(r *rand.Rand) (commit, report []string, o Options) {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	name := func() string {
		return pick("src", "lib", "core", "gen", "util") + "/" + pick("index", "util", "main", "a", "b", "c") + pick(".ts", ".c", ".py", ".kt", ".java", ".go")
	}
	roots := []string{"", "packages/a/", "packages/b/", "services/x/src/main/java/com/acme/", "vendor/lib/"}
	for range 1 + r.IntN(30) {
		commit = append(commit, roots[r.IntN(len(roots))]+name())
	}
	slices.Sort(commit)
	commit = slices.Compact(commit)
	put := roots[r.IntN(len(roots))]
	drop := pick("", "/app/", "/repo/", `C:\w\`, "build/", "/_/", "com/acme/", "../")
	for range 1 + r.IntN(12) {
		p := name()
		if r.IntN(3) > 0 {
			p = strings.TrimPrefix(commit[r.IntN(len(commit))], put)
		}
		report = append(report, drop+p)
	}
	if r.IntN(3) == 0 {
		report = append(report, pick("/usr/include/", "/opt/dep/", "node_modules/x/", "third_party/y/", "/repo/gen/")+name())
	}
	slices.Sort(report)
	report = slices.Compact(report)
	o = Options{Checkout: "/repo", Location: pick("", "lcov.info", "packages/a/coverage/lcov.info", "out/jacoco-x.xml")}
	if r.IntN(4) == 0 {
		o.Sources = []string{pick("/repo/packages/a", "/elsewhere/src", "packages/b", "--source"), pick("/repo", ".", "/elsewhere/lib")}
	}
	return commit, report, o
}

func answers(matches []Match) map[string]string {
	out := map[string]string{}
	for _, m := range matches {
		out[m.Report] = string(m.How) + " " + m.Path
	}
	return out
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	matched := 0
	for i := range 20_000 {
		commit, report, o := world(r)
		first := NewTree(commit).Paths(report, o)
		want := answers(first)

		shuffled := slices.Clone(report)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		files := slices.Clone(commit)
		r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		if got := answers(NewTree(files).Paths(shuffled, o)); !maps.Equal(want, got) {
			t.Fatalf("world %d: another order, other answers: %v of %v, %+v\n%s", i, report, commit, o, cmp.Diff(want, got))
		}

		more := append(slices.Clone(commit), "docs/unrelated.md", "src/unrelated.ts", "packages/a/unrelated.py", "zzz")
		if got := answers(NewTree(more).Paths(report, o)); !maps.Equal(want, got) {
			t.Fatalf("world %d: unrelated files change answers: %v of %v, %+v\n%s", i, report, commit, o, cmp.Diff(want, got))
		}

		taken := map[string]Match{}
		for _, m := range first {
			if m.Path == "" {
				if m.Reason() == "" || m.Flag() == "" && m.How != Ignored {
					t.Fatalf("world %d: %s: %s without reason or flag", i, m.Report, m.How)
				}
				continue
			}
			matched++
			if !slices.Contains(commit, m.Path) {
				t.Fatalf("world %d: %s is %s, which the commit does not have", i, m.Report, m.Path)
			}
			if base(clean(m.Report)) != base(m.Path) {
				t.Fatalf("world %d: %s is %s", i, m.Report, m.Path)
			}
			if rel, ok := strings.CutPrefix(m.Report, "/repo/"); ok && rel != m.Path {
				t.Fatalf("world %d: %s is %s, below the checkout", i, m.Report, m.Path)
			}
			if other, ok := taken[m.Path]; ok && (!certain(m.How) || !certain(other.How)) {
				t.Fatalf("world %d: %s (%s) and %s (%s) became one", i, m.Report, m.How, other.Report, other.How)
			}
			taken[m.Path] = m
		}
	}
	if matched < 20_000 {
		t.Errorf("%d paths were matched", matched)
	}
}

func FuzzPaths(f *testing.F) {
	f.Add("src/a.py\nsrc/b.py", "/app/src/a.py\nsrc/b.py", "lcov.info", "/app")
	f.Add("a/src/main/java/c/A.java\nb/src/main/java/c/A.java", "c/A.java", "out/jacoco-a.xml", "--source")
	f.Add("x\ny/x", "..\n../x\n/\n//\n./\nC:\\x\nfile:///x%20", "y/z/r.xml", "..")
	f.Add("Ana\u0301/m.py\nA\u00f1b/c.kt", "An\u00e1/m.py", "", "w:\\")
	f.Fuzz(func(t *testing.T, commit, report, location, source string) {
		files := strings.Split(commit, "\n")
		paths := strings.Split(report, "\n")
		o := Options{Location: location, Sources: []string{source, "/repo"}, Checkout: "/repo", Modules: []GoModule{{source, "m"}}, Explain: true}
		tree := New(Commit{Files: files, Submodules: []string{source}, Links: map[string]string{location: source, "l": "..", "m": "l/n"}})
		found := tree.Paths(paths, o)
		if len(found) != len(paths) {
			t.Fatalf("%d answers to %d paths", len(found), len(paths))
		}
		for i, m := range found {
			if m.Report != paths[i] {
				t.Fatalf("answer %d is to %q, not to %q", i, m.Report, paths[i])
			}
			if m.Path != "" && !slices.Contains(files, m.Path) {
				t.Fatalf("%q is %q, which the commit does not have", m.Report, m.Path)
			}
			if m.Path == "" && (m.Reason() == "" || m.Flag() == "") {
				t.Fatalf("%q: no reason or flag", m.Report)
			}
		}
		slices.Reverse(paths)
		again := tree.Paths(paths, o)
		slices.Reverse(again)
		for i := range found {
			if found[i].Path != again[i].Path || found[i].How != again[i].How {
				t.Fatalf("%q: %s %q, and in another order %s %q", found[i].Report, found[i].How, found[i].Path, again[i].How, again[i].Path)
			}
		}
	})
}
