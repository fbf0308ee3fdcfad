package summary

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// shareView is a share in words.
type shareView struct{ Percent, Of string }

func (d digits) view(c coverage.Count) *shareView {
	return &shareView{d.Percent(c), fmt.Sprintf("%d of %d", c.Covered, c.Coverable)}
}

// outcomeView is an outcome in words, and the class that colours it.
type outcomeView struct{ Class, Sign, Word string }

func viewOutcome(o service.Outcome) outcomeView {
	return outcomeView{string(o), lookOf(o).sign, lookOf(o).short}
}

type conditionView struct {
	outcomeView
	Name, Actual, Wanted, Why string
}

// fileView is a file as a row of the first page that needs no script.
type fileView struct {
	Link, Folder, Name, Percent, Class string
	Lines, Uncovered                   int
}

// indexView is what the template shows.
type indexView struct {
	Title, Run, RunURL, Date, Made, Change, Baseline string
	Files, Left                                      int
	Verdict                                          *outcomeView
	Lines, Branches, Patch                           *shareView
	Conditions                                       []conditionView
	AllPassed                                        bool
	Hotspots                                         []hotspotView
	HotspotsOf, HotspotsWhy                          string
	Rows                                             []fileView
	Trend                                            template.HTML
	Style                                            template.CSS
	Script, Data                                     template.JS
	ScriptHash                                       string
}

func (h HTML) index(files []*coverage.File, patch map[string]coverage.Count) ([]byte, error) {
	t, d := h.Report.Totals(), h.Page.digits()
	if c := h.Page.Coverage; c != nil {
		t.Lines = c.Totals.Lines // as the rules count
	}
	v := indexView{
		Title: Plain(h.title(), 100), Run: runName(h.Page.Run), RunURL: safeURL(h.Page.Run.URL), Date: date(h.History.Date, time.DateOnly), Made: date(h.Made, "2006-01-02 15:04 MST"),
		Files: t.Files, Lines: d.view(t.Lines), AllPassed: true, HotspotsOf: console.Count(h.History.Commits, "commit"), HotspotsWhy: Plain(h.History.Missing, maxMessage),
		Style: template.CSS(styleCSS + indexCSS), Script: template.JS(reportJS), ScriptHash: scriptHash(reportJS), //nolint:gosec // our own text
	}
	if c := h.Page.Coverage; c != nil && c.Before != nil {
		v.Change, v.Baseline = d.change(c.Totals.Lines, c.Before.Lines), d.Percent(c.Before.Lines)
	}
	if t.Branches.Total > 0 {
		v.Branches = d.view(coverage.Count{Covered: t.Branches.Covered, Coverable: t.Branches.Total})
	}
	if p := h.Page.Patch; p != nil {
		v.Patch = d.view(p.Totals)
	}
	if h.Page.Outcome != "" {
		o := viewOutcome(h.Page.Outcome)
		v.Verdict = &o
	}
	for _, r := range conditionRows(h.Page) {
		v.AllPassed = v.AllPassed && r.Result == service.Passed
		v.Conditions = append(v.Conditions, conditionView{viewOutcome(r.Result), Plain(r.name(), maxPath), Plain(r.Actual, 60), Plain(r.Wanted, 60), Plain(r.Why, maxMessage)})
	}
	v.Hotspots = h.hotspots(files)
	v.Rows = d.firstRows(files)
	v.Left = len(files) - len(v.Rows)
	v.Trend = template.HTML(trendSVG(h.Page.Trend)) //nolint:gosec // escaped where it is made
	data, err := h.data(files, patch)
	if err != nil {
		return nil, err
	}
	v.Data = template.JS(data) //nolint:gosec // encoding/json escapes <, > and &
	tmpl, err := template.New("index").Parse(indexHTML)
	if err != nil {
		return nil, fault.Errorf(fault.Bug, "HTML template: %w", err)
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, v); err != nil {
		return nil, fault.Errorf(fault.Bug, "HTML template: %w", err)
	}
	return out.Bytes(), nil
}

// title is what the first page is headed with.
func (h HTML) title() string {
	if h.Page.Title == "" && h.Page.Run.Repository != "" {
		return "Coverage of " + h.Page.Run.Repository
	}
	return h.Page.title()
}

// date writes a time in a layout, and the zero time as "".
func date(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

// class is the step of the palette that a share is shown in: k0 to k6, or kn of
// a file without a coverable line. The steps are those of report.js.
func class(c coverage.Count) string {
	p, ok := c.Percent()
	if !ok {
		return "kn"
	}
	return fmt.Sprintf("k%d", grade(p, 50, 70, 80, 90, 95, 100))
}

// maxRows is how many files the first page lists before it is asked for more.
const maxRows = 200

// firstRows is what the first page lists before its script has run, and where
// none may: the files with the most uncovered lines.
func (d digits) firstRows(files []*coverage.File) []fileView {
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	uncovered := func(i int) int { t := files[i].Count(d.partlyMissed); return t.Coverable - t.Covered }
	sort.SliceStable(order, func(i, k int) bool { return uncovered(order[i]) > uncovered(order[k]) })
	var rows []fileView
	for _, i := range order[:min(len(order), maxRows)] {
		rows = append(rows, d.viewFile(files, i))
	}
	return rows
}

func (d digits) viewFile(files []*coverage.File, i int) fileView {
	t := files[i].Count(d.partlyMissed)
	folder, name := splitPath(files[i].Path)
	return fileView{fmt.Sprintf("files/%d.html", i), folder, name, d.Percent(t), class(t), t.Coverable, t.Coverable - t.Covered}
}

// splitPath cuts a path after its last slash.
func splitPath(path string) (folder, name string) {
	path = Plain(path, 1000)
	cut := strings.LastIndexByte(path, '/') + 1
	return path[:cut], path[cut:]
}

// hotspotView is a file in which a test pays: much of it never ran, and it is
// changed often.
type hotspotView struct {
	fileView
	Commits int
}

// maxHotspots is how many files the first page names as hotspots.
const maxHotspots = 8

// hotspots orders the files by uncovered lines (their size times the uncovered
// share) times the commits that changed them. Where all were changed as often,
// the table of files has the same order, and there are none.
func (h HTML) hotspots(files []*coverage.File) []hotspotView {
	type spot struct{ at, score int }
	var spots []spot
	for i, f := range files {
		t := f.Count(h.Page.PartlyMissed)
		if score := (t.Coverable - t.Covered) * h.History.Touched[f.Path]; score > 0 {
			spots = append(spots, spot{i, score})
		}
	}
	sort.SliceStable(spots, func(i, j int) bool { return spots[i].score > spots[j].score })
	touched := func(s spot) int { return h.History.Touched[files[s.at].Path] }
	if !slices.ContainsFunc(spots, func(s spot) bool { return touched(s) != touched(spots[0]) }) {
		return nil
	}
	d := h.Page.digits()
	var out []hotspotView
	for _, s := range spots[:min(len(spots), maxHotspots)] {
		out = append(out, hotspotView{d.viewFile(files, s.at), touched(s)})
	}
	return out
}

// data is the list of files as the script reads it: path, covered and
// coverable lines, covered and all branches, covered and coverable changed
// lines, and those of the baseline, -1 of a file that it has not.
func (h HTML) data(files []*coverage.File, patch map[string]coverage.Count) ([]byte, error) {
	before := h.Page.Coverage != nil && h.Page.Coverage.Before != nil
	changed := map[string]*coverage.Count{}
	if before {
		for _, f := range h.Page.Coverage.Files {
			changed[f.Path] = f.Before
		}
	}
	rows := make([][]any, 0, len(files))
	for _, f := range files {
		t, p := f.Totals(), patch[f.Path]
		t.Lines = f.Count(h.Page.PartlyMissed)
		row := []any{Plain(f.Path, 1000), t.Lines.Covered, t.Lines.Coverable, t.Branches.Covered, t.Branches.Total, p.Covered, p.Coverable}
		if before {
			old, differs := changed[f.Path]
			switch {
			case !differs:
				old = &t.Lines
			case old == nil:
				old = &coverage.Count{Covered: 0, Coverable: -1}
			}
			row = append(row, old.Covered, old.Coverable)
		}
		rows = append(rows, row)
	}
	data, err := json.Marshal(struct {
		Patch  bool    `json:"patch"`
		Before bool    `json:"before"`
		Digits int     `json:"digits"`
		Files  [][]any `json:"files"`
	}{h.Page.Patch != nil, before, int(h.Page.digits().Digits), rows})
	if err != nil {
		return nil, fault.Errorf(fault.Bug, "HTML data: %w", err)
	}
	return data, nil
}

// scriptHash is how a content security policy allows one inline script.
func scriptHash(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
