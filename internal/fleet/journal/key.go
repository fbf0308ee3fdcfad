package journal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// Key signs state files (HMAC-SHA256, RFC 2104): who can write such a file, and
// does not have the key, cannot make this tool believe it. Journals lie in caches
// and artifacts of CI systems, where a job of a fork may put one of its own. The
// zero Key signs nothing.
type Key struct{ mac []byte }

// KeyFrom derives a key from a secret that only the operator has. The secret
// cannot be found from the key, nor from what it signs, if it is as random as a
// token is. The purpose in it is part of the format: another makes other keys.
func KeyFrom(v secret.Value) Key {
	if v.Empty() {
		return Key{}
	}
	return Key{mac: v.Derive("gatewright fleet state 1")}
}

// Empty reports whether the key signs nothing.
func (k Key) Empty() bool { return len(k.mac) == 0 }

// ID names the key without showing it: eight hexadecimal digits, "" for the zero
// Key. Messages name keys by it; it proves nothing.
func (k Key) ID() string {
	if k.Empty() {
		return ""
	}
	return hex.EncodeToString(k.sum([]byte("id"), nil))[:8]
}

// Sign returns the signature of a whole file's content, hexadecimal.
func (k Key) Sign(what string, content []byte) string {
	if k.Empty() {
		return ""
	}
	return hex.EncodeToString(k.sum([]byte("file "+what), content))
}

// sum authenticates body as what follows before. What signatures are for begins
// differently ("id", "file plan", a checksum), and holds no line break, so one made
// for one of them is none for another.
func (k Key) sum(before, body []byte) []byte {
	h := sha256.New()
	if !k.Empty() {
		h = hmac.New(sha256.New, k.mac)
	}
	h.Write(before)
	h.Write([]byte{'\n'})
	h.Write(body)
	return h.Sum(nil)
}

// Keys are what a run can check signatures with.
type Keys struct {
	Sign     Key   // signs what is written
	Previous []Key // of before a rotation: believed, and signed anew when written
	Unsigned bool  // what is not signed, or by a key that is not here, is believed too
}

func (k Keys) all() []Key { return append([]Key{k.Sign}, k.Previous...) }

// Verify returns the error of a file that is not to be believed: its signature
// is missing, of another key, or not of this content. what is what it was signed
// as: a signed plan is no list of public keys. A run without any key believes what
// is not signed, for it would not know better what it wrote itself.
func (k Keys) Verify(name, what string, content []byte, signature string) error {
	if k.Unsigned || k.Sign.Empty() && signature == "" {
		return nil
	}
	for _, key := range k.all() {
		if !key.Empty() && hmac.Equal([]byte(key.Sign(what, content)), []byte(signature)) {
			return nil
		}
	}
	if signature == "" {
		return fault.WithHint(fault.Errorf(fault.Input, "%s is not signed: whoever can write it could have changed it", name),
			"make it anew; or, if nobody else can write it, say --unsigned")
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%s is not genuine: it was changed, or signed with another key than this run's (%s)", name, k.Sign.ID()),
		"make it anew; was the token that signs it rotated, GATEWRIGHT_FLEET_PREVIOUS_KEY is the old one")
}

// choose returns the key that signed a journal, by its ID in the first line. The
// first line only says which key to try: whether it signed is seen from every
// line's checksum. A run that has a key takes a journal without one for forged,
// or leaving the signature out would be the way around it.
func (k Keys) choose(path, id string) (Key, error) {
	for _, key := range k.all() {
		if key.ID() == id && (id != "" || k.Sign.Empty()) {
			return key, nil
		}
	}
	switch {
	case id == "" && k.Unsigned:
		return Key{}, nil
	case id == "":
		return Key{}, fault.WithHint(fault.Errorf(fault.Input, "journal %s is not signed: whoever can write it could have changed it", path),
			"if nobody else can write it, `gatewright fleet compact --unsigned` signs it as it is; or start without it: tokens are then found again by their names")
	case k.Sign.Empty():
		return Key{}, fault.WithHint(fault.Errorf(fault.Input, "journal %s is signed with key %s, and this run has no key", path, id),
			"run it with the credentials of the run that wrote it, or set GATEWRIGHT_FLEET_KEY")
	default:
		return Key{}, fault.WithHint(fault.Errorf(fault.Input, "journal %s is signed with key %s, and this run's is %s", path, id, k.Sign.ID()), "%s", lostKeyHint)
	}
}

const lostKeyHint = "was the token that signs it rotated? Set GATEWRIGHT_FLEET_PREVIOUS_KEY to the old one for a run, or, if it is lost and nobody else can write the file, " +
	"`gatewright fleet compact --unsigned` signs it anew; GATEWRIGHT_FLEET_KEY, a text of your own, outlives all tokens"
