package journal

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// TestRewriteKeepsWhatItIsGiven: numbers and sums are made anew, times stay, and the journal that is open says what the file
// says.
func TestRewriteKeepsWhatItIsGiven(t *testing.T) {
	head := Entry{Kind: Head, At: at(59), Reason: "of another file"}
	for name, tt := range map[string]struct {
		keep []Entry
		want []time.Time
	}{
		"nothing":              {nil, nil},
		"the first line alone": {[]Entry{head}, nil},
		"with a first line":    {[]Entry{head, {Kind: Begin, At: at(1)}, {Kind: Done, At: at(3)}}, []time.Time{at(1), at(3)}},
		"without a first line": {[]Entry{{Kind: Begin, At: at(1)}, {Kind: Done, At: at(3)}}, []time.Time{at(1), at(3)}},
		"a clock set back":     {[]Entry{{Kind: Begin, At: at(5)}, {Kind: Done, At: at(3)}}, []time.Time{at(5), at(5)}},
	} {
		path := filepath.Join(t.TempDir(), "j")
		write(t, path, 3)
		j := mustOpen(t, path, signed())
		if err := j.Rewrite(tt.keep); err != nil {
			t.Fatal(err)
		}
		open := j.Session()
		read, err := Read(path, signed())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(encoded(t, read.Entries), encoded(t, open.Entries)); diff != "" || open.Genuine != read.Genuine {
			t.Errorf("%s: open and read differ: %s", name, diff)
		}
		var got []time.Time
		for _, e := range read.Entries[1:] {
			got = append(got, e.At)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		mustAppend(t, j, Entry{Kind: End, At: at(9)})
		j.Close()
		if read, err = Read(path, signed()); err != nil || len(read.Entries) != len(tt.want)+2 {
			t.Errorf("%s, written on: %d entries, %v", name, len(read.Entries), err)
		}
	}
}

// TestOpenChangesNothing: a file is written anew when its key changes, not whenever it is opened, and one that is not signed
// is signed only when it is asked for.
func TestOpenChangesNothing(t *testing.T) {
	believed := signed()
	believed.Unsigned = true
	for name, tt := range map[string]struct{ written, opened Keys }{
		"signed":                {signed(), signed()},
		"unsigned":              {Keys{}, Keys{}},
		"unsigned and believed": {Keys{}, believed},
	} {
		path := filepath.Join(t.TempDir(), "j")
		var infos []os.FileInfo
		for _, keys := range []Keys{tt.written, tt.opened} {
			j, err := Open(path, keys)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			infos = append(infos, info)
		}
		if !os.SameFile(infos[0], infos[1]) || infos[0].Size() != infos[1].Size() {
			t.Errorf("%s: written anew", name)
		}
	}
}

// TestFileThatCannotBeWrittenAnew: the run ends, and the file is as it was.
func TestFileThatCannotBeWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	write(t, path, 1)
	if err := os.MkdirAll(filepath.Join(path+".new", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	next := Keys{Sign: KeyFrom(secret.New("another")), Previous: []Key{signed().Sign}}
	if _, err := Open(path, next); fault.Of(err) != fault.Input {
		t.Errorf("open with another key: %v", err)
	}
	j := mustOpen(t, path, signed())
	if err := j.Rewrite(nil); fault.Of(err) != fault.Input {
		t.Errorf("rewrite: %v", err)
	}
	j.Close()
	if s, err := Read(path, signed()); err != nil || len(s.Entries) != 2 {
		t.Errorf("%d entries, %v", len(s.Entries), err)
	}
}

func TestJoin(t *testing.T) {
	a := []Entry{{Kind: Head, At: at(8), Token: "a"}, {Kind: Begin, At: at(2), Token: "a"}, {Kind: End, At: at(6), Token: "a"}}
	b := []Entry{{Kind: Head, At: at(0), Token: "b"}, {Kind: Begin, At: at(2), Token: "b"}, {Kind: End, At: at(4), Token: "b"}}
	var got []string
	for _, e := range Join(a, b) {
		got = append(got, string(e.Kind)+" "+e.Token)
	}
	want := []string{"journal a", "begin a", "begin b", "end b", "end a"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Entry{{Kind: Head, At: at(8), Token: "a"}, {Kind: Begin, At: at(2), Token: "a"}, {Kind: End, At: at(6), Token: "a"}}, a); diff != "" {
		t.Errorf("the first journal was changed: %s", diff)
	}
}
