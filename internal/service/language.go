package service

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
)

// Languages are a service's names for the languages of files.
type Languages struct {
	title  string   // of the service
	names  []string // in the table's order
	ending map[string]string
	begin  map[string]string
}

// ParseLanguages reads a table: in each line a language, a colon, and what its
// files are named like: ".ending" in lower case, or "Beginning*".
func ParseLanguages(title, table string) Languages {
	l := Languages{title, nil, map[string]string{}, map[string]string{}}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		name, patterns, _ := strings.Cut(strings.TrimSpace(line), ":")
		l.names = append(l.names, name)
		for p := range strings.FieldsSeq(patterns) {
			if begin, ok := strings.CutSuffix(p, "*"); ok {
				l.begin[begin] = name
			} else {
				l.ending[p] = name
			}
		}
	}
	return l
}

// Of returns the language of a file, or "" if its name shows none.
func (l Languages) Of(file string) string {
	base := path.Base(file)
	for begin, name := range l.begin {
		if strings.HasPrefix(base, begin) {
			return name
		}
	}
	return l.ending[strings.ToLower(path.Ext(base))]
}

// Named returns the service's name for a language that the user names, in
// whatever case; "" stays "".
func (l Languages) Named(name string) (string, error) {
	i := slices.IndexFunc(l.names, func(n string) bool { return strings.EqualFold(n, name) })
	switch {
	case name == "":
		return "", nil
	case i < 0:
		return "", fault.Mistake(fault.WithHint(fault.Errorf(fault.Input, "%s has no language %q", l.title, name), "known: %s", strings.Join(l.names, ", ")))
	}
	return l.names[i], nil
}

// Sorter sorts the files of reports by language.
type Sorter struct {
	languages Languages
	only      string         // the one language to send; "" is all
	unknown   map[string]int // files without a language, by the ending of their names
}

// Sorter makes one for an upload; only is of Upload.Language.
func (l Languages) Sorter(only string) (*Sorter, error) {
	name, err := l.Named(only)
	return &Sorter{l, name, map[string]int{}}, err
}

// Sort returns the files of a report that have coverable lines, by language.
// Those without one are for the notes, except where only one language is sent:
// they are then taken for it.
func (s *Sorter) Sort(r *coverage.Report) map[string][]*coverage.File {
	out := map[string][]*coverage.File{}
	for _, f := range r.Files() {
		name := cmp.Or(s.languages.Of(f.Path), s.only)
		switch {
		case f.Totals().Lines.Coverable == 0, s.only != "" && name != s.only:
		case name == "":
			s.unknown[cmp.Or(path.Ext(f.Path), "a name without an extension")]++
		default:
			out[name] = append(out[name], f)
		}
	}
	return out
}

// Notes says in sentences which files were not sorted.
func (s *Sorter) Notes() []string {
	var out []string
	for _, ext := range slices.Sorted(maps.Keys(s.unknown)) {
		files := "files"
		if s.unknown[ext] == 1 {
			files = "file"
		}
		out = append(out, fmt.Sprintf("%d %s not sent: no language for %s", s.unknown[ext], files, ext))
	}
	return out
}

// Nothing is the error of an upload of which nothing could be sorted.
func (s *Sorter) Nothing() error {
	err := fault.Errorf(fault.Input, "no coverage to send to %s: the reports hold no coverable line of a file in a language that it supports", s.languages.title)
	if notes := s.Notes(); len(notes) > 0 {
		return fault.WithHint(err, "%s", strings.Join(notes, "; "))
	}
	return err
}
