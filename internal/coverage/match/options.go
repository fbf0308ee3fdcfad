package match

import "github.com/bmatcuk/doublestar/v4"

// Options say what is known of where a tool's paths begin. The zero value is
// right for most.
type Options struct {
	// Location is the report's own path in the repository, "" if unknown. Of
	// several files that could be meant, the one nearest to it is.
	Location string
	// Name is what the report calls itself, such as the module that it is of.
	// Tree.Report takes it from the report.
	Name string
	// Checkout is the absolute folder of the checkout: paths below it are the
	// repository's. Checkouts are other names of it, such as the one that it
	// has in a container.
	Checkout  string
	Checkouts []string
	// NoAbsolute refuses absolute paths outside of the checkout where the
	// commit's files are not known: nothing else could.
	NoAbsolute bool
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
	// Ignored is set at the index of each of Ignore that has fitted a path; nil if
	// nobody asks. Its length is that of Ignore.
	Ignored []bool
	// Modules are the Go modules of the commit.
	Modules []GoModule
	// Imports says that the paths are Go's import paths.
	Imports bool
	// Lines returns how many lines files of the commit have, -1 where that is
	// not known. nil leaves it unasked.
	Lines func([]Want) []int
	// Shared says that paths that begin differently may be the same file, as
	// those of findings: they add nothing up.
	Shared bool
	// Explain asks for what each rule said of each path.
	Explain bool
}

// PathMap replaces a beginning of whole components by another.
type PathMap struct{ From, To string }

// GoModule is a Go module of the repository.
type GoModule struct {
	Path string // as go.mod says it
	Dir  string // folder of go.mod in the repository, "" for its root
}

// maxSources bounds how many folders of a report are tried for every path: the
// report is a stranger's, and each costs a look-up for each path.
const maxSources = 64

// ignores reports whether a glob fits a path, and marks those that do for the
// first time. A malformed one fits none.
func (o Options) ignores(p string) (fits bool) {
	for i, glob := range o.Ignore {
		if fits && (o.Ignored == nil || o.Ignored[i]) {
			continue // nothing to learn from it
		}
		if ok, _ := doublestar.Match(glob, p); ok {
			fits = true
			if o.Ignored != nil {
				o.Ignored[i] = true
			}
		}
	}
	return fits
}
