package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/input"
)

// scope is what rules over coverage look at: everything, or a component. A nil
// report or patch is one that is missing; Facts say why.
type scope struct {
	report, baseline *coverage.Report
	patch            *coverage.Patch
	partials         Partials
	paths            []string // globs; nil is everything
}

// Matches reports whether one of the globs matches the path. They are doublestar's
// (** for any number of folders), matched against the whole path. One that is no
// glob matches nothing; ParseConfig and the flags refuse it before.
func Matches(globs []string, path string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		ok, err := doublestar.Match(g, path)
		return ok && err == nil
	})
}

// Glob returns a glob of the repository's paths as Matches wants it. Other tools
// write them from the root, and a folder for all in it: ./gen/**, /gen/**, gen/.
// One that can match nothing is an error, since a rule with it would judge
// nothing: it is broken, or has a ! which takes nothing back here.
func Glob(text string) (string, error) {
	if err := input.CheckGlob(text); err != nil {
		return "", err
	}
	if strings.HasPrefix(text, "!") {
		return "", fmt.Errorf("%q can match no path; name what is meant with globs that do not match the rest", text)
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "./"), "/")
	if strings.HasSuffix(text, "/") {
		text += "**"
	}
	return text, nil
}

// matches is Matches for globs of which nil are those of everything.
func matches(globs []string, path string) bool { return globs == nil || Matches(globs, path) }

// Lines counts the lines of a report's files that the globs match; nil globs
// match all, a nil report has none.
func (p Partials) Lines(r *coverage.Report, globs []string) coverage.Count {
	var sum coverage.Count
	if r != nil {
		for _, f := range r.Files() {
			if matches(globs, f.Path) {
				add(&sum, p.Count(f))
			}
		}
	}
	return sum
}

func add(sum *coverage.Count, c coverage.Count) {
	sum.Covered += c.Covered
	sum.Coverable += c.Coverable
}

// Count counts the lines of a file.
func (p Partials) Count(f *coverage.File) coverage.Count { return f.Count(p == Miss) }

// PatchLines counts the changed lines in files that the globs match. Partial are
// lines of Covered, which is why they can be taken out of it.
func (p Partials) PatchLines(patch *coverage.Patch, globs []string) coverage.Count {
	var sum coverage.Count
	for _, f := range patch.Files {
		if !matches(globs, f.Path) {
			continue
		}
		add(&sum, f.Count(p == Miss))
	}
	return sum
}

func (s scope) lines(r *coverage.Report) coverage.Count { return s.partials.Lines(r, s.paths) }

// without takes lines out of a count of the report, and returns how many. One that
// is not coverable in this report is not in the count, and a file outside of the
// scope was never counted.
func (s scope) without(c coverage.Count, r *coverage.Report, lines map[string][]int) (coverage.Count, int) {
	n := 0
	for path, list := range lines {
		f := r.Lookup(path)
		if f == nil || !matches(s.paths, path) {
			continue
		}
		for _, line := range list {
			hits, coverable := f.Line(line)
			if !coverable {
				continue
			}
			n++
			c.Coverable--
			if b := f.BranchesOf(line); hits > 0 && (s.partials != Miss || b.Covered >= b.Total) {
				c.Covered--
			}
		}
	}
	return c, n
}
