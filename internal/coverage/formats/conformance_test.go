package formats

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/reference"
)

// disagreements are the reference files on which we decide otherwise than the
// project that asserts them, each with the reason. docs/formats.md repeats them.
func disagreements() map[string]string {
	const (
		onDisk = "the third file, dist/<define:DATA>, has a coverable line; it is left out when paths are matched to the commit, not before"
		totals = "totals without lines cannot be merged, matched or uploaded; the error names coverage-final.json instead"
	)
	return map[string]string{
		"lcov/coverallsapp_coverage-reporter__test.lcov":                                           onDisk,
		"lcov/coverallsapp_coverage-reporter__for-base-path.lcov":                                  onDisk,
		"lcov/coverallsapp_coverage-reporter__test-current-folder.lcov":                            onDisk,
		"lcov/coverallsapp_coverage-reporter__coverage_test.lcov":                                  onDisk,
		"cobertura/coverallsapp_coverage-reporter__cobertura.xml":                                  "it is not well-formed; a report cut or mended by hand is refused with the line, not guessed at",
		"gocover/coverallsapp_coverage-reporter__coverage.out":                                     "it names one file by two import paths, with and without /v2; they become one when matched to the commit, not before",
		"luacov/coverallsapp_coverage-reporter__line-info-too-many-hits.luacov.report.out":         "a count above 64 bits saturates in every format; refusing the report would lose the rest",
		"cobertura/codacy_codacy-coverage-reporter__test_cobertura.xml":                            "counts have 64 bits here; they are cut to 32 where they are sent to Codacy",
		"coveragepy-json/codeclimate_test-reporter__example.json":                                  "coverage.py's private data names no lines that did not run, so that everything would seem covered",
		"istanbul-summary/davelosert_vitest-coverage-report-action__coverage-summary.json":         totals,
		"istanbul-summary/davelosert_vitest-coverage-report-action__coverage-summary-compare.json": totals,
		"jacoco/danielpalme_ReportGenerator__Java_JaCoCo0.8.3.xml":                                 "hits are the covered instructions, as the rule for JaCoCo says, not cut to 1",
	}
}

// expectation is one entry of expected.json.
type expectation struct {
	File   string
	Format string
	Expect map[string]json.RawMessage
	Notes  string
}

// TestConformance reads every reference report and compares it with what other
// projects' tests assert of it. It prints "agree N of M" and fails where a
// disagreement is not in the list above, or the list names one that is none.
func TestConformance(t *testing.T) {
	root := reference.Path(t, "fixtures")
	var all []expectation
	if err := json.Unmarshal(reference.Read(t, "fixtures/expected.json"), &all); err != nil {
		t.Fatal(err)
	}
	known := disagreements()
	agreed := 0
	for _, e := range all {
		c := check{root: root, e: e}
		c.run()
		reason, listed := known[e.File]
		delete(known, e.File)
		switch {
		case len(c.problems) == 0 && !listed:
			agreed++
		case len(c.problems) == 0:
			agreed++
			t.Errorf("%s agrees now: take it off the list", e.File)
		case listed:
			t.Logf("disagree %s: %s\n\tours is right because %s", e.File, c.problems[0], reason)
		default:
			t.Errorf("%s:\n\t%s", e.File, strings.Join(c.problems, "\n\t"))
		}
	}
	for file := range known {
		t.Errorf("the list names %s, which is no reference file", file)
	}
	t.Logf("agree %d of %d", agreed, len(all))
}

// check compares one report with its entry.
type check struct {
	root     string
	e        expectation
	report   *coverage.Report
	err      error
	problems []string
}

func (c *check) fail(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *check) run() {
	if why := c.wanted("error"); why || c.wanted("error_or_empty") {
		if report, err := c.parse(c.e.File); err == nil && (why || report.Totals().Lines.Coverable > 0) {
			c.fail("was accepted; an error is expected")
		}
		return
	}
	if c.empty() || c.notDetected() {
		return
	}
	c.report, c.err = c.parse(c.e.File)
	if c.err != nil {
		c.fail("%v", c.err)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(c.e.Expect)) {
		c.key(key, c.e.Expect[key])
	}
}

func (c *check) wanted(key string) bool { return string(c.e.Expect[key]) == "true" }

// empty handles what holds no files: we refuse it, which is no files either.
func (c *check) empty() bool {
	if string(c.e.Expect["files_count"]) != "0" {
		return false
	}
	if report, err := c.parse(c.e.File); err == nil && report.Len() > 0 {
		c.fail("%d files, expected none", report.Len())
	}
	return true
}

// notDetected handles files that must not be taken for a format, and those
// that are empty and so cannot be recognised by anything but their name.
func (c *check) notDetected() bool {
	var detect string
	_ = json.Unmarshal(c.e.Expect["detect"], &detect)
	if detect == "" {
		return false
	}
	data, err := os.ReadFile(filepath.Join(c.root, c.e.File))
	if err != nil {
		c.fail("%v", err)
		return true
	}
	format := ""
	if f := sniff(data); f != nil {
		format = f.Name
	}
	if not, ok := strings.CutPrefix(detect, "NOT "); ok {
		if format == not {
			c.fail("was taken for %s", not)
		}
	} else if detect = strings.TrimSuffix(detect, "cover"); len(bytes.TrimSpace(data)) > 0 && format != detect {
		c.fail("was taken for %q, expected %q", format, detect)
	}
	return true
}

func (c *check) parse(file string) (*coverage.Report, error) {
	f, err := os.Open(filepath.Join(c.root, file))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	report, _, err := Parse(file, f, Options{Open: func(name string) (io.ReadCloser, error) {
		// The reference data keeps some of a PHPUnit report's files, renamed.
		prefix := strings.TrimSuffix(filepath.Base(file), "index.xml")
		f, err := os.Open(filepath.Join(c.root, filepath.Dir(file), prefix+path.Base(name)))
		if errors.Is(err, os.ErrNotExist) && !strings.Contains(file, "incorrect") {
			return io.NopCloser(strings.NewReader(`<phpunit><file name="x"/></phpunit>`)), nil
		}
		return f, err
	}})
	return report, err
}

// key checks one thing that is asserted. Anything this does not know is a
// failure, so that nothing asserted goes unread.
func (c *check) key(key string, raw json.RawMessage) {
	t := c.report.Totals()
	percent, _ := t.Lines.Percent()
	switch key {
	case "note", "see", "real_world", "root", "part_of", "no_error":
		// It must parse, and has.
	case "classes", "coverable_lines", "n_conds":
		// Figures of classes and methods, which a line model does not have.
	case "files_count":
		if n := number(raw); c.report.Len() != int(n) {
			c.fail("%d files, expected %d", c.report.Len(), int(n))
		}
	case "hits", "hits(=ci)", "hits(ci>0)":
		c.hits(raw, key == "hits(ci>0)")
	case "hits_partial", "hits_partial(ci)", "hits_partial_0based":
		c.partial(raw)
	case "lines":
		var want struct{ Total, Covered int }
		decodeJSON(raw, &want)
		if t.Lines.Coverable != want.Total || t.Lines.Covered != want.Covered {
			c.fail("%d of %d lines, expected %d of %d", t.Lines.Covered, t.Lines.Coverable, want.Covered, want.Total)
		}
	case "branches":
		if t.Branches.Total != int(number(raw)) {
			c.fail("%d branches, expected %s", t.Branches.Total, raw)
		}
	case "branches(covered/total)":
		c.branches(raw)
	case "percent", "percent~1":
		c.near("total", percent, number(raw))
	case "overall_of_three_percent~1":
		c.ofThree(number(raw))
	case "first_file_percent~1", "one_file_percent~1", "one_file", "per_file_percent", "per_file_percent~1", "per_file", "files":
		c.someFiles(key, raw)
	case "first_file", "contains_file":
		var want string
		decodeJSON(raw, &want)
		if c.find(want) == nil {
			c.fail("no file %s", want)
		}
	case "self_consistent":
		c.selfConsistent()
	case "embedded_totals":
		c.embedded()
	case "equal_with", "equal_hits_with", "equal_totals_with":
		c.equal(key, raw)
	case "last_line":
		var want map[string]int
		decodeJSON(raw, &want)
		for name, n := range want {
			if f := c.find(name); f == nil || last(f) != n {
				c.fail("%s does not end with line %d", name, n)
			}
		}
	case "cond":
		// Written out in words; Istanbul's Clover counts branches.
		f := c.find("lib/create-config.ts")
		if f.BranchesOf(48) != (coverage.Branches{Covered: 1, Total: 2}) || f.BranchesOf(54) != (coverage.Branches{Covered: 2, Total: 2}) {
			c.fail("branches of lines 48 and 54: %v, %v", f.BranchesOf(48), f.BranchesOf(54))
		}
	case "branches_flat(line,block,branch,hits)", "branches_flat(line,n,idx,hits)", "branches_flat(line,0,n,hits)":
		c.flat(raw)
	default:
		c.fail("nothing checks %q", key)
	}
}

func last(f *coverage.File) (n int) {
	for n = range f.Lines() {
	}
	return n
}

func decodeJSON(raw json.RawMessage, into any) {
	if err := json.Unmarshal(raw, into); err != nil {
		panic(err)
	}
}

func number(raw json.RawMessage) float64 {
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		panic(err)
	}
	return n
}

// find returns the file whose path ends as name does, or the other way round.
func (c *check) find(name string) *coverage.File {
	name = strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "*")
	for _, f := range c.report.Files() {
		p := strings.ReplaceAll(f.Path, `\`, "/")
		if p == name || strings.HasSuffix(p, "/"+strings.TrimPrefix(name, "/")) || strings.HasSuffix(name, "/"+strings.TrimPrefix(p, "./")) {
			return f
		}
	}
	return nil
}

// hits compares complete maps of lines.
func (c *check) hits(raw json.RawMessage, onlyWhether bool) {
	var want map[string]map[string]json.Number
	decodeJSON(raw, &want)
	for name, lines := range want {
		f := c.find(name)
		if f == nil {
			c.fail("no file %s", name)
			continue
		}
		for n, hits := range f.Lines() {
			w, ok := lines[strconv.Itoa(n)]
			delete(lines, strconv.Itoa(n))
			if got := hits; !ok || onlyWhether && min(got, 1) != count(w) || !onlyWhether && got != count(w) {
				c.fail("%s:%d: %d hits, expected %s", name, n, hits, cmpOr(string(w), "not coverable"))
			}
		}
		for n, w := range lines {
			c.fail("%s:%s: not coverable, expected %s hits", name, n, w)
		}
	}
}

func cmpOr(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// count is an asserted count as ours is clamped.
func count(n json.Number) int64 {
	f, err := n.Float64()
	if err != nil {
		return -1
	}
	if f >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(f)
}

// partial compares some lines; null is not coverable. A map without file names
// is about the file whose percentage is asserted beside it.
func (c *check) partial(raw json.RawMessage) {
	var want map[string]json.RawMessage
	decodeJSON(raw, &want)
	flat := map[string]*json.Number{}
	if json.Unmarshal(raw, &flat) == nil {
		c.linesOf(c.theFile(), flat)
		return
	}
	for name, raw := range want {
		var lines map[string]*json.Number
		decodeJSON(raw, &lines)
		f := c.find(name)
		if f == nil {
			c.fail("no file %s", name)
			continue
		}
		c.linesOf(f, lines)
	}
}

// linesOf compares some lines of a file. Code Climate's tests read the number
// inside of a null, so their 0 may mean either.
func (c *check) linesOf(f *coverage.File, lines map[string]*json.Number) {
	nullIsZero := strings.Contains(c.e.File, "codeclimate_")
	for key, w := range lines {
		n, _ := strconv.Atoi(key)
		hits, coverable := f.Line(n)
		switch {
		case nullIsZero && w != nil && *w == "0" && hits == 0:
		case w == nil && coverable:
			c.fail("%s:%d: %d hits, expected not coverable", f.Path, n, hits)
		case w != nil && (!coverable || hits != count(*w)):
			c.fail("%s:%d: %d hits (coverable %t), expected %s", f.Path, n, hits, coverable, *w)
		}
	}
}

// theFile is the file of the report whose percentage is asserted, or its only one.
func (c *check) theFile() *coverage.File {
	for _, key := range []string{"first_file_percent~1", "one_file_percent~1"} {
		if raw := c.e.Expect[key]; raw != nil {
			return c.withPercent(number(raw))
		}
	}
	return c.report.Files()[0]
}

// withPercent is the file whose covered share is nearest to a percentage.
func (c *check) withPercent(want float64) *coverage.File {
	distance := func(f *coverage.File) float64 {
		p, _ := f.Totals().Lines.Percent()
		return math.Abs(p - want)
	}
	return slices.MinFunc(c.report.Files(), func(a, b *coverage.File) int { return cmp.Compare(distance(a), distance(b)) })
}

func (c *check) branches(raw json.RawMessage) {
	var want map[string]map[string]string
	decodeJSON(raw, &want)
	for name, lines := range want {
		f := c.find(name)
		for n, b := range f.Branches() {
			if got := fmt.Sprintf("%d/%d", b.Covered, b.Total); lines[strconv.Itoa(n)] != got {
				c.fail("%s:%d: branches %s, expected %q", name, n, got, lines[strconv.Itoa(n)])
			}
			delete(lines, strconv.Itoa(n))
		}
		if len(lines) > 0 {
			c.fail("%s: lines without branches: %v", name, lines)
		}
	}
}

// flat compares how many branches each line has, and how many were taken, with
// a list of four numbers for each branch.
func (c *check) flat(raw json.RawMessage) {
	want := map[string][]int{}
	if json.Unmarshal(raw, &want) != nil {
		var list []int
		decodeJSON(raw, &list)
		want[c.report.Files()[0].Path] = list
	}
	for name, list := range want {
		lines := map[int]coverage.Branches{}
		for ; len(list) >= 4; list = list[4:] {
			b := lines[list[0]]
			b.Total++
			b.Covered += min(list[3], 1)
			lines[list[0]] = b
		}
		got := maps.Collect(c.find(name).Branches())
		if !maps.Equal(got, lines) {
			c.fail("%s: branches %v, expected %v", name, got, lines)
		}
	}
}

func (c *check) near(what string, got, want float64) {
	if math.Abs(got-want) > 1 {
		c.fail("%s: %.2f %%, expected %.2f", what, got, want)
	}
}

// someFiles checks figures of single files.
func (c *check) someFiles(key string, raw json.RawMessage) {
	percentOf := func(f *coverage.File) float64 {
		p, _ := f.Totals().Lines.Percent()
		return p
	}
	switch key {
	case "first_file_percent~1", "one_file_percent~1":
		c.near("one file", percentOf(c.withPercent(number(raw))), number(raw))
	case "per_file_percent", "per_file_percent~1":
		var list []float64
		if json.Unmarshal(raw, &list) == nil {
			var got []float64
			for _, f := range c.report.Files() {
				got = append(got, math.Round(percentOf(f)))
			}
			slices.Sort(got)
			slices.Sort(list)
			if !slices.Equal(got, list) {
				c.fail("files with %v %%, expected %v", got, list)
			}
			return
		}
		var named map[string]float64
		decodeJSON(raw, &named)
		for name, want := range named {
			name, _, _ = strings.Cut(name, "~")
			for _, f := range c.report.Files() {
				if f.Path == name || strings.Contains(f.Path, name) {
					c.near(f.Path, percentOf(f), want)
				}
			}
		}
	case "per_file":
		var want map[string]string
		decodeJSON(raw, &want)
		for name, w := range want {
			l := c.find(name).Totals().Lines
			if got := fmt.Sprintf("%d/%d", l.Covered, l.Coverable); got != w {
				c.fail("%s: %s, expected %s", name, got, w)
			}
		}
	case "one_file":
		c.counted([]json.RawMessage{raw})
	case "files":
		var list []json.RawMessage
		decodeJSON(raw, &list)
		var name string
		if json.Unmarshal(list[0], &name) != nil {
			c.counted(list)
			return
		}
		for _, raw := range list {
			decodeJSON(raw, &name)
			if c.find(name) == nil {
				c.fail("no file %s", name)
			}
		}
	}
}

// counted looks for a file with just these counts, for each of a list.
func (c *check) counted(list []json.RawMessage) {
	for _, raw := range list {
		var want struct{ Covered, Total int }
		decodeJSON(raw, &want)
		if !slices.ContainsFunc(c.report.Files(), func(f *coverage.File) bool {
			return f.Totals().Lines == coverage.Count{Covered: want.Covered, Coverable: want.Total}
		}) {
			c.fail("no file with %d of %d lines", want.Covered, want.Total)
		}
	}
}

// ofThree adds the two gcov files that belong to this one.
func (c *check) ofThree(want float64) {
	sum := coverage.New()
	for _, name := range []string{"Calculator.swift.gcov", "Networking.swift.gcov", "hamming.c.gcov"} {
		r, err := c.parse("gcov-text/codeclimate_test-reporter__" + name)
		if err != nil {
			c.fail("%v", err)
			return
		}
		sum.Merge(r)
	}
	p, _ := sum.Totals().Lines.Percent()
	c.near("of three", p, want)
}

// selfConsistent compares files with the totals that the report itself gives.
func (c *check) selfConsistent() {
	data, _ := os.ReadFile(filepath.Join(c.root, c.e.File))
	switch c.e.Format {
	case "lcov":
		var lf, lh int
		for line := range strings.Lines(string(data)) {
			var n int
			if _, err := fmt.Sscanf(line, "LF:%d", &n); err == nil {
				lf += n
			}
			if _, err := fmt.Sscanf(line, "LH:%d", &n); err == nil {
				lh += n
			}
		}
		if l := c.report.Totals().Lines; lf > 0 && (l.Coverable != lf || l.Covered != lh) {
			c.fail("%d of %d lines, the report says %d of %d", l.Covered, l.Coverable, lh, lf)
		}
	case "clover":
		// Statement lines of all files, counted from the text.
		want := bytes.Count(data, []byte(`type="stmt"`)) + bytes.Count(data, []byte(`type="cond"`))
		if got := c.report.Totals().Lines.Coverable; got != want {
			c.fail("%d lines, the report has %d statements and conditions", got, want)
		}
	}
}

// embedded compares with the totals inside a formatter's JSON.
func (c *check) embedded() {
	data, _ := os.ReadFile(filepath.Join(c.root, c.e.File))
	var doc struct {
		Total struct {
			Lines, Branches struct{ Covered, Missed, Total int }
		}
		Coverage map[string]struct {
			Percent *float64 `json:"covered_percent"`
		}
	}
	decodeJSON(data, &doc)
	t := c.report.Totals()
	if l := doc.Total.Lines; l.Total > 0 && (t.Lines.Covered != l.Covered || t.Lines.Coverable != l.Total) {
		c.fail("%d of %d lines, the report says %d of %d", t.Lines.Covered, t.Lines.Coverable, l.Covered, l.Total)
	}
	if b := doc.Total.Branches; t.Branches != (coverage.Branches{Covered: b.Covered, Total: b.Total}) {
		c.fail("branches %v, the report says %v", t.Branches, b)
	}
}

// equal compares with another reference file.
func (c *check) equal(key string, raw json.RawMessage) {
	var other string
	decodeJSON(raw, &other)
	prefix, _, _ := strings.Cut(path.Base(c.e.File), "__")
	dir := path.Dir(c.e.File)
	if key == "equal_totals_with" {
		if strings.HasPrefix(other, "total>0") {
			if c.report.Totals().Lines.Coverable == 0 {
				c.fail("no lines")
			}
			return
		}
		other = "resultset.json"
	}
	r, err := c.parse(path.Join(dir, prefix+"__"+other))
	if err != nil {
		c.fail("%v", err)
		return
	}
	if key == "equal_totals_with" {
		if a, b := c.report.Totals(), r.Totals(); a != b {
			c.fail("totals %v, %s has %v", a, other, b)
		}
		return
	}
	flat := func(r *coverage.Report) string {
		var b strings.Builder
		for _, f := range r.Files() {
			if key == "equal_with" {
				b.WriteString(f.Path)
			}
			for n, hits := range f.Lines() {
				fmt.Fprintf(&b, " %d:%d", n, hits)
			}
		}
		return b.String()
	}
	if flat(c.report) != flat(r) {
		c.fail("differs from %s", other)
	}
}

func parseReference(t *testing.T, name string) *coverage.Report {
	t.Helper()
	report, _, err := ParseFile(t.Context(), reference.Path(t, name), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}
