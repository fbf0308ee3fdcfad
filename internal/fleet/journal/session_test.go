package journal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

func TestSessionOfNothing(t *testing.T) {
	s, err := Read(filepath.Join(t.TempDir(), "none"), signed())
	if err != nil || s.Signed() || !s.Genuine {
		t.Errorf("%+v, %v", s, err)
	}
	if err := s.Append(Entry{Kind: Done}); fault.Of(err) != fault.Bug {
		t.Errorf("append to what was opened to be read: %v", err)
	}
	if (Session{Entries: []Entry{{Kind: Head}}}).Signed() {
		t.Error("a first line without a key is signed")
	}
}

func TestSessionAppends(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := mustOpen(t, path, signed())
	s := j.Session()
	if err := s.Append(Entry{Kind: Done}); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if err := s.Append(Entry{Kind: Done}); fault.Of(err) != fault.Input {
		t.Errorf("append to a closed file: %v", err)
	}
	if s, err := Read(path, signed()); err != nil || len(s.Entries) != 2 {
		t.Errorf("%d entries, %v", len(s.Entries), err)
	}
}

// TestPathsThatAreNoJournal: neither a folder that cannot be made nor a name that leads nowhere is an empty journal.
func TestPathsThatAreNoJournal(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "gone", "j"), link); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"below a file": filepath.Join(file, "j"), "a link to nowhere": link, "a folder": dir} {
		if _, err := Open(path, signed()); fault.Of(err) != fault.Input {
			t.Errorf("open %s: %v", name, err)
		}
	}
	for name, path := range map[string]string{"below a file": filepath.Join(file, "j"), "a folder": dir} {
		if _, err := Read(path, signed()); fault.Of(err) != fault.Input {
			t.Errorf("read %s: %v", name, err)
		}
	}
}
