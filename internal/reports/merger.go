package reports

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/service"
)

// merger takes the reports of several readers, in whatever order they come, and
// keeps of each no more than the whole needs: a matrix of a thousand jobs
// writes a thousand reports of the same files. It is safe for concurrent use.
type merger struct {
	every bool // keeps what is matched too, for people who ask
	hold  bool // keeps the reports until all are there, to tell which say the same

	mu        sync.Mutex
	files     []Info
	matches   [][]match.Match
	remarks   [][]coverage.Remark
	held      []*coverage.Report // nil for those that are merged
	wholes    map[string]*whole  // what is merged, by format
	committed []*booked          // see addCommitted; nil for the others
}

// whole is what is merged of one format.
type whole struct {
	*coverage.Report
	shared bool // it is still the first report itself
}

func newMerger(reports int, every, hold bool) *merger {
	return &merger{
		every: every, hold: hold,
		files: make([]Info, reports), matches: make([][]match.Match, reports),
		remarks: make([][]coverage.Remark, reports), held: make([]*coverage.Report, reports), committed: make([]*booked, reports), wholes: map[string]*whole{},
	}
}

// booked is a report whose paths are matched.
type booked struct {
	file    service.ReportFile // without a report where it could not be parsed
	matches []match.Match
	unclear *unclear
	remarks []coverage.Remark
	of      string // another commit that it says it is of; "" if it is this run's or does not say
	surely  bool   // the checkout holds that commit
}

// take takes the i-th report, one of another run for when all others are there.
func (m *merger) take(i int, r booked, old bool) {
	if old {
		m.committed[i] = &r // each reader has a place of its own
	} else {
		m.add(i, r)
	}
}

// add takes the i-th report.
func (m *merger) add(i int, r booked) {
	file, matches := r.file, r.matches
	info := Info{Path: file.Path, Format: file.Format, Files: file.Report.Len(), Named: max(file.Report.Len(), len(matches)), parts: file.Report.Parts, unclear: r.unclear}
	if r.surely {
		info.of = r.of
	}
	if info.parts == nil {
		info.parts = []coverage.Part{{Path: file.Path, Format: file.Format, Files: info.Files, Below: file.Report.Below()}}
	}
	// Millions of matched paths are of interest to nobody; the few that are not
	// matched must be explained.
	if !m.every {
		matches = slices.DeleteFunc(matches, func(f match.Match) bool { return f.Path != "" && f.Past() == 0 })
		matches = slices.Clip(append([]match.Match(nil), matches...)) // without the memory of the others
	}
	// The place, not the time, decides the order: it is that of the names.
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[i], m.matches[i], m.remarks[i] = info, matches, r.remarks
	// Which of two is the richer is known only when all are there.
	if m.hold {
		m.held[i] = file.Report
		return
	}
	m.merge(file.Format, file.Report)
}

// merge adds a report to what there is of its format.
func (m *merger) merge(format string, r *coverage.Report) {
	w := m.wholes[format]
	if w == nil {
		m.wholes[format] = &whole{r, true}
		return
	}
	if w.shared { // it may be a reader's still
		first := w.Report
		w.Report, w.shared = coverage.New(), false
		w.Merge(first)
	}
	w.Merge(r)
}

// end returns the whole, without the reports that say again what others do.
func (m *merger) end(c *console.Console, matched bool) Set {
	var r Set
	skip := m.sameRuns(matched)
	for i, file := range m.files {
		if file.Format == "" { // it was never added
			continue
		}
		// Tools write one run in several formats: added up, its hits would be doubled.
		if richer, ok := skip[i]; ok {
			c.Say("skipped %s: same run as %s", file.Path, m.files[richer].Path)
			continue
		}
		if m.held[i] != nil {
			m.merge(file.Format, m.held[i])
		}
		r.Files = append(r.Files, file)
		if matched {
			r.Matches = append(r.Matches, m.matches[i])
		}
		for _, remark := range m.remarks[i] {
			r.Remarks = append(r.Remarks, Remark{file.Path, remark})
		}
	}
	var reads []formats.Read
	for format, w := range m.wholes {
		reads = append(reads, formats.Read{Format: format, Report: w.Report})
	}
	r.all = formats.Union(reads)
	// Merging has mixed them in the order in which the readers came.
	r.all.Parts = nil
	for _, file := range r.Files {
		r.all.Parts = append(r.all.Parts, file.parts...)
	}
	coverage.SortParts(r.all.Parts)
	return r
}

// mixed reports whether the reports are of several formats, as those that one
// run of a test tool writes. Only then can one of them say what another does.
func mixed(c *console.Console, names []string) bool {
	first := ""
	// By the name and the beginning alone: to parse all for it would double the time.
	for i, name := range names {
		format := formats.FormatOf(c.Path(name))
		if i > 0 && format != first {
			return true
		}
		first = format
	}
	return false
}

// sameRuns finds held reports that say of one run what another one says in a
// richer format.
func (m *merger) sameRuns(matched bool) map[int]int {
	if !m.hold {
		return nil
	}
	read := make([]formats.Read, len(m.held))
	for i, r := range m.held {
		if r == nil {
			r = coverage.New()
		}
		apart := slices.ContainsFunc(m.remarks[i], func(remark coverage.Remark) bool { return remark.Counted != nil })
		read[i] = formats.Read{Format: m.files[i].Format, Report: r, Apart: apart}
	}
	return formats.SameRuns(read, matched)
}

// Of returns a set of reports that another job has read and matched.
func Of(files []service.ReportFile) *Set {
	m := newMerger(len(files), false, false)
	for i, file := range files {
		m.add(i, booked{file: file})
	}
	r := m.end(nil, false)
	return &r
}

// Whole is everything as services and packs are given it: as one report.
func (r Set) Whole(module, folder string) []service.ReportFile {
	file := service.ReportFile{Module: module, Folder: folder, Report: r.all}
	switch len(r.Files) {
	case 0:
		return nil
	case 1:
		file.Path, file.Format = r.Files[0].Path, r.Files[0].Format
	default:
		file.Path = fmt.Sprintf("%d reports", len(r.Files))
	}
	return []service.ReportFile{file}
}
