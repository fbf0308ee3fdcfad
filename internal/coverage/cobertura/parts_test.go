package cobertura

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
)

func TestParts(t *testing.T) {
	whole := coverage.New()
	for i := range 50 {
		f := whole.File(fmt.Sprintf("src/f%02d.go", i))
		for line := range 40 + i {
			f.Hit(line+1, int64(line%3))
		}
	}
	whole.Settle()
	const limit = 20_000
	parts := Parts(whole, limit)
	merged := coverage.New()
	for i, p := range parts {
		var b bytes.Buffer
		if err := Write(&b, p); err != nil || b.Len() > limit {
			t.Errorf("part %d of %d: %d bytes, %v", i, len(parts), b.Len(), err)
		}
		merged.Merge(p)
	}
	if len(parts) < 5 || len(parts) > 20 {
		t.Errorf("%d parts", len(parts))
	}
	if diff := cmp.Diff(whole.Totals(), merged.Totals()); diff != "" || merged.Len() != whole.Len() {
		t.Error(diff)
	}
	if got := Parts(whole, 1); len(got) != 50 {
		t.Errorf("%d parts of files that are too large", len(got))
	}
	if got := Parts(whole, 0); len(got) != 1 || got[0] != whole {
		t.Error("split without a limit")
	}
	if got := Parts(coverage.New(), 10); len(got) != 1 {
		t.Errorf("%d parts of nothing", len(got))
	}
}
