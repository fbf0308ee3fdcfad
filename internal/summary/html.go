package summary

import (
	"bytes"
	"context"
	_ "embed" // the page's style and scripts
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gatewright/gatewright/internal/coverage"
)

//go:embed html/index.html
var indexHTML string

//go:embed html/style.css
var styleCSS string

//go:embed html/index.css
var indexCSS string

//go:embed html/source.css
var sourceCSS string

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
	Made    time.Time // when the report is made; zero leaves it out
	History History
	// Source returns a file's text. An error is shown in place of the text. It
	// is called by many at a time.
	Source func(path string) ([]byte, error)
	// Store keeps a finished page under its slash-separated name. It is called
	// by many at a time and must not keep the slice.
	Store func(name string, page []byte) error
}

// History is what git knows of the commit and of the files.
type History struct {
	Date    time.Time      // of the commit; zero if unknown
	Commits int            // how many commits were looked at
	Touched map[string]int // how many of them changed a file, by path
	Missing string         // why Touched is not known; "" if it is
}

// WriteHTML writes the report: index.html with the tree of files, complete in
// itself, and files/N.html with the annotated source of each file in the order
// of their paths. The pages load nothing from anywhere and may be opened from
// a folder.
func WriteHTML(ctx context.Context, h HTML) error {
	files := h.Report.Files()
	patch := map[string]coverage.Count{}
	if h.Page.Patch != nil {
		for _, f := range h.Page.Patch.Files {
			patch[f.Path] = f.Count(h.Page.PartlyMissed)
		}
	}
	index, err := h.index(files, patch)
	if err != nil {
		return err
	}
	if err := h.Store("index.html", index); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	d, workers := h.Page.digits(), runtime.GOMAXPROCS(0)
	for w := range workers {
		work.Go(func() error {
			var page bytes.Buffer
			for i := w; i < len(files); i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				page.Reset()
				h.source(&page, sourcePage{files, i, patch[files[i].Path], d})
				if err := h.Store(fmt.Sprintf("files/%d.html", i), page.Bytes()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return work.Wait()
}
