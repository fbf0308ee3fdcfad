package finding

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/scan"
)

// Options say what a reader of SARIF knows beyond the file. The zero value
// keeps every path as the tool wrote it.
type Options struct {
	Tree  *match.Tree   // the commit's files; nil if they are not known
	Match match.Options // where the tool's paths may begin
}

// ParseSARIF reads a SARIF 2.1.0 log of any size as a stream, its keys in any
// order. Suppressed results, and those that say that something is in order,
// are left out. name stands for the file in errors, which are fault.Input.
func ParseSARIF(r io.Reader, name string, o Options) (Set, error) {
	p := &sarif{name: name, options: o, strings: map[string]string{}}
	err := p.parse(r)
	return p.set, err
}

// sarif is a log while it is read.
type sarif struct {
	*scan.JSON
	name    string
	options Options
	set     Set
	old     *Baseline         // takes the findings instead of set, where it is not nil
	strings map[string]string // rules and paths seen, each held once
	texts   texts
	result  result
	spare   []byte // for words

	runs, results int // begun so far, the results of the run in hand; for errors
}

func (p *sarif) parse(r io.Reader) error {
	p.JSON = scan.NewJSON(scan.UTF8(r))
	version, runs := "", false
	p.fields(fields{
		"version": p.into(&version), "runs": func() { runs = true; p.Array(p.run) },
		"inlineExternalProperties": func() {
			p.Array(func() {
				p.Member("results", func() { p.missing("%s keeps results outside of its runs, which are not read", p.name) })
			})
		},
	})
	if err := p.End(); err != nil {
		return p.wrong(err)
	}
	switch {
	case !runs:
		return fault.WithHint(fault.Errorf(fault.Input, "%s: no \"runs\": this is no SARIF log", p.name), "findings are read from SARIF 2.1.0 files")
	case !strings.HasPrefix(version, "2.1"):
		return fault.Errorf(fault.Input, "%s: SARIF version %q; 2.1.0 is read", p.name, version)
	case p.runs == 0:
		p.missing("%s holds no run of any tool", p.name)
	}
	return nil
}

// wrong is a scanner's error with the file, the line and the part of the log.
func (p *sarif) wrong(err error) error {
	where := "the log"
	if p.runs > 0 {
		where = fmt.Sprintf("runs[%d]", p.runs-1)
	}
	if p.results > 0 {
		where += fmt.Sprintf(".results[%d]", p.results-1)
	}
	var at *scan.Error
	if !errors.As(err, &at) {
		return fault.Errorf(fault.Input, "%s: SARIF, %s: %w", p.name, where, err)
	}
	return fault.Errorf(fault.Input, "%s:%d: SARIF, %s: %w", p.name, at.Line, where, at.Err)
}

func (p *sarif) missing(format string, args ...any) {
	p.set.Missing = appendNew(p.set.Missing, fmt.Sprintf(format, args...))
}

// fields are the readers of an object's keys. It is for what a log has few of:
// results, of which it has very many, are read without making a map for each.
type fields map[string]func()

// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (p *sarif) fields(f fields) {
	p.Object(func(key []byte) {
		if take := f[string(key)]; take != nil {
			take()
		}
	})
}

// into reads a text into a variable.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (p *sarif) into(to *string) func() { return func() { *to = p.text() } }

// text reads a text or null. It is valid as long as the program runs.
func (p *sarif) text() string { return string(p.bytes()) }

// bytes reads a text or null. It is valid until the next call.
func (p *sarif) bytes() []byte {
	switch kind := p.Kind(); kind {
	case '"', 'n', 0:
		text, _ := p.Bytes()
		return text
	default:
		p.Fail("%s where a text was expected", kindName(kind))
		return nil
	}
}

// word reads a word of SARIF's own, or null, in any case: some tools write
// "Error". It is valid until the next call.
func (p *sarif) word() []byte {
	word := append(p.spare[:0], p.bytes()...)
	for i, c := range word {
		if 'A' <= c && c <= 'Z' {
			word[i] = c + 'a' - 'A'
		}
	}
	p.spare = word
	return word
}

// index reads an index into an array of the run; -1 if there is none.
func (p *sarif) index() int {
	switch kind := p.Kind(); {
	case kind == '0' && !p.Negative():
		n, _ := p.Int()
		return n
	case kind == '0', kind == 'n', kind == 0:
		return -1
	default:
		p.Fail("%s where a number was expected", kindName(kind))
		return -1
	}
}

func kindName(kind byte) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a text"
	case '0':
		return "a number"
	}
	return "true or false"
}

// once returns the first text equal to this one, so that each is held once.
func (p *sarif) once(s []byte) string {
	if len(s) == 0 {
		return ""
	}
	if first, ok := p.strings[string(s)]; ok {
		return first
	}
	text := string(s)
	p.strings[text] = text
	return text
}
