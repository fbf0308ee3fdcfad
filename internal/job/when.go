package job

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// When says in which runs the pull request gets a comment; "" is never.
type When string

// The occasions.
const (
	Unset     When = "" // nothing was said: never, unless the project's file says otherwise
	Never     When = "never"
	Always    When = "always"
	OnChange  When = "on-change"  // the change alters coverage or findings, or something is wrong
	OnFailure When = "on-failure" // the verdict is not a pass
)

// ParseWhen reads an occasion, or a boolean for always and never.
func ParseWhen(text string) (When, error) {
	switch text {
	case "true", "yes", "on", "1":
		return Always, nil
	case "false", "no", "off", "0", "never":
		return Never, nil
	}
	if w := When(text); slices.Contains([]When{Always, OnChange, OnFailure}, w) {
		return w, nil
	}
	return Unset, fmt.Errorf("%q is none of always, on-change, on-failure, true, false", text)
}

// holds reports whether this is such a run.
func (w When) holds(p summary.Page, status string) bool {
	passed := status != "ERROR" && status != "TIMEOUT" && p.Outcome != service.Failed && p.Outcome != service.Unknown && p.Outcome != service.Warned
	switch w {
	case Always:
		return true
	case OnFailure:
		return !passed
	case OnChange:
		return !passed || changes(p)
	default:
		return false
	}
}

// changes reports whether the change alters what is measured.
func changes(p summary.Page) bool {
	if p.Patch != nil && p.Patch.Totals.Coverable > 0 {
		return true
	}
	if p.Coverage != nil && p.Coverage.Before != nil && (len(p.Coverage.Files) > 0 || *p.Coverage.Before != p.Coverage.Totals) {
		return true
	}
	return p.Findings != nil && slices.ContainsFunc(p.Findings.Items, func(f service.Finding) bool { return f.Age == service.New })
}
