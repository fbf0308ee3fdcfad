package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A booking is a commit, the paths of a report, and what each of them is: the commit's file or -, how, and after a bar what
// the note says among other things.
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
			if _, note, ok := strings.Cut(b.want[i], " | "); ok {
				if strings.Contains(m.Note, note) {
					line += " | " + note
				} else {
					line += " | " + m.Note
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
			report: []string{"/usr/include/x.h", "/w/vendor/app-1/src/a.c", "/w/vendor/app-1/src/b.c"},
			want:   []string{"- foreign", "app/src/a.c beginning", "app/src/b.c beginning"},
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
	} {
		t.Run(tt.name, tt.run)
	}
}
