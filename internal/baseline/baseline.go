// Package baseline is what a run on a base branch leaves for the runs that are
// compared with it: the coverage, by which texts of which files it was measured,
// totals of earlier runs, and lines that changed without a reason. It says what
// is carried on from there, and what changed where nothing was edited.
package baseline

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/canonical"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/testrun"
)

// FileName is what the file is called where it is alone.
const FileName = "gatewright-baseline.json.gz"

// Limits of a file that is read, in bytes. Whoever could push to the base
// branch wrote it, so it is held for hostile.
const (
	MaxPacked   = 32 << 20
	maxUnpacked = 1 << 30
	maxHeader   = 32 << 20
)

// MaxTrend is how many runs a trend keeps.
const MaxTrend = 200

// Baseline is what is kept of one run.
type Baseline struct {
	Version    int       `json:"gatewrightBaseline"`
	Repository string    `json:"repository"`
	Commit     string    `json:"commit"`
	Branch     string    `json:"branch"`
	Run        string    `json:"run,omitempty"` // address of its page
	At         time.Time `json:"at"`
	// Blobs are the ids of the texts that the report's files had.
	Blobs      map[string]string    `json:"blobs,omitempty"`
	Components map[string]Component `json:"components,omitempty"`
	Trend      []Point              `json:"trend,omitempty"` // oldest first, this run the last
	// Flips are lines that were seen both covered and not over the kept runs in
	// which their text was the same, by file and line; the last state is this run's.
	Flips map[string]map[int]string `json:"flips,omitempty"`
	Tests []testrun.Case            `json:"tests,omitempty"` // that passed, for their times

	Report *coverage.Report `json:"-"`
}

// Component is a part of a monorepo as it was measured.
type Component struct {
	Tree string `json:"tree"`           // digest of its files
	From string `json:"from,omitempty"` // the commit that it was measured at, where that is an earlier one
}

// Point is the total of one run.
type Point struct {
	Commit string  `json:"commit"`
	Label  string  `json:"label"` // a date
	Value  float64 `json:"value"` // line coverage in percent
}

// Write writes the baseline: a line of JSON, and the report in the canonical
// form, packed.
func (b *Baseline) Write(w io.Writer) error {
	b.Version = 1
	z := gzip.NewWriter(w)
	if err := json.NewEncoder(z).Encode(b); err != nil {
		return err
	}
	if err := coverage.WriteJSON(z, b.Report); err != nil {
		return err
	}
	return z.Close()
}

var magic = []byte(`{"gatewrightBaseline":`)

// Sniff reports whether the beginning of a file is that of a baseline.
func Sniff(r io.Reader) bool {
	z, err := gzip.NewReader(r)
	if err != nil {
		return false
	}
	head := make([]byte, len(magic))
	n, _ := io.ReadFull(z, head)
	return string(head[:n]) == string(magic)
}

// Read reads a baseline; name stands for it in errors.
func Read(r io.Reader, name string) (*Baseline, error) {
	b, err := read(r)
	if err != nil {
		return nil, fault.Errorf(fault.Input, "read the baseline %s: %w", name, err)
	}
	return b, nil
}

func read(r io.Reader) (*Baseline, error) {
	z, err := gzip.NewReader(&bounded{r, MaxPacked})
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(&bounded{z, maxUnpacked}, 64<<10)
	var header []byte
	for {
		part, err := in.ReadSlice('\n')
		header = append(header, part...)
		switch {
		case len(header) > maxHeader:
			return nil, errors.New("its first line is longer than one may be")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return nil, fmt.Errorf("it is none of gatewright's: %w", err)
		}
		break
	}
	var b Baseline
	if err := json.Unmarshal(header, &b); err != nil {
		return nil, err
	}
	switch {
	case b.Version != 1:
		return nil, fmt.Errorf("version %d where 1 was expected", b.Version)
	case !git.IsID(b.Commit):
		return nil, fmt.Errorf("%.60q is no commit", b.Commit)
	}
	b.Trend = b.Trend[max(0, len(b.Trend)-MaxTrend):]
	b.Report, err = canonical.Parse(in)
	if err == nil {
		b.Report.Settle()
	}
	return &b, err
}

// bounded refuses to read more than so many bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("it is larger than a baseline may be")
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
