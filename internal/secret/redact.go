package secret

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Redactor scrubs known secrets from text that was written elsewhere: server
// messages, echoed requests, panics. It is the second line of defence; the
// first is that a Value cannot be printed. Safe for concurrent use; the zero
// Redactor knows no secret.
type Redactor struct {
	mu    sync.RWMutex
	forms []string // longest first
}

// minRedacted is the length from which a text is taken for a secret: shorter
// ones would blot out ordinary words.
const minRedacted = 6

// Add teaches the redactor a secret in every form that a server or an encoder may
// write it in: as it is, line by line, base64-, hex-, URL- and JSON-escaped, and
// base64 at any place of a longer text. What an encoder makes of two of them, as
// base64 of base64, is not found.
func (r *Redactor) Add(v Value) {
	text := v.Expose()
	if len(text) < minRedacted {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.forms, text) {
		return // clients add their credential before every request
	}
	for _, form := range forms(text) {
		if len(form) >= minRedacted {
			r.forms = append(r.forms, form)
		}
	}
	// A form may be part of a longer one: were it replaced first, the rest of the
	// longer one would stay.
	slices.SortStableFunc(r.forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// Forget takes a secret out again: one of thousands that was only passed on
// and that nothing can print any more. One added twice is forgotten as well.
func (r *Redactor) Forget(v Value) {
	text := v.Expose()
	if text == "" {
		return
	}
	gone := forms(text)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forms = slices.DeleteFunc(r.forms, func(form string) bool { return slices.Contains(gone, form) })
}

// forms returns what a server or an encoder may make of a text, line by line too.
func forms(text string) []string {
	quoted, _ := json.Marshal(text) // a string always marshals
	all := append(strings.Split(text, "\n"),
		text,
		strings.Trim(string(quoted), `"`),
		url.QueryEscape(text),
		url.PathEscape(text),
		base64.StdEncoding.EncodeToString([]byte(text)),
		base64.RawStdEncoding.EncodeToString([]byte(text)),
		base64.URLEncoding.EncodeToString([]byte(text)),
		hex.EncodeToString([]byte(text)),
		strings.ToUpper(hex.EncodeToString([]byte(text))),
	)
	// Within a longer text, as in the "user:token" of basic authentication: the
	// digits that do not depend on what stands before and behind.
	for before := range 3 {
		bytes := append(make([]byte, before), text...)
		first, last := (before*8+5)/6, len(bytes)*8/6
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			all = append(all, encoding.EncodeToString(bytes)[first:last])
		}
	}
	return all
}

// Clean replaces every known secret in text by "***".
func (r *Redactor) Clean(text string) string {
	if r == nil {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, form := range r.forms {
		text = strings.ReplaceAll(text, form, "***")
	}
	return text
}
