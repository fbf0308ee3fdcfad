package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse: a journal is read, or refused; what is taken is whole lines, in
// their order.
func FuzzParse(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal")
	j, err := Open(path, signed())
	if err != nil {
		f.Fatal(err)
	}
	for range 3 {
		if err := j.Append(Entry{Kind: Planned, Subject: "github:1", Repo: "acme/api"}); err != nil {
			f.Fatal(err)
		}
	}
	_ = j.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
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
