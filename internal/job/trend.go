package job

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/summary"
)

// maxTrend is how many runs a trend keeps.
const maxTrend = 1000

// readTrend reads kept totals, oldest first. A file that is not there yet has none.
func readTrend(path string) ([]summary.Point, error) {
	f, err := input.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Errorf(fault.Input, "trend: %w", err)
	}
	defer f.Close()
	var points []summary.Point
	lines := bufio.NewScanner(f)
	// One line a run, so that merging two branches of such a file is easy.
	for n := 1; lines.Scan(); n++ {
		var p summary.Point
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, fault.Errorf(fault.Input, "trend %s:%d: %w", path, n, err)
		}
		points = append(points, p)
	}
	if err := lines.Err(); err != nil {
		return nil, fault.Errorf(fault.Input, "trend %s: %w", path, err)
	}
	return points, nil
}

// writeTrend writes the last of the points, one JSON object a line.
func writeTrend(w io.Writer, points []summary.Point) error {
	enc := json.NewEncoder(w)
	// The oldest go: the file is in a cache or a repository and must not grow for
	// ever.
	for _, p := range points[max(0, len(points)-maxTrend):] {
		if err := enc.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

// trend puts the kept totals and this run's on the page, and keeps them if they are
// a branch's: not those of a pull request, of a merge queue or of another checkout.
func (j *Job) trend() error {
	points, err := readTrend(j.Console.Path(j.Publish.Trend))
	if err != nil {
		return err
	}
	j.page.Trend = points
	if j.page.Coverage == nil {
		return nil
	}
	// Without a coverable line there is no percentage; 0 or 100 would be a lie.
	value, ok := j.page.Coverage.Totals.Lines.Percent()
	if !ok {
		return nil
	}
	j.page.Trend = append(points, summary.Point{Label: time.Now().UTC().Format(time.DateOnly), Value: value})
	// A proposal's coverage is not the branch's, and what was measured in a checkout of
	// something else is not the commit's.
	if j.run.Proposed() || j.foreign {
		return nil
	}
	return j.Console.WriteFile(j.Publish.Trend, func(w io.Writer) error { return writeTrend(w, j.page.Trend) })
}
