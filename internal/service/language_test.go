package service_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// TestSorter: no coverable file is left out without a note, and where one
// language is sent, files whose names tell none are taken for it.
func TestSorter(t *testing.T) {
	l := service.ParseLanguages("Test", `
Go: .go
Objective C: .m .mm
Dockerfile: Dockerfile*
None:
`)
	r := coverage.New()
	for _, file := range []string{"a.go", "b.M", "Dockerfile.dev", "c.adb", "d.adb", "e"} {
		r.File(file).Hit(1, 1)
	}
	r.File("empty.go")
	for only, want := range map[string]string{
		"":            "Dockerfile:Dockerfile.dev Go:a.go Objective C:b.M | 2 files not sent: no language for .adb; 1 file not sent: no language for a name without an extension",
		"GO":          "Go:a.go,c.adb,d.adb,e | ",
		"objective c": "Objective C:b.M,c.adb,d.adb,e | ",
	} {
		s, err := l.Sorter(only)
		if err != nil {
			t.Fatal(err)
		}
		sorted := s.Sort(r)
		var got []string
		for _, name := range slices.Sorted(maps.Keys(sorted)) {
			var files []string
			for _, f := range sorted[name] {
				files = append(files, f.Path)
			}
			slices.Sort(files)
			got = append(got, name+":"+strings.Join(files, ","))
		}
		if text := strings.Join(got, " ") + " | " + strings.Join(s.Notes(), "; "); text != want {
			t.Errorf("%q: %s, want %s", only, text, want)
		}
	}
	if _, err := l.Sorter("pascal"); fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "Go, Objective C, Dockerfile, None") {
		t.Errorf("%v (%s)", err, fault.Hint(err))
	}
}
