// Package match says which file of a commit a path means that a tool wrote: in
// a report of coverage, or in a scanner's results. Each path is either one file
// of the commit, with the evidence for it, or none, with the reason.
package match

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Options say what is known of where a report's paths begin. The zero
// value is right for most.
type Options struct {
	// Location is the report's own path in the repository, "" if unknown. Of
	// several files that could be meant, the one nearest to it is.
	Location string
	// Checkout is the absolute folder of the checkout: paths below it are the
	// repository's.
	Checkout string
	// Sources are the folders that the tool says its relative paths begin in.
	// Tree.Report takes them from the report.
	Sources []string
	// Root is the folder of the repository that relative paths begin in.
	Root string
	// PathMaps rewrite the beginning of a path; the first that fits is taken.
	PathMaps []PathMap
	// Ignore are doublestar globs, tried on the repository's path of a file,
	// or on the report's if it has none. What fits is left out.
	Ignore []string
	// Modules are the Go modules of the repository.
	Modules []GoModule
}

// PathMap replaces a beginning of whole components by another.
type PathMap struct{ From, To string }

// GoModule is a Go module of the repository.
type GoModule struct {
	Path string // as go.mod says it
	Dir  string // folder of go.mod in the repository, "" for its root
}

// Match says what became of one file of a report.
type Match struct {
	Report string   `json:"report"`           // the report's spelling
	Path   string   `json:"path,omitempty"`   // the repository's; "" if it was not matched
	How    How      `json:"how"`              // in one word
	Others []string `json:"others,omitempty"` // further files that could have been meant, some of them
}

// How says in a word how a file was matched, or why it was not.
type How string

// The ways a file can match, and the reasons that it does not.
const (
	Exact    How = "exact"     // the very path
	Checkout How = "checkout"  // absolute, below the checkout
	Rooted   How = "root"      // below --root
	Mapped   How = "path-map"  // by --path-map
	Sourced  How = "source"    // below a source root of the report
	Module   How = "go-module" // an import path of a module here
	Suffix   How = "suffix"    // the only repository file that ends so
	Longest  How = "longest"   // ambiguous, the longest common suffix decided
	Base     How = "base"      // ambiguous, the folder that the report's other files are in decided
	Nearest  How = "nearest"   // ambiguous, the report's own location decided
	Foreign  How = "prefix"    // without the beginning that another machine gave it
	Folded   How = "case"      // but for upper and lower case
	AsIs     How = "as-is"     // no tree to match with

	Ignored   How = "ignored"   // left out by --ignore
	Unknown   How = "unknown"   // no file of the commit has that name
	Outside   How = "outside"   // a dependency or a system file
	Ambiguous How = "ambiguous" // several files fit equally well
)

// Explain is the word as a sentence for people.
func (h How) Explain() string {
	switch h {
	case Exact:
		return "the commit has this very path"
	case Checkout:
		return "absolute path below the checkout"
	case Rooted:
		return "found below --root"
	case Mapped:
		return "rewritten by --path-map"
	case Sourced:
		return "found below a source root that the report names"
	case Module:
		return "import path of a Go module of this repository"
	case Suffix:
		return "the only file of the commit that ends so"
	case Longest:
		return "several files could be meant; this one has the longest common suffix"
	case Base:
		return "several files could be meant; the report's other files are in this folder"
	case Nearest:
		return "several files could be meant; this one is nearest to the report"
	case Foreign:
		return "found without the beginning of the path, which is another machine's"
	case Folded:
		return "the only file that differs by nothing but upper and lower case"
	case AsIs:
		return "kept as it is: there is no commit to match with"
	case Ignored:
		return "left out by --ignore"
	case Outside:
		return "outside of the repository: a dependency or a system file"
	case Ambiguous:
		return "several files of the commit fit equally well; --root or --path-map decides"
	default:
		return "no file of the commit has this name"
	}
}

// Report returns the report with the paths of the commit's files, and a match
// for each of its files in the order of their paths. Files that are not matched
// are left out. A nil tree keeps every path, but for separators, Checkout,
// PathMaps, Root and Ignore. The report itself is not changed.
func (t *Tree) Report(r *coverage.Report, o Options) (*coverage.Report, []Match) {
	out := coverage.New()
	out.Sources = r.Sources
	o.Sources = r.Sources
	files := r.Files()
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	found := t.Paths(paths, o)
	for i, m := range found {
		if m.Path != "" {
			out.Adopt(files[i], m.Path)
		}
	}
	return out, found
}

// Paths returns a match for each path that one run of a tool wrote, in their
// order.
func (t *Tree) Paths(paths []string, o Options) []Match {
	m := matcher{tree: t, o: o, location: dirs(path.Dir(clean(o.Location)))}
	m.o.Checkout = clean(o.Checkout)
	for _, s := range o.Sources[:min(len(o.Sources), 64)] {
		if s = clean(s); s != "" && !strings.HasPrefix(s, "--") {
			m.sources = append(m.sources, s)
		}
	}
	found := make([]Match, len(paths))
	for i, p := range paths {
		found[i] = m.match(p)
	}
	for i := range found {
		m.secondLook(&found[i])
		if m.ignored(found[i]) {
			found[i] = Match{Report: found[i].Report, How: Ignored}
		}
	}
	return found
}

// clean is a path with slashes, without "./", doubled separators, a scheme and
// a trailing slash. "" stays "".
func clean(p string) string {
	if strings.IndexByte(p, '\\') >= 0 {
		p = strings.ReplaceAll(p, `\`, "/")
	}
	if i := strings.Index(p, "://"); i > 0 {
		// file:///x is /x; webpack:///./src/a.js is src/a.js.
		if p[:i] != "file" {
			i++
		}
		p = strings.TrimPrefix(strings.TrimPrefix(p[i+2:], "/"), "/")
		p = strings.TrimPrefix(p, "localhost")
	}
	if p == "" {
		return ""
	}
	if strings.HasPrefix(p, "./") || strings.Contains(p, "//") || strings.Contains(p, "/.") || strings.HasSuffix(p, "/") {
		p = path.Clean(p)
	}
	return p
}

func isAbs(p string) bool {
	return strings.HasPrefix(p, "/") || len(p) > 2 && p[1] == ':' && p[2] == '/'
}

// dirs is a folder's components; none for the root.
func dirs(p string) []string {
	if p == "" || p == "." {
		return nil
	}
	return strings.Split(p, "/")
}

// below gives the path relative to dir, if it is below.
func below(p, dir string) (rel string, ok bool) {
	if dir == "" || dir == "." {
		return p, !isAbs(p)
	}
	if len(p) > len(dir) && p[len(dir)] == '/' && p[:len(dir)] == dir {
		return p[len(dir)+1:], true
	}
	if dir == "/" && strings.HasPrefix(p, "/") {
		return p[1:], true
	}
	return "", false
}

func (m *matcher) ignored(f Match) bool {
	p := f.Path
	if p == "" {
		p = clean(f.Report)
	}
	return slices.ContainsFunc(m.o.Ignore, func(glob string) bool {
		ok, _ := doublestar.Match(glob, p)
		return ok
	})
}
