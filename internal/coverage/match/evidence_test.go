package match

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
)

// TestEvidence holds what is said of each way that a path was matched or not: the reason, and the flag that would decide it
// otherwise.
func TestEvidence(t *testing.T) {
	var ten []string
	for i := range 10 {
		ten = append(ten, fmt.Sprintf("p%d/src/t.ts", i))
	}
	for _, tt := range []struct {
		name       string
		commit     []string
		submodules []string
		o          Options
		report     []string
		want       []string // path or flag, how, reason
	}{
		{
			name: "one file for a path that is certain", commit: []string{"packages/a/src/util.js", "packages/a/src/b.js"}, report: []string{"src/util.js", "packages/a/src/util.js", "src/b.js"},
			want: []string{
				"--root packages/a|not-in-commit|not in the commit: the report has packages/a/src/util.js as packages/a/src/util.js, which is another path",
				"packages/a/src/util.js|exact|the commit has this very path",
				"packages/a/src/b.js|folder|found in the folder that the report's paths begin in: the report's paths begin in packages/a/",
			},
		},
		{
			name: "the certain one first", commit: []string{"packages/a/src/util.js", "packages/a/src/b.js"}, report: []string{"packages/a/src/util.js", "src/util.js", "src/b.js"},
			want: []string{
				"packages/a/src/util.js|exact|the commit has this very path",
				"--root packages/a|not-in-commit|not in the commit: the report has packages/a/src/util.js as packages/a/src/util.js, which is another path",
				"packages/a/src/b.js|folder|found in the folder that the report's paths begin in: the report's paths begin in packages/a/",
			},
		},
		{
			name: "the longest of modules in any order", commit: []string{"a.go", "v2/a.go", "v2/x/a.go"},
			o:      Options{Modules: []GoModule{{"e.com/m/v2/x", "v2/x"}, {"e.com/m", ""}, {"e.com/m/v2", "v2"}}},
			report: []string{"e.com/m/a.go", "e.com/m/v2/a.go", "e.com/m/v2/x/a.go"},
			want: []string{
				"a.go|go-module|import path of a Go module of the commit",
				"v2/a.go|go-module|import path of a Go module of the commit",
				"v2/x/a.go|go-module|import path of a Go module of the commit",
			},
		},
		{
			name: "two machines in one report", commit: []string{"src/a.c", "src/b.c"}, report: []string{"/app/src/a.c", "/w/src/a.c", "/app/src/b.c", "/w/src/b.c"},
			want: []string{
				"--path-map /app=|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in the root of the repository (src/a.c)",
				"--path-map /w=|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in the root of the repository (src/a.c)",
				"--path-map /app=|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in the root of the repository (src/b.c)",
				"--path-map /w=|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in the root of the repository (src/b.c)",
			},
		},
		{
			name: "a package decides, and the file is taken", commit: []string{"app/src/main/java/com/acme/A.java", "app/src/main/java/com/acme/B.java"},
			report: []string{"com/acme/A.java", "/w/app/src/main/java/com/acme/A.java", "/w/app/src/main/java/com/acme/B.java"},
			want: []string{
				"app/src/main/java/com/acme/A.java|package|the file of this package and name: the only one",
				"--path-map /w=|not-in-commit|not in the commit: other files of the report are found as they stand; this path begins elsewhere",
				"--path-map /w=|not-in-commit|not in the commit: other files of the report are found as they stand; this path begins elsewhere",
			},
		},
		{
			name: "one file for two spellings", commit: []string{"src/a.c", "src/b.c"}, report: []string{"src/A.c", "SRC/a.c", "src/b.c"},
			want: []string{
				"src/a.c|case|the only file that differs by nothing but upper and lower case: the report's paths begin at the root of the repository",
				"src/a.c|case|the only file that differs by nothing but upper and lower case: the report's paths begin at the root of the repository",
				"src/b.c|exact|the commit has this very path",
			},
		},
		{
			name: "one place for each", commit: []string{"include/fmt/core.h", "src/a.cpp"}, report: []string{"/w/src/a.cpp", "/opt/unheard/of/include/fmt/core.h"},
			want: []string{
				"--path-map /w=|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in the root of the repository (src/a.cpp)",
				"--path-map /opt/unheard/of=|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in the root of the repository (include/fmt/core.h)",
			},
		},
		{
			name: "files that differ in case, of which no folder is the one", commit: []string{"FOO.c", "foo.c"}, report: []string{"Foo.c"},
			want: []string{"--path-map Foo.c=FOO.c|ambiguous|ambiguous: several files of the commit fit equally well: nothing shows which is meant (FOO.c, foo.c)"},
		},
		{
			name: "at most eight are named", commit: ten, report: []string{"src/t.ts"},
			want: []string{"--root p0|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in p0/ or p1/ or p2/ or p3/ (p0/src/t.ts, p1/src/t.ts, p2/src/t.ts, p3/src/t.ts, p4/src/t.ts, p5/src/t.ts, p6/src/t.ts, p7/src/t.ts, …)"},
		},
		{
			name: "eight are", commit: ten[:8], report: []string{"src/t.ts"},
			want: []string{"--root p0|ambiguous|ambiguous: several files of the commit fit equally well: the report's paths may begin in p0/ or p1/ or p2/ or p3/ (p0/src/t.ts, p1/src/t.ts, p2/src/t.ts, p3/src/t.ts, p4/src/t.ts, p5/src/t.ts, p6/src/t.ts, p7/src/t.ts)"},
		},
		{
			name: "a folder of the repository", commit: []string{"api/src/a.py", "api/src/b.py"}, report: []string{"src/a.py", "src/b.py"},
			want: []string{"api/src/a.py|folder|found in the folder that the report's paths begin in: the report's paths begin in api/", "api/src/b.py|folder|found in the folder that the report's paths begin in: the report's paths begin in api/"},
		},
		{
			name: "another machine's root", commit: []string{"src/a.py", "src/b.py"}, report: []string{"/app/src/a.py", "/app/src/b.py"},
			want: []string{"src/a.py|beginning|found without the beginning of the path, which is another machine's: /app/ is the root of the repository", "src/b.py|beginning|found without the beginning of the path, which is another machine's: /app/ is the root of the repository"},
		},
		{
			name: "another machine's folder", commit: []string{"api/src/a.py", "api/src/b.py"}, report: []string{"/app/src/a.py", "/app/src/b.py"},
			want: []string{"api/src/a.py|beginning|found without the beginning of the path, which is another machine's: /app/ is api/", "api/src/b.py|beginning|found without the beginning of the path, which is another machine's: /app/ is api/"},
		},
		{
			name: "one source root of two", commit: []string{"a/x.py", "b/y.py"}, o: Options{Checkout: "/repo", Sources: []string{"/repo/a", "/repo/b"}}, report: []string{"y.py"},
			want: []string{"b/y.py|source|found below a source root that the report names"},
		},
		{
			name: "left out", commit: []string{"gen/a.c"}, o: Options{Ignore: []string{"gen/**"}}, report: []string{"gen/a.c"},
			want: []string{"|ignored|left out by --ignore"},
		},
		{
			name: "a submodule", commit: []string{"src/a.c"}, submodules: []string{"lib/sub"}, report: []string{"lib/sub/x.c", "src/a.c"},
			want: []string{"--path-map lib/sub/x.c=FILE|not-in-commit|not in the commit: the commit has a submodule at lib/sub, which is another repository", "src/a.c|exact|the commit has this very path"},
		},
		{
			name: "an equals sign in a name, before which the flag needs a backslash", commit: []string{"src/a.c"}, submodules: []string{"lib/v=2"}, report: []string{"lib/v=2/x.c", "src/a.c"},
			want: []string{`--path-map 'lib/v\=2/x.c=FILE'|not-in-commit|not in the commit: the commit has a submodule at lib/v=2, which is another repository`, "src/a.c|exact|the commit has this very path"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, m := range New(Commit{Files: tt.commit, Submodules: tt.submodules}).Paths(tt.report, tt.o) {
				first := m.Path
				if first == "" {
					first = m.Flag()
				} else if m.Flag() != "" {
					t.Errorf("%s was matched, and has the flag %s", m.Report, m.Flag())
				}
				if unclear := strings.Contains("ambiguous doubtful", string(m.How)); m.Unclear() != unclear {
					t.Errorf("%s is %s, and unclear: %v", m.Report, m.How, m.Unclear())
				}
				got = append(got, first+"|"+string(m.How)+"|"+m.Reason())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestExplain holds what each rule says of a path: one that applies decides, and no other is asked.
func TestExplain(t *testing.T) {
	tree := NewTree([]string{"src/a.c", "web/b.c"})
	said := func(report string) string {
		text, err := json.Marshal(tree.Paths([]string{report}, Options{Explain: true, Checkout: "/repo", PathMaps: []PathMap{{"/w", "web"}, {"/repo/w", "web"}}})[0])
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for report, want := range map[string][]string{
		"/w/b.c":        {`"path":"web/b.c"`, `{"rule":"path-map","said":"it is web/b.c`, `{"rule":"beginning","said":"decided before"}`},
		"/repo/src/a.c": {`"path":"src/a.c"`, `{"rule":"checkout","said":"it is src/a.c`, `{"rule":"beginning","said":"decided before"}`},
		"/w//b.c":       {`"path":"web/b.c"`},
		"/repo/w/b.c":   {`{"rule":"path-map","said":"it is web/b.c"}`, `{"rule":"checkout","said":"not asked"}`, `{"rule":"beginning","said":"decided before"}`},
		"/repo/gone.c":  {`"how":"not-in-commit"`, `{"rule":"checkout","said":"`, `, which the commit does not have"}`, `{"rule":"beginning","said":"decided before"}`},
		"src/x.c":       {`"how":"not-in-commit"`, `{"rule":"beginning","said":"not in the commit`},
	} {
		text := said(report)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %s:\n%s", report, w, text)
			}
		}
	}
	if m := tree.Paths([]string{"src/a.c"}, Options{})[0]; m.Rules() != nil || strings.Contains(fmt.Sprint(said("src/a.c")), `"rules":null`) {
		t.Error("rules are told where nobody asked")
	}
}

// TestReportKeepsItsHead: what a report says beside its files belongs to the matched one too.
func TestReportKeepsItsHead(t *testing.T) {
	r := coverage.New()
	r.Title, r.Sources, r.Parts, r.Instructions = "app", []string{"/app"}, []coverage.Part{{Path: "a.xml"}}, coverage.Count{Covered: 1, Coverable: 2}
	r.File("a.c").Hit(1, 1)
	r.Settle()
	got, _ := NewTree([]string{"a.c"}).Report(r, Options{})
	if got.Title != r.Title || cmp.Diff(r.Sources, got.Sources)+cmp.Diff(r.Parts, got.Parts) != "" || got.Instructions != r.Instructions {
		t.Errorf("%q %v %v %v", got.Title, got.Sources, got.Parts, got.Instructions)
	}
}
