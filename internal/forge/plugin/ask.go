package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// Error is an operation of a program that did not end well.
type Error struct {
	Op      string // "store TOKEN in acme/api (exec:vault)"
	Program string
	Reason  string
	kind    fault.Kind
	unmade  bool          // it surely had no effect
	again   int           // how often it is worth another try
	wait    time.Duration // asked for before that
}

func (e *Error) Error() string { return e.Op + ": " + e.Program + ": " + e.Reason }

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.kind }

// NoEffect reports whether the operation surely changed nothing.
func (e *Error) NoEffect() bool { return e.unmade }

const (
	accountHint = "see what the account may do that the program uses; its variables are passed on to it, Gatewright's own tokens are not"
	longest     = 1 << 20 // of an answer, in bytes
	shown       = 200     // of what a program said, in characters
)

// ask runs the operation, again where that may help: all of them may be
// repeated. Once a try may have had its effect, the whole may have had it.
func (s *Stores) ask(ctx context.Context, r request) (answer, error) {
	if err := check(r.ref, r.do != "list"); err != nil {
		return answer{}, err
	}
	lost := false
	for try := 0; ; try++ {
		a, err := s.once(ctx, r)
		e, failed := errors.AsType[*Error](err)
		if !failed || ctx.Err() != nil || try >= e.again || e.wait > s.o.MaxWait {
			if lost {
				a.Written = "" // by this try or by the one before
			}
			return a, rest.AfterLost(lost, err)
		}
		lost = lost || !e.unmade
		d := max(e.wait, s.o.Pause<<try)
		if s.o.Notify != nil && d > 5*time.Second {
			s.o.Notify(fmt.Sprintf("%s asks to wait; going on in %s", e.Program, d.Round(time.Second)))
		}
		if !pause(ctx, d) {
			return a, rest.AfterLost(lost, err)
		}
	}
}

// pause waits and reports whether nothing ended the wait early.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
	case <-rest.Stopped(ctx):
	}
	return false
}

// once starts the program when its turn has come, and reads its answer.
func (s *Stores) once(ctx context.Context, r request) (answer, error) {
	give, err := s.turns.Take(ctx, r.program())
	if err != nil {
		return answer{}, err
	}
	defer give()
	input, err := r.input()
	if err != nil {
		return answer{}, err
	}
	return s.read(ctx, r, s.o.Runner.Run(ctx, r.program(), input))
}

// read makes what became of a process into the answer or one error.
func (s *Stores) read(ctx context.Context, r request, end Ended) (answer, error) {
	verb := map[string]string{"put": "store", "stat": "look at", "delete": "delete", "list": "list the secrets"}[r.do]
	e := &Error{Op: r.ref.Op(verb), Program: r.program(), kind: fault.Service}
	fail := func(kind fault.Kind, format string, args ...any) (answer, error) {
		e.kind, e.Reason = kind, fmt.Sprintf(format, args...)
		e.unmade = e.unmade || r.do == "stat" || r.do == "list"
		if e.kind == fault.Auth {
			return answer{}, fault.WithHint(e, "%s", accountHint)
		}
		return answer{}, e
	}
	switch {
	case ctx.Err() != nil && (end.NotStarted != nil || end.Code != 0 || end.Flooded):
		_, err := fail(fault.Of(ctx.Err()), "stopped before it answered")
		return answer{}, errors.Join(err, ctx.Err())
	case end.NotStarted != nil:
		e.unmade = true
		_, err := fail(fault.Input, "%v", end.NotStarted)
		return answer{}, fault.WithHint(err, "name an executable program: exec:NAME is looked for in PATH, exec:./NAME from where Gatewright runs")
	case end.Deadline > 0:
		e.again = 1
		return fail(fault.Service, "did not end within %s and was killed%s", end.Deadline, s.said(r, end.Stderr))
	case end.Flooded:
		return fail(fault.Service, "wrote more than %d KB, where one JSON object is expected, and was killed", longest>>10)
	}
	a, err := parse(end.Stdout)
	if err != nil && end.Code == 0 {
		e.again = 1
		return fail(fault.Service, "answered with %s, where one JSON object is expected", s.quote(r, end.Stdout))
	}
	said := s.quote(r, []byte(a.Error))
	if a.Error == "" {
		said = strings.TrimPrefix(s.said(r, end.Stderr), ": ")
	}
	said = fmt.Sprintf("exit code %d: ", end.Code) + said
	e.wait = time.Duration(a.RetryAfter) * time.Second
	switch {
	case end.Code == 0 && a.Unsupported:
		e.unmade = true
		_, err := fail(fault.Input, "cannot %s", r.do)
		return answer{}, fault.Errorf(fault.Input, "%w: %w", err, errors.ErrUnsupported)
	case end.Code == 0 && (a.Error != "" || !a.complete(r.do)):
		return fail(fault.Service, "answered %s, which does not say what became of a %s", s.quote(r, end.Stdout), r.do)
	case end.Code == 0:
		return a, nil
	case end.Code == int(fault.Input), end.Code == int(fault.Auth):
		e.unmade = err == nil // said in the protocol's words; a shell's own 2 proves nothing
		return fail(fault.Kind(end.Code), "%s", said)
	case end.Code < 0:
		e.again = 1
		return fail(fault.Service, "ended by %s%s", end.Signal, s.said(r, end.Stderr))
	case end.Code == int(fault.Service), end.Code == int(fault.Timeout):
		e.again = 3
		return fail(fault.Kind(end.Code), "%s", said)
	default:
		return fail(fault.Service, "%s", said)
	}
}

// said is what a program wrote to standard error, for the end of a message.
func (s *Stores) said(r request, text []byte) string {
	if len(bytes.TrimSpace(text)) == 0 {
		return ""
	}
	return ": " + s.quote(r, text)
}

// quote is a program's text on one line, shortened, without the value that it
// was given or any other secret.
func (s *Stores) quote(r request, text []byte) string {
	own := &secret.Redactor{}
	own.Add(r.value)
	clean := own.Clean(strings.ToValidUTF8(string(text), "�"))
	if s.o.Redact != nil {
		clean = s.o.Redact.Clean(clean)
	}
	clean = strings.Join(strings.FieldsFunc(clean, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	if clean == "" {
		return "nothing"
	}
	return forge.Shorten(clean, shown)
}
