package match

import (
	"cmp"
	"encoding/json"
	"strings"
)

// How says in a word how a path was matched, or why it was not.
type How string

// The ways a path can match, and the reasons that it does not.
const (
	Exact     How = "exact"         // the very path
	Mapped    How = "path-map"      // by --path-map
	Checkout  How = "checkout"      // absolute, below the checkout
	Rooted    How = "root"          // below --root
	Module    How = "go-module"     // an import path of a module of the commit
	Sourced   How = "source"        // below a folder that the report names
	Beside    How = "report-folder" // from the report's own folder
	Package   How = "package"       // by package and name of a class's file
	Begins    How = "folder"        // below the folder that the report's paths begin in
	Dropped   How = "beginning"     // without the beginning that another machine gave it
	Folded    How = "case"          // but for upper and lower case
	AsIs      How = "as-is"         // no commit to match with
	Ignored   How = "ignored"       // left out by --ignore
	Missing   How = "not-in-commit" // the commit has no such file
	Foreign   How = "foreign"       // a dependency or a system file
	Ambiguous How = "ambiguous"     // several files fit equally well
	Doubtful  How = "doubtful"      // the file is shorter than the report says
)

// Explain returns the word as a sentence for people.
func (h How) Explain() string {
	for _, way := range [...]struct {
		how  How
		says string
	}{
		{Exact, "the commit has this very path"},
		{Mapped, "rewritten by --path-map"},
		{Checkout, "absolute path below the checkout"},
		{Rooted, "found below --root"},
		{Module, "import path of a Go module of the commit"},
		{Sourced, "found below a source root that the report names"},
		{Beside, "relative to the report's own folder"},
		{Package, "the file of this package and name"},
		{Begins, "found in the folder that the report's paths begin in"},
		{Dropped, "found without the beginning of the path, which is another machine's"},
		{Folded, "the only file that differs by nothing but upper and lower case"},
		{AsIs, "kept as it is: there is no commit to match with"},
		{Ignored, "left out by --ignore"},
		{Foreign, "a dependency or a system file"},
		{Ambiguous, "ambiguous: several files of the commit fit equally well"},
		{Doubtful, "doubtful: the report has lines that the file of the commit does not have"},
	} {
		if way.how == h {
			return way.says
		}
	}
	return "not in the commit"
}

// Match says what became of one path.
type Match struct {
	Report string // as the tool spelled it
	Path   string // of the commit's file; "" if it was not matched
	How    How
	In     string // the path in the repository that an unmatched one has for certain, "" if that is not known
	Note   string // the evidence, or the reason, in words; "" if How says it all
	more   *more
}

// more is what few matches have.
type more struct {
	others []string
	flag   string
	rules  []Answer
	past   int // lines beyond the end of a matched file, which were left out
}

// Answer is what one rule says of a path.
type Answer struct {
	Rule string `json:"rule"`
	Said string `json:"said"`
}

// extend returns what few matches have, to be filled.
func (m *Match) extend() *more {
	if m.more == nil {
		m.more = new(more)
	}
	return m.more
}

// extra is what few matches have, empty for the others.
func (m Match) extra() more {
	if m.more == nil {
		return more{}
	}
	return *m.more
}

// Others returns files that could be meant by a path that was not matched, at
// most 64 of them.
func (m Match) Others() []string { return m.extra().others }

// Rules returns what each rule said of the path, in their order. They are only
// known where Options.Explain asked for them.
func (m Match) Rules() []Answer { return m.extra().rules }

// Past returns how many lines of the report were left out because they are
// beyond the end of the file.
func (m Match) Past() int { return m.extra().past }

// Unclear reports whether the path may well be a file of the commit, and is
// only not known to be.
func (m Match) Unclear() bool { return m.How == Ambiguous || m.How == Doubtful }

// Reason says for people how the path was matched, or why it was not.
func (m Match) Reason() string {
	s := m.How.Explain()
	if m.Note != "" {
		s += ": " + m.Note
	}
	others, end := m.Others(), ")"
	if len(others) == 0 || m.How != Ambiguous {
		return s
	}
	if len(others) > 8 {
		others, end = others[:8], ", …)"
	}
	return s + " (" + strings.Join(others, ", ") + end
}

// Flag returns the flag that would match a path that was not matched.
func (m Match) Flag() string {
	if m.Path != "" || m.How == Ignored {
		return ""
	}
	return cmp.Or(m.extra().flag, mapping(clean(m.Report), "FILE"))
}

// flagFor is the flag by which a path would be a file: the shortest beginnings
// that differ, so that the one flag serves the paths beside it as well.
func flagFor(p, file string) string {
	n := commonTail(p, file)
	from, to := withoutTail(p, n), strings.TrimSuffix(withoutTail(file, n), "/")
	switch {
	case n == 0, from == "/", from == "" && to == "": // a map from "/" would rewrite every absolute path
		return mapping(p, file)
	case from == "":
		return "--root " + quoted(to)
	}
	return mapping(strings.TrimSuffix(from, "/"), to)
}

// mapping is the flag that makes from to: an equals sign of a path has a backslash
// before it.
func mapping(from, to string) string {
	plain := func(path string) string { return strings.ReplaceAll(path, "=", `\=`) }
	return "--path-map " + quoted(plain(from)+"="+plain(to))
}

// quoted is an argument as a shell takes it.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t'\"$&|;<>()*?[]#~`\\!{}") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// MarshalJSON writes what --output json shows.
func (m Match) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Report string   `json:"report"`
		Path   string   `json:"path,omitempty"`
		How    How      `json:"how"`
		Reason string   `json:"reason"`
		Flag   string   `json:"flag,omitempty"`
		Others []string `json:"others,omitempty"`
		Past   int      `json:"linesPastTheEnd,omitempty"`
		Rules  []Answer `json:"rules,omitempty"`
	}{m.Report, m.Path, m.How, m.Reason(), m.Flag(), m.Others(), m.Past(), m.Rules()})
}
