package baseline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/git"
)

// Files are those of a commit, with the ids of their texts.
type Files interface {
	All() []string // sorted
	ID(path string) string
}

// Digest returns the digest of the names and texts of the files that match,
// and how many they are.
func Digest(f Files, match func(path string) bool) (digest string, n int) {
	sum := sha256.New()
	for _, path := range f.All() {
		if match(path) {
			n++
			fmt.Fprintf(sum, "%s %s\x00", f.ID(path), path)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), n
}

// Part is a component of now's run.
type Part struct {
	Name  string
	Match func(path string) bool
}

// Carry adds to now's report the files of a component that no report names, if
// the component's files are, by name and text, those that the baseline's run
// measured. It returns the commit they were measured at, "" if nothing was
// carried: what is merely missing stays missing.
func (b *Baseline) Carry(now *coverage.Report, files Files, p Part) (from string) {
	old, known := b.Components[p.Name]
	if !known {
		return ""
	}
	for _, f := range now.Files() {
		if p.Match(f.Path) {
			return ""
		}
	}
	if digest, n := Digest(files, p.Match); n == 0 || digest != old.Tree {
		return ""
	}
	for _, f := range b.Report.Files() {
		if p.Match(f.Path) && files.ID(f.Path) != "" {
			now.Adopt(f, f.Path)
			from = b.Commit
		}
	}
	if from != "" && git.IsID(old.From) {
		from = old.From
	}
	return from
}
