package match

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRules has, of each rule and of each way that reports were booked to the
// wrong file in public bug reports, what is right. A path that is not named in
// want is not matched.
func TestRules(t *testing.T) {
	many := func(prefix string, names ...string) (out []string) {
		for _, n := range names {
			out = append(out, prefix+n)
		}
		return out
	}
	deps := []string{
		"third_party/zlib", "vendor/acme/lib", "Pods/Acme", "Carthage/Checkouts/Acme", "build/_deps/fmt-src", "external/com_google_x", "deps/plug",
		".build/checkouts/Acme", "SourcePackages/checkouts/Acme", "3rdparty/x", "unheard/of",
	}
	var ofDeps, ofDepsHere, ofDepsElsewhere []string
	for _, d := range deps {
		ofDeps = append(ofDeps, d+"/src/util.c")
		ofDepsHere = append(ofDepsHere, "/repo/"+d+"/src/util.c")
		ofDepsElsewhere = append(ofDepsElsewhere, "/home/ci/w/"+d+"/src/util.c")
	}
	for _, tt := range []struct {
		name       string
		commit     []string
		submodules []string
		links      map[string]string
		o          Options
		report     []string
		want       map[string]string
		how        map[string]How // of some, where it matters
	}{
		{
			name: "below the checkout and not committed", commit: []string{"src/parser.c", "src/main.c"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/src/main.c", "/repo/build/src/parser.c"}, want: map[string]string{"/repo/src/main.c": "src/main.c"},
			how: map[string]How{"/repo/build/src/parser.c": Missing},
		},
		{
			name: "the checkout under another name", commit: []string{"src/a.c"}, o: Options{Checkout: "/private/tmp/repo", Checkouts: []string{"/tmp/repo"}},
			report: []string{"/tmp/repo/src/a.c", "/private/tmp/repo/gen/src/a.c"}, want: map[string]string{"/tmp/repo/src/a.c": "src/a.c"},
		},
		{
			name: "a generated file never adds to a committed one", commit: []string{"packages/a/src/util.js", "packages/a/src/b.js"},
			report: []string{"src/util.js", "packages/a/src/util.js"}, want: map[string]string{"packages/a/src/util.js": "packages/a/src/util.js"},
		},
		{
			name: "generated beside the report", commit: []string{"packages/a/src/index.ts", "packages/a/src/util.ts", "packages/b/src/gen/api.ts", "packages/b/src/other.ts"},
			o: Options{Location: "packages/a/coverage/lcov.info"}, report: []string{"src/index.ts", "src/util.ts", "src/gen/api.ts"},
			want: map[string]string{"src/index.ts": "packages/a/src/index.ts", "src/util.ts": "packages/a/src/util.ts"},
		},
		{
			name: "generated, and the report is elsewhere", commit: []string{"packages/a/src/index.ts", "packages/a/src/util.ts", "packages/b/src/gen/api.ts"},
			report: []string{"src/index.ts", "src/util.ts", "src/gen/api.ts"},
			want:   map[string]string{"src/index.ts": "packages/a/src/index.ts", "src/util.ts": "packages/a/src/util.ts"},
		},
		{
			name: "a module of the commit decides", commit: []string{"svc/a/go.mod", "svc/a/store/db.go", "svc/b/store/mock.go"},
			o:      Options{Modules: []GoModule{{"example.com/org/a", "svc/a"}, {"example.com/org/b", "svc/b"}}, Imports: true},
			report: []string{"example.com/org/a/store/db.go", "example.com/org/a/store/mock.go", "github.com/other/lib/store/mock.go"},
			want:   map[string]string{"example.com/org/a/store/db.go": "svc/a/store/db.go"}, how: map[string]How{"example.com/org/a/store/mock.go": Missing},
		},
		{
			name: "the commit's own path, in the report of another package", commit: []string{"a/src/x.ts", "b/src/x.ts", "b/src/y.ts"},
			o: Options{Location: "a/coverage/lcov.info"}, report: []string{"b/src/x.ts"}, want: map[string]string{"b/src/x.ts": "b/src/x.ts"},
		},
		{
			name: "the same but for case", commit: []string{"B/src/x.ts", "a/src/x.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"b/src/x.ts"}, want: map[string]string{"b/src/x.ts": "B/src/x.ts"},
		},
		{
			name: "a folder of the commit, but for case and accents, without the file", commit: []string{"B\u00c9/src/y.ts", "a/src/x.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"be\u0301/src/x.ts"},
		},
		{
			name: "the same with a generated file", commit: []string{"a/src/x.ts", "b/src/x.ts"},
			o: Options{Location: "a/coverage/lcov.info"}, report: []string{"b/src/x.ts", "b/src/gen.ts"}, want: map[string]string{"b/src/x.ts": "b/src/x.ts"},
		},
		{
			name: "another package's file below a CI system's root", commit: []string{"a/src/x.ts", "b/src/x.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/home/runner/work/r/r/b/src/x.ts"}, want: map[string]string{"/home/runner/work/r/r/b/src/x.ts": "b/src/x.ts"},
		},
		{
			name: "the report's folder against a longer likeness", commit: []string{"a/src/x.ts", "b/src/x.ts", "b/src/y.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/home/u/r/b/src/x.ts"}, how: map[string]How{"/home/u/r/b/src/x.ts": Ambiguous},
		},
		{
			name: "the same of as many files", commit: []string{"a/src/x.ts", "b/src/y.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/home/u/r/b/src/x.ts", "/home/u/r/b/src/y.ts"}, how: map[string]How{"/home/u/r/b/src/x.ts": Ambiguous, "/home/u/r/b/src/y.ts": Ambiguous},
		},
		{
			name: "a longer likeness of more files", commit: []string{"p/a/src/i.ts", "p/b/src/i.ts"}, o: Options{Location: "p/a/coverage/lcov.info"},
			report: []string{"/home/u/r/p/a/src/i.ts", "/home/u/r/p/b/src/i.ts"},
			want:   map[string]string{"/home/u/r/p/a/src/i.ts": "p/a/src/i.ts", "/home/u/r/p/b/src/i.ts": "p/b/src/i.ts"},
		},
		{
			name: "a folder of the commit without the file", commit: []string{"a/src/x.ts", "b/src/y.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"b/src/x.ts"},
		},
		{
			name: "the same below a CI system's root", commit: []string{"a/src/x.ts", "b/src/y.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/home/runner/work/r/r/b/src/x.ts"},
		},
		{
			name: "a relative beginning, and the report's folder decides", commit: []string{"a/src/x.ts", "c/src/x.ts"},
			o: Options{Location: "a/coverage/lcov.info"}, report: []string{"b/src/x.ts"}, want: map[string]string{"b/src/x.ts": "a/src/x.ts"},
		},
		{
			name: "Go's own packages, of -coverpkg=all", commit: []string{"go.mod", "a.go", "errors/wrap.go", "lib/b.go"},
			o:      Options{Modules: []GoModule{{"example.com/m", ""}}, Imports: true},
			report: []string{"example.com/m/a.go", "errors/wrap.go", "lib/b.go"},
			want:   map[string]string{"example.com/m/a.go": "a.go", "lib/b.go": "lib/b.go"}, how: map[string]How{"errors/wrap.go": Foreign},
		},
		{
			name: "a folder called like one of Go's packages, where the root is no module", commit: []string{"svc/go.mod", "svc/a.go", "log/l.go"},
			o:      Options{Modules: []GoModule{{"example.org/svc", "svc"}}, Imports: true},
			report: []string{"example.org/svc/a.go", "log/l.go", "errors/wrap.go"},
			want:   map[string]string{"example.org/svc/a.go": "svc/a.go"}, how: map[string]How{"log/l.go": Ambiguous, "errors/wrap.go": Foreign},
		},
		{
			name: "a profile of a dependency alone", commit: []string{"go.mod", "p/f.go", "gen.d/g.go"},
			o:      Options{Modules: []GoModule{{"example.com/m", ""}}, Imports: true},
			report: []string{"example.org/dep/p/f.go", "gen.d/g.go"}, want: map[string]string{"gen.d/g.go": "gen.d/g.go"},
			how: map[string]How{"example.org/dep/p/f.go": Missing},
		},
		{
			name: "nothing but a dependency, and a module at the root", commit: []string{"go.mod", "p/f.go"},
			o:      Options{Modules: []GoModule{{"example.com/m", ""}}, Imports: true},
			report: []string{"example.org/dep/p/f.go"},
		},
		{
			name: "import paths of a commit that has a module for its tools alone", commit: []string{"tools/go.mod", "p/f.go"},
			o:      Options{Modules: []GoModule{{"example.com/tools", "tools"}}, Imports: true},
			report: []string{"example.org/r/p/f.go"}, want: map[string]string{"example.org/r/p/f.go": "p/f.go"},
		},
		{
			name: "a profile without the module's name", commit: []string{"go.mod", "a.go", "errors/wrap.go"},
			o:      Options{Modules: []GoModule{{"example.com/m", ""}}, Imports: true},
			report: []string{"a.go", "errors/wrap.go"}, want: map[string]string{"a.go": "a.go", "errors/wrap.go": "errors/wrap.go"},
		},
		{
			name: "the longest module", commit: []string{"a.go", "v2/a.go", "tools/a.go"},
			o:      Options{Modules: []GoModule{{"example.com/m", ""}, {"example.com/m/v2", "v2"}, {"example.com/m/tools", "tools"}}},
			report: []string{"example.com/m/a.go", "example.com/m/v2/a.go", "example.com/m/tools/a.go"},
			want:   map[string]string{"example.com/m/a.go": "a.go", "example.com/m/v2/a.go": "v2/a.go", "example.com/m/tools/a.go": "tools/a.go"},
		},
		{
			name: "two source roots of the commit have it", commit: []string{"project/settings/__init__.py", "testing/settings/__init__.py", "project/app.py"},
			o:      Options{Checkout: "/repo", Sources: []string{"/repo/project", "/repo/testing"}},
			report: []string{"settings/__init__.py", "app.py"}, want: map[string]string{"app.py": "project/app.py"}, how: map[string]How{"settings/__init__.py": Ambiguous},
		},
		{
			name: "the only source root that has it", commit: []string{"tests/utils.py", "src/c/utils.py", "src/c/x509.py", "src/c/hazmat/utils.py"},
			o:      Options{Checkout: "/repo", Sources: []string{"/repo", "/repo/tests"}},
			report: []string{"src/c/x509.py", "utils.py", "gone.py"}, want: map[string]string{"src/c/x509.py": "src/c/x509.py", "utils.py": "tests/utils.py"},
		},
		{
			name: "the same, from another machine", commit: []string{"tests/utils.py", "src/c/utils.py", "src/c/x509.py", "src/c/hazmat/utils.py"},
			o:      Options{Sources: []string{"/home/travis/build/pyca/c", "/home/travis/build/pyca/c/tests"}},
			report: []string{"src/c/x509.py", "utils.py"}, want: map[string]string{"src/c/x509.py": "src/c/x509.py", "utils.py": "tests/utils.py"},
		},
		{
			name: "two roots of another machine, each with its file", commit: []string{"src/mypkg/calc.py", "lib/otherpkg/util.py"},
			o:      Options{Sources: []string{"/home/runner/work/repo/repo/src", "/home/runner/work/repo/repo/lib"}},
			report: []string{"mypkg/calc.py", "otherpkg/util.py"}, want: map[string]string{"mypkg/calc.py": "src/mypkg/calc.py", "otherpkg/util.py": "lib/otherpkg/util.py"},
		},
		{
			name: "two roots of another machine, and both have it", commit: []string{"a/settings.py", "b/settings.py", "a/only.py", "b/two.py"},
			o:      Options{Sources: []string{"/w/a", "/w/b"}},
			report: []string{"settings.py", "only.py", "two.py"}, want: map[string]string{"only.py": "a/only.py", "two.py": "b/two.py"}, how: map[string]How{"settings.py": Ambiguous},
		},
		{
			name: "a root that ends in the package", commit: []string{"ament/dependency.py", "setup.py"}, o: Options{Sources: []string{"/tmp/ament/ament"}},
			report: []string{"ament/dependency.py"}, want: map[string]string{"ament/dependency.py": "ament/dependency.py"},
		},
		{
			name: "a drive as root", commit: []string{"src/pkg/a.py"}, o: Options{Sources: []string{`w:\`}},
			report: []string{`foo\bar\src\pkg\a.py`}, want: map[string]string{`foo\bar\src\pkg\a.py`: "src/pkg/a.py"},
		},
		{
			name: "other people's code, relative", commit: []string{"src/util.c", "src/main.c"},
			report: append([]string{"src/main.c"}, ofDeps...), want: map[string]string{"src/main.c": "src/main.c"}, how: map[string]How{"third_party/zlib/src/util.c": Foreign},
		},
		{
			name: "other people's code, in the checkout", commit: []string{"src/util.c", "src/main.c"}, o: Options{Checkout: "/repo"},
			report: append([]string{"/repo/src/main.c"}, ofDepsHere...), want: map[string]string{"/repo/src/main.c": "src/main.c"},
		},
		{
			name: "other people's code, on another machine", commit: []string{"src/util.c", "src/main.c"},
			report: append([]string{"/home/ci/w/src/main.c"}, ofDepsElsewhere...), want: map[string]string{"/home/ci/w/src/main.c": "src/main.c"},
		},
		{
			name: "a dependency with several files like ours", commit: []string{"src/util.c", "src/main.c", "src/x.c", "src/y.c"},
			report: []string{"/w/src/main.c", "/w/src/y.c", "/w/sub/dep/src/util.c", "/w/sub/dep/src/x.c"},
			want:   map[string]string{"/w/src/main.c": "src/main.c", "/w/src/y.c": "src/y.c"},
		},
		{
			name: "a dependency with more files like ours than ours", commit: []string{"src/main.c", "src/u.c", "src/x.c", "src/z.c"},
			report: []string{"/w/src/main.c", "/w/sub/dep/src/u.c", "/w/sub/dep/src/x.c", "/w/sub/dep/src/z.c"}, want: map[string]string{"/w/src/main.c": "src/main.c"},
		},
		{
			name: "a dependency beside the sources", commit: []string{"src/a.c", "src/b.c", "src/c.c", "src/d.c"},
			report: []string{"/app/src/a.c", "/app/src/b.c", "/opt/x/src/c.c", "/opt/x/src/d.c"}, how: map[string]How{"/app/src/a.c": Ambiguous, "/opt/x/src/c.c": Ambiguous},
		},
		{
			name: "a smaller dependency beside the sources", commit: []string{"src/a.c", "src/b.c", "src/c.c", "src/d.c", "src/e.c"},
			report: []string{"/app/src/a.c", "/app/src/b.c", "/app/src/e.c", "/opt/x/src/c.c", "/opt/x/src/d.c"},
			want:   map[string]string{"/app/src/a.c": "src/a.c", "/app/src/b.c": "src/b.c", "/app/src/e.c": "src/e.c"},
		},
		{
			name: "a dependency of which most is not ours", commit: []string{"app/src/a.c", "app/src/b.c", "app/src/c.c", "lib/src/c.c", "lib/src/d.c"},
			report: []string{"/w/src/a.c", "/w/src/b.c", "/w/src/c.c", "/opt/x/src/c.c", "/opt/x/src/d.c", "/opt/x/src/1.c", "/opt/x/src/2.c", "/opt/x/src/3.c"},
			want:   map[string]string{"/w/src/a.c": "app/src/a.c", "/w/src/b.c": "app/src/b.c", "/w/src/c.c": "app/src/c.c"},
		},
		{
			name: "the report's folder is worth a file", commit: []string{"packages/a/src/index.ts", "packages/b/src/index.ts", "packages/a/src/gen.ts"},
			o: Options{Location: "packages/b/coverage/lcov.info"}, report: []string{"src/index.ts", "src/gen.ts"}, want: map[string]string{"src/index.ts": "packages/b/src/index.ts"},
		},
		{
			name: "packages in one report, which lies in none of them", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "a/s/4.ts", "b/t/5.ts", "b/t/6.ts", "b/u/7.ts"},
			o: Options{Location: "lcov.info"}, report: []string{"s/1.ts", "s/2.ts", "s/3.ts", "s/4.ts", "t/5.ts", "t/6.ts", "u/7.ts"},
			want: map[string]string{
				"s/1.ts": "a/s/1.ts", "s/2.ts": "a/s/2.ts", "s/3.ts": "a/s/3.ts", "s/4.ts": "a/s/4.ts", "t/5.ts": "b/t/5.ts", "t/6.ts": "b/t/6.ts", "u/7.ts": "b/u/7.ts",
			},
		},
		{
			name: "the same, in one of them", commit: []string{"a/s/1.ts", "a/s/2.ts", "a/s/3.ts", "a/s/4.ts", "b/t/5.ts", "b/t/6.ts", "b/u/7.ts"},
			o: Options{Location: "a/lcov.info"}, report: []string{"s/1.ts", "s/2.ts", "s/3.ts", "s/4.ts", "t/5.ts", "t/6.ts", "u/7.ts"},
			want: map[string]string{"s/1.ts": "a/s/1.ts", "s/2.ts": "a/s/2.ts", "s/3.ts": "a/s/3.ts", "s/4.ts": "a/s/4.ts"}, how: map[string]How{"t/5.ts": Missing},
		},
		{
			name: "Kotlin that is no source of this package", commit: []string{"docs/samples/P.kt"}, report: []string{"org/acme/P.kt"}, how: map[string]How{"org/acme/P.kt": Missing},
		},
		{
			name: "vendored code that is committed", commit: []string{"vendor/a/x.go", "src/main.go"},
			report: []string{"/app/vendor/a/x.go", "/app/src/main.go"}, want: map[string]string{"/app/vendor/a/x.go": "vendor/a/x.go", "/app/src/main.go": "src/main.go"},
		},
		{
			name: "a group of repositories that is called external", commit: []string{"src/a.c", "src/b.c"},
			report: []string{"/builds/external/app/src/a.c", "/builds/external/app/src/b.c", "/usr/include/src/b.c"},
			want:   map[string]string{"/builds/external/app/src/a.c": "src/a.c", "/builds/external/app/src/b.c": "src/b.c"}, how: map[string]How{"/usr/include/src/b.c": Foreign},
		},
		{
			name: "a submodule's file", commit: []string{"src/x.go", "sub/x.go"}, submodules: []string{"lib/sub"}, o: Options{Checkout: "/repo"},
			report: []string{"lib/sub/x.go", "/repo/lib/sub/src/x.go", "src/x.go"}, want: map[string]string{"src/x.go": "src/x.go"},
		},
		{
			name: "two runs in one report", commit: []string{"api/src/a.js", "api/src/b.js", "web/src/c.js", "web/lib/d.js"},
			report: []string{"/srv/api-7/src/a.js", "/srv/api-7/src/b.js", "/opt/web-3/src/c.js", "/opt/web-3/lib/d.js"},
			want: map[string]string{
				"/srv/api-7/src/a.js": "api/src/a.js", "/srv/api-7/src/b.js": "api/src/b.js", "/opt/web-3/src/c.js": "web/src/c.js", "/opt/web-3/lib/d.js": "web/lib/d.js",
			},
		},
		{
			name: "a container's only file, by the report's folder", commit: []string{"backend/main.py", "frontend/index.ts", "tools/main.py"},
			o: Options{Location: "backend/coverage.xml", Sources: []string{"/app"}}, report: []string{"/app/main.py"}, want: map[string]string{"/app/main.py": "backend/main.py"},
		},
		{
			name: "a container's file, by its siblings", commit: []string{"backend/main.py", "backend/db/models.py", "tools/main.py"},
			report: []string{"/app/main.py", "/app/db/models.py"}, want: map[string]string{"/app/main.py": "backend/main.py", "/app/db/models.py": "backend/db/models.py"},
		},
		{
			name: "a container's file that nothing shows", commit: []string{"backend/main.py"},
			report: []string{"/app/main.py", "/elsewhere/x.py"}, how: map[string]How{"/app/main.py": Missing},
		},
		{name: "a name that only one file has", commit: []string{"backend/main.py"}, report: []string{"main.py"}, want: map[string]string{"main.py": "backend/main.py"}},
		{
			name: "relative to each package, by the report's folder", commit: []string{"p1/src/t.ts", "p2/src/t.ts"}, o: Options{Location: "p2/coverage/lcov.info"},
			report: []string{"src/t.ts"}, want: map[string]string{"src/t.ts": "p2/src/t.ts"},
		},
		{
			name: "relative to some package", commit: []string{"p1/src/t.ts", "p2/src/t.ts"}, o: Options{Location: "out/lcov.info"},
			report: []string{"src/t.ts"}, how: map[string]How{"src/t.ts": Ambiguous},
		},
		{
			name: "Kotlin without the packages that all have", commit: []string{"core/src/main/java/messenger/E.kt", "core/src/main/java/device/E.kt"},
			report: []string{"com/acme/messenger/E.kt", "com/acme/device/E.kt"},
			want:   map[string]string{"com/acme/messenger/E.kt": "core/src/main/java/messenger/E.kt", "com/acme/device/E.kt": "core/src/main/java/device/E.kt"},
		},
		{
			name: "Kotlin in a folder above its package", commit: []string{"src/main/kotlin/org/acme/P.kt"}, report: []string{"org/acme/some/inner/P.kt"},
			want: map[string]string{"org/acme/some/inner/P.kt": "src/main/kotlin/org/acme/P.kt"},
		},
		{
			name: "Java by package and name, not by name", commit: []string{"src/main/java/com/acme/gen/Foo.java"}, report: []string{"com/other/gen/Foo.java", "com/acme/Foo.java"},
			how: map[string]How{"com/other/gen/Foo.java": Missing, "com/acme/Foo.java": Missing},
		},
		{
			name: "folders with dots", commit: []string{"app/src/hy11/java/com.acme.car/MainActivity.kt", "demo/src/main/java/com.acme.demo/MainActivity.kt"},
			report: []string{"com/acme/car/MainActivity.kt"}, want: map[string]string{"com/acme/car/MainActivity.kt": "app/src/hy11/java/com.acme.car/MainActivity.kt"},
		},
		{
			name: "a package called vendor", commit: []string{"src/main/java/com/shop/vendor/V.java"}, report: []string{"com/shop/vendor/V.java"},
			want: map[string]string{"com/shop/vendor/V.java": "src/main/java/com/shop/vendor/V.java"},
		},
		{
			name: "one folder for all modules' reports, by name", commit: []string{"m1/src/main/java/a/A.java", "m2/src/main/java/a/A.java"}, o: Options{Location: "out/jacoco-m1.xml"},
			report: []string{"a/A.java"}, want: map[string]string{"a/A.java": "m1/src/main/java/a/A.java"},
		},
		{
			name: "one folder for all modules' reports, by the report's own name", commit: []string{"m1/src/main/java/a/A.java", "m10/src/main/java/a/A.java"}, o: Options{Location: "out/1.xml", Name: "m10"},
			report: []string{"a/A.java"}, want: map[string]string{"a/A.java": "m10/src/main/java/a/A.java"},
		},
		{
			name: "one folder for all modules' reports, by the other files", commit: []string{"m1/src/main/java/a/A.java", "m2/src/main/java/a/A.java", "m2/src/main/java/a/B.java"},
			o: Options{Location: "out/1.xml"}, report: []string{"a/A.java", "a/B.java"},
			want: map[string]string{"a/A.java": "m2/src/main/java/a/A.java", "a/B.java": "m2/src/main/java/a/B.java"},
		},
		{
			name: "deterministic builds", commit: []string{"src/A.cs", "B.cs", "lib/src/A.cs"}, report: []string{"/_/src/A.cs", "/_/B.cs", "/_/obj/src/A.cs"},
			want: map[string]string{"/_/src/A.cs": "src/A.cs", "/_/B.cs": "B.cs"},
		},
		{name: "a second root of deterministic builds", commit: []string{"src/A.cs"}, report: []string{"/_1/src/A.cs"}, want: map[string]string{"/_1/src/A.cs": "src/A.cs"}},
		{
			name: "Source Link", commit: []string{"Binary.cs", "src/Binary.cs"}, report: []string{"https://raw.githubusercontent.com/o/r/2582f069080a0b4291a2410c3d43f7c1ff3f6840/Binary.cs"},
			want: map[string]string{"https://raw.githubusercontent.com/o/r/2582f069080a0b4291a2410c3d43f7c1ff3f6840/Binary.cs": "Binary.cs"},
		},
		{
			name: "file URLs", commit: []string{"src/My File.cs", "src/a#b.cs"}, o: Options{Checkout: "C:/w"},
			report: []string{"file:///home/s/src/My%20File.cs", "file:///home/s/src/a%23b.cs"},
			want:   map[string]string{"file:///home/s/src/My%20File.cs": "src/My File.cs", "file:///home/s/src/a%23b.cs": "src/a#b.cs"},
		},
		{name: "a file URL of Windows", commit: []string{"src/a.cs"}, o: Options{Checkout: "C:/w"}, report: []string{"file:///c:/W/src/a.cs"}, want: map[string]string{"file:///c:/W/src/a.cs": "src/a.cs"}},
		{
			name: "accents written either way", commit: []string{"Ana\u0301lisis/modelo.py", "src/\u00fcber.py"}, report: []string{"An\u00e1lisis/modelo.py", "/app/src/u\u0308ber.py"},
			want: map[string]string{"An\u00e1lisis/modelo.py": "Ana\u0301lisis/modelo.py"},
		},
		{
			name: "through a link of the commit", commit: []string{"libs/core/a.js", "apps/web/core", "apps/web/b.js"}, links: map[string]string{"apps/web/core": "../../libs/core"},
			report: []string{"apps/web/core/a.js", "apps/web/b.js"}, want: map[string]string{"apps/web/core/a.js": "libs/core/a.js", "apps/web/b.js": "apps/web/b.js"},
		},
		{
			name: "links in a circle", commit: []string{"a", "b", "c/x.js"}, links: map[string]string{"a": "b", "b": "a"}, report: []string{"a/x.js", "c/x.js"},
			want: map[string]string{"c/x.js": "c/x.js"},
		},
		{
			name: "other people's code alone", commit: many("src/", "util.c"), report: []string{"/ci/r/extern/zlib/src/util.c", "3rd_party/zlib/src/util.c"},
			how: map[string]How{"/ci/r/extern/zlib/src/util.c": Foreign, "3rd_party/zlib/src/util.c": Foreign},
		},
		{
			name: "a submodule's file alone", commit: many("src/", "a.c", "m.c"), submodules: []string{"sub"},
			report: []string{"sub/src/a.c"}, how: map[string]How{"sub/src/a.c": Missing},
		},
		{
			name: "a submodule's files on another machine", commit: many("src/", "a.c", "m.c"), submodules: []string{"ext/sub", "sub"},
			report: []string{"/ci/r/sub/src/a.c", "/ci/r/ext/sub/x/src/m.c", "/ci/r/src/gone.c"}, how: map[string]How{"/ci/r/sub/src/a.c": Missing},
		},
		{
			name: "a submodule's own report", commit: many("src/", "a.c", "m.c"), submodules: []string{"sub"}, o: Options{Location: "sub/coverage/lcov.info"},
			report: []string{"src/a.c", "sub/src/m.c", "./src/m.c"}, how: map[string]How{"src/a.c": Missing, "sub/src/m.c": Missing},
		},
		{
			name: "a source root in a submodule", commit: many("src/", "a.c", "m.c"), submodules: []string{"sub"}, o: Options{Sources: []string{"sub"}},
			report: []string{"src/a.c"}, how: map[string]How{"src/a.c": Missing},
		},
		{
			name: "a submodule of a deterministic build", commit: []string{"src/A.cs"}, report: []string{"/_/sub/src/A.cs", "/_/src/Gone.cs"},
			how: map[string]How{"/_/sub/src/A.cs": Missing},
		},
		{
			name: "a checkout that is called like a submodule", commit: many("src/", "a.c", "b.c", "c.c"), submodules: []string{"lib"},
			report: []string{"/home/x/lib/src/a.c", "/home/x/lib/src/b.c", "/home/x/lib/src/c.c"},
			want:   map[string]string{"/home/x/lib/src/a.c": "src/a.c", "/home/x/lib/src/b.c": "src/b.c", "/home/x/lib/src/c.c": "src/c.c"},
		},
		{
			name: "a runner's checkout that is called like a submodule", commit: many("src/", "a.c"), submodules: []string{"lib"},
			report: []string{"/home/runner/work/lib/lib/src/a.c"}, want: map[string]string{"/home/runner/work/lib/lib/src/a.c": "src/a.c"},
		},
		{
			name: "the drive in either case", commit: []string{"config.js", "src/a.js"}, report: []string{`C:\P\xyz\config.js`, `c:\P\xyz\config.js`, `C:\P\xyz\src\a.js`},
			want: map[string]string{`C:\P\xyz\config.js`: "config.js", `c:\P\xyz\config.js`: "config.js", `C:\P\xyz\src\a.js`: "src/a.js"},
		},
		{
			name: "the user's word is the last", commit: []string{"a/x.c", "b/x.c"}, o: Options{PathMaps: []PathMap{{"/w", "b"}}}, report: []string{"/w/x.c", "/w/a/x.c"},
			want: map[string]string{"/w/x.c": "b/x.c"}, how: map[string]How{"/w/a/x.c": Missing},
		},
		{
			name: "names with signs", commit: many("src/", "a|b<s>.go", "100%.go", "q?.go"), report: []string{"src/a|b<s>.go", "src/100%.go", "src/q?.go"},
			want: map[string]string{"src/a|b<s>.go": "src/a|b<s>.go", "src/100%.go": "src/100%.go", "src/q?.go": "src/q?.go"},
		},
		{
			name: "a container's file that two could be", commit: []string{"services/a/main.py", "services/b/main.py"},
			report: []string{"/app/main.py"}, how: map[string]How{"/app/main.py": Ambiguous},
		},
		{
			name: "a container below /usr/src", commit: []string{"services/api/app/main.py", "web/app/other.py"}, o: Options{Sources: []string{"/usr/src"}},
			report: []string{"app/main.py"}, want: map[string]string{"app/main.py": "services/api/app/main.py"},
		},
		{
			name: "a container below /usr/local", commit: []string{"src/main.py", "src/go/x.go"},
			report: []string{"/usr/local/app/src/main.py", "/usr/local/go/src/go/x.go"}, want: map[string]string{"/usr/local/app/src/main.py": "src/main.py"},
			how: map[string]How{"/usr/local/go/src/go/x.go": Foreign},
		},
		{
			name: "two roots of a deterministic build", commit: []string{"src/A.cs", "lib/B.cs"}, report: []string{"/_/src/A.cs", "/_1/lib/B.cs"},
			want: map[string]string{"/_/src/A.cs": "src/A.cs"}, how: map[string]How{"/_1/lib/B.cs": Missing},
		},
		{
			name: "checkouts of two systems in one report", commit: []string{"src/A/a.cs", "src/B/b.cs", "src/C/c.cs"},
			report: []string{"/home/vsts/work/1/s/src/A/a.cs", `D:\a\app\app\src\B\b.cs`, "/opt/else/where/src/C/c.cs"},
			want:   map[string]string{"/home/vsts/work/1/s/src/A/a.cs": "src/A/a.cs", `D:\a\app\app\src\B\b.cs`: "src/B/b.cs"},
		},
		{
			name: "a checkout in a folder of the workspace", commit: []string{"src/a.c", "src/b.c"},
			report: []string{"/home/runner/work/r/r/main/src/a.c", "/home/runner/work/r/r/main/src/b.c"},
			want:   map[string]string{"/home/runner/work/r/r/main/src/a.c": "src/a.c", "/home/runner/work/r/r/main/src/b.c": "src/b.c"},
		},
		{
			name: "one file of ours and one of a place unheard of", commit: []string{"include/fmt/core.h", "src/a.cpp"},
			report: []string{"/w/src/a.cpp", "/opt/unheard/of/include/fmt/core.h"}, how: map[string]How{"/w/src/a.cpp": Ambiguous, "/opt/unheard/of/include/fmt/core.h": Ambiguous},
		},
		{
			name: "headers of package managers", commit: []string{"include/fmt/core.h", "src/a.cpp"},
			report: []string{"/w/src/a.cpp", "/opt/vcpkg/installed/x64-linux/include/fmt/core.h", "/home/u/.conan2/p/b/f/p/include/fmt/core.h", "/opt/conda/include/fmt/core.h", "/usr/include/fmt/core.h"},
			want:   map[string]string{"/w/src/a.cpp": "src/a.cpp"},
		},
		{
			name: "where Bazel runs", commit: []string{"src/a.cc", "lib/src/a.cc", "src/util.cc"},
			report: []string{
				"/proc/self/cwd/src/a.cc", "/home/u/.cache/bazel/_bazel_u/01/sandbox/linux-sandbox/5/execroot/__main__/lib/src/a.cc",
				"/private/var/tmp/_bazel_u/01/execroot/_main/external/z/src/util.cc", "/private/var/tmp/_bazel_u/01/execroot/_main/src/a.cc",
			},
			want: map[string]string{
				"/proc/self/cwd/src/a.cc": "src/a.cc", "/private/var/tmp/_bazel_u/01/execroot/_main/src/a.cc": "src/a.cc",
				"/home/u/.cache/bazel/_bazel_u/01/sandbox/linux-sandbox/5/execroot/__main__/lib/src/a.cc": "lib/src/a.cc",
			},
			how: map[string]How{"/private/var/tmp/_bazel_u/01/execroot/_main/external/z/src/util.cc": Foreign},
		},
		{
			name: "addresses of bundlers", commit: []string{"src/a.js", "src/b.js", "app/page.tsx"},
			report: []string{"webpack://my-app/./src/a.js", "webpack://my-app/src/b.js", "webpack://my-app/webpack/bootstrap", "turbopack:///[project]/app/page.tsx"},
			want:   map[string]string{"webpack://my-app/./src/a.js": "src/a.js", "webpack://my-app/src/b.js": "src/b.js", "turbopack:///[project]/app/page.tsx": "app/page.tsx"},
		},
		{
			name: "Java without a package", commit: []string{"src/main/java/App.java", "src/main/java/com/acme/App.java"}, report: []string{"App.java"},
			want: map[string]string{"App.java": "src/main/java/App.java"},
		},
		{
			name: "Java of a package that ends alike", commit: []string{"src/main/java/org/com/acme/App.java"}, report: []string{"com/acme/App.java"},
			how: map[string]How{"com/acme/App.java": Missing},
		},
		{
			name: "where the checkout was shows in another file", commit: []string{"top.ts", "a/src/x.ts", "b/src/y.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/home/u/r/b/src/x.ts", "/home/u/r/top.ts"}, want: map[string]string{"/home/u/r/top.ts": "top.ts"},
			how: map[string]How{"/home/u/r/b/src/x.ts": Missing},
		},
		{
			name: "a container's folder that is called as one of the commit's", commit: []string{"app/z.ts", "a/src/x.ts", "a/top.ts"}, o: Options{Location: "a/coverage/lcov.info"},
			report: []string{"/app/src/x.ts", "/app/top.ts"}, want: map[string]string{"/app/src/x.ts": "a/src/x.ts", "/app/top.ts": "a/top.ts"},
		},
		{
			name: "accents written both ways in one commit", commit: []string{"cafe\u0301.py", "caf\u00e9.py", "x/e\u0301.py"}, o: Options{Checkout: "/repo"},
			report: []string{"cafe\u0301.py", "/repo/caf\u00e9.py", `x\e` + "\u0301.py"},
			want:   map[string]string{"cafe\u0301.py": "cafe\u0301.py", "/repo/caf\u00e9.py": "caf\u00e9.py", `x\e` + "\u0301.py": "x/e\u0301.py"},
		},
		{
			name: "accents written both ways, one of them", commit: []string{"e\u0301o\u0308.py", "\u00e9\u00f6.py"}, report: []string{"e\u0301\u00f6.py"},
			how: map[string]How{"e\u0301\u00f6.py": Ambiguous},
		},
		{
			name: "a class that is also among what the build generated", commit: []string{"src/main/java/p/A.java", "src/main/java/p/B.java", "target/generated-sources/annotations/p/A.java"},
			o: Options{Location: "target/site/jacoco/jacoco.xml"}, report: []string{"p/A.java", "p/B.java"},
			want: map[string]string{"p/A.java": "src/main/java/p/A.java", "p/B.java": "src/main/java/p/B.java"},
		},
		{
			name: "the same alone", commit: []string{"m/src/main/java/p/A.java", "m/build/generated/sources/p/A.java"}, o: Options{Location: "m/build/reports/jacoco.xml"},
			report: []string{"p/A.java"}, how: map[string]How{"p/A.java": Ambiguous},
		},
		{
			name: "a module that is called build", commit: []string{"build/src/main/java/p/A.java", "core/src/main/java/p/A.java"}, o: Options{Location: "build/build/reports/jacoco.xml"},
			report: []string{"p/A.java"}, want: map[string]string{"p/A.java": "build/src/main/java/p/A.java"},
		},
		{name: "above the repository", commit: []string{"x.py"}, o: Options{Location: "cov/lcov.info"}, report: []string{"../../../etc/x.py", "..", ""}, how: map[string]How{"": Missing}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := New(Commit{Files: tt.commit, Submodules: tt.submodules, Links: tt.links})
			got := map[string]string{}
			for _, m := range tree.Paths(tt.report, tt.o) {
				if m.Path != "" {
					got[m.Report] = m.Path
				} else if m.Flag() == "" || m.Reason() == "" {
					t.Errorf("%s: %s without a reason or a flag", m.Report, m.How)
				}
				if how, ok := tt.how[m.Report]; ok && m.How != how {
					t.Errorf("%s: %s (%s), want %s", m.Report, m.How, m.Reason(), how)
				}
			}
			want := tt.want
			if want == nil {
				want = map[string]string{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFlagSettles tries, for each path that several files could be, the flag that its
// match names, and expects it to be one of them.
func TestFlagSettles(t *testing.T) {
	commit := []string{"p1/src/t.ts", "p2/src/t.ts", "a/s/main/java/c/A.java", "b/s/main/java/c/A.java", "x/settings.py", "y/settings.py"}
	for _, tt := range []struct {
		report string
		o      Options
	}{
		{"src/t.ts", Options{}}, {"/app/src/t.ts", Options{}}, {"c/A.java", Options{}}, {"settings.py", Options{Checkout: "/r", Sources: []string{"/r/x", "/r/y"}}},
	} {
		m := NewTree(commit).Paths([]string{tt.report}, tt.o)[0]
		if m.How != Ambiguous || len(m.Others()) != 2 {
			t.Errorf("%s: %s, %v", tt.report, m.How, m.Others())
			continue
		}
		o := tt.o
		if root, ok := strings.CutPrefix(m.Flag(), "--root "); ok {
			o.Root = root
		} else if from, to, ok := strings.Cut(strings.TrimPrefix(m.Flag(), "--path-map "), "="); ok {
			o.PathMaps = []PathMap{{from, to}}
		}
		if again := NewTree(commit).Paths([]string{tt.report}, o)[0]; again.Path != m.Others()[0] {
			t.Errorf("%s with %s: %q (%s)", tt.report, m.Flag(), again.Path, again.Reason())
		}
	}
}

func TestExplainHasEveryRule(t *testing.T) {
	m := NewTree([]string{"src/a.py", "b/C.java"}).Paths([]string{"/app/src/a.py", "/repo/x.py", "b/C.java"}, Options{Checkout: "/repo", Explain: true})
	for _, one := range m {
		var names []string
		for _, r := range one.Rules() {
			names = append(names, r.Rule)
			if r.Said == "" {
				t.Errorf("%s: %s says nothing", one.Report, r.Rule)
			}
		}
		want := "path-map installed checkout root go-module source report-folder beginning"
		if one.Report == "b/C.java" {
			want = strings.Replace(want, "beginning", "package", 1)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", one.Report, got, want)
		}
	}
	if text := fmt.Sprint(m[1].Rules()); !strings.Contains(text, "in the checkout it is x.py, which the commit does not have") {
		t.Error(text)
	}
}
