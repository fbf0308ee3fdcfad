package formats

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reference"
)

const (
	sampleLCOV      = "TN:\nSF:src/ä.c\nDA:1,2\nDA:2,0\nend_of_record\n"
	sampleCobertura = `<?xml version="1.0" encoding="utf-8"?><coverage line-rate="1"><packages><package><classes><class filename="src/ä.c"><lines><line number="1" hits="2"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>`
)

// TestMain lets the many short reports lie about longer: looking for them takes as
// long as reading them.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// referenceReport is a file of the reference data that some format reads.
type referenceReport struct {
	file   string
	data   []byte
	report *coverage.Report
}

// references are all of them, read once for all tests, which may not change them.
var references struct {
	sync.Once
	all []referenceReport
	err error
}

func readReferences(root string) (all []referenceReport, err error) {
	err = filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(file, "phpunit-xml") {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if report, _, err := Parse(file, bytes.NewReader(data), Options{}); err == nil {
			all = append(all, referenceReport{file, data, report})
		}
		return nil
	})
	return all, err
}

// eachReference calls see with every reference report that some format reads.
func eachReference(t *testing.T, see func(t *testing.T, name string, data []byte, report *coverage.Report)) {
	t.Helper()
	root := reference.Path(t, "fixtures")
	references.Do(func() { references.all, references.err = readReferences(root) })
	if references.err != nil {
		t.Fatal(references.err)
	}
	for _, r := range references.all {
		see(t, strings.TrimPrefix(r.file, root), r.data, r.report)
	}
	if n := len(references.all); n < 300 {
		t.Errorf("only %d reports", n)
	}
}

// TestSniffOnce: every report is of one format and no more.
func TestSniffOnce(t *testing.T) {
	eachReference(t, func(t *testing.T, name string, data []byte, _ *coverage.Report) {
		text, err := open(bytes.NewReader(data), DefaultMaxSize)
		if err != nil {
			t.Fatal(err)
		}
		var known []string
		for _, f := range All() {
			if f.Sniff(text.head) {
				known = append(known, f.Name)
			}
		}
		if len(known) != 1 {
			t.Errorf("%s sniffs as %v", name, known)
		}
	})
}

// TestSniffCutOff: the beginning of a report may end anywhere, as that of one that
// was cut off does.
func TestSniffCutOff(t *testing.T) {
	seen := map[string]int{} // references by folder
	eachReference(t, func(_ *testing.T, name string, data []byte, _ *coverage.Report) {
		if kind := filepath.Dir(name); seen[kind] < 1 && !strings.HasPrefix(name, "/crossformat") {
			seen[kind]++
			for n := range min(len(data), 500) {
				sniff(data[:n])
			}
		}
	})
}

// TestRoundTrip: LCOV, Cobertura and the canonical form keep every line, hit
// and branch; SonarQube's keeps what ran; Codacy's keeps 32 bits.
func TestRoundTrip(t *testing.T) {
	eachReference(t, func(t *testing.T, name string, _ []byte, report *coverage.Report) {
		if report.Totals().Lines.Coverable == 0 {
			return
		}
		for _, to := range []string{"json", "lcov", "cobertura", "codacy", "sonar"} {
			var b bytes.Buffer
			if err := Write(&b, to, report); err != nil {
				t.Errorf("%s to %s: %v", name, to, err)
				continue
			}
			back, _, err := Parse(to, &b, Options{})
			if err != nil {
				t.Errorf("%s to %s and back: %v", name, to, err)
				continue
			}
			before, after := kept(report, to), kept(back, to)
			if !maps.EqualFunc(before, after, flat.equal) {
				t.Errorf("%s to %s and back (-before +after):\n%.600s", name, to, cmp.Diff(before, after))
			}
		}
	})
}

// kept is what a format can keep of a report.
func kept(r *coverage.Report, to string) map[string]flat {
	out := map[string]flat{}
	for _, f := range r.Files() {
		lines := maps.Collect(f.Lines())
		branches := maps.Collect(f.Branches())
		for n, hits := range lines {
			switch to {
			case "codacy":
				lines[n] = min(hits, 1<<31-1)
			case "sonar":
				lines[n] = min(hits, 1)
			}
		}
		for n := range branches {
			// Branches stand on lines in some, which makes those lines coverable, and nowhere in Codacy's.
			_, ok := lines[n]
			switch {
			case to == "codacy":
				delete(branches, n)
			case !ok && to != "json" && to != "lcov":
				lines[n] = int64(min(branches[n].Covered, 1))
			}
		}
		if len(lines) > 0 || len(branches) > 0 {
			out[f.Path] = flat{lines, branches}
		}
	}
	return out
}

func TestContainersAndEncodings(t *testing.T) {
	want, _, err := Parse("plain", strings.NewReader(sampleLCOV), Options{})
	if err != nil {
		t.Fatal(err)
	}
	latin1 := strings.Replace(strings.Replace(sampleCobertura, "utf-8", "ISO-8859-1", 1), "ä", "\xe4", 1)
	for name, data := range map[string][]byte{
		"gzip":           gzipped(sampleLCOV),
		"gzip in gzip":   gzipped(string(gzipped(sampleLCOV))),
		"zip":            zipped("lcov.info", sampleLCOV, "readme.txt", "no report"),
		"zip, utf-16":    zipped("c.xml", string(utf16Of(sampleCobertura, binary.LittleEndian, true))),
		"byte order":     []byte("\xef\xbb\xbf" + sampleLCOV),
		"crlf":           []byte(strings.ReplaceAll(sampleLCOV, "\n", "\r\n")),
		"utf-16 le":      utf16Of(sampleLCOV, binary.LittleEndian, true),
		"utf-16 be":      utf16Of(sampleCobertura, binary.BigEndian, true),
		"utf-16 no mark": utf16Of(sampleCobertura, binary.LittleEndian, false),
		"latin 1":        []byte(latin1),
		"latin 1 in zip": zipped("c.xml", latin1),
	} {
		got, _, err := Parse(name, bytes.NewReader(data), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(flatten(want), flatten(got)); diff != "" {
			t.Errorf("%s (-plain +ours):\n%s", name, diff)
		}
	}
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

func zipped(files ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, _ := w.Create(files[i])
		_, _ = io.WriteString(f, files[i+1])
	}
	_ = w.Close()
	return b.Bytes()
}

func utf16Of(text string, order binary.ByteOrder, mark bool) []byte {
	var b bytes.Buffer
	if mark {
		text = "\ufeff" + text
	}
	_ = binary.Write(&b, order, utf16.Encode([]rune(text)))
	return b.Bytes()
}

func TestParseRefuses(t *testing.T) {
	huge := strings.Repeat("DA:1,1\n", 1<<16)
	for _, tt := range []struct {
		name, data string
		o          Options
		want, hint string
	}{
		{name: "empty", data: "", want: "empty is empty; a coverage report was expected"},
		{name: "unknown", data: "<html>", want: `unknown: unknown report format (it begins "<html>"); known: canonical, clover,`, hint: "--format"},
		{name: "no such format", data: sampleLCOV, o: Options{Format: "xml"}, want: `unknown format "xml"; known: canonical, clover, cobertura`},
		{name: "forced", data: sampleCobertura, o: Options{Format: "lcov"}, want: `forced:1: LCOV tracefile: "<?xml version`},
		{name: "truncated", data: sampleCobertura[:len(sampleCobertura)-40], want: "truncated:1: Cobertura XML: the document ends inside"},
		{name: "misplaced", data: "SF:a\nDA:1,1\nend_of_record\nDA:2,1\n", want: "misplaced:4: LCOV tracefile: DA outside of a file; expected SF: before it"},
		{name: "cut in a number", data: "SF:a\nDA:1,1\nDA:2,1", want: "cut in a number:3: LCOV tracefile: the tracefile ends inside a line"},
		{name: "words", data: "SF:a\nDA:one,1\n", want: "words:2: LCOV tracefile: DA:one,1 where DA:<line>,<hits> was expected"},
		{name: "gzip, cut", data: string(gzipped(sampleLCOV)[:40]), want: "gzip, cut: unexpected EOF"},
		{name: "gzip, bomb", data: string(gzipped("SF:a\n" + huge)), o: Options{MaxSize: 4096}, want: "more than 4096 bytes once unpacked", hint: "--max-size raises the limit"},
		{name: "zip, bomb", data: string(zipped("a.info", "SF:a\n"+huge)), o: Options{MaxSize: 4096}, want: "more than 4096 bytes once unpacked", hint: "--max-size raises the limit"},
		{name: "zip, nothing", data: string(zipped("a.txt", "x")), want: "zip, nothing: a zip archive without any coverage report"},
		{name: "encoding", data: `<?xml version="1.0" encoding="EBCDIC"?><coverage/>`, want: `the report is encoded as "ebcdic"; expected utf-8`},
		{name: "summary", data: `{"total":{"lines":{"pct":1}}}`, want: "coverage-summary.json, totals without lines, which is no report", hint: "coverage-final.json"},
		{name: "span", data: "mode: set\na.go:1.1,999999999.2 1 1\n", want: "more than a report of this size can hold"},
		{name: "index alone", data: `<phpunit><project name="x"><file href="a.xml"/></project></phpunit>`, want: "index names other files"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report, _, err := Parse(tt.name, strings.NewReader(tt.data), tt.o)
			if report != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %s", err, tt.want)
			}
			if !errors.Is(err, fault.Input) {
				t.Errorf("the kind is %v", fault.Of(err))
			}
			if !strings.Contains(fault.Hint(err), tt.hint) {
				t.Errorf("hint %q, want %q", fault.Hint(err), tt.hint)
			}
		})
	}
}

// TestNoHalves cuts reports off: what was read of one until its error is nobody's.
func TestNoHalves(t *testing.T) {
	cut := map[string]bool{} // formats one of whose reports has failed after something was read
	eachReference(t, func(t *testing.T, name string, data []byte, _ *coverage.Report) {
		if len(data) > 8000 {
			return
		}
		for part := 1; part < 8; part += 2 {
			head := data[:len(data)*part/8]
			for _, wrap := range [][]byte{head, zipped("a", string(head))} {
				report, format, err := Parse(name, bytes.NewReader(wrap), Options{})
				if (report == nil) != (err != nil) {
					t.Fatalf("%s, %d/8: a report: %t, and %v", name, part, report != nil, err)
				}
				if err != nil && format != "" {
					cut[format] = true
				}
			}
		}
	})
	if len(cut) < 15 {
		t.Errorf("reports of %d formats were cut: %v", len(cut), slices.Sorted(maps.Keys(cut)))
	}
}

func TestTableIsInOrder(t *testing.T) {
	all := All()
	if !slices.IsSortedFunc(all, func(a, b Format) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("formats are not in the order of their names")
	}
	for _, f := range all {
		if f.Title == "" || f.Sniff == nil || f.Parse == nil {
			t.Errorf("%s is not whole", f.Name)
		}
	}
}

// TestFormatIsWhole: what CONTRIBUTING.md asks of a format beside its line in the
// table.
func TestFormatIsWhole(t *testing.T) {
	page, err := os.ReadFile("../../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range All() {
		if !strings.Contains(string(page), "\n| `"+f.Name+"` |") {
			t.Errorf("docs/formats.md has no row for %s", f.Name)
		}
	}
	sources, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	parses, fuzzed := map[string]bool{}, map[string]bool{}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(name)
		parses[folder] = parses[folder] || strings.Contains(string(text), "\nfunc Sniff(")
		fuzzed[folder] = fuzzed[folder] || strings.Contains(string(text), "coveragetest.Fuzz(")
	}
	n := 0
	for folder, yes := range parses {
		if yes {
			n++
			if !fuzzed[folder] {
				t.Errorf("%s has no fuzz target", folder)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d packages of formats", n)
	}
}

// TestCoverDir builds a program with counters, runs it, and reads what it left.
func TestCoverDir(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/m\n\ngo 1.20\n",
		"main.go": "package main\n\nimport \"os\"\n\nfunc main() {\n\tif len(os.Args) > 1 {\n\t\tprintln(os.Args[1])\n\t}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	counters := filepath.Join(dir, "counters")
	if err := os.Mkdir(counters, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"go", "build", "-cover", "-o", "prog", "."}, {"./prog"}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOCOVERDIR="+counters, "GOFLAGS=-mod=mod")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	found, err := Find(dir, nil)
	if err != nil || !slices.Equal(found.Files, []string{counters}) {
		t.Fatalf("found %v, %v", found, err)
	}
	report, format, err := ParseFile(t.Context(), counters, Options{})
	if err != nil || format != "go" {
		t.Fatal(format, err)
	}
	f := report.Lookup("example.com/m/main.go")
	if f == nil {
		t.Fatal("main.go is not in the report")
	}
	if hits, ok := f.Line(6); !ok || hits != 1 {
		t.Errorf("line 6: %d hits, coverable %t", hits, ok)
	}
	if hits, ok := f.Line(7); !ok || hits != 0 {
		t.Errorf("line 7: %d hits, coverable %t", hits, ok)
	}
}

// TestArchiveIsOfItsReportsCommits: what the reports of an archive say of themselves,
// the archive says, whatever their formats are.
func TestArchiveIsOfItsReportsCommits(t *testing.T) {
	const coveralls = `{"source_files":[{"name":"a","coverage":[1,0],"branches":[1,0,0,1]}],"git":{"head":{"id":"%s"}}}`
	const phpunit = `<phpunit><file name="A.php"><totals><lines executable="9" executed="1"/></totals><coverage><line nr="4"><covered by="a"/></line></coverage></file></phpunit>`
	data := zipped("a.json", fmt.Sprintf(coveralls, "one"), "b.json", fmt.Sprintf(coveralls, "two"), "c.json", `{"meta":{"commit":"three"},"coverage":{"a":{"lines":[1,0],"branches":[{"type":"then","start_line":1,"end_line":1,"coverage":1}]}}}`, "A.php.xml", phpunit)
	report, _, err := Parse("r.zip", bytes.NewReader(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(report.Commits)
	if want := []string{"one", "three", "two"}; !slices.Equal(report.Commits, want) || report.Lacks == "" {
		t.Errorf("%q, %q", report.Commits, report.Lacks)
	}
}
