package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/summary"
)

// maxTrend is how many runs a trend keeps.
const maxTrend = 1000

// readTrend reads kept totals, oldest first. A file that is not there yet has none.
func readTrend(path string) ([]summary.Point, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Errorf(fault.Input, "trend: %w", err)
	}
	defer f.Close()
	var points []summary.Point
	lines := bufio.NewScanner(f)
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
	for _, p := range points[max(0, len(points)-maxTrend):] {
		if err := enc.Encode(p); err != nil {
			return err
		}
	}
	return nil
}
