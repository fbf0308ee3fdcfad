// Package console is everything that is said: data on stdout, talk on stderr,
// progress, and the CI's own commands. Whatever passes through it is scrubbed
// of known secrets, and of text that the CI would take for a command.
package console

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/table"
)

// Console is one run's way to people and to the CI. It is made by New.
type Console struct {
	Stdin  io.Reader
	Stdout io.Writer // data: guarded and scrubbed
	Stderr io.Writer // talk: guarded and scrubbed
	Getenv func(string) string
	Dir    string // folder that relative file names begin in; "" is the process's own

	JSON   bool // the answer on stdout is JSON
	Quiet  bool // no talk beside warnings and errors
	Redact *secret.Redactor
	CI     Commands // the one way past the guard

	raw      Streams
	answered bool // stdout has its JSON
	hiding   sync.Mutex
	hidden   map[string]bool // fingerprints of what Hide was given
	status   *status
	debug    bool
	commands io.Writer // stderr past the guard
	atEnd    []func()
	out      *redacting
}

// Streams are the process's own streams and environment.
type Streams struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Dir    string
}

// New returns a console over the process's streams. Commands to the CI go to
// stderr, which CIs read as well, until CommandsOnStdout.
func New(s Streams, d Dialect) *Console {
	redact := &secret.Redactor{}
	if s.Stdout == nil {
		s.Stdout = io.Discard
	}
	if s.Stderr == nil {
		s.Stderr = io.Discard
	}
	status := newStatus(s.Stderr, s.Getenv)
	commands := &aware{w: s.Stderr, status: status} // may hold what is to be masked: never repeated
	c := &Console{
		status: status, commands: commands,
		Stdin: s.Stdin, Getenv: s.Getenv, Dir: s.Dir, Redact: redact, raw: s, hidden: map[string]bool{},
		CI: Commands{Dialect: d, Out: commands, Getenv: s.Getenv},
	}
	c.out = &redacting{w: guarded(d, &aware{w: s.Stdout, status: status}), redact: redact}
	c.Stdout = c.out
	c.Stderr = &redacting{w: guarded(d, &aware{w: s.Stderr, status: status, talk: true}), redact: redact}
	return c
}

// CommandsOnStdout sends the CI's commands to stdout, for commands whose stdout
// is not data that something else reads.
func (c *Console) CommandsOnStdout() {
	if !c.JSON {
		c.CI.Out = c.raw.Stdout
	}
}

// RawStdout is the process's own stdout, for the one thing that must not be
// scrubbed: a new token where the user asked for it.
func (c *Console) RawStdout() io.Writer { return c.raw.Stdout }

// OutputError returns what went wrong when stdout was written to, or nil.
// Commands need not look at every print: it is looked at once, at the end.
func (c *Console) OutputError() error {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if c.out.err == nil {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "write to standard output: %w", c.out.err), "the answer is not complete; see where standard output leads")
}

// Env reads a variable; one that is blank, or that holds a reference which the
// CI did not replace, is not set.
func (c *Console) Env(name string) string { return secret.Setting(c.Getenv(name)) }

// Path returns a file name as the process can open it.
func (c *Console) Path(name string) string {
	if c.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, name)
}

// Hide keeps a secret out of everything that is printed from now on, here and
// in the CI's log.
func (c *Console) Hide(secrets ...secret.Value) {
	c.hiding.Lock()
	defer c.hiding.Unlock()
	for _, s := range secrets {
		if s.Empty() || c.hidden[s.Fingerprint()] {
			continue
		}
		c.hidden[s.Fingerprint()] = true
		c.CI.Mask(s)
		c.Redact.Add(s)
	}
}

// Defer runs f when the command has ended, the last that was deferred first.
func (c *Console) Defer(f func()) { c.atEnd = append(c.atEnd, f) }

// End runs what was deferred.
func (c *Console) End() {
	for _, f := range slices.Backward(c.atEnd) {
		f()
	}
	c.atEnd = nil
}

// Say prints talk on stderr, unless the user wants quiet.
func (c *Console) Say(format string, args ...any) {
	if !c.Quiet {
		fmt.Fprintln(c.Stderr, Printable(fmt.Sprintf(format, args...)))
	}
}

// Warn prints what should not be missed, quiet or not.
func (c *Console) Warn(format string, args ...any) {
	fmt.Fprintln(c.Stderr, "warning: "+Printable(fmt.Sprintf(format, args...)))
}

// Printable returns a message without what would control a terminal, or turn the
// direction of what follows: a part of it may be from outside.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) && r != '\n' && r != '\t' {
			return '�'
		}
		return r
	}, text)
}

// Print writes v to stdout as indented JSON, as --output json promises.
func (c *Console) Print(v any) error {
	c.answered = true
	if err := WriteJSON(c.Stdout, v); err != nil {
		return fault.Errorf(fault.Input, "print: %w", err)
	}
	return nil
}

// WriteJSON writes v as indented JSON that leaves <, > and & as they are: it is
// for files and pipes, never for the inside of a page.
func WriteJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Answered reports whether Print has written the answer.
func (c *Console) Answered() bool { return c.answered }

// Color reports whether stdout shows colour: a terminal, unless NO_COLOR
// (no-color.org) or CLICOLOR=0 is set; FORCE_COLOR and CLICOLOR_FORCE make any
// stdout one that does.
func (c *Console) Color() bool {
	switch {
	case c.Getenv("NO_COLOR") != "":
		return false
	case on(c.Getenv, "FORCE_COLOR"), on(c.Getenv, "CLICOLOR_FORCE"):
		return true
	case c.Env("CLICOLOR") == "0", c.Env("TERM") == "dumb":
		return false
	default:
		return isTerminal(c.raw.Stdout)
	}
}

// on reports whether a variable that switches something is set to do so.
func on(getenv func(string) string, name string) bool {
	v := secret.Setting(getenv(name))
	return v != "" && v != "0" && v != "false"
}

// Hue is a colour of text.
type Hue string

// The colours that mean something; the zero Hue is the terminal's own.
const (
	Green  Hue = "32" // done, in order
	Yellow Hue = "33" // changes, not done yet
	Red    Hue = "31" // amiss
	Faint  Hue = "2"  // left alone
)

// Paint returns text in a colour, where stdout shows colour.
func (c *Console) Paint(h Hue, text string) string {
	if h == "" || text == "" || !c.Color() {
		return text
	}
	return table.PaintStart + string(h) + table.PaintEnd + text + table.PaintStart + "0" + table.PaintEnd
}

// Width returns how many columns the terminal that stdout is has, or COLUMNS
// says; 0 if it is none, as in a file or a CI's log, where no line is broken.
func (c *Console) Width() int {
	if n, err := strconv.Atoi(c.Env("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := c.raw.Stdout.(*os.File); ok && !logged(c.Getenv) {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	return 0
}

// Table prints rows in columns, the first being the head; nothing if that is
// all there is.
func (c *Console) Table(rows [][]string) error {
	if len(rows) < 2 {
		return nil
	}
	clean := make([][]string, len(rows))
	for i, row := range rows {
		for _, text := range row {
			clean[i] = append(clean[i], cell(text))
		}
	}
	_, err := io.WriteString(c.Stdout, table.Table{Head: clean[0], Rows: clean[1:], Width: c.Width()}.String())
	return err
}

// cell returns a cell of one line that controls nothing but, by Paint, its colour: a
// name may be a server's.
func cell(text string) string {
	begin, end := "", table.PaintStart+"0"+table.PaintEnd
	for _, h := range []Hue{Green, Yellow, Red, Faint} {
		paint := table.PaintStart + string(h) + table.PaintEnd
		if inner, ok := strings.CutPrefix(text, paint); ok {
			begin, text = paint, strings.TrimSuffix(inner, end)
			break
		}
	}
	if begin == "" {
		end = ""
	}
	return begin + strings.NewReplacer("\n", "�", "\t", " ").Replace(Printable(text)) + end
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// redacting is the last line of defence: whatever is printed passes through the
// redactor. Each Write is scrubbed whole, so writers must not split lines.
type redacting struct {
	mu     sync.Mutex
	w      io.Writer
	redact *secret.Redactor
	err    error // the first
}

func (r *redacting) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := io.WriteString(r.w, r.redact.Clean(string(p))); err != nil {
		if r.err == nil {
			r.err = err
		}
		return 0, err
	}
	return len(p), nil
}
