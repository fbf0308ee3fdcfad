package match

import (
	"cmp"
	"slices"
	"strings"
)

const (
	maxVoters  = 20_000  // paths that may propose a beginning
	maxVotes   = 100_000 // beginnings that are proposed
	maxBallot  = 64      // beginnings that are compared, those with the most votes
	maxSample  = 2_000   // paths that they are compared by
	maxRivals  = 16      // files of one name that a path may propose
	maxRuns    = 8       // runs of tools in one report
	maxParents = 20      // folders above a path or a report that are tried
)

// beginnings decides the paths that are left, all together.
func (m *matcher) beginnings(found []Match) {
	left := m.plain
	slices.SortFunc(left, func(a, b pending) int { return cmp.Or(strings.Compare(a.path, b.path), a.at-b.at) })
	var runs []beginning
	for len(left) > 0 && len(runs) < maxRuns {
		best, tied := m.elect(left, runs)
		if len(tied) > 0 {
			left = m.undecided(found, left, tied)
			break
		}
		if best == nil {
			break
		}
		runs = append(runs, best.beginning)
		left = m.place(found, left, best.beginning)
	}
	for _, p := range left {
		m.nowhere(&found[p.at], p.path, runs)
	}
}

// forms are the paths that a relative one may stand for, given the source roots
// of the report, each with how many of its bytes are the user's for certain.
func (m *matcher) forms(p string, see func(form string, own int)) {
	if isAbs(p) || len(m.elsewhere) == 0 {
		see(p, 0)
		return
	}
	for _, s := range m.elsewhere {
		form, _ := join(s, p)
		if s == "/" {
			form = "/" + p
		}
		see(form, len(s)+1)
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
	ballot = slices.DeleteFunc(ballot, func(t *tally) bool { return t.support == 0 || !m.plausible(t, len(sample), runs) })
	if len(ballot) == 0 {
		return nil, nil
	}
	slices.SortFunc(ballot, func(a, b *tally) int {
		return cmp.Or(rank(a, b), strings.Compare(a.drop, b.drop), strings.Compare(a.put, b.put))
	})
	best = m.outermost(ballot, sample)
	if best == ballot[0] {
		for _, t := range ballot[1:] {
			if (rank(best, t) == 0 || best.rivals(t)) && m.differ(best.beginning, t.beginning, sample) && !m.another(t, []beginning{best.beginning}) {
				tied = append(tied, t)
			}
		}
	}
	if len(tied) > 0 {
		return nil, append(tied, best)
	}
	return best, nil
}

// every returns at most n of the paths, evenly spread.
func every(paths []pending, n int) []pending {
	if len(paths) <= n {
		return paths
	}
	out := make([]pending, 0, n)
	for i := range n {
		out = append(out, paths[i*len(paths)/n])
	}
	return out
}

// nominate collects the beginnings that the paths propose by the files of their
// names, and those that the report's folder does.
func (m *matcher) nominate(paths []pending) []*tally {
	votes := map[beginning]int{}
	common := m.commonFolder(paths)
	for _, p := range every(paths, maxVoters) {
		m.forms(p.path, func(form string, own int) {
			if isAbs(form) {
				own = max(own, len(common))
			}
			m.propose(votes, form, own)
		})
	}
	ballot := make([]*tally, 0, len(votes))
	for b, n := range votes {
		ballot = append(ballot, &tally{beginning: b, support: n, sure: b.drop != "" && b.put == "" && repositoryRoot(b.drop) == len(b.drop)})
	}
	slices.SortFunc(ballot, func(a, b *tally) int {
		return cmp.Or(b.support-a.support, strings.Compare(a.drop, b.drop), strings.Compare(a.put, b.put))
	})
	ballot = ballot[:min(len(ballot), maxBallot)]
	for _, b := range m.local(common) {
		if votes[b] == 0 {
			ballot = append(ballot, &tally{beginning: b})
		}
	}
	return ballot
}

// propose votes for the beginnings by which a path would be a file of its name.
func (m *matcher) propose(votes map[beginning]int, form string, own int) {
	vote := func(b beginning) {
		if votes[b] > 0 || len(votes) < maxVotes {
			votes[b]++
		}
	}
	if n := repositoryRoot(form); n > 0 {
		vote(beginning{drop: form[:n]})
	}
	k := key(form)
	files := m.tree.named(k)
	if len(files) > maxRivals {
		if files, _ = m.tree.alike(form); len(files) > maxRivals {
			return
		}
	}
	for _, f := range files {
		n := commonTail(m.tree.key(f), k)
		if n == 0 {
			continue
		}
		b := beginning{withoutTail(form, n), withoutTail(m.tree.files[f], n)}
		if byPackage(form) && b.put != "" {
			continue // a package is no folder of a machine: it has been looked for
		}
		if foreignIn(form, len(b.drop), own) == "" {
			vote(b)
		}
	}
}

// withoutTail returns a path without its last n components.
func withoutTail(p string, n int) string {
	end := len(p)
	for ; n > 0; n-- {
		if end = strings.LastIndexByte(p[:end], '/'); end < 0 {
			return ""
		}
	}
	return p[:end+1]
}

// commonFolder returns the folder that all absolute paths lie in which are
// nothing that was fetched or installed; "" if there are not two of them.
func (m *matcher) commonFolder(paths []pending) string {
	common, n := "", 0
	for _, p := range paths {
		m.forms(p.path, func(form string, _ int) {
			if !isAbs(form) || foreign(form, len(form)) != "" {
				return
			}
			if n++; n == 1 {
				common = form[:strings.LastIndexByte(form, '/')+1]
				return
			}
			for !strings.HasPrefix(form, common) && !(drive(form) && len(form) > len(common) && strings.EqualFold(form[:len(common)], common)) {
				common = common[:strings.LastIndexByte(strings.TrimSuffix(common, "/"), '/')+1]
			}
		})
	}
	if n < 2 {
		return ""
	}
	return common
}

// local returns the beginnings by which the paths lie in the report's folder, or
// in one above it.
func (m *matcher) local(common string) []beginning {
	puts := []string{""}
	if m.o.Location != "" {
		for dir := m.location; dir != "" && len(puts) < maxParents; dir = parent(dir) {
			puts = append(puts, dir+"/")
		}
	}
	drops := []string{""}
	for drop := common; drop != "" && len(drops) < maxParents; {
		drops = append(drops, drop)
		drop = drop[:strings.LastIndexByte(strings.TrimSuffix(drop, "/"), '/')+1]
	}
	var out []beginning
	for _, drop := range drops {
		for _, put := range puts {
			if foreign(drop, len(common)) == "" {
				out = append(out, beginning{drop, put})
			}
		}
	}
	return out
}

// count counts what a beginning does for the paths.
func (m *matcher) count(t *tally, paths []pending) {
	t.support, t.score, t.cover, t.folders = 0, 0, 0, 0
	folder := ""
	for _, p := range paths {
		covered := false
		best := none
		m.forms(p.path, func(form string, _ int) {
			in, ok := t.in(form)
			if !ok {
				return
			}
			covered = true
			file, fits := m.tree.lookup(in)
			if fits == none {
				return
			}
			best = max(best, fits)
			t.tail = max(t.tail, commonTail(m.tree.key(file), key(form)))
			if dir := parent(m.tree.files[file]); t.folders == 0 || t.folders == 1 && dir != folder {
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
	t.shared = m.shared(put)
	if _, in := below(m.location+"/", put); in && put != "" && m.o.Location != "" {
		t.depth = strings.Count(t.put, "/")
	}
}

// plausible reports whether a beginning has enough for itself. One path alone
// may be like a file by accident.
func (m *matcher) plausible(t *tally, paths int, runs []beginning) bool {
	switch {
	case t.exact():
		return true
	case m.confirmed > 0 && len(runs) == 0, len(runs) > 0:
		return m.another(t, runs)
	case t.drop == "", t.sure:
		return true
	case t.put == "":
		return t.tail > 1 || t.support > 1 || t.cover == paths
	case t.depth > 0:
		return true
	case t.tail > 1:
		return isAbs(t.drop) || t.support > 1
	}
	return t.support > 1 && t.cover == paths
}

// another reports whether a beginning is that of another run, given the runs
// that the report has already: of another tool, or of the same one in another
// module, whose results were put into one file. It needs more evidence, because
// a dependency has files called like ours.
func (m *matcher) another(t *tally, runs []beginning) bool {
	if m.o.Shared {
		return t.tail > 1 && isAbs(t.drop)
	}
	if m.confirmed > 0 && (t.put == "" || !isAbs(t.drop)) {
		return false
	}
	for _, r := range runs {
		nested := strings.HasPrefix(t.drop, r.drop) || strings.HasPrefix(r.drop, t.drop)
		if r.put == t.put && !t.sure || nested && (r.drop != "" || t.drop != "") && isAbs(r.drop) == isAbs(t.drop) {
			return false
		}
		if t.drop == "" && r.drop == "" {
			inside := m.o.Location != "" && (t.depth > 0 || m.inFolder(r.put))
			if r.put == "" || inside || t.support < 3 || t.folders < 2 {
				return false
			}
		}
	}
	if 2*t.support < t.cover {
		return false
	}
	return t.sure || t.support > 1 && t.tail > 1
}

// inFolder reports whether the report lies in a folder.
func (m *matcher) inFolder(put string) bool {
	return put != "" && strings.HasPrefix(m.location+"/", put)
}

// outermost returns the best beginning, or one that it is nested in: what it
// leads to the same folder may be a copy of files that are the commit's.
func (m *matcher) outermost(ballot []*tally, sample []pending) *tally {
	best := ballot[0]
	for _, t := range ballot[1:] {
		if t.put != best.put || len(t.drop) >= len(best.drop) || !strings.HasPrefix(best.drop, t.drop) || isAbs(t.drop) != isAbs(best.drop) {
			continue
		}
		alone := 0
		for _, p := range sample {
			if _, fits := m.leads(t.beginning, p.path); fits != none {
				if _, fits := m.leads(best.beginning, p.path); fits == none {
					alone++
				}
			}
		}
		if alone > 0 && (t.exact() || 4*alone >= best.support) {
			best = t
		}
	}
	return best
}
