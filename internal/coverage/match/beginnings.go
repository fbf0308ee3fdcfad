package match

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// maxRuns is how many runs of tools may be in one report, such as those of the
// modules of a build whose results were put into one file.
const maxRuns = 8

// beginnings decides the paths that are left, all together: the paths of one run
// of a tool begin in one place. One after another, the beginning is taken that
// has the most for itself, and the paths that it explains are done with.
func (m *matcher) beginnings(found []Match) {
	left := m.plain
	// In one order, so that the same paths are matched alike whatever order a
	// report has them in: samples are taken of them.
	sort.Slice(left, func(i, j int) bool { return left[i].path < left[j].path })
	var runs []beginning
	for len(runs) < maxRuns { // none is elected by no paths
		best, tied := m.elect(left, runs)
		if len(tied) > 0 {
			left = m.undecided(found, left, tied)
			break
		}
		if best == nil {
			break
		}
		runs = append(runs, best.beginning)
		left = m.place(found, left, best)
	}
	for _, p := range left {
		m.nowhere(&found[p.at], p.path, runs)
	}
}

// elect returns the beginning that fits the paths best, nil if none does. If
// several fit equally well and lead to different files, it returns those.
func (m *matcher) elect(paths []pending, runs []beginning) (best *tally, tied []*tally) {
	ballot := m.nominate(paths)
	sample := every(paths, maxSample)
	for _, t := range ballot {
		m.count(t, sample)
	}
	// What leads no path to a file, or one that may be an accident, is no candidate.
	all := slices.Clone(ballot)
	ballot = slices.DeleteFunc(ballot, func(t *tally) bool {
		return t.support == 0 || m.otherRepository(t) || m.known(t) || m.misplaced(t, all, sample)
	})
	slices.SortFunc(ballot, func(a, b *tally) int {
		return cmp.Or(rank(a, b), strings.Compare(a.drop, b.drop), strings.Compare(a.put, b.put))
	})
	possible := slices.Clone(ballot)
	ballot = slices.DeleteFunc(ballot, func(t *tally) bool { return !m.plausible(t, len(sample), runs) || t.put != "" && m.accident(t, sample) })
	if len(ballot) == 0 {
		return nil, nil
	}
	first := ballot[0]
	for _, t := range ballot[1:] {
		if first.longer(t) && (t.sure || t.score > first.score) {
			return t, nil
		}
	}
	// What is too little for a further run may show that a folder is not its root.
	outer := ballot
	if m.further(runs) && !first.sure {
		outer = possible
	}
	if best = m.outermost(first, outer, sample); !m.plausible(best, len(sample), runs) {
		return nil, nil
	}
	for _, t := range outer {
		// The outermost one has its rivals within it.
		equal := best == first && m.plausible(t, len(sample), runs) && (rank(best, t) == 0 || best.rivals(t) || best.longer(t))
		if (equal || m.rooted(best, t, sample)) && m.differ(best.beginning, t.beginning, sample) && !m.beside(best, t) {
			tied = append(tied, t)
		}
	}
	if len(tied) > 0 {
		return nil, append(tied, best)
	}
	if m.accident(best, sample) {
		return nil, nil
	}
	best.others = m.others(best.beginning, outer, sample)
	return best, nil
}

// others returns the folders that relative paths seem to begin in as well, if they
// begin in one that nothing but their files speaks for: those that have a path
// which it lacks, and three if it is the root. Then several runs were put together,
// and a path that two of the folders have may be of either.
func (m *matcher) others(best beginning, ballot []*tally, sample []pending) (out []beginning) {
	if best.drop != "" || m.inFolder(best.put) {
		return nil
	}
	least := 1
	if best.put == "" {
		least = 3
	}
	var missing []pending
	for _, p := range sample {
		if _, fits := m.leads(best, p.path); fits == none && strings.Contains(p.path, "/") { // a name alone may be in any folder
			missing = append(missing, p)
		}
	}
	for _, t := range ballot {
		has := 0
		for _, p := range missing {
			if _, fits := m.leads(t.beginning, p.path); fits != none {
				has++
			}
		}
		if t.drop == "" && has >= least {
			out = append(out, t.beginning)
		}
	}
	return out
}

// every returns at most n of the paths, evenly spread.
func every(paths []pending, n int) []pending {
	n = min(n, len(paths))
	out := make([]pending, 0, n)
	for i := range n {
		out = append(out, paths[i*len(paths)/n])
	}
	return out
}

// plausible reports whether a beginning has enough for itself. One path alone
// may be like a file by accident: index.js and utils.py are in every dependency.
func (m *matcher) plausible(t *tally, paths int, runs []beginning) bool {
	switch {
	case t.exact(), t.drop == "" && t.put == m.ranIn: // the folder that ../ begins in is theirs, too
		return true
	case m.further(runs):
		return m.another(t, runs)
	case t.drop == "", t.sure: // nothing is taken away, or what CI systems are known to put there
		return true
	case t.put == "": // the commit's own paths, on another machine
		return t.tail > 1 || t.support > 1 || t.cover == paths
	case t.depth > 0: // the report lies there
		return true
	case t.tail > 1:
		return isAbs(t.drop) || t.support > 1
	}
	return t.support > 1 && t.cover == paths
}

// further reports whether some of the report's paths are known to be the commit's,
// so that what begins elsewhere is another run's.
func (m *matcher) further(runs []beginning) bool { return m.confirmed > 0 || len(runs) > 0 }

// known reports whether what a beginning takes away is a folder of the commit,
// relative or below a CI system's root: a file that is not in it is not one of
// the same name in another folder. The repository itself may have been checked
// out below a CI system's root, in a folder called like one of its own.
func (m *matcher) known(t *tally) bool {
	dir := t.drop[repositoryRoot(t.drop):]
	// The names of a tree may be absolute, as those of a report are that another is compared with.
	return dir != "" && !(isAbs(t.drop) && t.put == "") && m.tree.folder(strings.TrimSuffix(dir, "/"))
}

// misplaced reports whether a beginning takes away a folder of the commit, given
// where another file of the report shows that the checkout was: with /r/top.ts in
// the root, /r/b/src/x.ts is a file of the commit's folder b; and so it is where
// that is more like it than a namesake elsewhere.
func (m *matcher) misplaced(t *tally, all []*tally, sample []pending) bool {
	if !isAbs(t.drop) || t.put == "" {
		return false
	}
	for _, o := range all {
		if o.put != "" || !begins(t.drop, o.drop) || !m.tree.folder(strings.TrimSuffix(t.drop[len(o.drop):], "/")) {
			continue
		}
		for _, p := range sample {
			if _, fits := m.leads(o.beginning, p.path); fits != none && isAbs(p.path) && (!begins(p.path, t.drop) || t.depth == 0 && o.tail > t.tail) {
				return true
			}
		}
	}
	return false
}

// otherRepository reports whether what a beginning takes away leads into another
// repository that has files called like ours: a submodule of the commit, or a
// folder below the root of a deterministic build, which is a submodule's too.
// A checkout may be called like a submodule: its name is no sign where CI
// systems put checkouts, or where every path of several below it is ours.
func (m *matcher) otherRepository(t *tally) bool {
	if root := "/_/"; strings.HasPrefix(t.drop, root) {
		return t.drop != root
	}
	if t.sure || isAbs(t.drop) && t.support > 2 && t.support == t.cover {
		return false
	}
	for _, dir := range m.tree.submodules {
		dir += "/"
		if strings.HasPrefix(t.drop, dir) || strings.HasSuffix(t.drop, "/"+dir) ||
			strings.Count(dir, "/") > 1 && strings.Contains(t.drop, "/"+dir) {
			return true
		}
	}
	return false
}

// another reports whether a beginning is that of another run, given the runs
// that the report has already: of another tool, or of the same one in another
// module, whose results were put into one file. It needs more evidence, because
// a dependency has files called like ours.
func (m *matcher) another(t *tally, runs []beginning) bool {
	if m.o.Shared {
		return t.tail > 1 && isAbs(t.drop)
	}
	ci, _ := checkedOut(t.drop, false)
	if m.confirmed > 0 && (t.put == "" || !isAbs(t.drop)) && !(t.sure && ci > 0) {
		return false
	}
	for _, r := range runs {
		nested := begins(t.drop, r.drop) || begins(r.drop, t.drop)
		if r.put == t.put && !t.sure && !otherMachine(r.drop, t.drop) || nested && (r.drop != "" || t.drop != "") && isAbs(r.drop) == isAbs(t.drop) {
			return false
		}
		if t.drop == "" && r.drop == "" {
			if t.depth > 0 || t.support < 3 || t.folders < 2 {
				return false
			}
		}
	}
	if 2*t.support < t.cover {
		return false
	}
	return t.sure || t.support > 1 && t.tail > 1
}

// beside reports whether two beginnings may both be those of runs, each given the
// other.
func (m *matcher) beside(a, b *tally) bool {
	return m.another(a, []beginning{b.beginning}) && m.another(b, []beginning{a.beginning})
}

// inFolder reports whether the report lies in a folder.
func (m *matcher) inFolder(put string) bool {
	return put != "" && strings.HasPrefix(m.location+"/", put)
}

// outermost returns the best beginning, or one that it is nested in: what it
// leads to the same folder may be a copy of files that are the commit's.
func (m *matcher) outermost(best *tally, ballot []*tally, sample []pending) *tally {
	for _, t := range ballot {
		if t.put != best.put || !begins(best.drop, t.drop) || isAbs(t.drop) != isAbs(best.drop) {
			continue
		}
		alone := 0 // paths that t alone leads to a file
		for _, p := range sample {
			if _, fits := m.leads(t.beginning, p.path); fits != none {
				if _, fits := m.leads(best.beginning, p.path); fits == none {
					alone++
				}
			}
		}
		if t.exact() || 4*alone >= best.support {
			best = t
		}
	}
	return best
}

// rooted reports whether another beginning may be the root instead, although it
// leads fewer paths to files: it leads one outside the first one's folder to a file,
// and the commit has a folder of those that are within. Only one that the first is
// nested in has paths of both kinds.
func (m *matcher) rooted(t, o *tally, sample []pending) bool {
	if t.sure || t.put != o.put {
		return false
	}
	outside, within := false, false
	for _, p := range sample {
		m.led(o.beginning, p.path, func(l led) {
			if begins(l.form, t.drop) {
				within = within || l.fits != none || m.tree.folder(parent(l.in))
			} else {
				outside = outside || l.fits != none
			}
		})
	}
	return outside && within
}
