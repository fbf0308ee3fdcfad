package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
)

func TestMatch(t *testing.T) {
	tree := []string{
		"go.mod", "main.go", "internal/cli/cli.go", "tools/go.mod", "tools/gen/gen.go",
		"src/app.py", "src/util.py", "setup.py",
		"services/a/src/main/java/com/acme/App.java", "services/b/src/main/java/com/acme/App.java",
		"services/a/src/main/java/com/acme/OnlyA.java",
		"packages/api/src/index.ts", "packages/web/src/index.ts", "packages/web/src/view.ts",
		"lib/Mixed.CS", "app/src/main/kotlin/Main.kt", "README.md", "vendor/x/y.go", "deep/src/core/engine.c",
	}
	tests := []struct {
		name    string
		files   []string // of the report
		sources []string
		o       Options
		want    []string // report path -> path: how
	}{
		{name: "exact", files: []string{"src/app.py"}, want: []string{"src/app.py -> src/app.py: exact"}},
		{name: "dot and doubled slashes", files: []string{"./src//app.py"}, want: []string{"./src//app.py -> src/app.py: exact"}},
		{
			name: "below the checkout", files: []string{"/home/ci/repo/setup.py", "/home/ci/repo/src/app.py"}, o: Options{Checkout: "/home/ci/repo"},
			want: []string{"/home/ci/repo/setup.py -> setup.py: checkout", "/home/ci/repo/src/app.py -> src/app.py: checkout"},
		},
		{
			name: "Windows", files: []string{`C:\build\1\s\src\app.py`, `c:\Build\1\s\lib\mixed.cs`},
			want: []string{`C:\build\1\s\src\app.py -> src/app.py: beginning`, `c:\Build\1\s\lib\mixed.cs -> lib/Mixed.CS: case`},
		},
		{
			name: "container: a file at the root goes with the others", files: []string{"/app/setup.py", "/app/src/util.py"},
			want: []string{"/app/setup.py -> setup.py: beginning", "/app/src/util.py -> src/util.py: beginning"},
		},
		{
			name: "a dependency's file at the root does not", files: []string{"/opt/python/setup.py", "/app/src/util.py", "/usr/lib/python3/src/app.py"},
			want: []string{"/app/src/util.py -> src/util.py: beginning", "/opt/python/setup.py -> : not-in-commit", "/usr/lib/python3/src/app.py -> : foreign"},
		},
		{
			name: "Go modules", files: []string{"example.com/m/internal/cli/cli.go", "example.com/m/tools/gen/gen.go", "example.com/m/main.go"},
			o: Options{Modules: []GoModule{{Path: "example.com/m"}, {Path: "example.com/m/tools", Dir: "tools"}}},
			want: []string{
				"example.com/m/internal/cli/cli.go -> internal/cli/cli.go: go-module",
				"example.com/m/main.go -> main.go: go-module", "example.com/m/tools/gen/gen.go -> tools/gen/gen.go: go-module",
			},
		},
		{
			name: "JVM package, one source root", files: []string{"com/acme/OnlyA.java"},
			want: []string{"com/acme/OnlyA.java -> services/a/src/main/java/com/acme/OnlyA.java: package"},
		},
		{
			name: "JVM package, two source roots, nothing decides", files: []string{"com/acme/App.java"},
			want: []string{"com/acme/App.java -> : ambiguous"},
		},
		{
			name: "decided by the report's location", files: []string{"com/acme/App.java"}, o: Options{Location: "services/b/target/site/jacoco/jacoco.xml"},
			want: []string{"com/acme/App.java -> services/b/src/main/java/com/acme/App.java: package"},
		},
		{
			name: "decided by a source root", files: []string{"com/acme/App.java"}, sources: []string{"--source", "/ci/x/services/b/src/main/java"},
			want: []string{"com/acme/App.java -> services/b/src/main/java/com/acme/App.java: package"},
		},
		{
			name: "decided by the other files", files: []string{"src/index.ts", "src/view.ts"},
			want: []string{"src/index.ts -> packages/web/src/index.ts: folder", "src/view.ts -> packages/web/src/view.ts: folder"},
		},
		{
			name: "root", files: []string{"src/index.ts"}, o: Options{Root: "packages/api"},
			want: []string{"src/index.ts -> packages/api/src/index.ts: root"},
		},
		{
			name: "path map", files: []string{"/srv/web/src/index.ts"}, o: Options{PathMaps: []PathMap{{"/srv/api", "x"}, {"/srv/web", "packages/web"}}},
			want: []string{"/srv/web/src/index.ts -> packages/web/src/index.ts: path-map"},
		},
		{
			name: "a path map takes whole components", files: []string{"/srvx/src/index.ts"}, o: Options{PathMaps: []PathMap{{"/srv", "packages/web"}}},
			want: []string{"/srvx/src/index.ts -> : ambiguous"},
		},
		{
			name: "relative source root", files: []string{"app.py"}, sources: []string{"src"},
			want: []string{"app.py -> src/app.py: source"},
		},
		{
			name: "relative source root, and where the tool ran", files: []string{"app.py", "src/util.py", "src/core/engine.c"}, sources: []string{".", "src/"},
			want: []string{"app.py -> src/app.py: source", "src/core/engine.c -> : not-in-commit", "src/util.py -> src/util.py: source"},
		},
		{
			name: "ignore", files: []string{"src/app.py", "src/util.py"}, o: Options{Ignore: []string{"**/util.*"}},
			want: []string{"src/app.py -> src/app.py: exact", "src/util.py -> : ignored"},
		},
		{name: "webpack", files: []string{"webpack:///./src/app.py"}, want: []string{"webpack:///./src/app.py -> src/app.py: exact"}},
		{name: "file URL", files: []string{"file:///x/y/src/app.py"}, want: []string{"file:///x/y/src/app.py -> src/app.py: beginning"}},
		{name: "Kotlin without its package's folders", files: []string{"com/acme/Main.kt"}, want: []string{"com/acme/Main.kt -> app/src/main/kotlin/Main.kt: package"}},
		{
			name: "neither whole: both end alike", files: []string{"/build/x/src/core/engine.c"},
			want: []string{"/build/x/src/core/engine.c -> deep/src/core/engine.c: beginning"},
		},
		{
			name: "JaCoCo groups", files: []string{"a/com/acme/App.java", "b/com/acme/App.java", "c/com/acme/App.java"},
			want: []string{
				"a/com/acme/App.java -> services/a/src/main/java/com/acme/App.java: package",
				"b/com/acme/App.java -> services/b/src/main/java/com/acme/App.java: package", "c/com/acme/App.java -> : ambiguous",
			},
		},
		{
			name: "relative to the report", files: []string{"../src/index.ts"}, o: Options{Location: "packages/web/coverage/lcov.info"},
			want: []string{"../src/index.ts -> packages/web/src/index.ts: report-folder"},
		},
		{name: "nothing alike", files: []string{"src/other.py"}, want: []string{"src/other.py -> : not-in-commit"}},
		{name: "only the base name is alike", files: []string{"/x/lib/app.py"}, want: []string{"/x/lib/app.py -> : not-in-commit"}},
	}
	index := NewTree(tree)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := coverage.New()
			r.Sources = tt.sources
			for _, f := range tt.files {
				r.File(f).Hit(1, 1)
			}
			out, matches := index.Report(r, tt.o)
			var got []string
			matched := 0
			for _, m := range matches {
				got = append(got, fmt.Sprintf("%s -> %s: %s", m.Report, m.Path, m.How))
				if m.Path != "" {
					matched++
					if out.Lookup(m.Path) == nil {
						t.Errorf("%s is not in the matched report", m.Path)
					}
				}
				if m.How.Explain() == "" {
					t.Errorf("%s has no explanation", m.How)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if out.Len() != matched {
				t.Errorf("%d files in the report, %d matched", out.Len(), matched)
			}
		})
	}
}

func TestMatchMergesSpellingsOfOneFile(t *testing.T) {
	r := coverage.New()
	r.File("./src/a.go").Hit(1, 2)
	r.File("src/a.go").Hit(1, 3)
	r.File("/repo/src/a.go").Hit(1, 4)
	r.File("src/a.go").Hit(2, 1)
	r.File("/app/src/a.go").Hit(1, 100)
	out, _ := NewTree([]string{"src/a.go"}).Report(r, Options{Checkout: "/repo"})
	if hits, _ := out.Lookup("src/a.go").Line(1); hits != 9 || out.Len() != 1 {
		t.Errorf("%d hits in %d files", hits, out.Len())
	}
	if hits, _ := r.Lookup("src/a.go").Line(1); hits != 3 {
		t.Errorf("the report that was matched has changed: %d hits", hits)
	}
}

func TestMatchWithoutTree(t *testing.T) {
	var none *Tree
	r := coverage.New()
	r.File(`.\src\a.go`).Hit(1, 1)
	out, matches := none.Report(r, Options{Root: "sub"})
	if out.Lookup("sub/src/a.go") == nil || matches[0].How != Rooted {
		t.Errorf("%+v", matches)
	}
}

// TestCommonTail compares the search in ordered groups with the plain way.
func TestCommonTail(t *testing.T) {
	plain := func(a, b string) int {
		x, y := strings.Split(a, "/"), strings.Split(b, "/")
		n := 0
		for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
			n++
		}
		return n
	}
	paths := []string{"a", "a/a", "b/a", "a/b/a", "ab/a", "b/ab/a", "a/b/ab/a", "aa", "c/aa", "x/a/b/a", "b", "a/b"}
	tree := NewTree(paths)
	for _, p := range append(paths, "z/a", "z/b/a", "q", "b/b") {
		best := 0
		for _, f := range paths {
			if got, want := commonTail(f, p), plain(f, p); got != want {
				t.Errorf("commonTail(%q, %q) = %d, want %d", f, p, got, want)
			}
			best = max(best, plain(f, p))
		}
		files, common := tree.alike(p)
		if common != best {
			t.Errorf("alike(%q) has %d in common, want %d", p, common, best)
		}
		n := 0
		for _, f := range paths {
			if best > 0 && plain(f, p) == best {
				n++
			}
		}
		if len(files) != n {
			t.Errorf("alike(%q) gives %d files, want %d", p, len(files), n)
		}
		if i, _ := tree.find(p); (i >= 0) != contains(paths, p) {
			t.Errorf("find(%q) = %d", p, i)
		}
	}
}

// TestNamesakes compares what is found among few and among many files of a name with the plain way.
func TestNamesakes(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 40} {
		var files []string
		for i := range n {
			files = append(files, fmt.Sprintf("z%d/m%d/k%d/x.c", i*7%n, i%5, i*3%4))
		}
		slices.Sort(files)
		files = slices.Compact(files)
		for _, paths := range [][]string{files, append(slices.Clone(files), "y.c", "a/y.c", "xx.c", "z1/m1/xx.c")} {
			slices.Sort(paths)
			tree := NewTree(paths)
			for _, p := range append(slices.Clip(paths), "x.c", "k1/x.c", "m2/k2/x.c", "/w/m4/k0/x.c", "q/x.c", "m9/k9/x.c", "q.c", "c", "K1/X.C") {
				var named, like []string
				common := 0
				for _, f := range paths {
					c := commonTail(f, p)
					if c > 0 {
						named = append(named, f)
					}
					if c > common {
						common, like = c, nil
					}
					if c > 0 && c == common {
						like = append(like, f)
					}
				}
				path := func(is []int32) (out []string) {
					for _, i := range is {
						out = append(out, paths[i])
					}
					slices.Sort(out)
					return out
				}
				slices.Sort(named)
				slices.Sort(like)
				if diff := cmp.Diff(named, path(tree.namesakes(p))); diff != "" {
					t.Errorf("%d files: namesakes of %s: %s", n, p, diff)
				}
				files, c := tree.alike(p)
				if diff := cmp.Diff(like, path(files)); diff != "" || c != common {
					t.Errorf("%d files: like %s in %d, want %d: %s", n, p, c, common, diff)
				}
				if i, how := tree.find(p); (how == very) != slices.Contains(paths, p) || how == very && paths[i] != p {
					t.Errorf("%d files: %s is %d, %v", n, p, i, how)
				}
			}
		}
	}
}

// TestSharedBuckets has trees of two names: where their hashes fall together, neither name has the files of the other.
func TestSharedBuckets(t *testing.T) {
	for _, n := range []int{8, 9} { // as many as are looked through, and more
		files := append(each(n, "a%d/y.c"), each(n, "b%d/x.c")...)
		for range 300 {
			tree := NewTree(files)
			for _, name := range []string{"x.c", "y.c"} {
				for _, f := range tree.namesakes(name) {
					if base(tree.files[f]) != name {
						t.Fatalf("%s is called %s", tree.files[f], name)
					}
				}
				if found := len(tree.namesakes(name)); found != n {
					t.Fatalf("%d files are called %s, not %d", found, name, n)
				}
			}
		}
	}
}

// TestIgnored marks the globs that fit a path, if anybody asks which.
func TestIgnored(t *testing.T) {
	for _, marks := range [][]bool{nil, make([]bool, 4)} {
		o := Options{Ignore: []string{"x/**", "y/**", "**/*.c", "z/**"}, Ignored: marks}
		var left []string
		for _, m := range NewTree([]string{"w/3.h", "x/2.c", "y/1.h"}).Paths([]string{"y/1.h", "x/2.c", "w/3.h"}, o) {
			if m.How != Ignored {
				left = append(left, m.Path)
			}
		}
		if diff := cmp.Diff([]string{"w/3.h"}, left); diff != "" {
			t.Errorf("left (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]bool{true, true, true, false}, marks); marks != nil && diff != "" {
			t.Errorf("marks (-want +got):\n%s", diff)
		}
	}
}

// TestTree has the files of a commit in any order, in several cases and with accents.
func TestTree(t *testing.T) {
	files := []string{"src/x.c", "\u00c9", "Lib/\u00c9/a.c", "lib/A.c", "lib/a.c", "lib/b.c", "src/x.C"}
	given := slices.Clone(files)
	for i := range 20 {
		files = append(files, fmt.Sprintf("m%d/a.c", i))
	}
	for _, files := range [][]string{files, files[:len(given)]} { // with more namesakes than are looked through, and without
		before := slices.Clone(files)
		tree := NewTree(files)
		if diff := cmp.Diff(before, files); diff != "" {
			t.Errorf("the caller's files: %s", diff)
		}
		if !slices.IsSorted(tree.files) {
			t.Errorf("%q", tree.files)
		}
		for p, want := range map[string]string{
			"src/x.c": "src/x.c", "SRC/x.c": "", "lib/A.c": "lib/A.c", "LIB/a.c": "", "lib/B.c": "folded lib/b.c",
			"\u00e9": "folded \u00c9", "Lib/E\u0301/a.c": "Lib/\u00c9/a.c", "lib/\u00e9/A.c": "folded Lib/\u00c9/a.c", "lib/c.c": "",
		} {
			got := ""
			if i, how := tree.find(p); how == folded {
				got = "folded " + tree.files[i]
			} else if how == very {
				got = tree.files[i]
			}
			if got != want {
				t.Errorf("%s is %q, want %q", p, got, want)
			}
		}
		for dir, want := range map[string]bool{"src": true, "SRC": true, "lib": true, "LIB/\u00e9": true, "li": false, "src/x.c": false, "zzz": false} {
			if tree.folder(dir) != want {
				t.Errorf("%s is a folder: %v", dir, !want)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// BenchmarkMatch matches 100,000 paths of a report with a tree of 200,000
// files, indexing included.
func BenchmarkMatch(b *testing.B) {
	tree := make([]string, 200_000)
	for i := range tree {
		tree[i] = fmt.Sprintf("services/s%03d/src/main/java/com/acme/p%03d/File%d.java", i%300, i%977, i/2)
	}
	for _, kind := range []struct {
		name string
		path func(i int) string
	}{
		{"exact", func(i int) string { return tree[i] }},
		{"jvm", func(i int) string { return fmt.Sprintf("com/acme/p%03d/File%d.java", (2*i)%977, i) }},
		{"container", func(i int) string { return "/home/runner/work/repo/" + tree[i] }},
		{"unknown", func(i int) string { return fmt.Sprintf("/x/y/%d/File%d.java", i, i%50_000) }},
		{"index", func(i int) string { return fmt.Sprintf("/x%d/com/acme/p001/File1.java", i) }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			r := coverage.New()
			for i := range 100_000 {
				r.File(kind.path(i)).Hit(1, 1)
			}
			for b.Loop() {
				NewTree(tree).Report(r, Options{Location: "services/s001/target/jacoco.xml"})
			}
		})
	}
}
