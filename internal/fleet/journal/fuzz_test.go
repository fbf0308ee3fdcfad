package journal

import (
	"bytes"
	"path/filepath"
	"testing"
)

// FuzzParse: a journal is read, or refused; what is taken is whole lines, in
// their order.
func FuzzParse(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal")
	j := mustOpen(f, path, signed())
	for range 3 {
		mustAppend(f, j, Entry{Kind: Planned, Subject: "github:1", Repo: "acme/api"})
	}
	_ = j.Close()
	whole := mustRead(f, path)
	for _, text := range [][]byte{whole, whole[:len(whole)/2], nil, []byte("{\"seq\":1"), []byte("<html>")} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parse("j", text, signed())
		if err != nil {
			return
		}
		if c.torn > len(text) || len(c.entries) != bytes.Count(text, []byte("\n")) {
			t.Fatalf("%d entries, %d bytes torn, of %q", len(c.entries), c.torn, text)
		}
		for i, e := range c.entries {
			if e.Seq != int64(i+1) {
				t.Fatalf("entry %d is numbered %d", i, e.Seq)
			}
		}
	})
}
