package coverage

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/scan"
)

// TestEntries names one file in many objects, whose paths come after their lines:
// what that takes is in proportion to how many there are.
func TestEntries(t *testing.T) {
	read := func(objects int) (r *Report, allocated uint64) {
		var b strings.Builder
		for i := range objects {
			fmt.Fprintf(&b, `{"line":%d,"branch":%d,"few":%d,"path":"a"},`, i+1, i+1, i+1)
		}
		j := scan.NewJSON(strings.NewReader("[" + b.String() + `{"line":1,"path":"b"},{"line":1,"path":"a"}]`))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r = New()
		j.Array(func() {
			r.Entry(j, "path", "line", func(f *File, key []byte) {
				of := string(key) // which is gone once the value is read
				n, _ := j.Int()
				switch of {
				case "line":
					f.Hit(n, 2)
				case "branch":
					f.Branch(n, 7, 1)
				case "few":
					f.SetBranches(n, Branches{1, 2})
					f.SetMissing(n, 2, 0, []uint32{5})
					f.Statements(uint64(n), 3, true)
				}
			})
		})
		runtime.ReadMemStats(&after)
		if err := j.End(); err != nil {
			t.Fatal(err)
		}
		return r, after.TotalAlloc - before.TotalAlloc
	}
	_, few := read(1000)
	r, many := read(8000)
	if many > 16*few {
		t.Errorf("%d bytes for 1,000 objects, %d for 8,000", few, many)
	}
	want := Totals{Files: 1, Lines: Count{8000, 8000}, Branches: Branches{8000, 8000}, Statements: Count{24000, 24000}}
	f := r.Lookup("a")
	if got := f.Totals(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if hits, _ := f.Line(1); hits != 4 {
		t.Errorf("line 1, which two objects have, ran %d times", hits)
	}
}
