// Package pack is the hand-over from a job without secrets to one with them:
// one file that holds what was measured, and no code. A pull request from a
// fork is built and tested by a job that has no token; a second job, which runs
// nothing of the fork's and needs no checkout, judges, uploads and comments
// from the pack.
//
// A pack comes from whoever wrote the pull request. It is read as such: bounded
// in size, of one shape only, its paths and line numbers checked; and what it
// says of the run is compared with what the event and the forge say, never
// believed.
package pack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/service"
)

// Version is the version of the form that Write writes and Read reads.
const Version = 1

// MaxSize is the largest pack that is read, in bytes.
const MaxSize = 128 << 20

// maxReports is how many reports a pack may have: each takes 30 KB, however short.
const maxReports = 10_000

// Pack is what one job hands over.
type Pack struct {
	Run     Run
	Reports []service.ReportFile // their paths matched to the commit's files
	Change  *diff.Change         // nil if it is not known
	// NoChange says why Change is nil; without a reason there is none to know,
	// as on a push.
	NoChange ci.Missing
	// NoTotal and NoPatch say why coverage, of all or of the changed lines, is not
	// known in spite of Reports: some of it could not be placed.
	NoTotal, NoPatch ci.Missing
	Findings         *finding.Set // nil if no results of scanners were read
	// Merged is where the lines are in the commit where all of this is of a merge of it.
	Merged diff.Change
}

// Run is what the job that packed says of itself.
type Run struct {
	System      ci.System `json:"system"`
	Repository  string    `json:"repository"`
	Commit      string    `json:"commit"`
	PullRequest int       `json:"pullRequest,omitempty"`
	ID          string    `json:"id,omitempty"` // the CI's id of the run
}

// file is the form of a pack.
type file struct {
	Gatewright string       `json:"gatewright"` // "pack"
	Version    int          `json:"version"`
	Run        Run          `json:"run"`
	Reports    []report     `json:"reports"`
	Change     []changed    `json:"change"` // null if it is not known
	NoChange   ci.Missing   `json:"noChange,omitzero"`
	NoTotal    ci.Missing   `json:"noTotal,omitzero"`
	NoPatch    ci.Missing   `json:"noPatch,omitzero"`
	Findings   *findingList `json:"findings,omitempty"`
	Merged     []diff.Edits `json:"merged,omitempty"`
}

type report struct {
	Path   string          `json:"path"`
	Format string          `json:"format"`
	Report json.RawMessage `json:"report"` // docs/canonical-json.md
	// Functions are the lines that declare functions, and their calls, by file.
	Functions map[string]map[int]int64 `json:"functions,omitempty"`
}

// changed is a changed file. Lines are ranges, first and last.
type changed struct {
	Path    string    `json:"path"`
	OldPath string    `json:"oldPath,omitempty"`
	Kind    diff.Kind `json:"kind"`
	Lines   [][2]int  `json:"lines,omitempty"`
}

type findingList struct {
	Items      []service.Finding `json:"items"`
	Tools      []string          `json:"tools,omitempty"`
	Unfinished []string          `json:"unfinished,omitempty"`
	Missing    []string          `json:"missing,omitempty"`
	Unmatched  map[string]string `json:"unmatched,omitempty"`
}

// Write writes the pack.
func (p Pack) Write(w io.Writer) error {
	f := file{Gatewright: "pack", Version: Version, Run: p.Run, NoChange: p.NoChange, NoTotal: p.NoTotal, NoPatch: p.NoPatch, Reports: []report{}}
	for _, r := range p.Reports {
		var text bytes.Buffer
		if err := coverage.WriteJSON(&text, r.Report); err != nil {
			return err
		}
		f.Reports = append(f.Reports, report{r.Path, r.Format, text.Bytes(), functions(r.Report)})
	}
	if p.Change != nil {
		f.Change = []changed{}
		for _, c := range p.Change.Files {
			if !c.Submodule && !c.Binary {
				f.Change = append(f.Change, changed{c.Path, c.OldPath, c.Kind, ranges(c.Lines)})
			}
		}
	}
	if p.Findings != nil {
		s := p.Findings
		f.Findings = &findingList{s.Findings, s.Tools, s.Unfinished, s.Missing, s.Unmatched}
	}
	f.Merged, _ = p.moves()
	enc := json.NewEncoder(w)
	// Paths and messages with <, > and & stay as they are: it is no web page.
	enc.SetEscapeHTML(false)
	return enc.Encode(f)
}

// Read reads a pack that may be hostile; name stands for it in errors.
func Read(r io.Reader, name string) (Pack, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return Pack{}, fault.Errorf(fault.Input, "read %s: %w", name, err)
	}
	if len(text) > MaxSize {
		return Pack{}, fault.Errorf(fault.Input, "%s is larger than %d MB, the most that is read of a pack", name, MaxSize>>20)
	}
	p, err := parse(text)
	if err != nil {
		return Pack{}, fault.WithHint(fault.Errorf(fault.Input, "%s is no pack that can be used: %w", name, err), "gatewright coverage pack of the same version writes one")
	}
	return p, nil
}

func parse(text []byte) (Pack, error) {
	var f file
	dec := json.NewDecoder(bytes.NewReader(text))
	// What this version does not know may change what the rest means.
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return Pack{}, err
	}
	// A second value would be read by another program and not by this one.
	if _, err := dec.Token(); err != io.EOF { //nolint:errorlint // Token returns it bare
		return Pack{}, errors.New("something follows it")
	}
	if len(f.Reports) > maxReports {
		return Pack{}, fmt.Errorf("it has %d reports; at most %d are read", len(f.Reports), maxReports)
	}
	if f.Gatewright != "pack" || f.Version != Version {
		return Pack{}, fmt.Errorf("it is %q of version %d; a pack of version %d was expected", f.Gatewright, f.Version, Version)
	}
	if err := f.Run.check(); err != nil {
		return Pack{}, err
	}
	p := Pack{Run: f.Run, NoChange: clipped(f.NoChange), NoTotal: clipped(f.NoTotal), NoPatch: clipped(f.NoPatch)}
	for i, r := range f.Reports {
		parsed, err := r.parse(i)
		if err != nil {
			return Pack{}, err
		}
		p.Reports = append(p.Reports, parsed)
	}
	var err error
	if p.Change, err = readChange(f.Change); err != nil {
		return Pack{}, err
	}
	if err := edits(f.Merged); err != nil {
		return Pack{}, err
	}
	p.Merged = diff.OfEdits(f.Merged)
	p.Findings, err = f.Findings.set()
	return p, err
}

func (r report) parse(i int) (service.ReportFile, error) {
	if !inside(r.Path) && r.Path != "-" || len(r.Format) > 40 || len(r.Report) == 0 {
		return service.ReportFile{}, fmt.Errorf("report %d is named %.80q", i+1, r.Path)
	}
	parsed, _, err := formats.Parse(fmt.Sprintf("report %d", i+1), bytes.NewReader(r.Report), formats.Options{Format: "canonical", MaxSize: MaxSize})
	if err != nil {
		return service.ReportFile{}, err
	}
	for _, file := range parsed.Files() {
		if !inside(file.Path) {
			return service.ReportFile{}, fmt.Errorf("report %d names the file %.80q, which is in no repository", i+1, file.Path)
		}
	}
	for path, lines := range r.Functions {
		if file := parsed.Lookup(path); file != nil {
			for line, calls := range lines {
				file.Function(line, calls)
			}
		}
	}
	return service.ReportFile{Path: r.Path, Format: r.Format, Report: parsed}, nil
}

func functions(r *coverage.Report) map[string]map[int]int64 {
	out := map[string]map[int]int64{}
	for _, f := range r.Files() {
		if lines := f.Functions(); len(lines) > 0 {
			out[f.Path] = lines
		}
	}
	return out
}

func readChange(list []changed) (*diff.Change, error) {
	if list == nil {
		return nil, nil
	}
	change, left := &diff.Change{}, maxLines
	for _, c := range list {
		lines, err := lines(c.Lines, &left)
		if err != nil || !inside(c.Path) || c.OldPath != "" && !inside(c.OldPath) {
			return nil, fmt.Errorf("the changed file %.80q: %w", c.Path, cmp.Or(err, errors.New("a path in no repository")))
		}
		if !slices.Contains([]diff.Kind{diff.Added, diff.Modified, diff.Deleted, diff.Renamed, diff.Copied}, c.Kind) {
			return nil, fmt.Errorf("the changed file %.80q is %.20q", c.Path, c.Kind)
		}
		change.Files = append(change.Files, diff.File{Path: c.Path, OldPath: c.OldPath, Kind: c.Kind, Lines: lines})
	}
	return change, nil
}

func (l *findingList) set() (*finding.Set, error) {
	if l == nil {
		return nil, nil
	}
	s := &finding.Set{Findings: l.Items, Tools: l.Tools, Unfinished: l.Unfinished, Missing: l.Missing, Unmatched: l.Unmatched}
	for _, list := range [][]string{s.Tools, s.Unfinished, s.Missing} {
		for i, text := range list {
			list[i] = clip(text)
		}
	}
	for i, f := range l.Items {
		if f.Path != "" && !inside(f.Path) && l.Unmatched[f.Path] == "" || f.Line < 0 || f.EndLine < 0 {
			return nil, fmt.Errorf("finding %d is at %.80q line %d", i+1, f.Path, f.Line)
		}
		if !slices.Contains([]service.Age{"", service.New, service.Old, service.Unplaced}, f.Age) {
			return nil, fmt.Errorf("finding %d is %.20q", i+1, f.Age)
		}
	}
	return s, nil
}

// inside reports whether a path is one of a repository's files: relative,
// clean, and not of git's own.
func inside(path string) bool {
	if path == "" || len(path) > 4096 || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\x00\n\r") {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return false
		}
	}
	return true
}

func clipped(m ci.Missing) ci.Missing { return ci.Missing{Reason: clip(m.Reason), Hint: clip(m.Hint)} }

// clip bounds a sentence of the pack's.
func clip(text string) string { return text[:min(len(text), 1000)] }
