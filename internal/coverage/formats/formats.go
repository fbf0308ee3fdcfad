// Package formats is the table of coverage formats: it finds reports, detects
// their format from their first bytes, opens containers and encodings, and
// parses each once.
package formats

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/canonical"
	"github.com/gatewright/gatewright/internal/coverage/clover"
	"github.com/gatewright/gatewright/internal/coverage/cobertura"
	"github.com/gatewright/gatewright/internal/coverage/codacy"
	"github.com/gatewright/gatewright/internal/coverage/codecov"
	"github.com/gatewright/gatewright/internal/coverage/coveragepy"
	"github.com/gatewright/gatewright/internal/coverage/coveralls"
	"github.com/gatewright/gatewright/internal/coverage/fastcov"
	"github.com/gatewright/gatewright/internal/coverage/gcov"
	"github.com/gatewright/gatewright/internal/coverage/gocover"
	"github.com/gatewright/gatewright/internal/coverage/istanbul"
	"github.com/gatewright/gatewright/internal/coverage/jacoco"
	"github.com/gatewright/gatewright/internal/coverage/lcov"
	"github.com/gatewright/gatewright/internal/coverage/llvmcov"
	"github.com/gatewright/gatewright/internal/coverage/luacov"
	"github.com/gatewright/gatewright/internal/coverage/opencover"
	"github.com/gatewright/gatewright/internal/coverage/phpunit"
	"github.com/gatewright/gatewright/internal/coverage/points"
	"github.com/gatewright/gatewright/internal/coverage/simplecov"
	"github.com/gatewright/gatewright/internal/coverage/slather"
	"github.com/gatewright/gatewright/internal/coverage/sonar"
	"github.com/gatewright/gatewright/internal/coverage/visualstudio"
	"github.com/gatewright/gatewright/internal/coverage/xccov"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/scan"
)

// Format is one kind of report.
type Format struct {
	Name  string // as --format spells it
	Title string // as people know it
	// Sniff reports whether head, the first bytes of a report, begins one of
	// this format. At most one format of the table says yes to any report.
	Sniff func(head []byte) bool
	// Parse reads a report as UTF-8 without a byte order mark. Its errors
	// carry the line; the caller adds file and format.
	Parse func(r io.Reader, o Options) (*coverage.Report, error)
}

// All returns the formats in the order of their names.
func All() []Format {
	return []Format{
		{"canonical", "canonical JSON", canonical.Sniff, plain(canonical.Parse)},
		{"clover", "Clover XML", clover.Sniff, plain(clover.Parse)},
		{"cobertura", "Cobertura XML", cobertura.Sniff, plain(cobertura.Parse)},
		{"codacy", "Codacy JSON", codacy.Sniff, plain(codacy.Parse)},
		{"codecov", "Codecov JSON", codecov.Sniff, plain(codecov.Parse)},
		{"coverage.py", "coverage.py JSON", coveragepy.Sniff, plain(coveragepy.Parse)},
		{"coveralls", "Coveralls JSON", coveralls.Sniff, plain(coveralls.Parse)},
		dialect("ctc", "CTC++ XML", points.CTC()),
		dialect("dotcover", "dotCover detailed XML", points.DotCover()),
		{"fastcov", "fastcov JSON", fastcov.Sniff, plain(fastcov.Parse)},
		{"gcov", "gcov text", gcov.Sniff, plain(gcov.Parse)},
		{"gcov-intermediate", "gcov intermediate text", gcov.SniffIntermediate, plain(gcov.ParseIntermediate)},
		{"gcov-json", "gcov JSON", gcov.SniffJSON, plain(gcov.ParseJSON)},
		{"go", "Go cover profile", gocover.Sniff, plain(gocover.Parse)},
		{"istanbul", "Istanbul JSON", istanbul.Sniff, plain(istanbul.Parse)},
		{"jacoco", "JaCoCo XML", jacoco.Sniff, plain(jacoco.Parse)},
		{"lcov", "LCOV tracefile", lcov.Sniff, parseLCOV},
		{"llvm-cov", "llvm-cov JSON", llvmcov.Sniff, plain(llvmcov.Parse)},
		{"luacov", "LuaCov report", luacov.Sniff, plain(luacov.Parse)},
		dialect("mprof", "mprof XML", points.MProf()),
		dialect("ncover", "NCover 1 XML", points.NCover()),
		{"opencover", "OpenCover XML", opencover.Sniff, plain(opencover.Parse)},
		dialect("partcover", "PartCover XML", points.PartCover()),
		{"phpunit", "PHPUnit XML", phpunit.Sniff, parsePHPUnit},
		dialect("scoverage", "scoverage XML", points.Scoverage()),
		{"simplecov", "SimpleCov result set", simplecov.Sniff, plain(simplecov.Parse)},
		{"simplecov-json", "SimpleCov JSON", simplecov.SniffFormatter, plain(simplecov.ParseFormatter)},
		{"slather", "slather JSON", slather.Sniff, plain(slather.Parse)},
		{"sonar", "SonarQube generic coverage", sonar.Sniff, plain(sonar.Parse)},
		{"visualstudio", "Visual Studio coverage XML", visualstudio.Sniff, plain(visualstudio.Parse)},
		{"vstest", "Visual Studio .coveragexml", visualstudio.SniffDataSet, plain(visualstudio.ParseDataSet)},
		{"xccov", "xccov JSON", xccov.Sniff, plain(xccov.Parse)},
	}
}

// parsePHPUnit passes on how the other files of a report are opened.
func parsePHPUnit(r io.Reader, o Options) (*coverage.Report, error) {
	return phpunit.Parse(r, o.Open)
}

// dialect is the format of a tool that lists points.
func dialect(name, title string, d *points.Dialect) Format {
	return Format{name, title, d.Sniff, plain(d.Parse)}
}

// plain is a parser that needs nothing but the report. Inlined, the list of the
// formats would hold a copy for each.
//
//go:noinline
func plain(parse func(io.Reader) (*coverage.Report, error)) func(io.Reader, Options) (*coverage.Report, error) {
	return func(r io.Reader, _ Options) (*coverage.Report, error) { return parse(r) }
}

func parseLCOV(r io.Reader, o Options) (*coverage.Report, error) {
	if o.Functions {
		return lcov.ParseFunctions(r)
	}
	return lcov.Parse(r)
}

// Options are what a caller may know beyond the bytes of a report. The zero
// value is right for most.
type Options struct {
	// Format forces a format by name; "" detects it from the report.
	Format string
	// Open opens another file of a report that consists of several, named
	// relative to the report itself. nil refuses such reports.
	Open func(name string) (io.ReadCloser, error)
	// MaxSize is how many bytes a report may have once its container is
	// opened; 0 is DefaultMaxSize, below zero is no limit.
	MaxSize int64
	// Functions keeps the lines that declare functions, for a patch.
	Functions bool
}

// DefaultMaxSize stops compression bombs.
const DefaultMaxSize = 4 << 30

// sniffed is how many bytes of a report its format is told from.
const (
	sniffed       = 16 << 10
	sniffedAtMost = 4 << 20
)

// Named returns the format of that name.
func Named(name string) (Format, error) {
	for _, f := range All() {
		if f.Name == strings.ToLower(name) {
			return f, nil
		}
	}
	return Format{}, fault.Errorf(fault.Input, "unknown format %q; known: %s", name, names(All()))
}

func names(all []Format) string {
	var list []string
	for _, f := range all {
		list = append(list, f.Name)
	}
	return strings.Join(list, ", ")
}

// Parse reads the report in r, which name is only used to speak of: it opens
// the container, detects the format unless o names one, and parses once. It returns
// the report, settled, and the name of its format. Every error is a
// fault.Input that names the report, its format, the line and what was
// expected, unless reading itself went wrong.
func Parse(name string, r io.Reader, o Options) (*coverage.Report, string, error) {
	if _, err := o.forced(); err != nil {
		return nil, "", err
	}
	text, err := open(r, o.limit())
	if err != nil {
		return nil, "", fault.As(fault.Input, fmt.Errorf("%s: %w", name, err))
	}
	if text.entries != nil {
		return parseEntries(name, text, o)
	}
	return parseText(name, text, o)
}

// parseText is Parse once containers and encodings are open.
func parseText(name string, text *text, o Options) (*coverage.Report, string, error) {
	format, err := o.forced()
	if err != nil {
		return nil, "", err
	}
	if len(text.head) == 0 {
		return nil, "", fault.WithHint(fault.Errorf(fault.Input, "%s is empty; a coverage report was expected", name),
			"the test step wrote no coverage; look at its output")
	}
	if format == nil {
		format = text.sniff()
	}
	if format == nil {
		return nil, "", unknown(name, text.head)
	}
	report, err := format.Parse(text, o)
	if err != nil {
		return nil, format.Name, explain(name, *format, err)
	}
	report.Settle()
	return report, format.Name, nil
}

func (o Options) forced() (*Format, error) {
	if o.Format == "" {
		return nil, nil
	}
	f, err := Named(o.Format)
	return &f, err
}

func (o Options) limit() int64 {
	return cmp.Or(o.MaxSize, DefaultMaxSize)
}

// sniff returns the format of a report, nil if no format knows it. Where the
// first bytes do not tell, as when a long list comes before everything that a
// format is known by, more of them are looked at.
func (t *text) sniff() *Format {
	f := sniff(t.head)
	start := bytes.TrimLeft(t.head, " \t\r\n")
	if f == nil && len(t.head) == sniffed && len(start) > 0 && strings.IndexByte("{[<", start[0]) >= 0 {
		if more, err := peek(&t.r, sniffedAtMost); err == nil {
			f = sniff(more)
		}
	}
	return f
}

// sniff is text.sniff for the first bytes alone.
func sniff(head []byte) *Format {
	for _, f := range All() {
		if f.Sniff(head) {
			return &f
		}
	}
	return nil
}

func unknown(name string, head []byte) error {
	switch {
	case istanbul.SniffSummary(head):
		return fault.WithHint(fault.Errorf(fault.Input, "%s: Istanbul's coverage-summary.json, which has totals and no lines", name),
			"coverage-final.json has them: add \"json\" or \"lcov\" to the coverage reporters")
	case coveragepy.SniffPrivate(head):
		return fault.WithHint(fault.Errorf(fault.Input, "%s: coverage.py's private data, which names no lines that did not run", name),
			"coverage json or coverage xml writes a report")
	}
	if r := remedyFor(path.Base(slashed(name)), head); r.what != "" {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: %s, which is no report", name, r.what), "%s", r.how)
	}
	start := strings.ToValidUTF8(string(head[:min(len(head), 60)]), "?")
	return fault.WithHint(fault.Errorf(fault.Input, "%s: unknown report format (it begins %q); known: %s", name, start, names(All())),
		"name it with --format if it is one of these")
}

// explain adds report and format to a parser's error.
func explain(name string, f Format, err error) error {
	var place *scan.Error
	if errors.As(err, &place) {
		return fault.As(fault.Input, fmt.Errorf("%s:%d: %s: %w", name, place.Line, f.Title, place.Err))
	}
	return fault.As(fault.Input, fmt.Errorf("%s: %s: %w", name, f.Title, err))
}

// Write writes a report as to names it: json (the canonical form), lcov,
// cobertura, codacy or sonar.
func Write(w io.Writer, to string, r *coverage.Report) error {
	switch to {
	case "json":
		return coverage.WriteJSON(w, r)
	case "lcov":
		return lcov.Write(w, r)
	case "cobertura":
		return cobertura.Write(w, r)
	case "codacy":
		return codacy.Write(w, r)
	case "sonar":
		return sonar.Write(w, r)
	}
	return fault.Errorf(fault.Input, "cannot write %q; known: json, lcov, cobertura, codacy, sonar", to)
}
