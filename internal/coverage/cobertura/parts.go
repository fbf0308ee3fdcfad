package cobertura

import "github.com/gatewright/gatewright/internal/coverage"

// Parts splits a report by its files so that Write writes each part in at most
// limit bytes; a single file that is larger is a part of its own. A limit of 0
// is none. The parts share the report's memory.
func Parts(r *coverage.Report, limit int64) []*coverage.Report {
	if limit <= 0 {
		return []*coverage.Report{r}
	}
	var parts []*coverage.Report
	used := int64(0)
	for _, f := range r.Files() {
		alone := coverage.New()
		alone.Adopt(f, f.Path)
		var size counter
		_ = Write(&size, alone) // a counter takes everything
		if used += int64(size); len(parts) == 0 || used > limit {
			parts = append(parts, coverage.New())
			used = int64(size)
		}
		parts[len(parts)-1].Adopt(f, f.Path)
	}
	if parts == nil {
		return []*coverage.Report{r}
	}
	return parts
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
