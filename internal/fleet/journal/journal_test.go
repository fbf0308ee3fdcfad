package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

func at(sec int) time.Time { return time.Date(2026, 11, 21, 12, 0, sec, 0, time.UTC) }

// signed is a run with a key.
func signed() Keys { return Keys{Sign: KeyFrom(secret.New("the operator's own"))} }

func mustOpen(t testing.TB, path string, keys Keys) *Journal {
	t.Helper()
	j, err := Open(path, keys)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func mustAppend(t testing.TB, j *Journal, e Entry) {
	t.Helper()
	if err := j.Append(e); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, path string, n int) {
	t.Helper()
	j := mustOpen(t, path, signed())
	defer j.Close()
	for i := range n {
		mustAppend(t, j, Entry{At: at(i), Kind: Minted, Run: "r1", Subject: "github:1", Repo: "acme/api", Token: "7", Sealed: []Sealed{{Place: "actions", KeyID: "k", Text: `a","sum":"0123456789abcdef"}`}}})
	}
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "fleet.journal")
	write(t, path, 2)
	write(t, path, 1)
	session, err := Read(path, signed())
	if err != nil || !session.Genuine {
		t.Fatal(session.Genuine, err)
	}
	var got []int64
	for _, e := range session.Entries {
		got = append(got, e.Seq)
	}
	if diff := cmp.Diff([]int64{1, 2, 3, 4}, got); diff != "" {
		t.Error(diff)
	}
	if text := session.Entries[2].Sealed[0].Text; text != `a","sum":"0123456789abcdef"}` {
		t.Errorf("sealed text came back as %q", text)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A cut at any byte leaves exactly the whole lines before it, and the file can
// be written on.
func TestCutAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "j")
	write(t, path, 3)
	text := mustRead(t, path)
	for cut := range len(text) + 1 {
		if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		whole := strings.Count(string(text[:cut]), "\n")
		j, err := Open(path, signed())
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if len(j.Session().Entries) != whole {
			t.Fatalf("cut at %d: %d entries, want %d", cut, len(j.Session().Entries), whole)
		}
		mustAppend(t, j, Entry{At: at(9), Kind: Done})
		j.Close()
		session, err := Read(path, signed())
		if err != nil || len(session.Entries) != max(whole, 1)+1 {
			t.Fatalf("cut at %d, written on: %d entries, %v", cut, len(session.Entries), err)
		}
	}
}

// TestAnotherFile: what is no journal is not one of which nothing was written.
func TestAnotherFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	for _, text := range []string{"<!doctype html>", "[[[[", strings.Repeat("a", 1<<20), "\x00\x00", "{\"seq\":1}\r{\"seq\":2}"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, signed()); fault.Of(err) != fault.Input {
			t.Errorf("read %.20q: %v", text, err)
		}
		if _, err := Open(path, signed()); fault.Of(err) != fault.Input {
			t.Errorf("open %.20q: %v", text, err)
		}
	}
}

// A change of any byte of a whole line is noticed.
func TestChangedByteIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	write(t, path, 3)
	text := mustRead(t, path)
	for i, c := range text {
		if c == '\n' && i == len(text)-1 {
			continue // without its line break the last line is an unfinished one
		}
		changed := append([]byte(nil), text...)
		changed[i] ^= 1
		if _, err := parse("j", changed, signed()); err == nil {
			t.Fatalf("byte %d (%q) changed unnoticed", i, c)
		}
	}
	lines := strings.SplitAfter(string(text), "\n")
	for name, bad := range map[string]string{
		"line removed":  lines[0] + lines[2] + lines[3],
		"first removed": lines[1] + lines[2],
		"swapped":       lines[0] + lines[2] + lines[1],
		"doubled":       lines[0] + lines[1] + lines[1],
		"foreign line":  lines[0] + "{}\n",
	} {
		if _, err := parse("j", []byte(bad), signed()); fault.Of(err) != fault.Input {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLockedAgainstASecondRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := mustOpen(t, path, signed())
	if _, err := Open(path, signed()); !errors.Is(err, errLocked) || fault.Of(err) != fault.Input {
		t.Errorf("second Open: %v", err)
	}
	if _, err := Read(path, signed()); err != nil {
		t.Errorf("reading while another writes: %v", err)
	}
	j.Close()
	mustOpen(t, path, signed()).Close()
}

func TestNothingIsTakenAfterAFailedWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := mustOpen(t, path, signed())
	j.file.Close() // the disk is gone
	first := j.Append(Entry{Kind: Done})
	if first == nil || j.Append(Entry{Kind: Done}) != first {
		t.Errorf("after a failed write: %v", first)
	}
	if j.Close() == nil {
		t.Error("closing reports nothing")
	}
}

func TestTimesNeverGoBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := mustOpen(t, path, signed())
	defer j.Close()
	for _, a := range []time.Time{at(0).AddDate(10, 0, 0), at(1).AddDate(10, 0, 0), at(0)} {
		mustAppend(t, j, Entry{At: a, Kind: Done})
	}
	session, _ := Read(path, signed())
	for i, want := range []int{0, 1, 1} {
		if got := session.Entries[i+1].At; !got.Equal(at(want).AddDate(10, 0, 0)) {
			t.Errorf("line %d has the time %s", i+2, got)
		}
	}
}
