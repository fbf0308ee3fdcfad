package match

import (
	"cmp"
	"slices"
	"strings"
)

// A report may be a stranger's, of any size: these bound the time and memory that
// it can ask for. No build that was seen comes near them.
const (
	maxVoters  = 20_000  // paths that may propose a beginning
	maxVotes   = 100_000 // beginnings that are proposed
	maxBallot  = 64      // beginnings that are compared, those with the most votes
	maxSample  = 2_000   // paths that they are compared by
	maxRivals  = 16      // files of one name that a path may propose
	maxParents = 20      // folders above a path or a report that are tried
)

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
	// Each is tried on every sampled path, so that only the likeliest are.
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
	// What CI systems are known to put before a path needs no likeness to a file. If
	// that is nothing, this is a vote for paths as they are, a candidate at any rate.
	vote(beginning{drop: form[:repositoryRoot(form)]})
	k := key(form)
	files := m.tree.namesakes(k)
	if len(files) > maxRivals {
		if files, _ = m.tree.alike(form); len(files) > maxRivals {
			return
		}
	}
	for _, f := range files {
		n := commonTail(m.tree.key(f), k)
		b := beginning{withoutTail(form, n), withoutTail(m.tree.files[f], n)}
		looked := byPackage(form) && b.put != "" // a package is no folder of a machine: packages has looked for it
		if !looked && foreignIn(form, len(b.drop), own) == "" {
			vote(b)
		}
	}
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
				common = withoutTail(form, 1)
			}
			for !begins(form, common) {
				common = withoutTail(common, 1)
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
	for drop := common; drop != "" && len(drops) < maxParents; drop = withoutTail(drop, 1) {
		drops = append(drops, drop)
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

// accident reports whether a beginning takes a folder away for paths that are like
// files by accident. In a package of others two files may be called as ours are, but
// most of those beside them are not; and foo/main.c alone may be any main.c. Where
// relative paths may be of several source roots, those of one lack the others' files.
func (m *matcher) accident(t *tally, sample []pending) bool {
	if t.sure || t.drop == "" || t.tail > 2 || len(m.elsewhere) > 1 {
		return false
	}
	like, name := map[string]bool{}, "" // folders of such paths, and one of these
	for _, p := range sample {
		file, fits := m.leads(t.beginning, p.path)
		if fits == none {
			continue
		}
		like[parent(p.path)], name = true, p.path
		// /app/svc/a.py is svc/a.py whatever else was generated beside it, where
		// /opt/pad/lib/a.py is no lib/a.py.
		if dir := parent(m.tree.files[file]); isAbs(t.drop) && t.put == "" && dir != "lib" && !sourceRoot(dir) {
			return false
		}
	}
	beside, apart, mixed := 0, 0, false
	for _, p := range sample {
		rest, ok := t.rest(p.path)
		switch {
		case like[parent(p.path)]:
			beside++
		case foreign(rest, 0) != "" || foreign(p.path, 0) != "":
		case ok || !isAbs(p.path) && len(m.elsewhere) > 0:
			apart++
		default:
			mixed = true
		}
	}
	// Ours may lie elsewhere then, and not in the folder that they would be put into.
	if mixed && t.put != "" {
		beside += apart
	}
	return 2*t.support < beside || t.depth == 0 && t.cover == 1 && t.tail == 1 && !isAbs(t.drop) && len(m.tree.namesakes(key(name))) > 1
}
