package match

import (
	"cmp"
	"slices"
	"strings"
)

// beginning says where the paths of one run of a tool begin: what they have to
// lose, and the folder of the commit that has to be put before the rest. Both
// are "" or end in a slash.
type beginning struct{ drop, put string }

func (b beginning) exact() bool { return b.drop == "" && b.put == "" }

// String is the beginning in words.
func (b beginning) String() string {
	from, to := b.drop, b.put
	if from == "" {
		from = "the report's paths"
	}
	switch {
	case to == "" && b.drop == "":
		return "the report's paths begin at the root of the repository"
	case b.drop == "":
		return "the report's paths begin in " + to
	case to == "":
		return from + " is the root of the repository"
	}
	return from + " is " + to
}

// rest returns what follows the beginning of a path that has it.
func (b beginning) rest(p string) (string, bool) {
	if b.drop == "" {
		return p, !isAbs(p)
	}
	if len(p) > len(b.drop) && (p[:len(b.drop)] == b.drop || drive(p) && strings.EqualFold(p[:len(b.drop)], b.drop)) {
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
	sure    bool // it is what tools and CI systems call the repository's root
	support int  // paths that it leads to a file
	score   int  // the same, where a difference in case counts half
	cover   int  // paths that have the beginning
	tail    int  // components that a path and its file have in common, the most
	folders int  // different folders of those files, at most two
	depth   int  // folders of put, if the report lies in it
	shared  int  // folders that put and the report have in common
}

// rank orders beginnings, the best first.
func rank(a, b *tally) int {
	weight := func(t *tally) int {
		if t.depth > 0 {
			return 2 * t.score // the report's own folder is a witness of its own
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
		cmp.Compare(weight(b), weight(a)), cmp.Compare(one(b.sure), one(a.sure)), cmp.Compare(b.depth, a.depth), cmp.Compare(b.cover, a.cover),
		cmp.Compare(b.tail, a.tail), cmp.Compare(b.shared, a.shared), cmp.Compare(one(b.exact()), one(a.exact())),
	)
}

// rivals reports whether two beginnings are those of different folders of one
// machine, each with as much for itself as the other: that more of a path is
// like a file's does not say which of them is the commit's.
func (t *tally) rivals(o *tally) bool {
	return isAbs(t.drop) && isAbs(o.drop) && t.put == o.put && !t.sure && !o.sure && t.support == o.support && t.cover == o.cover &&
		!strings.HasPrefix(t.drop, o.drop) && !strings.HasPrefix(o.drop, t.drop)
}

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

// leads returns the file that a path is, given where it begins.
func (m *matcher) leads(b beginning, p string) (file int32, how fit) {
	file = -1
	m.forms(p, func(form string, _ int) {
		if in, ok := b.in(form); ok {
			if f, fits := m.tree.lookup(in); fits > how {
				file, how = f, fits
			}
		}
	})
	return file, how
}

// differ reports whether two beginnings lead any path to different files.
func (m *matcher) differ(a, b beginning, sample []pending) bool {
	return slices.ContainsFunc(sample, func(p pending) bool {
		x, _ := m.leads(a, p.path)
		y, _ := m.leads(b, p.path)
		return x != y
	})
}

// place matches the paths that a beginning leads to a file, and returns those
// that do not have it. What has it and is no file is not in the commit.
func (m *matcher) place(found []Match, paths []pending, b beginning) (left []pending) {
	note := b.String()
	for _, p := range paths {
		f := &found[p.at]
		var files []int32
		how, in, covered := none, "", false
		m.forms(p.path, func(form string, own int) {
			to, ok := b.in(form)
			if !ok {
				return
			}
			if !covered {
				covered, in = true, to
			}
			file, fits := m.tree.lookup(to)
			if fits == none {
				return
			}
			how = max(how, fits)
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		})
		switch {
		case !covered:
			left = append(left, p)
		case len(files) > 1:
			m.unclear(f, files, "more than one source root of the report has it")
		case len(files) == 1:
			f.Path, f.How, f.Note = m.tree.files[files[0]], m.howOf(b, p.path, how), note
			if f.How == Exact {
				f.Note = ""
			}
		case b.drop == "" && b.put != "" && !m.onlyRun(b):
			left = append(left, p)
		default:
			f.In = in
			f.How, f.Note = Missing, note+", where the commit has no "+in
			if dir := m.foreignPart(p.path, b); dir != "" {
				f.How, f.Note = Foreign, "below "+dir
			} else if dir := m.tree.submodule(in); dir != "" {
				f.Note = "the commit has a submodule at " + dir + ", which is another repository"
			}
		}
	}
	return left
}

// onlyRun reports whether a report can have no other run that its relative paths
// belong to: it lies in the folder that they begin in.
func (m *matcher) onlyRun(b beginning) bool { return m.o.Location != "" && m.inFolder(b.put) }

func (m *matcher) foreignPart(p string, b beginning) string {
	rest, ok := b.rest(p)
	if !ok {
		rest = p
	}
	return foreign(rest, 0)
}

func (m *matcher) howOf(b beginning, p string, fits fit) How {
	switch {
	case fits == folded:
		return Folded
	case b.drop != "":
		return Dropped
	case len(m.elsewhere) > 0:
		return Sourced
	case b.put != "":
		return Begins
	}
	return Exact
}

// undecided marks the paths that beginnings of the same rank lead to different
// files, and returns the others.
func (m *matcher) undecided(found []Match, paths []pending, tied []*tally) (left []pending) {
	for _, p := range paths {
		var files []int32
		var puts []string
		for _, t := range tied {
			if f, fits := m.leads(t.beginning, p.path); fits != none && !slices.Contains(files, f) {
				files = append(files, f)
			}
			puts = append(puts, cmp.Or(t.put, "the root of the repository"))
		}
		if len(files) == 0 {
			left = append(left, p)
			continue
		}
		slices.Sort(puts)
		puts = slices.Compact(puts)
		m.unclear(&found[p.at], files, "the report's paths may begin in "+strings.Join(puts[:min(len(puts), 4)], " or "))
	}
	return left
}

// nowhere is a path that has another beginning than the report, or none that
// leads anywhere.
func (m *matcher) nowhere(f *Match, p string, runs []beginning) {
	f.How = Missing
	if dir := foreign(p, 0); dir != "" && !byPackage(p) {
		f.How, f.Note = Foreign, "below "+dir
		return
	}
	if dir := m.tree.submodule(p); dir != "" {
		f.In, f.Note = p, "the commit has a submodule at "+dir+", which is another repository"
		return
	}
	files, common := m.tree.alike(p)
	if common == 0 {
		f.Note = "no file of the commit has this name"
		return
	}
	if len(runs) == 0 && m.confirmed == 0 && len(files) > 1 && !byPackage(p) {
		m.unclear(f, files, "nothing shows which is meant")
		return
	}
	namesake := m.tree.files[files[0]]
	f.extend().flag = flagFor(p, namesake)
	switch {
	case len(runs) > 0:
		f.Note = runs[0].String() + "; this path begins elsewhere"
	case m.confirmed > 0:
		f.Note = "other files of the report are found as they stand; this path begins elsewhere"
	default:
		f.Note = "files of the commit have this name, such as " + namesake + ", but nothing shows that it is meant"
	}
}
