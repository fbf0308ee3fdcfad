package summary

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the page's style and scripts
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

//go:embed html/index.html
var indexHTML string

//go:embed html/style.css
var styleCSS string

//go:embed html/report.js
var reportJS string

//go:embed html/source.js
var sourceJS string

// HTML is everything the HTML report is made of.
type HTML struct {
	Page   Page
	Report *coverage.Report // settled, its paths those of the repository
	// Changed are the changed lines of a file, ascending; nil where no change
	// is known.
	Changed map[string][]int
	// Source returns a file's text. An error is shown in place of the text. It
	// is called by many at a time.
	Source func(path string) ([]byte, error)
	// Store keeps a finished page under its slash-separated name. It is called
	// by many at a time and must not keep the slice.
	Store func(name string, page []byte) error
}

// WriteHTML writes the report: index.html with the tree of files, complete in
// itself, and files/N.html with the annotated source of each file in the order
// of their paths. The pages load nothing from anywhere and may be opened from
// a folder.
func WriteHTML(ctx context.Context, h HTML) error {
	files := h.Report.Files()
	index, err := h.index(files)
	if err != nil {
		return err
	}
	if err := h.Store("index.html", index); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		work.Go(func() error {
			var page bytes.Buffer
			for i := w; i < len(files); i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				page.Reset()
				h.source(&page, files[i])
				if err := h.Store(fmt.Sprintf("files/%d.html", i), page.Bytes()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return work.Wait()
}

// shareView is a share in words.
type shareView struct{ Percent, Of string }

// outcomeView is an outcome in words, and the class that colours it.
type outcomeView struct{ Class, Sign, Word string }

func viewOutcome(o service.Outcome) outcomeView {
	return outcomeView{string(o), sign(o), short(o)}
}

type conditionView struct {
	outcomeView
	Name, Actual, Wanted, Why string
}

// indexView is what the template shows.
type indexView struct {
	Title, Run, Percent, Lines, Change string
	Files                              int
	Verdict                            *outcomeView
	Branches, Patch                    *shareView
	Conditions                         []conditionView
	Trend                              template.HTML
	Style                              template.CSS
	Script, Data                       template.JS
	ScriptHash                         string
}

func (h HTML) index(files []*coverage.File) ([]byte, error) {
	t := h.Report.Totals()
	v := indexView{
		Title: Plain(h.Page.title(), 100), Run: runName(h.Page.Run), Percent: Percent(t.Lines), Files: t.Files,
		Lines: fmt.Sprintf("%d of %d", t.Lines.Covered, t.Lines.Coverable),
		Style: template.CSS(styleCSS), Script: template.JS(reportJS), ScriptHash: scriptHash(reportJS), //nolint:gosec // our own text
	}
	if c := h.Page.Coverage; c != nil {
		v.Change = totalChange(c)
	}
	if t.Branches.Total > 0 {
		v.Branches = &shareView{branchPercent(t.Branches), fmt.Sprintf("%d of %d", t.Branches.Covered, t.Branches.Total)}
	}
	if p := h.Page.Patch; p != nil {
		v.Patch = &shareView{Percent(p.Totals), fmt.Sprintf("%d of %d", p.Totals.Covered, p.Totals.Coverable)}
	}
	if h.Page.Outcome != "" {
		o := viewOutcome(h.Page.Outcome)
		v.Verdict = &o
	}
	for _, r := range conditionRows(h.Page) {
		v.Conditions = append(v.Conditions, conditionView{viewOutcome(r.Result), Plain(r.name(), maxPath), Plain(r.Actual, 60), Plain(r.Wanted, 60), Plain(r.Why, maxMessage)})
	}
	v.Trend = template.HTML(trendSVG(h.Page.Trend)) //nolint:gosec // escaped where it is made
	data, err := h.data(files)
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

// data is the list of files as the script reads it: path, covered and
// coverable lines, covered and all branches, covered and coverable changed
// lines.
func (h HTML) data(files []*coverage.File) ([]byte, error) {
	patch := map[string]coverage.Count{}
	if h.Page.Patch != nil {
		for _, f := range h.Page.Patch.Files {
			patch[f.Path] = f.Count()
		}
	}
	rows := make([][7]any, 0, len(files))
	for _, f := range files {
		t, p := f.Totals(), patch[f.Path]
		rows = append(rows, [7]any{Plain(f.Path, 1000), t.Lines.Covered, t.Lines.Coverable, t.Branches.Covered, t.Branches.Total, p.Covered, p.Coverable})
	}
	data, err := json.Marshal(struct {
		Patch bool     `json:"patch"`
		Files [][7]any `json:"files"`
	}{h.Page.Patch != nil, rows})
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
