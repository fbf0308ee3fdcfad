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

// row is what makes a format: constants, which are data. Made one by one, the formats
// would be 5 KB of code.
type row struct {
	name, title string
	sniff       func(head []byte) bool
	parse       func(io.Reader) (*coverage.Report, error)
	with        func(io.Reader, Options) (*coverage.Report, error) // in place of parse
	dialect     func() *points.Dialect                             // in place of all of them
}

// All returns the formats in the order of their names.
func All() []Format {
	rows := [...]row{
		{name: "canonical", title: "canonical JSON", sniff: canonical.Sniff, parse: canonical.Parse},
		{name: "clover", title: "Clover XML", sniff: clover.Sniff, parse: clover.Parse},
		{name: "cobertura", title: "Cobertura XML", sniff: cobertura.Sniff, parse: cobertura.Parse},
		{name: "codacy", title: "Codacy JSON", sniff: codacy.Sniff, parse: codacy.Parse},
		{name: "codecov", title: "Codecov JSON", sniff: codecov.Sniff, parse: codecov.Parse},
		{name: "coverage.py", title: "coverage.py JSON", sniff: coveragepy.Sniff, parse: coveragepy.Parse},
		{name: "coveralls", title: "Coveralls JSON", sniff: coveralls.Sniff, parse: coveralls.Parse},
		{name: "ctc", title: "CTC++ XML", dialect: points.CTC},
		{name: "dotcover", title: "dotCover detailed XML", dialect: points.DotCover},
		{name: "fastcov", title: "fastcov JSON", sniff: fastcov.Sniff, parse: fastcov.Parse},
		{name: "gcov", title: "gcov text", sniff: gcov.Sniff, parse: gcov.Parse},
		{name: "gcov-intermediate", title: "gcov intermediate text", sniff: gcov.SniffIntermediate, parse: gcov.ParseIntermediate},
		{name: "gcov-json", title: "gcov JSON", sniff: gcov.SniffJSON, parse: gcov.ParseJSON},
		{name: "go", title: "Go cover profile", sniff: gocover.Sniff, parse: gocover.Parse},
		{name: "istanbul", title: "Istanbul JSON", sniff: istanbul.Sniff, parse: istanbul.Parse},
		{name: "jacoco", title: "JaCoCo XML", sniff: jacoco.Sniff, parse: jacoco.Parse},
		{name: "lcov", title: "LCOV tracefile", sniff: lcov.Sniff, with: parseLCOV},
		{name: "llvm-cov", title: "llvm-cov JSON", sniff: llvmcov.Sniff, parse: llvmcov.Parse},
		{name: "luacov", title: "LuaCov report", sniff: luacov.Sniff, parse: luacov.Parse},
		{name: "mprof", title: "mprof XML", dialect: points.MProf},
		{name: "ncover", title: "NCover 1 XML", dialect: points.NCover},
		{name: "opencover", title: "OpenCover XML", sniff: opencover.Sniff, parse: opencover.Parse},
		{name: "partcover", title: "PartCover XML", dialect: points.PartCover},
		{name: "phpunit", title: "PHPUnit XML", sniff: phpunit.Sniff, with: parsePHPUnit},
		{name: "scoverage", title: "scoverage XML", dialect: points.Scoverage},
		{name: "simplecov", title: "SimpleCov result set", sniff: simplecov.Sniff, parse: simplecov.Parse},
		{name: "simplecov-json", title: "SimpleCov JSON", sniff: simplecov.SniffFormatter, parse: simplecov.ParseFormatter},
		{name: "slather", title: "slather JSON", sniff: slather.Sniff, parse: slather.Parse},
		{name: "sonar", title: "SonarQube generic coverage", sniff: sonar.Sniff, parse: sonar.Parse},
		{name: "visualstudio", title: "Visual Studio coverage XML", sniff: visualstudio.Sniff, parse: visualstudio.Parse},
		{name: "vstest", title: "Visual Studio .coveragexml", sniff: visualstudio.SniffDataSet, parse: visualstudio.ParseDataSet},
		{name: "xccov", title: "xccov JSON", sniff: xccov.Sniff, parse: xccov.Parse},
	}
	all := make([]Format, len(rows))
	for i, row := range rows {
		sniff, parse, with := row.sniff, row.parse, row.with
		if row.dialect != nil {
			d := row.dialect()
			sniff, parse = d.Sniff, d.Parse
		}
		if with == nil {
			with = func(r io.Reader, _ Options) (*coverage.Report, error) { return parse(r) }
		}
		all[i] = Format{row.name, row.title, sniff, with}
	}
	return all
}

// parsePHPUnit passes on how the other files of a report are opened.
func parsePHPUnit(r io.Reader, o Options) (*coverage.Report, error) {
	return phpunit.Parse(r, o.Open)
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
	return Format{}, fault.Errorf(fault.Input, "unknown format %q; known: %s", name, names())
}

func names() string {
	var list []string
	for _, f := range All() {
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
	if r := remedyFor(path.Base(slashed(name)), head); r.what != "" {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: %s, which is no report", name, r.what), "%s", r.how)
	}
	start := strings.ToValidUTF8(string(head[:min(len(head), 60)]), "?")
	return fault.WithHint(fault.Errorf(fault.Input, "%s: unknown report format (it begins %q); known: %s", name, start, names()),
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
