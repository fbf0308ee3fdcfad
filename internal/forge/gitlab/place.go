package gitlab

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// place is the path of the variables of a project or a group.
func place(ref forge.Ref) (string, error) {
	if ref.Store != "" && ref.Store != forge.Actions {
		return "", fault.Errorf(fault.Input, "GitLab has no secret store %q; leave the store out for CI variables", ref.Store)
	}
	if ref.Owner == "" {
		return "", fault.Errorf(fault.Input, "no owner: name the project as GROUP/NAME, or a group")
	}
	if ref.Repo == "" {
		return rest.Path("groups", ref.Owner, "variables"), nil
	}
	return rest.Path("projects", ref.Owner+"/"+ref.Repo, "variables"), nil
}

// checkName refuses, before any request, the names that GitLab refuses.
func checkName(name string) error {
	if strings.ContainsFunc(name, func(r rune) bool { return !forge.IsWord(r) }) {
		return fault.Errorf(fault.Input, "variable name %q: GitLab allows letters, digits and underscores", name)
	}
	if name == "" || len(name) > 255 {
		return fault.Errorf(fault.Input, "variable name %q: GitLab allows 1 to 255 characters", name)
	}
	return nil
}

// locate checks the whole reference and returns the path of the one variable.
func locate(ref forge.Ref) (string, error) {
	if err := checkName(ref.Name); err != nil {
		return "", err
	}
	at, err := place(ref)
	return at + rest.Path(ref.Name), err
}

func scope(ref forge.Ref) string { return cmp.Or(ref.Environment, "*") }

// filter names the one variable among those with the same key.
func filter(ref forge.Ref) url.Values {
	return url.Values{"filter[environment_scope]": {scope(ref)}}
}

// maxValue is the longest value that GitLab takes, in characters.
const maxValue = 10_000

// check refuses, before any request, a value that GitLab cannot store or mask.
func (c *Client) check(ref forge.Ref, value secret.Value) error {
	text := value.Expose()
	if n := utf8.RuneCountInString(text); n > maxValue {
		return fault.Errorf(fault.Input, "store %s in %s: the value has %d characters; GitLab takes at most %d", ref.Name, ref, n, maxValue)
	}
	if !c.options.Masked && !c.options.Hidden {
		return nil
	}
	why := ""
	switch {
	case strings.ContainsAny(text, "\r\n"):
		why = "it has several lines"
	case strings.IndexFunc(text, unicode.IsSpace) >= 0:
		why = "it has spaces"
	case len(text) < 8:
		why = "it has fewer than 8 characters"
	default:
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "store %s in %s: GitLab cannot mask the value: %s", ref.Name, ref, why),
		"check the value; --no-masked stores it for all job logs to show")
}
