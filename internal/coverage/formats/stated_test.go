package formats

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/reference"
)

// TestStatedTotals compares the totals that the reference reports state
// themselves with what is read of them. It prints "n of n", and every
// difference with its reason.
func TestStatedTotals(t *testing.T) {
	root := reference.Path(t, "fixtures")
	stated, agree := 0, 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(file) == root {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, file)
		report, _, err := Parse(rel, bytes.NewReader(data), Options{})
		if err != nil {
			return nil
		}
		n := report.NumStated()
		remarks := report.Remarks()
		stated += n
		agree += n
		for _, r := range remarks {
			if r.Counted != nil {
				agree--
				t.Logf("%s: %s", filepath.ToSlash(rel), strings.TrimPrefix(r.Message, "the report "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("stated totals: %d of %d agree", agree, stated)
}
