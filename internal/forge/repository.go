package forge

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// Repository is a repository as the forge lists it.
type Repository struct {
	ID            string              `json:"id"`
	Owner         string              `json:"owner"`
	Name          string              `json:"name"`
	DefaultBranch string              `json:"defaultBranch,omitempty"`
	Visibility    string              `json:"visibility,omitempty"` // public, private, internal
	Archived      bool                `json:"archived,omitempty"`
	Disabled      bool                `json:"disabled,omitempty"`
	NoCI          bool                `json:"noCI,omitempty"` // its CI is switched off, and with it the secrets that it has at the forge
	Fork          bool                `json:"fork,omitempty"`
	Topics        []string            `json:"topics,omitempty"`
	Language      string              `json:"language,omitempty"`
	Properties    map[string][]string `json:"properties,omitempty"`
	Writable      bool                `json:"writable"` // the credential may change its secrets, as far as the listing shows
	PushedAt      time.Time           `json:"pushedAt,omitzero"`
}

// Filter chooses repositories. Empty fields choose all.
type Filter struct {
	Names      []string // globs; at least one must match
	Exclude    []string // globs; none may match
	Topics     []string // all must be present
	AnyTopics  []string // one must be present
	NotTopics  []string // none may be present
	Visibility string
	Language   string
	Archived   *bool
	Fork       *bool
	Properties map[string]string
}

// RepositoryLister streams an owner's repositories in a stable order: all that
// the credential may see, each once, or an error. The sequence ends after the first
// error.
type RepositoryLister interface {
	Repositories(ctx context.Context, owner string, f Filter) iter.Seq2[Repository, error]
}

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
// Check has nothing against it. A repository that was made while pages were read
// moves those behind it to a page that is yet to come: each counts once, for two of
// them would be given a token each at the same time.
func (f Filter) Choose(all iter.Seq2[Repository, error], system string, unknown ...string) iter.Seq2[Repository, error] {
	if err := f.Check(system, unknown...); err != nil {
		return rest.Failed[Repository](err)
	}
	return func(yield func(Repository, error) bool) {
		seen := map[string]bool{}
		rest.Select(all, func(r Repository) (Repository, bool) {
			id := cmp.Or(r.ID, r.Owner+"/"+r.Name)
			again := seen[id]
			seen[id] = true
			return r, !again && f.Match(r)
		})(yield)
	}
}

// Match reports whether the filter, which Check accepts, chooses r. A glob with
// a slash is held against OWNER/NAME, any other against the name alone. For no
// forge do names or topics differ by case alone, and so neither for globs.
func (f Filter) Match(r Repository) bool {
	carries := func(topic string) bool {
		return slices.ContainsFunc(r.Topics, func(has string) bool { return strings.EqualFold(has, topic) })
	}
	for _, topic := range f.Topics {
		if !carries(topic) {
			return false
		}
	}
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

// TeamLister lists the repositories of a team of the owner, or of what the forge
// has in its place. The sequence ends after the first error.
type TeamLister interface {
	TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[Repository, error]
}

// OfTeam returns the list, with what is probably amiss added to a 404.
func OfTeam(list iter.Seq2[Repository, error], owner, team string) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		for r, err := range list {
			if rest.Status(err) == rest.StatusNotFound {
				err = fault.WithHint(err, "check that %s has a team %s, and that the token may see it", owner, team)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
