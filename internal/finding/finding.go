// Package finding reads the results of scans from SARIF, separates new findings
// from old ones, and writes them as SARIF, GitLab Code Quality and JUnit.
package finding

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// Set is what one or more scans found.
type Set struct {
	Findings   []service.Finding
	Suppressed int      // results the tool or a person has waved through; not in Findings
	Tools      []string // every tool that ran, found something or not; in order of appearance
	// Unfinished names the tools that say of themselves that they did not run
	// to the end: what they did not find means nothing.
	Unfinished []string
	// Missing says in a sentence each why not everything was looked at: tools
	// that did not run to the end, and logs without a run.
	Missing []string
	// Troubles are the errors, in the tools' own words, that tools met and got
	// over, such as a file that they could not parse.
	Troubles []string
	// Unmatched leads from paths in Findings that are no file of the commit to
	// the reason.
	Unmatched map[string]string
	// Further are the places of findings behind their first, in any order.
	Further  []Further
	Versions map[string]string   // of tools, where a log has them
	Files    map[string][]string // that a tool looked at, where a log lists them
}

// Further is where else a finding is. Which finding that is, its fingerprint and its
// own lines say: several may have one fingerprint.
type Further struct {
	Fingerprint   string
	Line, EndLine int
	Places        []Place
}

// Place is a place of a finding, its lines as service.Finding has them.
type Place struct {
	Path          string
	Line, EndLine int
}

// Failure returns why a tool did not run to its end, in its own words if its log
// has them, to be read after its name; "" if it did.
func (s Set) Failure(tool string) string {
	if !slices.Contains(s.Unfinished, tool) {
		return ""
	}
	for _, why := range s.Missing {
		if rest, ok := strings.CutPrefix(why, orUnknown(tool)+" "); ok {
			return rest
		}
	}
	return "did not run to its end"
}

// Unclaimed returns the reasons in Missing that are no tool's of Unfinished.
func (s Set) Unclaimed() []string {
	return slices.DeleteFunc(slices.Clone(s.Missing), func(why string) bool {
		return slices.ContainsFunc(s.Unfinished, func(tool string) bool { return strings.HasPrefix(why, orUnknown(tool)+" ") })
	})
}

// Add puts another set's findings behind these. It may take over their memory.
func (s *Set) Add(o Set) {
	if len(s.Findings) == 0 {
		s.Findings = o.Findings
	} else {
		s.Findings = append(s.Findings, o.Findings...)
	}
	s.Suppressed += o.Suppressed
	s.Tools = appendNew(s.Tools, o.Tools...)
	s.Unfinished = appendNew(s.Unfinished, o.Unfinished...)
	s.Missing = appendNew(s.Missing, o.Missing...)
	s.Troubles = appendNew(s.Troubles, o.Troubles...)
	s.Further = append(s.Further, o.Further...)
	for path, why := range o.Unmatched {
		put(&s.Unmatched, path, why)
	}
	for t, v := range o.Versions {
		put(&s.Versions, t, v)
	}
	for t, files := range o.Files {
		put(&s.Files, t, append(s.Files[t], files...))
	}
}

// AddOther is Add for the set of another file: what both files have is counted
// once, as where the jobs of a matrix ran one scanner over one commit.
func (s *Set) AddOther(o Set) {
	type same struct {
		tool, rule, path, print string
		line, end               int
	}
	o.Findings = others(s.Findings, o.Findings, func(f *service.Finding) same {
		return same{f.Tool, f.Rule, f.Path, Fingerprint(*f), f.Line, f.EndLine}
	})
	s.Add(o)
}

// others returns those of more that are not in have, taking each one there for
// one of more. It uses more's memory.
func others[T any, K comparable](have, more []T, key func(*T) K) []T {
	if len(have) == 0 || len(more) == 0 {
		return more
	}
	left := make(map[K]int, len(have))
	for i := range have {
		left[key(&have[i])]++
	}
	out := more[:0]
	for i := range more {
		if k := key(&more[i]); left[k] > 0 {
			left[k]--
		} else {
			out = append(out, more[i])
		}
	}
	return out
}

// put sets a value of a map, which is made with its first: most sets have none.
func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// appendNew appends those that the list does not have.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// MarkChanged marks findings by the lines of the change where no baseline is
// known: those on changed lines are new, and those about a whole file if the
// change touches it, at any of their places; all others are old. Findings that
// have an age already keep it: their tool compared them. changed has the ascending
// changed lines of each file of the change. One whose file is not known can be
// neither; its age is service.Unplaced.
func (s *Set) MarkChanged(changed map[string][]int) {
	touched := func(path string, line, end int) bool {
		lines, ok := changed[path]
		return ok && (line < 1 || touches(lines, line, max(line, end)))
	}
	type one struct {
		print     string
		line, end int
	}
	elsewhere := map[one]bool{}
	for _, f := range s.Further {
		for _, p := range f.Places {
			if touched(p.Path, p.Line, p.EndLine) {
				elsewhere[one{f.Fingerprint, f.Line, f.EndLine}] = true
				break
			}
		}
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Age != "" {
			continue
		}
		if _, lost := s.Unmatched[f.Path]; lost || f.Path == "" {
			f.Age = service.Unplaced
			continue
		}
		f.Age = service.Old
		if touched(f.Path, f.Line, f.EndLine) || elsewhere[one{f.Fingerprint, f.Line, f.EndLine}] {
			f.Age = service.New
		}
	}
}

func touches(lines []int, first, last int) bool {
	i, _ := slices.BinarySearch(lines, first)
	return i < len(lines) && lines[i] <= last
}
