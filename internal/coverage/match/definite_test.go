package match

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDefinite has what each definite rule answers for, and what it leaves to the others.
func TestDefinite(t *testing.T) {
	repo := Options{Checkout: "/repo"}
	from := func(sources ...string) Options { return Options{Checkout: "/repo", Sources: sources} }
	modules := Options{Modules: []GoModule{{"e.com/m/v2/x", "c"}, {"e.com/m", "a"}, {"e.com/m/v2", "b"}}}
	for _, tt := range []booking{
		// The user's word.
		{
			name: "a map of one path", commit: []string{"b/x.c"}, o: Options{PathMaps: []PathMap{{"/w/x.c", "b/x.c"}, {`C:\w\x.c`, "b/x.c"}}},
			report: []string{"/w/x.c", `C:\w\x.c`, `c:\W\x.c`, "/W/x.c", "/w/x.cc"},
			want:   []string{"b/x.c path-map", "b/x.c path-map", "b/x.c path-map", "- not-in-commit", "- not-in-commit"},
		},
		{name: "in another case", commit: []string{"b/x.c"}, o: Options{PathMaps: []PathMap{{"/w", "b"}}}, report: []string{"/w/X.c"}, want: []string{"b/x.c path-map | but for upper and lower case"}},
		{name: "to a folder that is another's", commit: []string{"b/x.c"}, o: Options{PathMaps: []PathMap{{"/w", "vendor"}}}, report: []string{"/w/x.c"}, want: []string{"- not-in-commit | --path-map makes it vendor/x.c"}},
		{
			name: "--root is the repository's", commit: []string{"src/x.c", "p/src/y.c"}, o: Options{Root: "."},
			report: []string{"src/x.c", "src/y.c"}, want: []string{"src/x.c root", "- not-in-commit | below --root it is src/y.c"},
		},
		{
			name: "--root, and paths that name it", commit: []string{"a/x.c", "b/y.c", "a/k/C.java"}, o: Options{Root: "a"},
			report: []string{"x.c", "a/x.c", "a/y.c", "../b/y.c", "../../y.c", "k/C.java", "d/C.java"},
			want: []string{
				"a/x.c root", "a/x.c root | the path names the root itself", "- not-in-commit | below --root it is a/a/y.c", "b/y.c root", "- not-in-commit", "a/k/C.java root", "- not-in-commit",
			},
		},
		{name: "a package deeper in --root", commit: []string{"a/src/main/java/k/C.java"}, o: Options{Root: "a"}, report: []string{"k/C.java"}, want: []string{"a/src/main/java/k/C.java package"}},

		// The checkout.
		{
			name: "other people's code in it", commit: []string{"src/x.c"}, o: repo,
			report: []string{"/repo/node_modules/q/x.c", "/repo/gone.c"}, want: []string{"- foreign | below node_modules", "- not-in-commit | in the checkout it is gone.c"},
		},
		{
			name: "what is in it shows that nothing else is the root", commit: []string{"src/x.c", "src/y.c"}, o: repo,
			report: []string{"/repo/src/x.c", "/app/src/y.c"}, want: []string{"src/x.c checkout", "- not-in-commit | found as they stand"},
		},
		{
			name: "so do odd names", commit: []string{"src/q?.c", "src/y.c"},
			report: []string{"src/q?.c", "/app/src/y.c"}, want: []string{"src/q?.c exact", "- not-in-commit"},
		},
		{
			name: "a percent sign shows nothing of where the others begin", commit: []string{"src/100%/x.c", "src/y.c"}, o: from("/w"),
			report: []string{"src/100%/x.c", "src/y.c"}, want: []string{"src/100%/x.c beginning", "src/y.c beginning"},
		},

		// Installed packages of Python.
		{
			name: "tox in the checkout", commit: []string{"src/pkg/a.py", "src/pkg/sub/b.py", "tests/a.py"}, o: from("/repo/.tox/py38/lib/python3.8/site-packages/pkg"),
			report: []string{"a.py", "sub/b.py", "_version.py"}, want: []string{"src/pkg/a.py package", "src/pkg/sub/b.py package", "- foreign"},
		},
		{
			name: "beside the tests' folder", commit: []string{"src/pkg/a.py", "src/pkg/b.py", "tests/a.py"}, o: from("/repo/tests", "/repo/.tox/py38/lib/python3.8/site-packages/pkg"),
			report: []string{"a.py", "b.py"}, want: []string{"- ambiguous | (src/pkg/a.py, tests/a.py)", "src/pkg/b.py package"},
		},
		{
			name: "on another machine, beside its tests", commit: []string{"pkg/a.py", "pkg/b.py", "tests/test_a.py", "tests/k/test_b.py"}, o: from("/home/u/p/venv/lib/python3.8/site-packages", "/home/u/p"),
			report: []string{"pkg/a.py", "pkg/b.py", "tests/test_a.py", "tests/k/test_b.py"}, want: []string{"pkg/a.py package", "pkg/b.py package", "tests/test_a.py package", "tests/k/test_b.py package"},
		},
		{
			name: "by relative paths", commit: []string{"src/pkg/a.py", "src/pkg/b.py", "a.py"},
			report: []string{".tox/py38/lib/python3.8/site-packages/pkg/a.py", ".tox/py38/lib/python3.8/site-packages/pkg/b.py", ".tox/py38/lib/python3.8/site-packages/six.py"},
			want:   []string{"src/pkg/a.py package", "src/pkg/b.py package", "- foreign"},
		},
		{
			name: "one file alone", commit: []string{"utils/http.py", "app.py"}, report: []string{"/venv/lib/python3.8/site-packages/utils/http.py", "app.py"},
			want: []string{"- foreign", "app.py exact"},
		},
		{
			name: "the system's own", commit: []string{"utils/http.py", "utils/a.py"}, report: []string{"/usr/lib/python3/dist-packages/utils/http.py", "/usr/lib/python3/dist-packages/utils/a.py"},
			want: []string{"- foreign", "- foreign"},
		},
		{
			name: "a dependency with two files called like ours", commit: []string{"src/yaml/loader.py", "src/yaml/dumper.py", "src/m.py"},
			report: append(each(3, "/opt/lib/python3/dist-packages/yaml/%d.py"), "/opt/lib/python3/dist-packages/yaml/loader.py", "/opt/lib/python3/dist-packages/yaml/dumper.py", "src/m.py"),
			want:   append(slices.Repeat([]string{"- foreign"}, 5), "src/m.py exact"),
		},
		{
			name: "a copy of a dependency", commit: []string{"third_party/six/0.py", "third_party/six/1.py", "src/m.py"},
			report: append(each(2, "/venv/lib/python3.8/site-packages/six/%d.py"), "src/m.py"), want: []string{"- foreign", "- foreign", "src/m.py exact"},
		},
		{
			name: "two packages of one name", commit: []string{"a/pkg/0.py", "b/pkg/0.py", "b/pkg/1.py"}, report: each(2, "/venv/lib/python3.8/site-packages/pkg/%d.py"),
			want: []string{"- ambiguous | (a/pkg/0.py, b/pkg/0.py)", "b/pkg/1.py package"},
		},
		{
			name: "packages that are committed", commit: append(each(2, "layer/site-packages/pkg/%d.py"), each(2, "src/pkg/%d.py")...), report: each(2, "layer/site-packages/pkg/%d.py"),
			want: each(2, "layer/site-packages/pkg/%d.py exact"),
		},

		// Modules of Go.
		{
			name: "the longest, in any order", commit: []string{"a/f.go", "b/f.go", "c/f.go", "a/v2/f.go", "a/v2/x/f.go", "b/x/f.go"}, o: modules,
			report: []string{"e.com/m/f.go", "e.com/m/v2/f.go", "e.com/m/v2/x/f.go"}, want: []string{"a/f.go go-module", "b/f.go go-module", "c/f.go go-module"},
		},
		{
			name: "a file of another language in its folder", commit: []string{"svc/a.c"}, o: Options{Modules: []GoModule{{"e.com/m", "svc"}}},
			report: []string{"e.com/m/a.c"}, want: []string{"- not-in-commit"},
		},
		{
			name: "the same in a profile of Go", commit: []string{"svc/a.y"}, o: Options{Modules: []GoModule{{"e.com/m", "svc"}}, Imports: true},
			report: []string{"e.com/m/a.y"}, want: []string{"svc/a.y go-module"},
		},
		{
			name: "a module called as a folder is", commit: []string{"tools/a.go", "x/a.go", "x/b.go"}, o: Options{Modules: []GoModule{{"tools", "x"}}},
			report: []string{"tools/a.go", "tools/b.go"}, want: []string{"tools/a.go exact", "x/b.go go-module"},
		},
		{
			name: "but for case", commit: []string{"tools/A.go", "x/a.go"}, o: Options{Modules: []GoModule{{"tools", "x"}}},
			report: []string{"tools/a.go"}, want: []string{"x/a.go go-module"},
		},
		{
			name: "in a profile of Go it is the module", commit: []string{"tools/a.go", "x/a.go"}, o: Options{Modules: []GoModule{{"tools", "x"}}, Imports: true},
			report: []string{"tools/a.go"}, want: []string{"x/a.go go-module"},
		},
		{
			name: "so is one with a domain", commit: []string{"e.com/a.go", "x/a.go"}, o: Options{Modules: []GoModule{{"e.com", "x"}}},
			report: []string{"e.com/a.go"}, want: []string{"x/a.go go-module"},
		},
		{
			name: "a folder that begins with a dot is no domain", commit: []string{"go.mod"}, o: Options{Modules: []GoModule{{"e.com/m", ""}}, Imports: true},
			report: []string{".gen/x.go"}, want: []string{"- not-in-commit | no file of the commit has this name"},
		},

		{
			name: "two modules of one name", commit: []string{"a/f.go", "a/g.go", "b/f.go", "b/h.go"}, o: Options{Modules: []GoModule{{"app", "a"}, {"app", "b"}}, Imports: true},
			report: []string{"app/f.go", "app/g.go", "app/h.go", "app/i.go"},
			want: []string{
				"- ambiguous | more than one module app has it (a/f.go, b/f.go)", "a/g.go go-module", "b/h.go go-module", "- not-in-commit | module app has it at a/i.go",
			},
		},
		{
			name: "the nearer of them", commit: []string{"a/f.go", "a/g.go", "b/f.go", "b/h.go"},
			o:      Options{Location: "b/cover.out", Modules: []GoModule{{"app", "a"}, {"app", "b"}}, Imports: true},
			report: []string{"app/f.go", "app/g.go"}, want: []string{"b/f.go go-module", "- not-in-commit | module app has it at b/g.go"},
		},

		// Source roots.
		{name: "none is the repository's root", commit: []string{"api/src/x.py"}, o: from(""), report: []string{"src/x.py"}, want: []string{"api/src/x.py folder"}},
		{
			name: "the repository's root", commit: []string{"src/x.py"}, o: from("/repo"),
			report: []string{"src/x.py", "src/gone.py"}, want: []string{"src/x.py exact", "- not-in-commit | no source root of the report has it, as in src/gone.py"},
		},
		{name: "the repository's root, in another case", commit: []string{"src/x.py"}, o: from("/repo"), report: []string{"SRC/x.py"}, want: []string{"src/x.py source"}},
		{
			name: "the repository's root and another", commit: []string{"src/x.py", "src/k/y.py"}, o: from("/repo", "/repo/src"),
			report: []string{"src/x.py", "k/y.py"}, want: []string{"src/x.py source", "src/k/y.py source"},
		},
		{
			name: "two have it", commit: []string{"a/x.py", "b/x.py", "a/y.py"}, o: from("/repo/a", "/repo/b", "/repo/B"),
			report: []string{"x.py", "y.py"}, want: []string{"- ambiguous | more than one source root of the report has it (a/x.py, b/x.py)", "a/y.py source"},
		},
		{
			name: "an absolute path is below none", commit: []string{"src/x.py"}, o: from("/repo/src"),
			report: []string{"/w/src/x.py"}, want: []string{"src/x.py beginning"},
		},
		{
			name: "above the one and below the other", commit: []string{"b/x.py"}, o: from("/repo/a", "/repo/b/c/d"),
			report: []string{"../../x.py"}, want: []string{"b/x.py source"},
		},
		{
			name: "above all", commit: []string{"b/x.py"}, o: from("/repo/a"),
			report: []string{"../../b/x.py"}, want: []string{"b/x.py beginning"},
		},
		{
			name: "some are another machine's", commit: []string{"src/k/x.py", "a/y.py"}, o: from("/repo/a", "/w"),
			report: []string{"src/k/x.py"}, want: []string{"src/k/x.py beginning"},
		},

		// The report's folder.
		{name: "only for paths that leave it", commit: []string{"a/x.ts", "x.ts"}, o: Options{Location: "a/lcov.info"}, report: []string{"x.ts"}, want: []string{"a/x.ts folder"}},

		// Links.
		{
			name: "a link to a file", commit: []string{"a/l.js", "libs/x.js"}, links: map[string]string{"a/l.js": "../libs/x.js"},
			report: []string{"a/l.js"}, want: []string{"libs/x.js exact"},
		},
		{name: "a link called like the beginning of a folder", commit: []string{"ab/x.js", "c/b/x.js", "c/x.js", "a"}, links: map[string]string{"a": "c"}, report: []string{"ab/x.js"}, want: []string{"ab/x.js exact"}},
		{name: "a link to a folder of the machine", commit: []string{"conf", "etc/x.js", "y.js"}, links: map[string]string{"conf": "/etc"}, report: []string{"conf/x.js", "y.js"}, want: []string{"- not-in-commit", "y.js exact"}},
		{
			name: "links out of the repository are themselves", commit: []string{"a", "b", "c"}, links: map[string]string{"a": "..", "b": "c", "c": "../x"},
			report: []string{"a", "b"}, want: []string{"a exact", "b exact"},
		},

		// Names.
		{
			name:   "accents written both ways",
			commit: []string{"a.py", "cafe\u0301.py", "caf\u00e9.py", "e\u0301/a.py", "e\u0301o\u0308.py", "x\u00e9.py", "\u00e9/a.py", "\u00e9\u00f6.py"},
			report: []string{"gone.py", "a.py", "x\u00e9.py", "e\u0301\u00f6.py", "cafe\u0301.py", `e` + "\u0301" + `\a.py`},
			want:   []string{"- not-in-commit", "a.py exact", "x\u00e9.py exact", "- ambiguous", "cafe\u0301.py exact", "e\u0301/a.py exact"},
		},
		{
			name: "in a folder that the report does not name", commit: []string{"p/cafe\u0301.py", "p/caf\u00e9.py", "p/z.py"},
			report: []string{"cafe\u0301.py", "z.py"}, want: []string{"p/cafe\u0301.py folder", "p/z.py folder"},
		},
		{
			name: "accents written in three ways, and in a fourth", commit: []string{"e\u0301o\u0308.py", "e\u0301\u00f6.py", "\u00e9o\u0308.py", "\u00fc.py"},
			report: []string{"\u00e9\u00f6.py", "u\u0308.py"},
			want:   []string{"- ambiguous | how accents are written (e\u0301o\u0308.py, e\u0301\u00f6.py, \u00e9o\u0308.py)", "\u00fc.py exact"},
		},
		{name: "letters at the ends of the alphabet", commit: []string{"src/AZ.c"}, report: []string{"src/az.c"}, want: []string{"src/AZ.c case"}},
		{
			name: "letters of an encoding that is not UTF-8", commit: []string{"src/caf\xe9.c", "src/a.c"},
			report: []string{"src/a.c", "src/caf\xe8.c", "src/caf\ufffd.c"}, want: []string{"src/a.c exact", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "the very letters", commit: []string{"src/caf\xe9.c", "src/a.c"},
			report: []string{"src/CAF\xe9.c"}, want: []string{"src/caf\xe9.c case"},
		},
		{
			name: "accents precede the case of letters", commit: []string{"CAFE\u0301.py", "caf\u00e9.py"},
			report: []string{"CAF\u00c9.py"}, want: []string{"CAFE\u0301.py exact"},
		},
		{name: "no name at all", commit: []string{"a.py"}, report: []string{"./", "a.py"}, want: []string{"- not-in-commit | the path is empty", "a.py exact"}},
		{
			name: "a folder with a dot is no module but in a profile of Go", commit: []string{"go.mod", "web/my.app/x.ts"}, o: Options{Modules: []GoModule{{"e.com/m", ""}}},
			report: []string{"my.app/x.ts"}, want: []string{"web/my.app/x.ts folder"},
		},
		{
			name: "Python's own, wherever it is installed", commit: []string{"src/app.py", "re.py"},
			report: []string{"/w/src/app.py", "/o/lib/python3.11/re.py"}, want: []string{"src/app.py beginning", "- foreign"},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestWithoutCommit has what becomes of paths where the commit's files are not known.
func TestWithoutCommit(t *testing.T) {
	for _, tt := range []struct {
		report string
		o      Options
		want   Match
	}{
		{"/w/a.c", Options{}, Match{Path: "/w/a.c", How: AsIs}},
		{"/w/a.c", Options{NoAbsolute: true, Checkout: "/repo"}, Match{How: Missing, Note: "it is not below /repo, and without a git checkout nothing else tells whether it is the repository's"}},
		{"../a.c", Options{NoAbsolute: true, Checkout: "/repo"}, Match{How: Missing, Note: "it is not below /repo, and without a git checkout nothing else tells whether it is the repository's"}},
		{"\u00e9.c", Options{}, Match{Path: "\u00e9.c", How: AsIs}},
		{"src/a.c", Options{NoAbsolute: true, Checkout: "/repo"}, Match{Path: "src/a.c", How: AsIs}},
		{"/repo/a.c", Options{NoAbsolute: true, Checkout: "/repo"}, Match{Path: "a.c", How: Checkout}},
		{"/w/a.c", Options{NoAbsolute: true, PathMaps: []PathMap{{"/w", "/x"}}}, Match{Path: "/x/a.c", How: Mapped}},
		{"/w/a.c", Options{Root: "sub", Sources: []string{"src"}}, Match{Path: "/w/a.c", How: AsIs}},
	} {
		var none *Tree
		got := none.Paths([]string{tt.report}, tt.o)[0]
		if got.Path != tt.want.Path || got.How != tt.want.How || got.Note != tt.want.Note {
			t.Errorf("%s with %+v: %+v", tt.report, tt.o, got)
		}
	}
	var none *Tree
	if found := none.Paths([]string{"/w/a.c", "src/a.c"}, Options{PathMaps: []PathMap{{"/w", "src"}}, Explain: true}); found[0].Path != "src/a.c" || found[1].Path != "src/a.c" {
		t.Errorf("what two paths may be is not known without the commit's files: %+v", found)
	}
}

// TestClean has the one spelling of every way that tools write a path.
func TestClean(t *testing.T) {
	for p, want := range map[string]string{
		"": "", ".": "", "./": "", "a": "a", "./a": "a", "a/./b": "a/b", "a//b": "a/b", "a/": "a", "a/../b": "b", ".a/b": ".a/b", "a/.b": "a/.b",
		`\a\b`: "/a/b", `a\b`: "a/b", `\\?\C:\w\a`: "C:/w/a", "C:/w//a": "C:/w/a", "C://w/a": "C:/w/a", "c:a": "c:a",
		"A\u0301/x": "\u00c1/x", "A\u0301": "\u00c1",
		"file:///w/a": "/w/a", "file://localhost/w/a": "/w/a", "file:/w/a": "/w/a", "file:w/a": "w/a", "file:///C:/w/a": "C:/w/a", "FILE:///w/a%20b": "/w/a b",
		"file:///w/100%": "/w/100%", "file:///c/a": "/c/a",
		"http://e.com/o/r/a.cs": "/e.com/o/r/a.cs", "https://e.com/o/r/a.cs?x=y": "/e.com/o/r/a.cs", "https://e.com/r?path=/src/a.cs&v=1": "/e.com/r/src/a.cs",
		"http://e.com/%zz/a":    "/e.com/%zz/a",
		"webpack:///./src/a.js": "src/a.js", "webpack://app/./src/a.js": "src/a.js", "webpack://app/src/a.js?1f": "src/a.js", "webpack://app/x/./a.js": "a.js",
		"turbopack:///[project]/app/a.tsx": "app/a.tsx", "webpack://app": "webpack:/app", "std:x": "std:x",
		"/proc/self/cwd/src/a.cc": "src/a.cc", "/c/execroot/_main/src/a.cc": "src/a.cc", "/c/execroot/_main": "/c/execroot/_main", "/c/execroot/_main/": "/c/execroot/_main",
		"src/execroot/_main/a.cc": "src/execroot/_main/a.cc",
	} {
		if got := clean(p); got != want {
			t.Errorf("%q is %q, want %q", p, got, want)
		}
	}
	for _, tt := range []struct {
		p, dir, rel string
		ok          bool
	}{
		{"a/b", "", "a/b", true},
		{"/a/b", "", "/a/b", false},
		{"a/b", "a", "b", true},
		{"ab/c", "a", "", false},
		{"a", "a", "", false},
		{"A/b", "a", "", false},
		{"/a", "/", "a", true},
		{"a", "/", "a", false},
		{"C:/W/a", "c:/w", "a", true},
		{"C:/V/a", "c:/w", "", false},
		{"/W/a", "/w", "", false},
	} {
		if rel, ok := below(tt.p, tt.dir); rel != tt.rel || ok != tt.ok {
			t.Errorf("%s below %q: %q, %v", tt.p, tt.dir, rel, ok)
		}
	}
	for p, want := range map[string]bool{"a:": true, "Z:/x": true, "z:/": true, "A:/": true, "a:x": false, "1:/": false, "ab:/": false, "a": false, "/": false, "[:/": false, "@:/": false, "`:/": false, "{:/": false} {
		if drive(p) != want {
			t.Errorf("%s is on a drive: %v", p, !want)
		}
	}
	for _, tt := range []struct {
		dir, rel, want string
		ok             bool
	}{
		{"", "a/b", "a/b", true},
		{"a", "b", "a/b", true},
		{"a", "../b", "b", true},
		{"a", "..", ".", true},
		{"a", "../..", "..", false},
		{"", "..", "..", false},
		{"a", "../../b", "../b", false},
		{"a", "..b", "a/..b", true},
	} {
		if p, ok := join(tt.dir, tt.rel); p != tt.want || ok != tt.ok {
			t.Errorf("%s from %q: %q, %v", tt.rel, tt.dir, p, ok)
		}
	}
	for p, want := range map[string]string{"": "", "a": "", "a/b": "a", "/a": "", "a/b/c": "a/b"} {
		if diff := cmp.Diff(want, parent(p)); diff != "" {
			t.Errorf("%s: %s", p, diff)
		}
	}
}

// TestQuery has the parts of a component, which bundlers name by a query, and files
// whose names have a question mark.
func TestQuery(t *testing.T) {
	for _, tt := range []booking{
		{
			name: "parts of one file", commit: []string{"src/App.vue", "src/x.js"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/App.vue?vue&type=script&setup=true&lang.ts", "src/App.vue?vue&type=template&id=7ba5/bd90", "src/App.vue", `src\x.js?1f`},
			want:   []string{"src/App.vue checkout", "src/App.vue exact", "src/App.vue exact", "src/x.js exact"},
		},
		{
			name: "on another machine", commit: []string{"web/src/App.vue", "web/src/x.js"},
			report: []string{"C:/w/src/App.vue?vue&type=script&lang=js&", "C:/w/src/x.js"},
			want:   []string{"web/src/App.vue beginning", "web/src/x.js beginning"},
		},
		{
			name: "a file that is called so", commit: []string{"src/a.js", "src/a.js?x"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/a.js?x", "/repo/src/a.js", "src/a.js?y"},
			want:   []string{"src/a.js?x checkout", "src/a.js checkout", "src/a.js exact"},
		},
		{
			name: "an address at a forge, whose query ends in a path", commit: []string{"api/src/A.cs", "src/A.cs"},
			o:      Options{PathMaps: []PathMap{{From: "/dev.azure.com/acme/p/_apis/git/repositories/r/items", To: "api"}}},
			report: []string{"https://dev.azure.com/acme/p/_apis/git/repositories/r/items?version=0123&path=/src/A.cs"},
			want:   []string{"api/src/A.cs path-map"},
		},
		{
			name: "no extension, no query", commit: []string{"src/what", "src/a.js"},
			report: []string{"src/what?", "src/a.js"},
			want:   []string{"- not-in-commit", "src/a.js exact"},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestAbove has paths that begin with ../ in the folder that a tool ran in, above the
// one that it wrote its report to.
func TestAbove(t *testing.T) {
	in := func(name string) Options { return Options{Location: name} }
	commit := []string{"packages/a/src/y.ts", "packages/shared/x.ts", "shared/x.ts", "shared/z.ts"}
	for _, tt := range []booking{
		{
			name: "other paths show where it ran", commit: commit, o: in("packages/a/coverage/lcov.info"),
			report: []string{"src/y.ts", "../../shared/x.ts", "../../shared/gone.ts"},
			want: []string{
				"packages/a/src/y.ts folder", "shared/x.ts report-folder",
				"- not-in-commit | the report's paths begin in packages/a, where it is shared/gone.ts",
			},
		},
		{
			name: "where the commit has no such file", commit: commit[:2], o: in("packages/a/coverage/lcov.info"),
			report: []string{"src/y.ts", "../../shared/x.ts"},
			want:   []string{"packages/a/src/y.ts folder", "- not-in-commit"},
		},
		{
			name: "nothing shows it", commit: commit, o: in("packages/a/coverage/lcov.info"),
			report: []string{"src/gone.ts", "../../shared/x.ts"},
			want:   []string{"- not-in-commit", "packages/shared/x.ts report-folder"},
		},
		{
			name: "in the package itself", commit: commit, o: in("packages/a/lcov.info"),
			report: []string{"src/y.ts", "../shared/x.ts"},
			want:   []string{"packages/a/src/y.ts folder", "packages/shared/x.ts report-folder"},
		},
		{
			name: "it ran where its report lies", commit: []string{"build/config.c", "src/a.c"}, o: in("build/coverage.info"),
			report: []string{"config.c", "gen.c", "../src/a.c"},
			want:   []string{"build/config.c folder", "- not-in-commit", "src/a.c report-folder"},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}
