package match

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A booking is a commit, the paths of a report, and what each of them is: the commit's file or -, how, and after a bar what
// the reason says among other things.
type booking struct {
	name               string
	commit, submodules []string
	links              map[string]string
	o                  Options
	report, want       []string
}

func (b booking) run(t *testing.T) {
	t.Helper()
	var got []string
	for i, m := range New(Commit{Files: b.commit, Submodules: b.submodules, Links: b.links}).Paths(b.report, b.o) {
		file := m.Path
		if file == "" {
			file = "-"
		}
		line := file + " " + string(m.How)
		if i < len(b.want) {
			if _, said, ok := strings.Cut(b.want[i], " | "); ok {
				if reason := m.Reason(); strings.Contains(reason, said) {
					line += " | " + said
				} else {
					line += " | " + reason
				}
			}
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(b.want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// each returns a path in each of n folders, of a format with the folder's number.
func each(n int, format string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return out
}

// TestBeginnings has what decides between the folders that a report's paths may begin in.
func TestBeginnings(t *testing.T) {
	inB := Options{Location: "b/coverage/lcov.info"}
	// More files of a name than may propose a beginning each.
	packages := append(each(20, "packages/p%d/src/index.ts"), each(20, "packages/p%d/src/view.ts")...)
	deep := func(n int) string { return strings.Join(each(n, "%d"), "/") }
	var rivals []string
	for i := range 60 {
		rivals = append(rivals, each(15, fmt.Sprintf("m%%d-%d/f%d.ts", i, i))...)
	}
	five := slices.Clip(append([]string{"src/m.c"}, each(5, "src/%d.c")...))
	stray := slices.Clip(append([]string{"/w/src/m.c"}, each(5, "/w/dep/src/%d.c")...))
	nine := append(each(9, "m%d/src/a%[1]d.c"), each(9, "m%d/lib/b%[1]d.c")...)
	for _, tt := range []booking{
		// Who proposes a beginning.
		{
			name: "a name that every package has, by the report's folder", commit: packages, o: Options{Location: "packages/p7/coverage/lcov.info"},
			report: []string{"src/index.ts"}, want: []string{"packages/p7/src/index.ts folder"},
		},
		{
			name: "the same in a container", commit: packages, o: Options{Location: "packages/p7/coverage/lcov.info"},
			report: []string{"/app/src/index.ts", "/app/src/view.ts"}, want: []string{"packages/p7/src/index.ts beginning", "packages/p7/src/view.ts beginning"},
		},
		{
			name: "the same below a CI system's root", commit: append([]string{"src/index.ts"}, packages...),
			report: []string{"/home/runner/work/r/r/src/index.ts"}, want: []string{"src/index.ts beginning"},
		},
		{
			name: "the report lies 19 folders below its package", commit: packages, o: Options{Location: "packages/p7/" + deep(18) + "/lcov.info"},
			report: []string{"src/index.ts"}, want: []string{"packages/p7/src/index.ts folder"},
		},
		{
			name: "no farther", commit: packages, o: Options{Location: "packages/p7/" + deep(19) + "/lcov.info"},
			report: []string{"src/index.ts"}, want: []string{"- ambiguous | nothing shows which is meant"},
		},
		{
			name: "a container's folder 19 above the sources", commit: each(20, "p%d/"+deep(18)+"/x.ts"), o: Options{Location: "p7/lcov.info"},
			report: []string{"/app/" + deep(18) + "/x.ts", "/app/" + deep(18) + "/gone.ts"}, want: []string{"p7/" + deep(18) + "/x.ts beginning", "- not-in-commit"},
		},
		{
			name: "no farther, either", commit: each(20, "p%d/"+deep(19)+"/x.ts"), o: Options{Location: "p7/lcov.info"},
			report: []string{"/app/" + deep(19) + "/x.ts", "/app/" + deep(19) + "/gone.ts"}, want: []string{"- ambiguous", "- not-in-commit"},
		},
		{
			name: "sixteen files of a name", commit: append(each(15, "p%d/src/x.ts"), "b/x.ts"), o: inB,
			report: []string{"/w/src/x.ts"}, want: []string{"- ambiguous | may begin in b/ or p0/"},
		},
		{
			name: "seventeen: those that are most alike", commit: append(each(16, "p%d/src/x.ts"), "b/x.ts"), o: inB,
			report: []string{"/w/src/x.ts"}, want: []string{"- ambiguous | may begin in p0/ or p1/"},
		},
		{
			name: "more beginnings than are compared", commit: append(each(60, "z/f%d.ts"), rivals...),
			report: each(60, "/w/f%d.ts"), want: each(60, "z/f%d.ts beginning"),
		},
		{
			name: "a repository in a folder called vendor", commit: []string{"app/src/a.c", "app/src/b.c"},
			report: []string{"/usr/include/x.h", "/w/vendor/app-1/gone.c", "/w/vendor/app-1/src/a.c", "/w/vendor/app-1/src/b.c"},
			want:   []string{"- foreign", "- not-in-commit", "app/src/a.c beginning", "app/src/b.c beginning"},
		},
		{
			name: "folders of Windows are the same in any case", commit: []string{"app/src/a.c", "app/src/b.c"},
			report: []string{`C:\w\Vendor\vendor\app-1\src\a.c`, `c:\W\vendor\vendor\app-1\src\b.c`, `C:\W\x.c`},
			want:   []string{"- foreign", "- foreign", "- not-in-commit"},
		},

		// Which of them is taken.
		{
			name: "nothing but the longer way to the report", commit: []string{"a/java/c/y.go", "b/c/y.go"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/w/c/y.go"}, want: []string{"a/java/c/y.go beginning"},
		},
		{
			name: "a CI system's root before the report's folder", commit: []string{"a/src/x.ts", "c/d/y.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/github/workspace/z/src/x.ts", "/github/workspace/c/d/y.ts"},
			want:   []string{"- not-in-commit", "c/d/y.ts beginning"},
		},
		{
			name: "the report's folder, and a longer likeness elsewhere", commit: []string{"b/src/z.c"}, o: inB,
			report: []string{"/r/lib/src/z.c", "/w/p/b/src/z.c"}, want: []string{"b/src/z.c beginning", "- not-in-commit"},
		},
		{
			name: "the folder itself is named too", commit: []string{"b/y.c"}, o: inB,
			report: []string{"/w/b/y.c", "/w/y.c"}, want: []string{"- not-in-commit | /w/ is b/", "b/y.c beginning"},
		},
		{
			name: "a relative path is no rival of another machine's", commit: []string{"a/lib/y.c", "a/x.c"}, o: Options{Location: "a/src/r.xml"},
			report: []string{"/v/lib/y.c", "m1/x.c"}, want: []string{"a/lib/y.c beginning", "- not-in-commit"},
		},
		{
			name: "as alike as the other, and shorter", commit: []string{"a/java/c/v.c", "b/src/z.c"}, o: inB,
			report: []string{"/w/c/v.c", "/w/p/src/z.c"}, want: []string{"- not-in-commit", "b/src/z.c beginning"},
		},
		{
			name: "two folders have the same files", commit: []string{"a/src/x.ts", "a/src/y.ts", "b/src/x.ts", "b/src/y.ts"},
			report: []string{"/w/src/x.ts", "/w/src/y.ts"}, want: []string{"- ambiguous", "- ambiguous"},
		},
		{
			name: "two folders of one file, one within the other", commit: []string{"a/z.c"},
			report: []string{"/w/p/a/a/z.c", "/w/p/a/z.c"}, want: []string{"- ambiguous", "- ambiguous"},
		},
		{
			name: "what is left over when two fit equally well", commit: []string{"m/src/x.go", "n/a/x.go"},
			report: []string{"/src/m/src/x.go", "/w/a/X.go", "/w/sub/n/a/x.go"},
			want:   []string{"- ambiguous", "- not-in-commit | nothing shows that it is meant", "- ambiguous"},
		},

		// What is enough.
		{name: "one file that has lost a folder", commit: []string{"lib/k/v.go"}, report: []string{"out/k/v.go"}, want: []string{"- not-in-commit | nothing shows that it is meant"}},
		{
			name: "one file twice, and nothing else", commit: []string{"w/c/z.go"},
			report: []string{"C:/w/z.go", `C:\w\z.go`}, want: []string{"w/c/z.go beginning", "w/c/z.go beginning"},
		},
		{
			name: "a folder of the commit without the file, deeper", commit: []string{"b/z.ts", "lib/src/y.ts"},
			report: []string{"b/lib/src/y.ts"}, want: []string{"- not-in-commit"},
		},
		{
			name: "two files below a folder called like a submodule", commit: []string{"src/a.c", "src/b.c"}, submodules: []string{"lib"},
			report: []string{"/home/x/lib/src/a.c", "/home/x/lib/src/b.c"}, want: []string{"- not-in-commit", "- not-in-commit"},
		},
		{
			name: "a folder within one called like a submodule", commit: []string{"a/c/d/y.kt"}, submodules: []string{"a"},
			report: []string{"/w/a/r/c/d/y.kt"}, want: []string{"a/c/d/y.kt beginning"},
		},

		// Several runs in one report.
		{
			name: "eight modules in one report, and a ninth", commit: nine,
			report: append(each(9, "/x%d/src/a%[1]d.c"), each(9, "/x%d/lib/b%[1]d.c")...),
			want:   slices.Concat(each(8, "m%d/src/a%[1]d.c beginning"), []string{"- not-in-commit"}, each(8, "m%d/lib/b%[1]d.c beginning"), []string{"- not-in-commit"}),
		},
		{
			name: "a run of fewer files", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "a/s/4.ts", "b/t/5.ts", "b/u/6.ts"},
			report: []string{"s/1.ts", "s/2.ts", "s/3.ts", "s/4.ts", "t/5.ts", "u/6.ts"},
			want:   []string{"a/s/1.ts folder", "a/s/2.ts folder", "a/s/3.ts folder", "a/s/4.ts folder", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "a run of one folder's files", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "a/s/4.ts", "b/t/5.ts", "b/t/6.ts", "b/t/7.ts"},
			report: []string{"s/1.ts", "s/2.ts", "s/3.ts", "s/4.ts", "t/5.ts", "t/6.ts", "t/7.ts"},
			want: []string{
				"a/s/1.ts folder", "a/s/2.ts folder", "a/s/3.ts folder", "a/s/4.ts folder", "- not-in-commit", "- not-in-commit", "- not-in-commit",
			},
		},
		{
			name: "a run that is nested the other way", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/t/5.ts", "b/t/6.ts"},
			report: []string{"/w/sub/s/1.ts", "/w/sub/s/2.ts", "/w/sub/s/3.ts", "/w/t/5.ts", "/w/t/6.ts"},
			want:   []string{"a/s/1.ts beginning", "a/s/2.ts beginning", "a/s/3.ts beginning", "- not-in-commit | /w/sub/ is a/; this path begins elsewhere", "- not-in-commit"},
		},
		{
			name: "nested on Windows, in any case", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/t/5.ts", "b/t/6.ts"},
			report: []string{`C:\w\sub\s\1.ts`, `C:\w\sub\s\2.ts`, `C:\w\sub\s\3.ts`, `c:\W\t\5.ts`, `c:\W\t\6.ts`},
			want:   []string{"a/s/1.ts beginning", "a/s/2.ts beginning", "a/s/3.ts beginning", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "a relative folder beside a run of relative paths", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/t/5.ts", "b/t/6.ts"},
			report: []string{"dep/t/5.ts", "dep/t/6.ts", "s/1.ts", "s/2.ts", "s/3.ts"},
			want:   []string{"- not-in-commit", "- not-in-commit", "a/s/1.ts folder", "a/s/2.ts folder", "a/s/3.ts folder"},
		},
		{
			name: "a run of another machine, and a smaller relative one", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/t/5.ts", "b/t/6.ts"},
			report: []string{"/w/s/1.ts", "/w/s/2.ts", "/w/s/3.ts", "t/5.ts", "t/6.ts"},
			want:   []string{"a/s/1.ts beginning", "a/s/2.ts beginning", "a/s/3.ts beginning", "b/t/5.ts folder", "b/t/6.ts folder"},
		},
		{
			name: "the other way round", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/t/5.ts", "b/t/6.ts"},
			report: []string{"/w/t/5.ts", "/w/t/6.ts", "s/1.ts", "s/2.ts", "s/3.ts"},
			want:   []string{"b/t/5.ts beginning", "b/t/6.ts beginning", "a/s/1.ts folder", "a/s/2.ts folder", "a/s/3.ts folder"},
		},
		{
			name: "half of a run is ours", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/t/5.ts", "b/t/6.ts"},
			report: []string{"/v/t/5.ts", "/v/t/6.ts", "/v/t/x.ts", "/v/t/y.ts", "/w/s/1.ts", "/w/s/2.ts", "/w/s/3.ts"},
			want: []string{
				"b/t/5.ts beginning", "b/t/6.ts beginning", "- not-in-commit", "- not-in-commit", "a/s/1.ts beginning", "a/s/2.ts beginning", "a/s/3.ts beginning",
			},
		},
		{
			name: "a second run of one file", commit: []string{"a/s/1.ts", "a/s/2.ts", "b/t/5.ts"},
			report: []string{"/v/t/5.ts", "/w/s/1.ts", "/w/s/2.ts"}, want: []string{"- not-in-commit", "a/s/1.ts beginning", "a/s/2.ts beginning"},
		},
		{
			name: "a second run that is alike in names alone", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "b/5.ts", "b/6.ts"},
			report: []string{"/v/5.ts", "/v/6.ts", "/w/s/1.ts", "/w/s/2.ts", "/w/s/3.ts"},
			want:   []string{"- not-in-commit", "- not-in-commit", "a/s/1.ts beginning", "a/s/2.ts beginning", "a/s/3.ts beginning"},
		},
		{
			name: "the smaller of two runs lies at the report", commit: append(each(7, "a/s/%d.ts"), "b/t/7.ts", "b/t/8.ts", "b/u/9.ts"), o: inB,
			report: append(each(7, "s/%d.ts"), "t/7.ts", "t/8.ts", "u/9.ts"),
			want:   append(each(7, "a/s/%d.ts folder"), "- not-in-commit", "- not-in-commit", "- not-in-commit"),
		},
		{
			name: "a run beside this machine's", commit: []string{"src/m.ts", "a/s/1.ts", "a/s/2.ts"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/m.ts", "/w/s/1.ts", "/w/s/2.ts"}, want: []string{"src/m.ts checkout", "a/s/1.ts beginning", "a/s/2.ts beginning"},
		},
		{
			name: "a relative one beside this machine's", commit: []string{"src/m.ts", "a/s/1.ts", "a/s/2.ts"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/m.ts", "s/1.ts", "s/2.ts"}, want: []string{"src/m.ts checkout", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "findings add nothing up: other machines' paths count one by one", commit: []string{"src/a.c", "src/b.c", "z.c"}, o: Options{Shared: true},
			report: []string{"/v/src/b.c", "/w/src/a.c", "/w/src/b.c", "/x/z.c", "dep/src/b.c"},
			want:   []string{"src/b.c beginning", "src/a.c beginning", "src/b.c beginning", "- not-in-commit", "- not-in-commit"},
		},

		// Where the checkout was.
		{
			name: "a file in the checkout's root", commit: []string{"a/src/x.ts", "b/y.ts", "top.ts"}, o: Options{Location: "a/lcov.info"},
			report: []string{`C:\R\b\src\x.ts`, `c:\r\top.ts`}, want: []string{"- not-in-commit", "top.ts beginning"},
		},
		{
			name: "one in a folder of it", commit: []string{"a/src/x.ts", "b/y.ts", "p/top.ts"}, o: Options{Location: "a/lcov.info"},
			report: []string{"/r/b/src/x.ts", "/r/top.ts"}, want: []string{"a/src/x.ts beginning", "- not-in-commit"},
		},
		{
			name: "one that the commit does not have", commit: []string{"a/src/x.ts", "b/y.ts"}, o: Options{Location: "a/lcov.info"},
			report: []string{"/r/b/src/x.ts", "/r/gone.ts"}, want: []string{"a/src/x.ts beginning", "- not-in-commit"},
		},

		{
			name: "a checkout called like one of its folders, and a file beside it", commit: append([]string{"app/q.c", "lib/u.c"}, each(5, "src/%d.c")...),
			report: append([]string{"/srv/lib/u.c"}, each(5, "/srv/app/src/%d.c")...), want: append([]string{"- not-in-commit"}, each(5, "src/%d.c beginning")...),
		},

		// The root of a CI system's checkout, beside a folder of the repository's own name.
		{
			name: "GitHub's, of a repository with a folder called like it", commit: []string{"r/src/a.c", "src/a.c"},
			report: []string{"/home/runner/work/r/r/src/a.c"}, want: []string{"src/a.c beginning"},
		},
		{
			name: "Azure's, and a folder called s", commit: []string{"s/src/a.c", "src/a.c"},
			report: []string{"/home/vsts/work/1/s/src/a.c"}, want: []string{"src/a.c beginning"},
		},
		{
			name: "tests of a package of the repository's name", commit: []string{"r/tests/__init__.py", "tests/__init__.py"},
			report: []string{"/home/runner/work/r/r/tests/__init__.py"}, want: []string{"tests/__init__.py beginning"},
		},

		// A folder within another.
		{
			name: "a dependency with five files like ours", commit: append([]string{"src/m.c"}, each(5, "src/%d.c")...),
			report: append([]string{"/w/src/m.c"}, each(5, "/w/dep/src/%d.c")...), want: append([]string{"- not-in-commit"}, each(5, "src/%d.c beginning")...),
		},
		{
			name: "with four", commit: append([]string{"src/m.c"}, each(4, "src/%d.c")...),
			report: append([]string{"/w/src/m.c"}, each(4, "/w/dep/src/%d.c")...), want: append([]string{"src/m.c beginning"}, slices.Repeat([]string{"- not-in-commit"}, 4)...),
		},
		{
			name: "with five, and ours as it stands", commit: append([]string{"src/m.c"}, each(5, "src/%d.c")...),
			report: append([]string{"src/m.c"}, each(5, "dep/src/%d.c")...), want: append([]string{"src/m.c exact"}, slices.Repeat([]string{"- not-in-commit"}, 5)...),
		},
		{
			name: "with more, and some like those of a folder too", commit: []string{"lib/src/u.c", "lib/src/x.c", "src/m.c", "src/u.c", "src/x.c", "src/z.c"},
			report: []string{"/w/src/m.c", "/w/dep/src/u.c", "/w/dep/src/x.c", "/w/dep/src/z.c"},
			want:   []string{"src/m.c beginning", "- not-in-commit", "- not-in-commit", "- not-in-commit"},
		},

		// A folder within another, where a path outside it is the commit's below the other: what the commit has there decides.
		{
			name: "the commit has one of the five in the folder", commit: append(five, "dep/src/0.c"), report: stray,
			want: append([]string{"- ambiguous | (src/m.c)", "- ambiguous | (dep/src/0.c, src/0.c)", "- ambiguous | (src/1.c)"}, slices.Repeat([]string{"- ambiguous"}, 3)...),
		},
		{
			name: "it has another file beside them", commit: append(five, "dep/src/q.c"), report: stray,
			want: slices.Repeat([]string{"- ambiguous"}, 6),
		},
		{
			name: "it has one behind a link", commit: append(five, "libs/src/0.c"), links: map[string]string{"dep": "libs"}, report: stray,
			want: slices.Repeat([]string{"- ambiguous"}, 6),
		},
		{
			name: "a report in a folder that repeats a package's, as Nx has it", commit: []string{"libs/a/src/x.ts", "libs/b/src/x.ts", "b/src/x.ts"}, o: Options{Location: "dist/coverage/libs/b/lcov.info"},
			report: []string{"src/x.ts"}, want: []string{"libs/b/src/x.ts folder"},
		},
		{
			name: "a report that was handed on with its folders", commit: []string{"libs/a/src/x.ts", "libs/b/src/x.ts"}, o: Options{Location: "artifacts/all/libs/b/coverage/lcov.info"},
			report: []string{"src/x.ts"}, want: []string{"libs/b/src/x.ts folder"},
		},
		{
			name: "a report of a kind of tests, in folders called as those of the tests are", commit: []string{"api/__init__.py", "api/app.py", "api/utils.py", "tests/unit/__init__.py", "tests/unit/utils.py"},
			o: Options{Location: "coverage/tests/unit/coverage.xml"}, report: []string{"__init__.py", "app.py", "utils.py"},
			want: []string{"api/__init__.py folder", "api/app.py folder", "api/utils.py folder"},
		},
		{
			name: "one name alone, or a folder of the commit", commit: []string{"a/src/x.ts", "b/src/x.ts", "coverage/README", "libs/b/src/x.ts"}, o: Options{Location: "coverage/libs/b/lcov.info"},
			report: []string{"src/x.ts"}, want: []string{"- ambiguous"},
		},
		{
			name: "paths below a source root of another machine", commit: append(five, "dep/src/0.c"), o: Options{Sources: []string{"/w"}},
			report: append(each(5, "dep/src/%d.c"), "src/m.c"), want: slices.Repeat([]string{"- ambiguous"}, 6),
		},
		{
			name: "others that are in neither", commit: append(five, "dep/src/0.c"), report: append(stray, "/w/dep/z/gone.c", "/w/z.c"),
			want: append(slices.Repeat([]string{"- ambiguous"}, 6), "- not-in-commit", "- not-in-commit"),
		},
		{
			name: "the other is a folder of the commit", commit: append(five, "x/k/u.c", "x/dep/src/q.c"), report: append([]string{"/w/k/u.c"}, stray[1:]...),
			want: append([]string{"- not-in-commit"}, each(5, "src/%d.c beginning")...),
		},
		{
			name: "a name alone outside, and a path of somewhere else", commit: []string{"m.c", "src/0.c", "src/1.c"}, report: []string{"/w/m.c", "/w/dep/src/0.c", "/w/dep/src/1.c", "gone.c"},
			want: []string{"- not-in-commit", "src/0.c beginning", "src/1.c beginning", "- not-in-commit"},
		},
		{
			name: "the same on a second machine", commit: append(append(five, "dep/src/0.c"), each(7, "lib/%d.c")...),
			report: append(append(each(7, "/x/lib/%d.c"), each(5, `C:\w\dep\src\%d.c`)...), `C:\w\src\m.c`),
			want:   append(each(7, "lib/%d.c beginning"), slices.Repeat([]string{"- ambiguous"}, 6)...),
		},
		{
			name: "it has another file in the folder, which may be the checkout's name", commit: append(five, "dep/q.c"), report: stray,
			want: append([]string{"- not-in-commit"}, each(5, "src/%d.c beginning")...),
		},
		{
			name: "a second file that is the commit's below the other", commit: append(five, "dep/q.c"), report: append(stray, "/w/dep/q.c"),
			want: append(append([]string{"src/m.c beginning"}, slices.Repeat([]string{"- not-in-commit"}, 5)...), "dep/q.c beginning"),
		},
		{
			name: "beside the five", commit: append(five, "dep/src/q.c"), report: append(stray, "/w/dep/src/q.c"),
			want: append(append([]string{"src/m.c beginning"}, slices.Repeat([]string{"- not-in-commit"}, 5)...), "dep/src/q.c beginning"),
		},
		{
			name: "one that is the commit's below the folder", commit: append(five, "dep/q.c"), report: append(stray, "/w/dep/dep/q.c"),
			want: append(append([]string{"- not-in-commit"}, each(5, "src/%d.c beginning")...), "dep/q.c beginning"),
		},
		{
			name: "none outside", commit: append(five, "dep/src/0.c"), report: stray[1:],
			want: each(5, "src/%d.c beginning"),
		},
		{
			name: "one outside that is no file of the commit", commit: append(five, "dep/src/0.c"), report: append(stray[1:], "/w/src/gone.c"),
			want: append(each(5, "src/%d.c beginning"), "- not-in-commit"),
		},
		{
			name: "a CI system's root", commit: append(each(5, "src/%d.c"), "lib/u.c", "r/src/0.c"),
			report: append([]string{"/home/runner/work/r/lib/u.c"}, each(5, "/home/runner/work/r/r/src/%d.c")...),
			want:   append([]string{"- not-in-commit"}, each(5, "src/%d.c beginning")...),
		},

		// Who else has the file.
		{
			name: "two checkouts of CI systems, and a third of another repository", commit: []string{"src/a.c"},
			report: []string{"/home/runner/work/d/d/src/a.c", "/home/runner/work/r/r/src/a.c", "/drone/src/src/a.c"},
			want:   []string{"- ambiguous | /home/runner/work/r/r/src/a.c too, which would be the same file (src/a.c)", "- ambiguous | /home/runner/work/d/d/src/a.c too", "- ambiguous | /home/runner/work/d/d/src/a.c too"},
		},
		{
			name: "two checkouts of one repository, and a machine of Windows", commit: []string{"src/a.c", "src/b.c"},
			report: []string{"/home/runner/work/r/r/src/a.c", "/Users/runner/work/r/r/src/a.c", `C:\w\src\a.c`, `C:\w\src\b.c`},
			want:   []string{"src/a.c beginning", "src/a.c beginning", "src/a.c beginning", "src/b.c beginning"},
		},
		{
			name: "a checkout of a CI system that has it in another folder", commit: []string{"lib/src/a.c", "lib/src/b.c", "m.c"},
			report: []string{"/home/runner/work/r/r/lib/src/a.c", "/home/runner/work/r/r/m.c", "/drone/src/src/a.c", "/drone/src/src/b.c"},
			want:   []string{"lib/src/a.c beginning", "m.c beginning", "- not-in-commit | another path", "lib/src/b.c beginning"},
		},
		{
			name: "this checkout, and another machine's copy", commit: []string{"b/src/a.c", "b/src/b.c"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/b/src/a.c", "/w/src/a.c", "/w/src/b.c"}, want: []string{"b/src/a.c checkout", "- not-in-commit | another path", "b/src/b.c beginning"},
		},
		{
			name: "a path as it stands, and others that it is not", commit: []string{"p/a/src/b.js", "p/a/src/util.js"},
			report: []string{"SRC/util.js", "p/a/src/util.js", "src/b.js", "src/util.js"},
			want:   []string{"- not-in-commit | another path", "p/a/src/util.js exact", "p/a/src/b.js folder", "- not-in-commit | another path"},
		},
		{
			name: "the same in another case", commit: []string{"src/a.c"},
			report: []string{"src/a.c", "SRC/a.c"}, want: []string{"src/a.c exact", "- not-in-commit | another path"},
		},

		// Source roots of another machine.
		{
			name: "the root of another machine's disk", commit: []string{"src/a.py"}, o: Options{Sources: []string{"/"}},
			report: []string{"src/a.py"}, want: []string{"src/a.py beginning | : / is the root of the repository"},
		},
		{
			name: "the source root that is most like", commit: []string{"sub/c.py"}, o: Options{Sources: []string{"/x", "/y/r/sub"}},
			report: []string{"c.py"}, want: []string{"sub/c.py beginning | /y/r/ is the root of the repository"},
		},
		{
			name: "a source root within another", commit: []string{"a/x.ts", "x.ts"}, o: Options{Sources: []string{"/w/a", "/w"}},
			report: []string{"a/x.ts"}, want: []string{"a/x.ts beginning | /w/ is the root of the repository"},
		},
		{
			name: "what is fetched, below one", commit: []string{"src/a.js"}, o: Options{Sources: []string{"/w"}},
			report: []string{"node_modules/q/x.js", "src/a.js"}, want: []string{"- foreign | below node_modules", "src/a.js beginning"},
		},

		// Paths that are like files by accident.
		{
			name: "two of a package's files, beside four that the commit lacks", commit: []string{"acme/api.py", "acme/m.py", "acme/v.py"},
			report: append([]string{"/opt/q/api.py", "/opt/q/m.py"}, each(4, "/opt/q/%d.py")...), want: slices.Repeat([]string{"- not-in-commit"}, 6),
		},
		{
			name: "relative ones", commit: []string{"api.py", "m.py", "v.py"},
			report: append([]string{"q/api.py", "q/m.py"}, each(4, "q/%d.py")...), want: slices.Repeat([]string{"- not-in-commit"}, 6),
		},
		{
			name: "and as many files of ours", commit: each(4, "acme/%d.py"),
			report: each(8, "/opt/q/%d.py"), want: append(each(4, "acme/%d.py beginning"), slices.Repeat([]string{"- not-in-commit"}, 4)...),
		},
		{
			name: "of a package, where ours is one file deep in a folder", commit: []string{"a/src/x.c", "b/src/api.c", "b/src/log.c"},
			report: []string{"/w/b/src/log.c", "/opt/q/src/x.c", "/opt/q/k.c", "/opt/q/l.c"}, want: []string{"b/src/log.c beginning", "- not-in-commit", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "where the report lies", commit: []string{"a/util.c", "a/x.c", "b/y.c"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/w/a/x.c", "/opt/q/util.c", "/opt/q/src/k.c", "/opt/q/src/l.c"}, want: []string{"a/x.c beginning", "- not-in-commit", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "in a container, with what was generated in another folder", commit: append(each(3, "backend/%d.py"), "x.py"), o: Options{Location: "backend/coverage.xml"},
			report: append(each(3, "/app/%d.py"), each(9, "/app/gen/%d_pb2.py")...), want: append(each(3, "backend/%d.py beginning"), slices.Repeat([]string{"- not-in-commit"}, 9)...),
		},
		{
			name: "in one whose report lies in the root", commit: append(each(3, "backend/%d.py"), "x.py"), o: Options{Location: "coverage.xml"},
			report: append(each(3, "/app/%d.py"), each(9, "/app/gen/%d_pb2.py")...), want: append(each(3, "backend/%d.py beginning"), slices.Repeat([]string{"- not-in-commit"}, 9)...),
		},
		{
			name: "what was fetched does not count", commit: []string{"a/x.c", "b/y.c"}, o: Options{Location: "a/coverage/lcov.info"},
			report: append([]string{"/app/x.c"}, each(3, "/app/node_modules/q/%d.c")...), want: append([]string{"a/x.c beginning"}, slices.Repeat([]string{"- foreign"}, 3)...),
		},
		{
			name: "a folder of the commit with a new file, and another folder that has both", commit: []string{"src/api/core.c", "pkg/core.c", "pkg/errors.c"},
			report: []string{"/w/src/api/core.c", "/w/src/api/errors.c"}, want: []string{"src/api/core.c beginning", "- not-in-commit"},
		},
		{
			name: "of two source roots, one of which the commit lacks", commit: each(4, "k/y%d.py"), o: Options{Sources: []string{"/m/a", "/n/k"}},
			report: append(each(9, "x%d.py"), each(4, "y%d.py")...), want: append(slices.Repeat([]string{"- not-in-commit"}, 9), each(4, "k/y%d.py beginning")...),
		},
		{
			name: "a package's index, beside four that the commit lacks", commit: []string{"index.js", "lib/x.js"},
			report: append([]string{"pad/index.js"}, each(4, "pad/%d.js")...), want: slices.Repeat([]string{"- not-in-commit"}, 5),
		},
		{
			name: "below a folder of sources", commit: []string{"src/index.js", "lib/x.js"},
			report: append([]string{"pad/src/index.js"}, each(4, "pad/src/%d.js")...), want: slices.Repeat([]string{"- not-in-commit"}, 5),
		},
		{
			name: "on another machine", commit: []string{"index.js", "lib/x.js"},
			report: append([]string{"/opt/pad/index.js"}, each(4, "/opt/pad/%d.js")...), want: slices.Repeat([]string{"- not-in-commit"}, 5),
		},
		{
			name: "on another machine, below a folder of sources", commit: []string{"src/index.js", "lib/x.js"},
			report: append([]string{"/opt/pad/src/index.js"}, each(4, "/opt/pad/src/%d.js")...), want: slices.Repeat([]string{"- not-in-commit"}, 5),
		},
		{
			name: "or of libraries", commit: []string{"lib/index.js", "x.js"},
			report: append([]string{"/opt/pad/lib/index.js"}, each(4, "/opt/pad/lib/%d.js")...), want: slices.Repeat([]string{"- not-in-commit"}, 5),
		},
		{
			name: "in a container, with what was generated in a folder of its own name", commit: append(each(3, "svc/%d.py"), each(3, "%d.py")...),
			report: append(each(2, "/app/svc/%d.py"), each(9, "/app/svc/%d_pb2.py")...),
			want:   append([]string{"svc/0.py beginning", "svc/1.py beginning"}, slices.Repeat([]string{"- not-in-commit"}, 9)...),
		},
		{
			name: "and files of the root", commit: append(each(3, "svc/%d.py"), each(3, "%d.py")...),
			report: append(append(each(3, "/app/%d.py"), "/app/svc/0.py"), each(9, "/app/svc/%d_pb2.py")...),
			want:   append([]string{"0.py beginning", "1.py beginning", "2.py beginning", "svc/0.py beginning"}, slices.Repeat([]string{"- not-in-commit"}, 9)...),
		},
		{
			name: "a folder that the commit lacks, and two files of the name", commit: []string{"main.c", "cmd/main.c"},
			report: []string{"app/main.c"}, want: []string{"- ambiguous | nothing shows which is meant"},
		},
		{name: "and one file of the name", commit: []string{"main.c", "cmd/x.c"}, report: []string{"app/main.c"}, want: []string{"main.c beginning"}},
		{
			name: "a test that go ran by the names of its files", commit: []string{"main.go", "cmd/main.go"}, o: Options{Imports: true, Modules: []GoModule{{"e.com/m", ""}}},
			report: []string{"command-line-arguments/main.go"}, want: []string{"- ambiguous | nothing shows which is meant"},
		},
		{
			name: "beside its profile", commit: []string{"main.go", "cmd/main.go"}, o: Options{Imports: true, Modules: []GoModule{{"e.com/m", ""}}, Location: "cmd/c.out"},
			report: []string{"command-line-arguments/main.go"}, want: []string{"cmd/main.go beginning"},
		},

		// What no beginning has.
		{name: "a submodule's file", commit: []string{"src/x.c"}, submodules: []string{"lib/sub"}, report: []string{"lib/sub/x.c"}, want: []string{"- not-in-commit | submodule at lib/sub"}},
		{
			name: "another path of a name that two files have", commit: []string{"a/k/x.c", "b/k/x.c", "src/m.c", "src/n.c"},
			report: []string{"/opt/q/x.c", "/w/src/m.c", "/w/src/n.c"}, want: []string{"- not-in-commit | begins elsewhere", "src/m.c beginning", "src/n.c beginning"},
		},
		{name: "a name that no file has", commit: []string{"src/x.c"}, report: []string{"q.c"}, want: []string{"- not-in-commit | no file of the commit has this name"}},
		{
			name: "one file, and two machines", commit: []string{"src/a.c"},
			report: []string{"/app/src/a.c", "/opt/src/a.c"}, want: []string{"- ambiguous", "- ambiguous"},
		},
		{
			name: "the disk's root is no file", commit: []string{"src/a.c", "src/b.c"},
			report: []string{"/", "/src/a.c", "/src/b.c"}, want: []string{"- not-in-commit", "src/a.c beginning", "src/b.c beginning"},
		},
		{
			name: "a committed package of node", commit: []string{"a/node_modules/q/x.js", "a/node_modules/q/y.js"},
			report: []string{"/w/node_modules/q/x.js", "/w/node_modules/q/y.js"}, want: []string{"a/node_modules/q/x.js beginning", "a/node_modules/q/y.js beginning"},
		},
		{
			name: "what any build calls its root, beside this machine's", commit: []string{"src/m.ts", "s/1.ts", "s/2.ts"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/m.ts", "/_/s/1.ts", "/_/s/2.ts"}, want: []string{"src/m.ts checkout", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "a folder of a CI system's checkout, beside this machine's", commit: []string{"src/m.ts", "s/1.ts", "s/2.ts"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/m.ts", "/drone/src/old/s/1.ts", "/drone/src/old/s/2.ts"}, want: []string{"src/m.ts checkout", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "a source root of the user's, and one of the system's", commit: []string{"app/src/a.c", "app/src/b.c"}, o: Options{Sources: []string{"/usr/lib/q", "/w"}},
			report: []string{"vendor/app-1/src/a.c", "vendor/app-1/src/b.c"}, want: []string{"app/src/a.c beginning", "app/src/b.c beginning"},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestManyPaths has two folders of 2,000 files each, both of which may be the commit's: a sample of the paths shows it, in
// whatever order they are.
func TestManyPaths(t *testing.T) {
	commit := each(4000, "src/%04d.c")
	var mixed []string
	for i := range 2000 {
		mixed = append(mixed, fmt.Sprintf("/v/src/%04d.c", i), fmt.Sprintf("/w/src/%04d.c", 2000+i))
	}
	sorted := slices.Sorted(slices.Values(mixed))
	for _, report := range [][]string{mixed, sorted} {
		for _, m := range NewTree(commit).Paths(report, Options{}) {
			if m.How != Ambiguous {
				t.Fatalf("%s is %s: %s", m.Report, m.How, m.Reason())
			}
		}
	}
	for _, n := range []int{1, 2, 4000} {
		paths := make([]pending, n)
		for i := range paths {
			paths[i].at = i
		}
		sample := every(paths, 2)
		if want := [...]int{0, n / 2}; len(sample) != min(n, 2) || sample[len(sample)-1].at != want[len(sample)-1] {
			t.Errorf("of %d paths: %v", n, sample)
		}
	}
}

// TestBounds has what a stranger's report may ask for at most.
func TestBounds(t *testing.T) {
	m := newMatcher(NewTree([]string{"a/src/x.c", "a/src/y.c"}), Options{})
	votes := make(map[beginning]int, maxVotes)
	for i := range maxVotes - 1 {
		votes[beginning{put: strconv.Itoa(i)}] = 1
	}
	m.propose(votes, "/v/src/x.c", 0)
	m.propose(votes, "/w/src/x.c", 0)
	m.propose(votes, "/v/src/x.c", 0)
	if n := votes[beginning{}]; len(votes) != maxVotes || n != 3 {
		t.Errorf("%d beginnings, and the first of them has %d votes", len(votes), n)
	}
	var paths []pending
	for i := range 2 * maxBallot {
		paths = append(paths, pending{path: fmt.Sprintf("/%d/src/x.c", i)})
	}
	paths = append(paths, pending{path: "/z/src/x.c"}, pending{path: "/z/src/y.c"})
	if ballot := m.nominate(paths); len(ballot) > maxBallot+2 || ballot[0].drop != "" || ballot[1].drop != "/z/" {
		t.Errorf("%d beginnings are compared, %s before %s", len(ballot), ballot[0], ballot[1])
	}
}
