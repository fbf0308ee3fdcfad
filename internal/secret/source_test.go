package secret

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestFromFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("\n abc \r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := FromFile(file); err != nil || v.Expose() != "abc" {
		t.Errorf("%q, %v", v.Expose(), err)
	}
	if _, err := FromFile(file + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(file, []byte(strings.Repeat("x", maxSource+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := FromFile(file); err == nil || !v.Empty() {
		t.Errorf("a file that is longer than any token was taken: %v", err)
	}
}

func TestFromReader(t *testing.T) {
	if v, err := FromReader(strings.NewReader(strings.Repeat("x", maxSource))); err != nil {
		t.Errorf("the longest token there may be: %v", err)
	} else if n, _ := v.Len(); n != maxSource {
		t.Errorf("%d bytes of %d", n, maxSource)
	}
	if v, err := FromReader(strings.NewReader(strings.Repeat("x", maxSource+1))); err == nil || !v.Empty() {
		t.Errorf("one longer than that was taken: %v", err)
	}
	broken := errors.New("broken")
	if v, err := FromReader(iotest.ErrReader(broken)); !errors.Is(err, broken) || !v.Empty() {
		t.Errorf("%v", err)
	}
}

func TestParts(t *testing.T) {
	v := New("app:cdt_0123456789abcdeü")
	name, rest, ok := v.Split(":")
	if name != "app" || rest.Expose() != "cdt_0123456789abcdeü" || !ok {
		t.Errorf("%q, %q, %v", name, rest.Expose(), ok)
	}
	if name, same, ok := rest.Split(":"); name != "" || !same.Equal(rest) || ok {
		t.Errorf("split without a separator: %q, %v", name, ok)
	}
	if !rest.HasPrefix("cdt_") || rest.HasPrefix("app") {
		t.Error("HasPrefix")
	}
	if bytes, characters := rest.Len(); bytes != 21 || characters != 20 {
		t.Errorf("%d bytes, %d characters", bytes, characters)
	}
	if New("a").Equal(New("b")) || !New("a").Equal(New(" a\n")) || !New("").Equal(Value{}) {
		t.Error("Equal")
	}
}

func TestLastFour(t *testing.T) {
	for in, want := range map[string]string{"": "", "0123456789abcde": "", "0123456789abcdef": "cdef"} {
		if got := New(in).LastFour(); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestFingerprint(t *testing.T) {
	// The first digits of SHA-256 of "abc", as FIPS 180-2 gives them.
	if got := New("abc").Fingerprint(); got != "ba7816bf" {
		t.Errorf("%q", got)
	}
	if New("abd").Fingerprint() == New("abc").Fingerprint() {
		t.Error("two secrets look alike")
	}
}

func TestDerive(t *testing.T) {
	// HMAC-SHA256 as RFC 2104 defines it, of a well-known example.
	const want = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
	if got := hex.EncodeToString(New("key").Derive("The quick brown fox jumps over the lazy dog")); got != want {
		t.Errorf("%s", got)
	}
	if got := New("").Derive("purpose"); got != nil {
		t.Errorf("of no secret: %x", got)
	}
}

// TestEncodings: PowerShell redirects into UTF-16, and writes UTF-8 with a mark.
func TestEncodings(t *testing.T) {
	for text, want := range map[string]string{
		"\xef\xbb\xbftok-é\r\n":                   "tok-é",
		"\xff\xfet\x00o\x00k\x00\r\x00\n\x00":     "tok",
		"\xfe\xff\x00t\x00o\x00k\x00\n":           "tok",
		"\xff\xfe\x3d\xd8\x80\xde":                "🚀",
		"\xff\xfe":                                "",
		"\xff\xfet\x00o":                          "t\ufffd", // cut off
		"\xfftok":                                 "\xfftok",
		"-----BEGIN KEY-----\na\n-----END-----\n": "-----BEGIN KEY-----\na\n-----END-----",
	} {
		if v, err := FromReader(strings.NewReader(text)); err != nil || v.Expose() != want {
			t.Errorf("%q: %q, %v; want %q", text, v.Expose(), err, want)
		}
	}
	if v := New("\ufefftok"); v.Expose() != "tok" {
		t.Errorf("%q", v.Expose())
	}
}
