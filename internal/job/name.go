package job

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// title is the heading of the page.
func (j *Job) title() string {
	if j.Publish.Name == "" {
		return j.page.Title
	}
	return "Gatewright: " + j.Publish.Name
}

// context is that of the commit's status.
func (j *Job) context() string { return "gatewright/" + j.slug("gate") }

// marker is how the job's comment is found again.
func (j *Job) marker() string {
	if j.Publish.Name == "" {
		return "gatewright:gate"
	}
	return "gatewright:gate:" + j.slug("")
}

// slug is the job's name in letters, digits, dots and single dashes, as markers,
// contexts and file names need it. Names that differ have slugs that differ.
func (j *Job) slug(unnamed string) string {
	name := j.Publish.Name
	if name == "" {
		return unnamed
	}
	words := strings.FieldsFunc(name, func(r rune) bool {
		return r > unicode.MaxASCII || !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_')
	})
	slug := strings.Join(words, "-")
	if slug == name && len(slug) <= 60 {
		return slug
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimPrefix(slug[:min(len(slug), 60)]+"-"+hex.EncodeToString(sum[:4]), "-")
}
