package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// version is the protocol's.
const version = 1

// request is one operation of a program.
type request struct {
	do    string // put, stat, delete or list
	ref   forge.Ref
	value secret.Value // of a put
}

// instruction is the first line of a program's input.
type instruction struct {
	Version     int    `json:"version"`
	Op          string `json:"op"`
	Path        string `json:"path"` // owner, repository, environment and name, joined with slashes
	Owner       string `json:"owner"`
	Repository  string `json:"repository"` // "" for a secret of the owner itself
	Environment string `json:"environment"`
	Name        string `json:"name"` // "" for a list
}

// answer is what a program writes. Which fields must be there, complete says.
type answer struct {
	Written  string   `json:"written"` // put: created or replaced
	Exists   *bool    `json:"exists"`  // stat
	Deleted  *bool    `json:"deleted"` // delete: false if it was not there
	Secrets  []listed `json:"secrets"` // list
	Writable *bool    `json:"writable"`

	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Ours      bool      `json:"ours"`

	Error       string `json:"error"`
	RetryAfter  int    `json:"retryAfter"` // seconds
	Unsupported bool   `json:"unsupported"`
}

type listed struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Ours      bool      `json:"ours"`
}

// complete reports whether the answer says what the operation asks for.
func (a answer) complete(do string) bool {
	switch do {
	case "put":
		return a.Written == "created" || a.Written == "replaced"
	case "stat":
		return a.Exists != nil
	case "delete":
		return a.Deleted != nil
	default:
		return a.Secrets != nil
	}
}

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
		var e *Error
		if !errors.As(err, &e) || ctx.Err() != nil || try >= e.again || e.wait > s.o.MaxWait {
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
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-rest.Stopped(ctx):
	}
	return false
}

// once starts the program when its turn has come, and reads its answer.
func (s *Stores) once(ctx context.Context, r request) (answer, error) {
	program, _ := r.ref.Store.Program()
	turns, _ := s.turns.Get(program, func() (chan struct{}, error) { return make(chan struct{}, s.o.AtOnce), nil })
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	var input bytes.Buffer
	enc := json.NewEncoder(&input) // ends the line
	enc.SetEscapeHTML(false)       // a name is the text between the quotes
	if err := enc.Encode(instruction{version, r.do, pathOf(r.ref), r.ref.Owner, r.ref.Repo, r.ref.Environment, r.ref.Name}); err != nil {
		return answer{}, err
	}
	if r.do == "put" {
		input.WriteString(r.value.Expose())
	}
	return s.read(ctx, r, s.o.Runner.Run(ctx, program, input.Bytes()))
}

// read makes what became of a process into the answer or one error.
func (s *Stores) read(ctx context.Context, r request, end Ended) (answer, error) {
	program, _ := r.ref.Store.Program()
	verb := map[string]string{"put": "store", "stat": "look at", "delete": "delete", "list": "list the secrets"}[r.do]
	e := &Error{Op: fmt.Sprintf("%s %s in %s", verb, r.ref.Name, r.ref), Program: program, kind: fault.Service}
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
	case end.Code == 0 && !a.complete(r.do):
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

// parse reads the one JSON object that a program wrote.
func parse(out []byte) (answer, error) {
	var a answer
	if !bytes.HasPrefix(bytes.TrimSpace(out), []byte("{")) {
		return a, errors.New("no JSON object")
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	if err := dec.Decode(&a); err != nil {
		return answer{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return answer{}, errors.New("something follows the JSON object")
	}
	return a, nil
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

// check refuses, before any program is run, names that a store could take for
// an option or a path of its own, and those that would not stand between the
// instruction's quotes as they are.
func check(ref forge.Ref, named bool) error {
	parts := map[string]string{"owner": ref.Owner, "repository": ref.Repo, "environment": ref.Environment}
	for what, text := range parts {
		for part := range strings.SplitSeq(text, "/") {
			if text != "" && (part == "" || part == "." || part == ".." || part[0] == '-' || !utf8.ValidString(part) || strings.ContainsAny(part, "\"\\\u2028\u2029") || strings.IndexFunc(part, unicode.IsControl) >= 0) {
				return fault.Errorf(fault.Input, "%s %q: not passed on to a program, which could take it for something else", what, text)
			}
		}
	}
	if program, _ := ref.Store.Program(); program == "" {
		return fault.WithHint(fault.Errorf(fault.Input, "the store %q names no program", ref.Store), "write it as exec:NAME or exec:./NAME")
	}
	if ref.Owner == "" {
		return fault.Errorf(fault.Input, "no owner: name the repository as OWNER/NAME, or an organization")
	}
	if !named {
		return nil
	}
	return checkName(ref.Name)
}

// checkName allows what every CI takes for the name of a variable.
func checkName(name string) error { return forge.CheckName("secret", "a store", name) }

// Rules are the rules for secrets that programs keep.
func Rules() forge.SecretRules { return forge.SecretRules{Name: checkName} }

// pathOf is the secret's path within a store.
func pathOf(ref forge.Ref) string {
	var parts []string
	for _, part := range []string{ref.Owner, ref.Repo, ref.Environment, ref.Name} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}
