package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reference"
)

// TestOpenedBeforeItWasReplaced: a run that opened the file, and came to lock it when another had written it anew, has a file
// without a name. What it appended there nobody would read.
func TestOpenedBeforeItWasReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	write(t, path, 2)
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first := mustOpen(t, path, signed())
	if err := first.Rewrite(first.Session().Entries); err != nil {
		t.Fatal(err)
	}
	first.Close()
	late := &Journal{file: f, path: path, sign: signed().Sign}
	if err := late.load(signed()); !errors.Is(err, errLocked) {
		t.Errorf("opened: %v", err)
	}
	if j, err := Open(path, signed()); err != nil {
		t.Error(err)
	} else {
		j.Close()
	}
}

// TestFileThatCannotBeLocked: that no other run holds it is not said to be one.
func TestFileThatCannotBeLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	err = (&Journal{file: f, path: path}).load(signed())
	if fault.Of(err) != fault.Input || errors.Is(err, errLocked) || !strings.Contains(fault.Hint(err), "no locks") {
		t.Errorf("%v (hint %q)", err, fault.Hint(err))
	}
}

// TestJournalBehindALink: what is written anew is the file that the link leads to, which others read there.
func TestJournalBehindALink(t *testing.T) {
	dir := t.TempDir()
	shared, link := filepath.Join(dir, "shared"), filepath.Join(dir, "j")
	write(t, shared, 2)
	if err := os.Symlink(shared, link); err != nil {
		reference.Missing(t, "%v", err)
	}
	j := mustOpen(t, link, signed())
	if err := j.Rewrite(j.Session().Entries[:2]); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, j, Entry{Kind: Done})
	j.Close()
	for _, name := range []string{shared, link} {
		if s, err := Read(name, signed()); err != nil || len(s.Entries) != 3 || s.Entries[2].Kind != Done {
			t.Errorf("%s: %d entries, %v", name, len(s.Entries), err)
		}
	}
}
