package formats

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reference"
)

// plant writes files below a new folder. A text that begins with -> is a link.
func plant(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if to, link := strings.CutPrefix(text, "->"); link {
			if err := os.Symlink(to, file); err != nil {
				reference.Missing(t, "%v", err)
			}
			continue
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func below(root string, files []string) []string {
	var out []string
	for _, f := range files {
		rel, err := filepath.Rel(root, f)
		if err != nil {
			rel = f
		}
		out = append(out, filepath.ToSlash(rel))
	}
	return out
}

const sampleJaCoCo = `<?xml version="1.0"?><report name="m"><package name="a"><sourcefile name="A.kt"><line nr="1" mi="0" ci="1" mb="0" cb="0"/></sourcefile></package></report>`

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func TestFind(t *testing.T) {
	root := plant(t, map[string]string{
		"lcov.info": sampleLCOV, "a/coverage.xml": sampleCobertura, "a/b/cover.out": "mode: set\n",
		"node_modules/x/lcov.info": sampleLCOV, "vendor/lcov.info": sampleLCOV, ".git/lcov.info": sampleLCOV,
		"coverage.json": `{"not":"a report"}`, "b/other.xml": sampleCobertura, "empty/x.txt": "",
	})
	for _, tt := range []struct {
		patterns []string
		want     []string
		err      string
	}{
		{want: []string{"a/b/cover.out", "a/coverage.xml", "lcov.info"}},
		{patterns: []string{"lcov.info", "**/*.xml", "a/*.xml"}, want: []string{"a/coverage.xml", "b/other.xml", "lcov.info"}},
		{patterns: []string{"{a,b}/*.xml"}, want: []string{"a/coverage.xml", "b/other.xml"}},
		{patterns: []string{"vendor/**"}, want: []string{"vendor/lcov.info"}},
		{patterns: []string{"**/lcov.info"}, want: []string{"lcov.info"}},
		{patterns: []string{"a"}, want: []string{"a/b/cover.out", "a/coverage.xml"}},
		{patterns: []string{filepath.Join(root, "a", "b")}, want: []string{"a/b/cover.out"}},
		{patterns: []string{"empty"}, err: "no coverage report found in"},
		{patterns: []string{"nothing.xml"}, err: "coverage report nothing.xml does not exist"},
		{patterns: []string{"lcov.info", "**/*.nothing"}, err: "no coverage report matches **/*.nothing"},
		{patterns: []string{"!a/b", "!lcov.info"}, want: []string{"a/coverage.xml"}},
		{patterns: []string{"**/*.xml", "!b/*"}, want: []string{"a/coverage.xml"}},
		{patterns: []string{"!**/*"}, err: "no coverage report is left"},
		{patterns: []string{"![x"}, err: "no valid glob"},
		{patterns: []string{"[x"}, err: "no valid glob"},
		{patterns: []string{"{a,b/*.xml"}, err: "no valid glob"},
	} {
		got, err := Find(root, tt.patterns)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || !errors.Is(err, fault.Input) {
				t.Errorf("%v: %v, want %s", tt.patterns, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", tt.patterns, err)
		}
		if !slices.Equal(below(root, got.Files), tt.want) {
			t.Errorf("%v: %v, want %v", tt.patterns, got, tt.want)
		}
	}
}

// TestFindByContent has reports under the names of every tool, and files of the
// same names that are none.
func TestFindByContent(t *testing.T) {
	root := plant(t, map[string]string{
		"build/gdal_filtered.info": sampleLCOV, "modules/views.info": "name = Views\ncore = 7.x\n",
		"app/build/reports/kover/report.xml": sampleJaCoCo, "app/build/reports/kover/reportDebug.xml": sampleJaCoCo, "tests/report.xml": "<testsuites/>",
		"bazel-testlogs/a/coverage.dat": sampleLCOV,
		"a/cp.out":                      "mode: set\n", "a/build.out": "ok\n", "a/unit.cov": "mode: set\n", "a/x.jl.12.cov": "        - module X\n",
		"a/coverage-3.12.xml": sampleCobertura, "a/unit-coverage.xml": sampleCobertura, "a/testCodeCoverageReport.xml": sampleJaCoCo, "a/cov.xml": sampleCobertura,
		"a/testDebug-jacoco.xml": sampleJaCoCo, ".build/debug/codecov/Pkg.json": `{"data":[{"files":[],"functions":[],"totals":{}}],"type":"llvm.coverage.json.export","version":"2.0.1"}`,
		"svc/cov.out": "mode: set\n", "svc/profile.cov": "mode: set\n",
		"logs/coverage.clover":   "<?xml version=\"1.0\"?>\n<coverage generated=\"1\"><project timestamp=\"1\"><file name=\"/a.php\"><line num=\"1\" type=\"stmt\" count=\"1\"/></file></project></coverage>",
		"cover/excoveralls.json": `{"source_files":[{"name":"lib/a.ex","source":"","coverage":[1,null,0]}]}`,
		"cover/excoveralls.xml":  `<coverage version="1"><file path="a.ex"><lineToCover lineNumber="1" covered="true"/></file></coverage>`,
		"cov/cov1.xml":           sampleCobertura, "_build/test/covertool/a.covertool.xml": sampleCobertura, "res/discovery.xml": "<recover/>", "coverage-xml/A/Coverage.php.xml": `<phpunit><file name="Coverage.php" path="/A"><coverage><line nr="3"><covered by="T"/></line></coverage></file></phpunit>`,
		"py/test_cov.xml": sampleCobertura, "py/pylcov.dat": sampleLCOV, "py/.coverage.xml": sampleCobertura, "rust/lcov": sampleLCOV, "go/coverage.profile": "mode: set\n", "go/coverage-unit.txt": "mode: set\n",
		"js/coverage-unit.json":    `{"coverage":{"a.js":{"1":1}}}`,
		"js/coverage-summary.json": `{"total":{"lines":{"pct":1}}}`, "js/coverage-badge.json": `{"label":"coverage"}`, "go/coverage-notes.txt": "none", "bin/lcov": "#!/usr/bin/perl\n",
		"js/tmp/coverage-12-1700000000000-0.json": `{"result":[{"scriptId":"1"}]}`,
		"Upper/LCOV.info":                         sampleLCOV, "Upper/Coverage.XML": sampleCobertura,
		"packed/lcov.info.gz":        packed(sampleLCOV),
		"pkg/testdata/lcov.info":     sampleLCOV,
		"spec/fixtures/coverage.xml": sampleCobertura, "src/__fixtures__/lcov.info": sampleLCOV,
		"Pods/x/lcov.info": sampleLCOV, "third_party/x/lcov.info": sampleLCOV,
		".env": "->config/env", "old/lcov.info": "->gone", "again/lcov.info": "->../Upper/LCOV.info",
	})
	found, err := Find(root, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		".build/debug/codecov/Pkg.json", "Upper/Coverage.XML", "Upper/LCOV.info", "_build/test/covertool/a.covertool.xml", "a/cov.xml", "a/coverage-3.12.xml", "a/cp.out", "a/testCodeCoverageReport.xml", "a/testDebug-jacoco.xml", "a/unit-coverage.xml", "a/unit.cov",
		"app/build/reports/kover/report.xml", "app/build/reports/kover/reportDebug.xml", "bazel-testlogs/a/coverage.dat", "build/gdal_filtered.info", "cov/cov1.xml",
		"cover/excoveralls.json", "cover/excoveralls.xml", "go/coverage-unit.txt", "go/coverage.profile", "js/coverage-unit.json", "logs/coverage.clover",
		"packed/lcov.info.gz", "py/.coverage.xml", "py/pylcov.dat", "py/test_cov.xml", "rust/lcov", "svc/cov.out", "svc/profile.cov",
	}, below(root, found.Files)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"third_party/x/lcov.info is not read, since folders called third_party hold other people's code: name it if it is yours",
		"old/lcov.info is a link that leads nowhere",
	}, found.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// TestFindBroken cuts reports off before anything says what they are: those that a
// tool calls so are named, other files with "coverage" in their names are not.
func TestFindBroken(t *testing.T) {
	broken := []string{
		"coverage-final.json", ".resultset.json", "llvm-cov.json", "codecov.json", "xccov.json", "coveralls.json", "excoveralls.json", "codacy-coverage.json", "coverage.json",
		"gcovr.json", "gcovr-coverage-1.json", "a.gcov.json", "codecov/Pkg.json", "coverage.xml", "cov.xml", "a_cov.xml", "a.covertool.xml", "opencover.xml", "dotcover-1.xml", "gcovr-1.xml", "excoveralls.xml", "a.lcov", "pylcov.dat",
	}
	files := map[string]string{"coverage-badge.json": "{", "my-cov.json": "{", "coverage-notes.txt": "{", "go/coverage.profile": "{", "discovery.xml": "{", "cov1.xml": "{"}
	for _, name := range broken {
		files[name] = "{"
	}
	root := plant(t, files)
	_, err := Find(root, nil)
	if hint := fault.Hint(err); !strings.Contains(hint, "passed over: its format is none that is known") {
		t.Errorf("alone: %v, %q", err, hint)
	}
	if err := os.WriteFile(filepath.Join(root, "lcov.info"), []byte(sampleLCOV), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := Find(root, nil)
	if err != nil || len(found.Files) != 1 {
		t.Fatal(found, err)
	}
	var want []string
	for _, name := range broken {
		want = append(want, name+" is passed over: its format is none that is known")
	}
	slices.Sort(want)
	slices.Sort(found.Notes)
	if diff := cmp.Diff(want, found.Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFindInOwnFolders has folders of the user's that are called as those of other
// people's code are: what is not read there is said, once for each folder.
func TestFindInOwnFolders(t *testing.T) {
	files := map[string]string{"apps/admin/coverage/lcov.info": sampleLCOV}
	for _, name := range []string{"vendor", "external", "deps", "checkouts", "gems"} {
		files["apps/"+name+"/coverage/lcov.info"] = sampleLCOV
		files["apps/"+name+"/coverage/unit/lcov.info"] = sampleLCOV
		files["apps/"+name+"/src/a.ts"] = ""
	}
	files["apps/node_modules/x/lcov.info"] = sampleLCOV
	files["apps/deps/node_modules/x/lcov.info"] = sampleLCOV
	root := plant(t, files)
	found, err := Find(root, nil)
	if err != nil || len(found.Files) != 1 || len(found.Notes) != 5 {
		t.Errorf("%v, %v", found, err)
	}
	// A package of a thousand files is looked at no further.
	files = map[string]string{"lcov.info": sampleLCOV}
	for i := range glanced {
		files[fmt.Sprintf("vendor/a/%d.go", i)] = ""
	}
	files["vendor/b/lcov.info"] = sampleLCOV
	if found, err := Find(plant(t, files), nil); err != nil || len(found.Notes) > 0 {
		t.Errorf("%v, %v", found.Notes, err)
	}
}

// TestFindInOtherCheckouts has checkouts of another commit within the one that is
// searched, as jobs have that compare two, and what build systems keep of runs
// before: neither is of this run.
func TestFindInOtherCheckouts(t *testing.T) {
	files := map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", "coverage/lcov.info": sampleLCOV,
		"base/.git/HEAD": "ref: refs/heads/main\n", "base/coverage/lcov.info": sampleLCOV, "base/lcov.info": sampleLCOV, "base/.coverage": "SQLite format 3\x00",
		".worktrees/x/.git": "gitdir: /r/.git/worktrees/x\n", ".worktrees/x/a/lcov.info": sampleLCOV,
		".nx/cache/1/outputs/coverage/lcov.info": sampleLCOV, ".turbo/cache/1/lcov.info": sampleLCOV, ".wireit/1/cache/2/lcov.info": sampleLCOV, ".stryker-tmp/sandbox1/lcov.info": sampleLCOV,
	}
	root := plant(t, files)
	t.Chdir(root)
	for i, patterns := range [][]string{nil, {"."}, {"**/lcov.info"}, nil, {"**/lcov.info"}} {
		root := root
		if i > 2 {
			root = "."
		}
		found, err := Find(root, patterns)
		if err != nil || !slices.Equal(below(root, found.Files), []string{"coverage/lcov.info"}) {
			t.Errorf("%s, %v: %v, %v", root, patterns, below(root, found.Files), err)
		}
		if text := strings.Join(found.Notes, "\n"); !strings.Contains(text, "base/coverage/lcov.info is not read, since base is another checkout: name it if it is meant") ||
			!strings.Contains(text, ".worktrees/x is another checkout") || strings.Count(text, "another checkout") != 2 {
			t.Errorf("%v: %s", patterns, text)
		}
	}
	for _, patterns := range [][]string{{"base"}, {"base/**/lcov.info"}, {"base/coverage/lcov.info", "base/lcov.info"}} {
		if found, err := Find(root, patterns); err != nil || len(found.Files) != 2 {
			t.Errorf("%v: %v, %v", patterns, found, err)
		}
	}
	if err := os.Remove(filepath.Join(root, "coverage", "lcov.info")); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(root, nil); err == nil || !strings.Contains(fault.Hint(err), "is another checkout") {
		t.Errorf("%v: %s", err, fault.Hint(err))
	}
	// A folder of checkouts is none itself: what is in them is all that there is.
	delete(files, ".git/HEAD")
	found, err := Find(plant(t, files), nil)
	if err != nil || len(found.Files) != 4 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestFindNotesNames: notes name files as the user would, from the folder that the user is in.
func TestFindNotesNames(t *testing.T) {
	root := plant(t, map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", "a/sub/.git": "gitdir: /r/.git/modules/sub\n", "a/sub/lcov.info": sampleLCOV,
		"a/own/lcov.info": sampleLCOV, "a/own/empty/lcov.info": "", "a/gone/lcov.info": "->nowhere", "a/vendor/lcov.info": sampleLCOV, "a/raw/x/.coverage": "SQLite format 3\x00",
	})
	other := "a/sub/lcov.info is not read, since a/sub is another checkout: name it if it is meant"
	gone := "a/gone/lcov.info is a link that leads nowhere"
	for pattern, want := range map[string][]string{
		"a/*/lcov.info": {gone, other},
		"a/s*/*.info":   {other},
		"a":             {other, gone, "a/own/empty/lcov.info is empty", "a/vendor/lcov.info is not read", "a/raw/x/.coverage is "},
		".":             {other, gone, "a/own/empty/lcov.info is empty", "a/vendor/lcov.info is not read", "a/raw/x/.coverage is "},
	} {
		found, err := Find(root, []string{pattern})
		notes := append(found.Notes, fault.Hint(err))
		for _, want := range want {
			if !slices.ContainsFunc(notes, func(note string) bool { return strings.HasPrefix(note, want) }) {
				t.Errorf("%s: %q lacks %q (%v)", pattern, notes, want, err)
			}
		}
	}
}

// TestFindBazelOnce has Bazel's report of all tests behind a link, beside those
// of each test.
func TestFindBazelOnce(t *testing.T) {
	cache := plant(t, map[string]string{"out/_coverage/_coverage_report.dat": sampleLCOV, "logs/a/coverage.dat": sampleLCOV})
	root := plant(t, map[string]string{
		"bazel-out": "->" + filepath.Join(cache, "out"), "bazel-testlogs": "->" + filepath.Join(cache, "logs"), "bazel-repo": "->" + cache,
	})
	found, err := Find(root, nil)
	if err != nil || len(found.Files) != 1 || filepath.Base(found.Files[0]) != "_coverage_report.dat" {
		t.Errorf("%v, %v", found, err)
	}
}

// TestFindThroughLinks has folders behind links: a glob goes through them but for
// its **, and what it does not go through is said.
func TestFindThroughLinks(t *testing.T) {
	far := plant(t, map[string]string{"x/lcov.info": sampleLCOV, "y/deep/lcov.info": sampleLCOV})
	root := plant(t, map[string]string{
		"packages/a/lcov.info": sampleLCOV, "other/b/lcov.info": sampleLCOV, "packages/b": "->../other/b",
		"packages/a/self": "->..", "packages/b2": "->../other/b", "out": "->" + filepath.Join(far, "x"), "packages/far": "->" + filepath.Join(far, "y"), "packages/gone": "->nowhere",
		"[odd]/cov/lcov.info": sampleLCOV, "[odd]/cov/old.info": sampleLCOV,
	})
	unread := "packages/far/deep/lcov.info is not read, since packages/far is a link to a folder elsewhere: name it if it is yours"
	for _, tt := range []struct {
		root     string
		patterns []string
		want     []string
		notes    []string
	}{
		{"", []string{"packages/*/lcov.info"}, []string{"packages/a/lcov.info", "packages/b/lcov.info"}, nil},
		{"", []string{"packages/*/**/lcov.info"}, []string{"packages/a/lcov.info", "packages/b/lcov.info", "packages/far/deep/lcov.info"}, []string{"packages/gone is a link that leads nowhere"}},
		{"", []string{"packages/**/lcov.info"}, []string{"packages/a/lcov.info"}, []string{
			"packages/b is a link to the folder REAL/other/b, which ** does not go through", "packages/b2 is a link to the folder REAL/other/b, which ** does not go through",
			"packages/far is a link to the folder FAR/y, which ** does not go through",
		}},
		{"", []string{"out/*.info"}, []string{"out/lcov.info"}, nil},
		{"", []string{"out/**/*.info"}, []string{"out/lcov.info"}, nil},
		{"", []string{"{other,packages}/b/*.info"}, []string{"other/b/lcov.info"}, nil},
		{"", []string{"packages"}, []string{"packages/a/lcov.info"}, []string{
			"packages/b/lcov.info is not read, since packages/b is a link to a folder elsewhere: name it if it is yours",
			"packages/b2/lcov.info is not read, since packages/b2 is a link to a folder elsewhere: name it if it is yours", unread,
		}},
		{"", nil, []string{"[odd]/cov/lcov.info", "[odd]/cov/old.info", "other/b/lcov.info", "packages/a/lcov.info"}, []string{"out/lcov.info is not read, since out is a link to a folder elsewhere: name it if it is yours", unread}},
		{"[odd]", []string{"c*/*.info"}, []string{"cov/lcov.info", "cov/old.info"}, nil},
		{"[odd]", []string{"**/*.info", "!cov/o*"}, []string{"cov/lcov.info"}, nil},
	} {
		from := filepath.Join(root, tt.root)
		found, err := Find(from, tt.patterns)
		if err != nil {
			t.Errorf("%q: %v", tt.patterns, err)
			continue
		}
		if diff := cmp.Diff(tt.want, below(from, found.Files)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.patterns, diff)
		}
		for i, note := range found.Notes {
			found.Notes[i] = strings.NewReplacer(root, "REAL", far, "FAR").Replace(note)
		}
		if diff := cmp.Diff(tt.notes, found.Notes); diff != "" {
			t.Errorf("%q notes (-want +got):\n%s", tt.patterns, diff)
		}
	}
}

func TestFindSaysTheNextStep(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"pkg/.coverage":                                 {"SQLite format 3\x00", "pkg/.coverage is coverage.py's private data: .*coverage xml"},
		"target/jacoco.exec":                            {"\x01\xc0\xc0\x10\x07", "target/jacoco.exec is JaCoCo's execution data: mvn jacoco:report"},
		"default.profraw":                               {"\x81rforpl\xff", "llvm-cov export -format=lcov"},
		"obj/a.gcda":                                    {"adcg", "gcovr"},
		"TestResults/coverage.json":                     {`{"m.dll": {"A.cs": {}}}`, "Coverlet's own JSON: CoverletOutputFormat=cobertura"},
		".nyc_output/x.json":                            {"{}", "nyc report"},
		"DerivedData/Run.xcresult/Info.plist":           {"", "xcrun xccov"},
		"TestResults/1/machine_1.coverage":              {"\x00", "dotnet-coverage merge -f cobertura"},
		"nothing/of/the/kind.txt":                       {"", "run the tests with coverage first"},
		"frontend/node_modules/x/a/.coverage":           {"SQLite format 3\x00", "run the tests with coverage first"},
		"coverage/tmp/coverage-12-1700000000000-0.json": {`{"result":[{"scriptId":"1"}]}`, "c8 report"},
		"app/build/kover/bin-reports/test.ic":           {"\x00", "koverXmlReport"},
		"build/coverage.cov":                            {"<?php return 1;", "phpcov merge --clover"},
		"android/app/build/outputs/coverage.ec":         {"\x01\xc0\xc0", "JaCoCo's execution data"},
		"cov/2b12a2a6-6af2-41f5-93e6-e325cd2e97bf.json": {"{\n  \"scriptId\": \"61\",\n  \"url\": \"file:///w/a.ts\"}", "deno coverage --lcov"},
		"run/2b12a2a6-6af2-41f5-93e6-e325cd2e97bf.json": {`{"uuid":"2b12a2a6","status":"passed"}`, "run the tests with coverage first"},
		"coverage/coverage-report.json":                 {`{"type":"v8","reportPath":"a","summary":{"lines":{"pct":1}}}`, "Monocart's own JSON: .*lcov"},
		"coverage/raw/coverage-ojaz7tf9.json":           {`{"id":"ojaz7tf9","type":"v8","data":[{"url":"file:///w/a.js"}]}`, "Monocart's own JSON: .*lcov"},
		"web/coverage-summary.json":                     {`{"total":{"lines":{"pct":1}}}`, "totals without lines: coverage-final.json has them"},
		"out/gcovr-summary.json":                        {`{"root": ".", "gcovr/summary_format_version": "0.5", "files": [{"filename": "a.c", "line_total": 3}]}`, "totals without lines: gcovr --json"},
		"out/coverage.json":                             {`{"data":[{"files":[{"filename":"/w/a.c","summary":{"lines":{"count":3,"covered":2,"percent":66}}}],"totals":{"lines":{"count":3}}}],"type":"llvm.coverage.json.export","version":"2.0.1"}`, "totals without lines: llvm-cov export"},
		"out/t.sh.3f/coverage.json":                     {`{"files": [{"file": "/w/t.sh", "percent_covered": "66.67"}], "percent_covered": "66.67"}`, "kcov's summary.*cobertura.xml beside it"},
		"test/v8-coverage.json":                         {`[{"url":"http://localhost/a.js","scriptId":"3","functions":[]}]`, "V8's raw data"},
		"target/covdir.json":                            {`{"children":{"a.rs":{"coverage":[-1,1],"coveragePercent":100.0,"name":"a.rs"}},"name":""}`, "grcov -t lcov"},
		"build/cobertura.ser":                           {"\xac\xed\x00\x05", "cobertura-report --format xml"},
		"scoverage-data/scoverage.coverage":             {"# Coverage data, format version: 3.0\n", "sbt coverageReport"},
		"_build/default/test/bisect0123.coverage":       {"BISECT-COVERAGE-4", "bisect-ppx-report cobertura"},
		"_build/test/cover/eunit.coverdata":             {"7\x83h\x03d\x00\x04file", "rebar3 covertool generate"},
		"test.tix":                                      {"Tix [ TixModule \"Main\" 1 1 [1]]", "hpc-codecov --format=lcov"},
		"cover_db/cover.14":                             {"pst0\x05", "cover -report clover"},
		"luacov.stats.out":                              {"2:a.lua\n1 0 \n", "the luacov command"},
		"logs/coverage.dat":                             {"# SystemC::Coverage-3\n", "verilator_coverage --write-info"},
		"src/a.jl.4242.cov":                             {"        - module A\n        1 f() = 1\n", "LCOV.writefile"},
		"coverage/test/a_test.dart.vm.json":             {`{"type":"CodeCoverage","coverage":[]}`, "coverage:format_coverage --lcov"},
		"source-pkg-a.lst":                              {"       |module pkg.a;\n      2|int f() { return 1; }\nsource/pkg/a.d is 100% covered", "gdc --coverage"},
		"obj/startup.lst":                               {"   1              \t.cpu cortex-m4\n", "run the tests with coverage first"},
	} {
		root := plant(t, map[string]string{name: tt.text})
		_, err := Find(root, nil)
		if err == nil {
			t.Errorf("%s: found", name)
			continue
		}
		if want := strings.Split(tt.want, ".*"); !strings.Contains(fault.Hint(err), want[0]) || !strings.Contains(fault.Hint(err), want[len(want)-1]) {
			t.Errorf("%s: %v\n%s", name, err, fault.Hint(err))
		}
		if text := err.Error(); strings.Count(text, "*") > 0 || !strings.Contains(text, "lcov.info, coverage.xml, jacoco.xml") {
			t.Errorf("%s: %v", name, err)
		}
		// Beside a report that was found it is the data that this was made of.
		root = plant(t, map[string]string{name: tt.text, "coverage.xml": sampleCobertura, "other/module/x/y/jacoco.exec": "\x01\xc0\xc0"})
		found, err := Find(root, nil)
		if err != nil || len(found.Files) != 1 || !strings.Contains(strings.Join(found.Notes, "\n"), "JaCoCo's execution data") {
			t.Errorf("%s beside a report: %v, %v", name, found, err)
		}
	}
	root := plant(t, map[string]string{"src/a.c": "", "tests/b.c": "", "node_modules/x/y.js": ""})
	if _, err := Find(root, nil); err == nil || !strings.HasSuffix(err.Error(), "in it and below src, tests; not searched: node_modules") {
		t.Errorf("%v", err)
	}
}

// TestFindTotals has totals without lines beside the report of the same run: they
// are no report that could not be read, as the run would fail by.
func TestFindTotals(t *testing.T) {
	for name, text := range map[string]string{
		"coverage-summary.json": `{"total":{"lines":{"pct":1}}}`,
		"gcovr-summary.json":    `{"root": ".", "gcovr/summary_format_version": "0.5", "files": [{"filename": "a.c", "line_total": 3}]}`,
		"gcovr-coverage.json":   `{"branch_covered": 1, "files": [{"branch_covered": 1, "filename": "a.c", "line_covered": 2, "line_total": 3}` + strings.Repeat(`, {"filename": "b.c", "line_covered": 2, "line_total": 3}`, 1000) + `], "gcovr/summary_format_version": "0.5"}`,
		"llvm-cov.json":         `{"data":[{"files":[{"filename":"/w/a.c","summary":{"lines":{"count":3,"covered":2}}}],"totals":{}}],"type":"llvm.coverage.json.export"}`,
	} {
		root := plant(t, map[string]string{"build/" + name: text, "build/coverage.xml": sampleCobertura})
		if found, err := Find(root, nil); err != nil || !slices.Equal(below(root, found.Files), []string{"build/coverage.xml"}) {
			t.Errorf("%s: %v, %v", name, below(root, found.Files), err)
		}
	}
	// What has lines is a report, whatever else it has. A file in it without them is an
	// error: it is not known to have none.
	for name, text := range map[string]string{
		"canonical":      `{"version":1,"files":[{"path":"a.go"}]}`,
		"codacy":         `{"fileReports":[{"filename":"a.go"}]}`,
		"coveralls":      `{"source_files":[{"name":"a.go","source_digest":"1"}]}`,
		"gcov-json":      `{"format_version":"1","gcc_version":"12","files":[{"file":"a.c","functions":[]}]}`,
		"simplecov-json": `{"command_name":"RSpec","files":[{"filename":"a.rb","covered_percent":50}]}`,
		"slather":        `[{"file":"a.m"}]`,
	} {
		if report, _, err := Parse(name, strings.NewReader(text), Options{Format: name}); err == nil || !strings.Contains(err.Error(), " without its ") {
			t.Errorf("%s: %v, %v", name, report, err)
		}
	}
	for name, text := range map[string]string{
		"gcovr.json":    `{"gcovr/format_version": "0.5", "files": []}`,
		"llvm-cov.json": `{"data":[{"files":[{"filename":"/w/a.c","segments":[],"summary":{"lines":{"count":0}}}],"totals":{}}],"type":"llvm.coverage.json.export"}`,
	} {
		if found, err := Find(plant(t, map[string]string{name: text}), nil); err != nil || len(found.Files) != 1 {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// TestFindRawBesideItsReport: data is named unless a report that may have been made of
// it lies near, from wherever the search begins.
func TestFindRawBesideItsReport(t *testing.T) {
	const raw = "\x01\xc0\xc0"
	for _, tt := range []struct {
		data, report string
		named        bool
	}{
		{"target/jacoco.exec", "target/site/jacoco/jacoco.xml", false},
		{"target/jacoco.exec", "jacoco.xml", false},
		{"a/target/jacoco.exec", "a/target/site/jacoco/jacoco.xml", false},
		{"a/build/jacoco/test.exec", "a/build/reports/jacoco/test/jacocoTestReport.xml", false},
		{"jacoco.exec", "target/site/jacoco/jacoco.xml", false},
		{"backend/jacoco.exec", "frontend/coverage/lcov.info", true},
		{"a/target/jacoco.exec", "b/target/site/jacoco/jacoco.xml", true},
	} {
		text := sampleJaCoCo
		if strings.HasSuffix(tt.report, ".info") {
			text = sampleLCOV
		}
		root := plant(t, map[string]string{tt.data: raw, tt.report: text})
		t.Chdir(root)
		for _, from := range []string{root, "."} {
			found, err := Find(from, nil)
			if err != nil || len(found.Files) != 1 || len(found.Notes) > 0 != tt.named {
				t.Errorf("%s beside %s, from %s: %v, %v", tt.data, tt.report, from, found, err)
			}
		}
	}
}

func TestParseSaysWhatAFileIs(t *testing.T) {
	for name, tt := range map[string]struct{ text, what, how string }{
		"x/.coverage":           {"SQLite format 3\x00\x10", "coverage.py's private data, which is no report", "coverage xml"},
		"jacoco.csv":            {"GROUP,PACKAGE,CLASS,INSTRUCTION_MISSED,INSTRUCTION_COVERED\nr,p,C,1,2\n", "JaCoCo's CSV", "xml report"},
		"tarpaulin-report.json": {`{"files":[{"path":["/","w","a.rs"],"content":"","traces":[]}]}`, "cargo-tarpaulin's own JSON", "--out lcov"},
		"0fec63f4.json":         {`{ "scriptId": "60", "url": "file:///w/a.ts", "functions": [] }`, "V8's raw data", "lcov reporter"},
		"old/.coverage":         {"!coverage.py: This is a private format, don't read it directly!{}", "coverage.py's private data, which is no report", "coverage xml"},
		"gr.ade":                {`{"file":{"name":"a.rs"},"language":"c/c++","method":{"covered":[1],"percentage_covered":1.0}}`, "grcov's own JSON", "-t lcov"},
		"coverage-report.json":  {`{"type":"v8","reportPath":"c.json","summary":{"lines":{"pct":1}}}`, "Monocart's own JSON", "lcov"},
		"v8.json":               {`{ "result": [ {"scriptId": "1", "url": "file:///x.js"} ] }`, "V8's raw data", "c8 report"},
	} {
		_, _, err := Parse(name, strings.NewReader(tt.text), Options{})
		if err == nil || !strings.Contains(err.Error(), tt.what) || !strings.Contains(fault.Hint(err), tt.how) {
			t.Errorf("%s: %v (%s)", name, err, fault.Hint(err))
		}
	}
}

func report(files map[string][]int64) *coverage.Report {
	r := coverage.New()
	for name, hits := range files {
		for i, n := range hits {
			if n >= 0 {
				r.File(name).Hit(i+1, n)
			}
		}
	}
	r.Settle()
	return r
}

func withBranches(r *coverage.Report) *coverage.Report {
	r.File("/w/src/a.js").SetBranches(1, coverage.Branches{Covered: 1, Total: 2})
	return r
}

func TestSameRuns(t *testing.T) {
	unit := map[string][]int64{"/w/src/a.js": {1, 0, 3}, "/w/src/b.js": {2}}
	for _, tt := range []struct {
		name    string
		reports []Read
		want    map[int]int
	}{
		{"one format: each is a run", []Read{{Format: "lcov", Report: report(unit)}, {Format: "lcov", Report: report(unit)}}, nil},
		{
			"the richest stays, whatever their order",
			[]Read{{Format: "clover", Report: report(unit)}, {Format: "cobertura", Report: report(unit)}, {Format: "istanbul", Report: report(unit)}, {Format: "lcov", Report: report(unit)}},
			map[int]int{0: 2, 1: 2, 3: 2},
		},
		{
			"relative and absolute",
			[]Read{{Format: "lcov", Report: report(map[string][]int64{"src/a.js": {1, 0, 3}, "src/b.js": {2}})}, {Format: "istanbul", Report: report(unit)}},
			map[int]int{0: 1},
		},
		{
			"hits may be counted otherwise, and the heads of functions be lines",
			[]Read{{Format: "lcov", Report: report(unit)}, {Format: "cobertura", Report: report(map[string][]int64{"/w/src/a.js": {1, 0, 1, 1}, "/w/src/b.js": {1}})}},
			map[int]int{1: 0},
		},
		{
			"another run of the same files",
			[]Read{{Format: "lcov", Report: report(unit)}, {Format: "cobertura", Report: report(map[string][]int64{"/w/src/a.js": {0, 1, 3}, "/w/src/b.js": {2}})}},
			map[int]int{},
		},
		{
			"a file more",
			[]Read{{Format: "lcov", Report: report(unit)}, {Format: "cobertura", Report: report(map[string][]int64{"/w/src/a.js": {1, 0, 3}, "/w/src/b.js": {2}, "/w/src/c.js": {1}})}},
			map[int]int{},
		},
		{
			"PHPUnit's XML has no lines that did not run",
			[]Read{{Format: "phpunit", Report: report(map[string][]int64{"/w/src/a.js": {1, -1, 3}, "/w/src/b.js": {2}})}, {Format: "clover", Report: report(unit)}},
			map[int]int{0: 1},
		},
		{
			"most of what did not run is in the poorer one",
			[]Read{{Format: "lcov", Report: report(map[string][]int64{"/w/src/a.js": {1}})}, {Format: "cobertura", Report: report(map[string][]int64{"/w/src/a.js": {1, 0, 0}})}},
			map[int]int{},
		},
		{
			"the head of a function that did not run",
			[]Read{{Format: "lcov", Report: report(map[string][]int64{"/w/src/a.js": {1, -1, 0}})}, {Format: "cobertura", Report: report(map[string][]int64{"/w/src/a.js": {1, 0, 0}})}},
			map[int]int{1: 0},
		},
		{
			"the one that has branches",
			[]Read{{Format: "lcov", Report: report(unit)}, {Format: "cobertura", Report: withBranches(report(unit))}},
			map[int]int{0: 1},
		},
		{
			"the one whose own totals agree",
			[]Read{{Format: "coverage.py", Report: withBranches(report(unit)), Apart: true}, {Format: "lcov", Report: withBranches(report(unit)), Apart: true}, {Format: "cobertura", Report: withBranches(report(unit))}},
			map[int]int{0: 2, 1: 2},
		},
		{
			"branches are worth more than totals that agree",
			[]Read{{Format: "cobertura", Report: report(unit)}, {Format: "jacoco", Report: withBranches(report(unit)), Apart: true}},
			map[int]int{0: 1},
		},
		{"nothing measured", []Read{{Format: "lcov", Report: report(nil)}, {Format: "cobertura", Report: report(nil)}}, map[int]int{}},
	} {
		if diff := cmp.Diff(tt.want, SameRuns(tt.reports, false)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
