// Package secret holds values that cannot be printed: tokens on their way from
// where the user keeps them to the one request header or sealed box that needs
// them. It also recognises tokens by their prefix and scrubs them from text
// that comes back from outside.
package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"
)

// Value is one secret text. The zero Value is empty. Values are small and may
// be copied; the text itself sits behind a closure, because fmt does not call
// the methods of values in unexported fields and would print a plain string.
type Value struct {
	reveal func() string
}

// New makes a Value of text, with surrounding white space removed: tokens
// pasted into a CI's settings often end in a line break. A text that is only a
// reference to a variable (see Unexpanded) makes an empty Value.
func New(text string) Value {
	text = Setting(strings.TrimPrefix(text, "\ufeff")) // the mark of UTF-8 that Windows' programs write
	if text == "" {
		return Value{}
	}
	return Value{reveal: func() string { return text }}
}

// Expose returns the secret text. It is called by request writers, sealers and
// the CI's masking command, and by nothing else (archtest holds the list).
func (v Value) Expose() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// Unwrapped returns the secret without quotes around it.
func (v Value) Unwrapped() Value { return New(Unwrap(v.Expose())) }

// Empty reports whether there is no secret: unset, or set to white space.
func (v Value) Empty() bool { return v.reveal == nil }

// Equal compares two secrets.
func (v Value) Equal(w Value) bool { return v.Expose() == w.Expose() }

// String returns the form for people: the known prefix and the last four
// characters of a long token, dots for anything else.
func (v Value) String() string {
	if v.Empty() {
		return ""
	}
	const dots = "••••"
	last := v.LastFour()
	if last == "" {
		return dots
	}
	return prefixOf(v.Expose()) + dots + last
}

// GoString is String, for %#v.
func (v Value) GoString() string { return v.String() }

// Format is String whatever the verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(v.String())) }

// MarshalText is String, for encoders.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalJSON is String, quoted.
func (v Value) MarshalJSON() ([]byte, error) { return []byte(`"` + v.String() + `"`), nil }

// LogValue is String, for slog.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Split cuts a secret that is written as "name" + sep + "secret" and returns
// the name, which is no secret, and the rest.
func (v Value) Split(sep string) (name string, rest Value, ok bool) {
	name, text, ok := strings.Cut(v.Expose(), sep)
	if !ok {
		return "", v, false
	}
	return name, New(text), true
}

// HasPrefix reports whether the secret begins with prefix.
func (v Value) HasPrefix(prefix string) bool { return strings.HasPrefix(v.Expose(), prefix) }

// Len returns how long the secret is.
func (v Value) Len() (bytes, characters int) {
	text := v.Expose()
	return len(text), utf8.RuneCountInString(text)
}

// prefixOf returns the part of a token that only names its issuer: one or two
// short words of lower-case letters and digits, each with "_" or "-" after it
// ("cdt_", "glpat-", "github_pat_"), or "".
func prefixOf(text string) string {
	end, start := 0, 0
	for i := 0; i < len(text) && i <= 10; i++ {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && i > 0:
			continue
		case (c == '_' || c == '-') && i-start >= 2 && (end == 0 || i-start <= 3):
			second := end > 0
			start, end = i+1, i+1
			if !second {
				continue
			}
		}
		break
	}
	return text[:end]
}

// Derive returns 32 bytes that stand for the secret and the purpose and show
// neither: the same for the same two (HMAC-SHA256). nil for an empty Value.
func (v Value) Derive(purpose string) []byte {
	if v.Empty() {
		return nil
	}
	h := hmac.New(sha256.New, []byte(v.reveal()))
	h.Write([]byte(purpose))
	return h.Sum(nil)
}

// shortest is the length from which four characters may be shown: at least twelve
// stay unknown.
const shortest = 16

// LastFour returns the four characters that services show of a token, or "" for
// a token too short to show any of.
func (v Value) LastFour() string {
	text := v.Expose()
	if len(text) < shortest {
		return ""
	}
	return text[len(text)-4:]
}

// Fingerprint distinguishes secrets without showing them: the first eight
// hexadecimal digits of the text's SHA-256. It is for tokens, which are long
// and random; never use it on a password.
func (v Value) Fingerprint() string {
	sum := sha256.Sum256([]byte(v.Expose()))
	return hex.EncodeToString(sum[:4])
}
