package job

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/gatewright/gatewright/internal/baseline"
)

// apart returns a name that is the job's alone: base, and where the job has a
// name that behind it.
func (j *Job) apart(base, separator string) string {
	if j.Publish.Name == "" {
		return base
	}
	return base + separator + j.slug("")
}

// context is that of the commit's status.
func (j *Job) context() string { return "gatewright/" + j.slug("gate") }

// marker is how the job's comment is found again.
func (j *Job) marker() string { return j.apart("gatewright:gate", ":") }

// artifactName is that of the artifact in which the CI keeps the baseline.
func (j *Job) artifactName() string { return j.apart("gatewright-baseline", "-") }

// baselineFileName is what the run's baseline is called as a file.
func (j *Job) baselineFileName() string {
	name, _ := strings.CutSuffix(baseline.FileName, ".json.gz")
	return j.apart(name, "-") + ".json.gz"
}

// slug is the job's name in letters, digits, dots and single dashes, as markers,
// contexts and file names need it. Names that differ have slugs that differ.
func (j *Job) slug(unnamed string) string {
	name := j.Publish.Name
	if name == "" {
		return unnamed
	}
	// Single dashes, because two end the HTML comment that the marker stands in.
	words := strings.FieldsFunc(name, func(r rune) bool {
		return r > unicode.MaxASCII || !(unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_')
	})
	slug := strings.Join(words, "-")
	if slug == name && len(slug) <= 60 {
		return slug
	}
	// "a b" and "a/b" are the same words: the sum of the name itself keeps them
	// apart, or one gate would overwrite the other's comment and status.
	sum := sha256.Sum256([]byte(name))
	return strings.TrimPrefix(slug[:min(len(slug), 60)]+"-"+hex.EncodeToString(sum[:4]), "-")
}
