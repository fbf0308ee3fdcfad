package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
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

// program is the name of the one that is meant.
func (r request) program() string {
	name, _ := r.ref.Store.Program()
	return name
}

// input is what the program reads: the instruction, and the value of a put, which
// stands nowhere else.
func (r request) input() ([]byte, error) {
	var input bytes.Buffer
	enc := json.NewEncoder(&input) // ends the line
	enc.SetEscapeHTML(false)       // a name is the text between the quotes
	err := enc.Encode(instruction{version, r.do, pathOf(r.ref), r.ref.Owner, r.ref.Repo, r.ref.Environment, r.ref.Name})
	if r.do == "put" {
		input.WriteString(r.value.Expose())
	}
	return input.Bytes(), err
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
	listed            // stat

	Error       string `json:"error"`
	RetryAfter  int    `json:"retryAfter"` // seconds
	Unsupported bool   `json:"unsupported"`
}

// listed is a secret as a program shows it.
type listed struct {
	Name      string    `json:"name"` // list
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Ours      bool      `json:"ours"`
}

func (l listed) forge(name string) forge.Stat {
	return forge.Stat{Name: name, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt, Ours: l.Ours}
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

// check refuses, before any program is run, names that a store could take for
// an option or a path of its own, and those that would not stand between the
// instruction's quotes as they are.
func check(ref forge.Ref, named bool) error {
	for what, text := range map[string]string{"owner": ref.Owner, "repository": ref.Repo, "environment": ref.Environment} {
		for part := range strings.SplitSeq(text, "/") {
			if text != "" && (slices.Contains([]string{"", ".", ".."}, part) || part[0] == '-' ||
				!utf8.ValidString(part) || strings.ContainsAny(part, "\"\\\u2028\u2029") || strings.ContainsFunc(part, unicode.IsControl)) {
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
	parts := []string{ref.Owner, ref.Repo, ref.Environment, ref.Name}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "/")
}
