package secret

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
)

// Redactor scrubs known secrets from text that was written elsewhere: server
// messages, echoed requests, what tests printed, panics. It is the second line of
// defence; the first is that a Value cannot be printed. Safe for concurrent use;
// the zero Redactor knows no secret.
type Redactor struct {
	mu    sync.RWMutex
	forms []*form // longest first
}

// form is a secret, or what an encoder makes of one.
type form struct {
	text string
	run  string // its longest run of characters that are written in one way only

	once sync.Once // for all, which few forms need
	all  *regexp.Regexp
}

// minRedacted is the length from which a text is taken for a secret: shorter
// ones would blot out ordinary words.
const minRedacted = 6

// Add teaches the redactor a secret in every form that a server or an encoder may
// write it in: as it is, line by line, base64 and hexadecimal, and base64 at any
// place of a longer text. What an encoder makes of two of them, as base64 of
// base64, is not found.
func (r *Redactor) Add(v Value) {
	text := v.Expose()
	if len(text) < minRedacted {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.forms, func(f *form) bool { return f.text == text }) {
		return // clients add their credential before every request
	}
	for _, text := range forms(text) {
		if len(text) >= minRedacted {
			r.forms = append(r.forms, &form{text: text, run: longestRun(text)})
		}
	}
	// A form may be part of a longer one: were it replaced first, the rest of the
	// longer one would stay.
	sort.SliceStable(r.forms, func(i, k int) bool { return len(r.forms[i].text) > len(r.forms[k].text) })
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
	r.forms = slices.DeleteFunc(r.forms, func(f *form) bool { return slices.Contains(gone, f.text) })
}

// forms returns what a server or an encoder may make of a text, line by line too.
func forms(text string) []string {
	all := append(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"),
		text,
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
	for _, f := range r.forms {
		if !strings.Contains(text, f.run) {
			continue
		}
		text = strings.ReplaceAll(text, f.text, "***")
		if f.run == f.text || !strings.Contains(text, f.run) {
			continue
		}
		if all := f.spellings(); all != nil {
			text = all.ReplaceAllLiteralString(text, "***")
		}
	}
	return text
}

// once reports whether a character is written in one way only, by every encoder.
func once(c rune) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func longestRun(text string) string {
	longest := ""
	for _, run := range strings.FieldsFunc(text, func(c rune) bool { return !once(c) }) {
		if len(run) > len(longest) {
			longest = run
		}
	}
	return longest
}

// spellings matches the form with each character as URLs, JSON, HTML and Markdown
// have it; ours too, which breaks up what a forge would make a link of by a blank
// without width. It is nil for a text of thousands of lines.
func (f *form) spellings() *regexp.Regexp {
	f.once.Do(f.spell)
	return f.all
}

func (f *form) spell() {
	var b strings.Builder
	for _, c := range f.text {
		if once(c) {
			b.WriteRune(c)
			continue
		}
		bytes := ""
		for _, one := range []byte(string(c)) {
			bytes += fmt.Sprintf("%%(?:25)?%02x", one)
		}
		fmt.Fprintf(&b, `\x{200b}?(?:\\?%s|&#0*%d;|(?i:&#x0*%x;|\\u%04x|%s)|&(?:amp|lt|gt|quot|apos);|\\[nrt]`, regexp.QuoteMeta(string(c)), c, c, c, bytes)
		if unicode.IsSpace(c) {
			b.WriteString("|[ +]|%2[Bb]")
		}
		b.WriteString(`)\x{200b}?`)
	}
	f.all, _ = regexp.Compile(b.String())
}
