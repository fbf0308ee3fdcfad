package fleet

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

// FuzzReadPlan: a plan is read, or refused as the user's input.
func FuzzReadPlan(f *testing.F) {
	f.Add([]byte(`{"version":1,"settings":{"service":"codacy","forge":"github","organization":"acme"},"repositories":[]}`))
	f.Add([]byte(`{"version":9}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ReadPlan("p", text); err != nil && fault.Of(err) != fault.Input {
			t.Errorf("%q: %v is %v", text, err, fault.Of(err))
		}
	})
}

// FuzzParseFile: so is a configuration, and what is read of it resolves to
// fleets or is refused.
func FuzzParseFile(f *testing.F) {
	f.Add([]byte("service: codacy\nforge: github\norganization: acme\nrepositories:\n  include: ['sdk-*']\n"))
	f.Add([]byte("fleets:\n  - name: a\n    service: codeant\n  - name: b\n"))
	guide, _ := filepath.Glob("testdata/*.yml")
	for _, name := range guide {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := ParseFile("f", text)
		if err == nil {
			_, err = file.Each("")
		}
		if err != nil && fault.Of(err) != fault.Input {
			t.Errorf("%q: %v is %v", text, err, fault.Of(err))
		}
	})
}
