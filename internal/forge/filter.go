package forge

import (
	"iter"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// Check refuses globs that cannot be read, and a filter that asks for what the
// forge does not know of its repositories, instead of choosing none.
func (f Filter) Check(system string, unknown ...string) error {
	for _, glob := range slices.Concat(f.Names, f.Exclude) {
		if !doublestar.ValidatePattern(glob) {
			return fault.Errorf(fault.Input, "repository glob %q is not valid", glob)
		}
	}
	switch f.Visibility {
	case "", "public", "private", "internal":
	default:
		return fault.Errorf(fault.Input, "unknown visibility %q; known: public, private, internal", f.Visibility)
	}
	asked := map[string]bool{
		"topics":     len(f.Topics)+len(f.AnyTopics)+len(f.NotTopics) > 0,
		"properties": len(f.Properties) > 0,
		"language":   f.Language != "",
		"visibility": f.Visibility != "",
		"archived":   f.Archived != nil && *f.Archived,
	}
	for _, what := range unknown {
		if asked[what] {
			return fault.Errorf(fault.Input, "%s does not show the %s of repositories, so they cannot be chosen by it", system, what)
		}
	}
	return nil
}

// Choose returns those of a forge's repositories that the filter chooses, once
// Check has nothing against it.
func (f Filter) Choose(all iter.Seq2[Repository, error], system string, unknown ...string) iter.Seq2[Repository, error] {
	if err := f.Check(system, unknown...); err != nil {
		return rest.Failed[Repository](err)
	}
	return rest.Select(all, func(r Repository) (Repository, bool) { return r, f.Match(r) })
}

// Match reports whether the filter, which Check accepts, chooses r. A glob with
// a slash is held against OWNER/NAME, any other against the name alone. For no
// forge do names differ by case alone, and so neither for globs.
func (f Filter) Match(r Repository) bool {
	for _, topic := range f.Topics {
		if !slices.Contains(r.Topics, topic) {
			return false
		}
	}
	carries := func(topic string) bool { return slices.Contains(r.Topics, topic) }
	if len(f.AnyTopics) > 0 && !slices.ContainsFunc(f.AnyTopics, carries) || slices.ContainsFunc(f.NotTopics, carries) {
		return false
	}
	for name, value := range f.Properties {
		if !slices.Contains(r.Properties[name], value) {
			return false
		}
	}
	return (len(f.Names) == 0 || r.matches(f.Names)) && !r.matches(f.Exclude) &&
		(f.Visibility == "" || f.Visibility == r.Visibility) &&
		(f.Language == "" || strings.EqualFold(f.Language, r.Language)) &&
		(f.Archived == nil || *f.Archived == r.Archived) &&
		(f.Fork == nil || *f.Fork == r.Fork)
}

// NamesOnly reports whether the filter chooses by names and nothing else.
func (f Filter) NamesOnly() bool {
	return len(f.Topics)+len(f.AnyTopics)+len(f.NotTopics) == 0 && len(f.Properties) == 0 && f.Visibility == "" && f.Language == "" && f.Archived == nil && f.Fork == nil
}

func (r Repository) matches(globs []string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		name := r.Name
		if strings.Contains(glob, "/") {
			name = r.Owner + "/" + r.Name
		}
		return doublestar.MatchUnvalidated(strings.ToLower(glob), strings.ToLower(name))
	})
}
