package formats

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/reference"
)

// TestJSONLayouts reads every reference report in JSON written tightly, where
// entries repeat a layout, and with spaces of ever different number, where none
// does and each is read with care: the reports must be the same.
func TestJSONLayouts(t *testing.T) {
	root := reference.Path(t, "fixtures")
	read := 0
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var tight bytes.Buffer
		if json.Compact(&tight, text) != nil {
			return nil // JSON lines, or a report to be refused
		}
		// Layouts are compared only where there is room behind an entry.
		tight.WriteString(strings.Repeat(" ", 4096))
		want, ok := canonicalOf(t, path, spaced(tight.Bytes()))
		if !ok {
			return nil
		}
		read++
		if got, _ := canonicalOf(t, path, tight.Bytes()); got != want {
			t.Errorf("%s: tight\n%s\nspaced\n%s", path, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 50 {
		t.Errorf("%d reports were read", read)
	}
}

func canonicalOf(t *testing.T, name string, text []byte) (string, bool) {
	t.Helper()
	report, _, err := Parse(name, bytes.NewReader(text), Options{})
	if err != nil {
		return err.Error(), false
	}
	var b strings.Builder
	if err := coverage.WriteJSON(&b, report); err != nil {
		t.Fatal(err)
	}
	return b.String(), true
}

// spaced writes JSON without spaces with some.
func spaced(tight []byte) []byte {
	var b bytes.Buffer
	quoted := false
	for i, c := range tight {
		b.WriteByte(c)
		switch c {
		case '"':
			quoted = !quoted || i > 0 && tight[i-1] == '\\' && tight[i-2] != '\\'
		case ',', ':', '{', '[':
			if !quoted {
				b.WriteString(strings.Repeat(" ", b.Len()*7919%31))
			}
		}
	}
	return b.Bytes()
}
