package match

import (
	"cmp"
	"strings"
)

// beginning says where the paths of one run of a tool begin: what they have to
// lose, and the folder of the commit that has to be put before the rest. Both
// are "" or end in a slash.
type beginning struct{ drop, put string }

// exact reports whether the paths are the repository's as they stand.
func (b beginning) exact() bool { return b.drop == "" && b.put == "" }

// String is the beginning in words.
func (b beginning) String() string {
	switch {
	case b.exact():
		return "the report's paths begin at the root of the repository"
	case b.drop == "":
		return "the report's paths begin in " + b.put
	case b.put == "":
		return b.drop + " is the root of the repository"
	}
	return b.drop + " is " + b.put
}

// rest returns what follows the beginning of a path that has it.
func (b beginning) rest(p string) (string, bool) {
	if b.drop == "" {
		return p, !isAbs(p)
	}
	if begins(p, b.drop) {
		return p[len(b.drop):], true
	}
	return "", false
}

// in returns where a path is in the repository.
func (b beginning) in(p string) (string, bool) {
	rest, ok := b.rest(p)
	if !ok {
		return "", false
	}
	return join(strings.TrimSuffix(b.put, "/"), rest)
}

// tally is how well a beginning fits a report.
type tally struct {
	beginning
	sure    bool        // it is what tools and CI systems call the repository's root
	support int         // paths that it leads to a file
	score   int         // the same, where a difference in case counts half
	cover   int         // paths that have the beginning
	tail    int         // components that a path and its file have in common, the most
	folders int         // different folders of those files, at most two
	depth   int         // folders of put, if the report lies in it
	shared  int         // folders that put and the report have in common
	others  []beginning // of the one that is elected: those of runs that were put into the report, too
}

// rank orders beginnings, the best first.
// What leads the most paths to files comes first; what is only likely, such as
// the longer likeness of a path, decides between those that lead as many.
func rank(a, b *tally) int {
	// The report's own folder is a witness of its own, but not against a relative
	// path: b/src/x.ts in a/lcov.info is the commit's b/src/x.ts, not a/src/x.ts.
	witness := func(t *tally) int {
		if t.drop == "" || isAbs(t.drop) {
			return t.depth
		}
		return 0
	}
	weight := func(t *tally) int {
		if witness(t) > 0 {
			return 2 * t.score
		}
		return t.score
	}
	one := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(weight(b), weight(a)), cmp.Compare(one(b.sure), one(a.sure)), cmp.Compare(witness(b), witness(a)), cmp.Compare(b.cover, a.cover),
		cmp.Compare(b.tail, a.tail), cmp.Compare(b.depth, a.depth), cmp.Compare(b.shared, a.shared), cmp.Compare(one(b.exact()), one(a.exact())),
	)
}

// rivals reports whether two beginnings are those of different folders, of one
// machine or two, each with as much for itself as the other: that more of a path
// is like a file's does not say which of them is the commit's.
func (t *tally) rivals(o *tally) bool {
	return isAbs(t.drop) && isAbs(o.drop) && t.put == o.put && !t.sure && !o.sure && t.support == o.support &&
		!begins(t.drop, o.drop) && !begins(o.drop, t.drop)
}

// longer reports whether another beginning takes less from the same absolute
// paths than one that the report's folder speaks for, and leads as many of them
// to files that they are more like: /r/b/src/x.ts in a/lcov.info is b/src/x.ts
// in /r as likely as a/src/x.ts in /r/b.
func (t *tally) longer(o *tally) bool {
	return !t.sure && isAbs(o.drop) && len(o.drop) < len(t.drop) && begins(t.drop, o.drop) && o.tail > t.tail && o.score >= t.score
}

// count counts what a beginning does for the paths.
// Folders are told apart up to two: that there are several is evidence, how many
// is not.
func (m *matcher) count(t *tally, paths []pending) {
	t.support, t.score, t.cover, t.folders = 0, 0, 0, 0
	folder := ""
	for _, p := range paths {
		covered, best := false, none
		m.led(t.beginning, p.path, func(l led) {
			covered = true
			if l.fits == none {
				return
			}
			best = max(best, l.fits)
			t.tail = max(t.tail, commonTail(m.tree.key(l.file), key(l.form)))
			if dir := parent(m.tree.files[l.file]); t.folders == 0 || t.folders == 1 && dir != folder {
				folder = dir
				t.folders++
			}
		})
		if covered {
			t.cover++
		}
		if best != none {
			t.support++
			t.score += int(best)
		}
	}
	put := strings.TrimSuffix(t.put, "/")
	t.shared = shared(m.location, put)
	if inside(m.location+"/", put) {
		t.depth = strings.Count(t.put, "/")
	}
}
