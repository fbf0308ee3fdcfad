package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// Whoever can write the file and does not have the key cannot make a run
// believe it: not by lines with fitting plain checksums, not by leaving the
// signature out.
func TestForgedJournalIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	write(t, path, 2)
	// The forger writes a whole journal as a run without a key would.
	forged := filepath.Join(t.TempDir(), "forged")
	j := mustOpen(t, forged, Keys{})
	mustAppend(t, j, Entry{Kind: Retiring, Subject: "github:1", Token: "99"})
	j.Close()
	text := mustRead(t, forged)
	genuine := mustRead(t, path)
	first, _, _ := strings.Cut(string(genuine), "\n")
	_, tail, _ := strings.Cut(string(text), "\n")
	for name, bad := range map[string]string{"unsigned": string(text), "the genuine first line": first + "\n" + tail} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, signed()); fault.Of(err) != fault.Input {
			t.Errorf("%s: read: %v", name, err)
		}
		if _, err := Open(path, signed()); fault.Of(err) != fault.Input {
			t.Errorf("%s: open: %v", name, err)
		}
	}
}

func TestKeyIsRotated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	write(t, path, 2)
	next := Keys{Sign: KeyFrom(secret.New("another one"))}
	_, err := Open(path, next)
	if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "GATEWRIGHT_FLEET_PREVIOUS_KEY") {
		t.Fatalf("a new key alone: %v", err)
	}
	next.Previous = []Key{signed().Sign}
	j := mustOpen(t, path, next)
	if s := j.Session(); len(s.Entries) != 3 || !s.Genuine || j.Path() != path {
		t.Errorf("%d entries, genuine %v, %s", len(s.Entries), s.Genuine, j.Path())
	}
	mustAppend(t, j, Entry{Kind: Done})
	if _, err := Open(path, next); err == nil {
		t.Error("the new file is not locked")
	}
	j.Close()
	next.Previous = nil
	if s, err := Read(path, next); err != nil || len(s.Entries) != 4 {
		t.Errorf("with the new key alone: %d entries, %v", len(s.Entries), err)
	}
	// A key that is lost: the operator says that the file is to be believed.
	third := Keys{Sign: KeyFrom(secret.New("a third")), Unsigned: true}
	if s, err := Read(path, third); err != nil || s.Genuine || len(s.Entries) != 4 {
		t.Errorf("read unverified: %+v, %v", s, err)
	}
	j = mustOpen(t, path, third)
	j.Close()
	third.Unsigned = false
	if s, err := Read(path, third); err != nil || !s.Genuine {
		t.Errorf("signed anew: %v", err)
	}
}

func TestUnsignedJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := mustOpen(t, path, Keys{})
	j.Close()
	if s, err := Read(path, Keys{}); err != nil || s.Genuine {
		t.Errorf("without keys: %v", err)
	}
	if _, err := Open(path, signed()); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "is not signed") {
		t.Errorf("with a key: %v", err)
	}
	keys := signed()
	keys.Unsigned = true
	j = mustOpen(t, path, keys)
	if err := j.Rewrite(j.Session().Entries); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if s, err := Read(path, signed()); err != nil || !s.Genuine {
		t.Errorf("signed by hand: %v", err)
	}
}

func TestFileSignatures(t *testing.T) {
	k := signed()
	sig := k.Sign.Sign("plan", []byte("text"))
	other := Keys{Sign: KeyFrom(secret.New("another"))}
	for name, tt := range map[string]struct {
		err  error
		good bool
	}{
		"genuine":          {k.Verify("p", "plan", []byte("text"), sig), true},
		"changed":          {k.Verify("p", "plan", []byte("tex"), sig), false},
		"of another kind":  {k.Verify("p", "keys", []byte("text"), sig), false},
		"unsigned":         {k.Verify("p", "plan", []byte("text"), ""), false},
		"another key":      {other.Verify("p", "plan", []byte("text"), sig), false},
		"said to be so":    {Keys{Sign: k.Sign, Unsigned: true}.Verify("p", "plan", []byte("x"), ""), true},
		"no key, no sum":   {Keys{}.Verify("p", "plan", []byte("x"), ""), true},
		"no key, signed":   {Keys{}.Verify("p", "plan", []byte("text"), sig), false},
		"the previous key": {Keys{Sign: other.Sign, Previous: []Key{k.Sign}}.Verify("p", "plan", []byte("text"), sig), true},
	} {
		if (tt.err == nil) != tt.good {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
}
