package action

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/secret"
)

// put sets the input's field by its type, or as set does it.
func (input Input) put(in *Inputs, v value) (err error) {
	if ci.Absent(input.Name, v.text) {
		return nil
	}
	if !input.token() { // an unreplaced token is none
		if err := secret.Replaced(append(split(v.text), v.text)...); err != nil {
			return err
		}
	}
	if input.set != nil {
		return input.set(in, v)
	}
	switch to := input.of(in).(type) {
	case *string:
		*to = v.text
	case *[]string:
		*to = append(*to, split(v.text)...)
	case *secret.Value:
		*to = secret.New(v.text)
	case *int: // 0 is none, as of the commands' flag
		if *to, err = strconv.Atoi(v.text); err != nil || *to < 0 {
			return fmt.Errorf("%q is no pull request number", v.text)
		}
	case *bool:
		*to, err = parseBool(v.text)
	case **bool: // nil where nothing is said
		*to = new(bool)
		**to, err = parseBool(v.text)
	case *time.Duration:
		*to, err = parseTime(v.text)
	case *job.When:
		*to, err = job.ParseWhen(strings.ToLower(v.text))
	default:
		return fmt.Errorf("input of the type %T, which nothing reads", to)
	}
	return err
}

// token takes the first of the table: the others are names of vendors for it.
func (in *Inputs) token(v value, kind string) error {
	if in.Token.Empty() {
		in.Token, in.TokenFrom, in.TokenKind = secret.New(v.text), "input "+v.name, kind
	}
	return nil
}

func statuses(in *Inputs, v value) error {
	for _, part := range split(v.text) {
		if part != "total" && part != "patch" {
			return fmt.Errorf("%q is none of total, patch", part)
		}
		in.Job.Publish.Statuses = append(in.Job.Publish.Statuses, part)
	}
	return nil
}

// choose sets one of a few words.
func choose(to *string, text string, words ...string) error {
	if !slices.Contains(words, text) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(words, ", "))
	}
	*to = text
	return nil
}

// split splits at line breaks, and at commas outside of braces: *.{go,ts} is one
// glob.
func split(text string) []string {
	depth := 0
	var out []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool {
		switch r {
		case '{':
			depth++
		case '}':
			depth = max(depth-1, 0)
		case '\n':
			depth = 0
			return true
		}
		return r == ',' && depth == 0
	}) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func steps(in *Inputs, v value) error {
	for _, s := range split(v.text) {
		switch step := job.Step(s); step {
		case job.CoverageStep, job.ScanStep, job.GateStep:
			in.Job.Steps = append(in.Job.Steps, step)
		default:
			return fmt.Errorf("unknown step %q; known: coverage, scan, gate", s)
		}
	}
	return nil
}

// parseBool takes what YAML takes for a boolean, and a few words people write.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	default:
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
}

// skip says what to do without a token: auto passes in runs that cannot have
// secrets (pull requests from forks, Dependabot) and fails elsewhere.
func skip(in *Inputs, v value) error {
	t := &in.Job.Tolerance
	if strings.EqualFold(v.text, "auto") {
		t.SkipWithheld = true
		return nil
	}
	b, err := parseBool(v.text)
	if err != nil {
		return fmt.Errorf("%q is none of true, false, auto", v.text)
	}
	t.SkipIfNoToken, t.SkipWithheld = b, false
	return nil
}

// parseTime reads seconds, as the vendors' steps take them, or a Go duration.
func parseTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, nerr := strconv.Atoi(text); nerr == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no time; write seconds (300) or a number with s, m or h (5m)", text)
	}
	return d, nil
}
