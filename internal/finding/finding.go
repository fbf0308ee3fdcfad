// Package finding reads the results of scans from SARIF, tells new findings
// from old ones, and writes them as SARIF, GitLab Code Quality and JUnit.
package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewright/gatewright/internal/service"
)

// Set is what one or more scans found.
type Set struct {
	Findings   []service.Finding
	Suppressed int      // results the tool or a person has waved through; not in Findings
	Tools      []string // every tool that ran, found something or not; in order of appearance
	// Unfinished names the tools that say of themselves that they did not run
	// to the end: what they did not find means nothing.
	Unfinished []string
	Versions   map[string]string   // of tools, where a log tells them
	Files      map[string][]string // that a tool looked at, where a log lists them
}

// Add puts another set's findings behind these.
func (s *Set) Add(o Set) {
	s.Findings = append(s.Findings, o.Findings...)
	s.Suppressed += o.Suppressed
	for _, t := range o.Tools {
		s.Tools = appendNew(s.Tools, t)
	}
	for _, t := range o.Unfinished {
		s.Unfinished = appendNew(s.Unfinished, t)
	}
	for t, v := range o.Versions {
		s.version(t, v)
	}
	for t, files := range o.Files {
		for _, f := range files {
			s.file(t, f)
		}
	}
}

func (s *Set) version(tool, version string) {
	if version == "" {
		return
	}
	if s.Versions == nil {
		s.Versions = map[string]string{}
	}
	s.Versions[tool] = version
}

func (s *Set) file(tool, path string) {
	if path == "" {
		return
	}
	if s.Files == nil {
		s.Files = map[string][]string{}
	}
	s.Files[tool] = append(s.Files[tool], path)
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// fingerprint names a finding across commits: the tool, the rule, the path and
// what the tool itself calls it by, or else its message with the numbers taken
// out. The line is not part of it, so code may move.
func fingerprint(f service.Finding, own string) string {
	if own == "" {
		own = "message " + withoutNumbers(f.Message)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Tool, f.Rule, f.Path, own}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// withoutNumbers makes "declared at line 12" the same wherever it moves to.
func withoutNumbers(s string) string {
	var b strings.Builder
	digits := false
	for _, r := range s {
		if unicode.IsDigit(r) {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	return b.String()
}

// Compare marks each finding as old if the baseline has it too, and as new if
// not. The same finding may occur several times: as many are old as the
// baseline has. renamed leads from the path of a file to the one it had in the
// baseline; it may be nil. Findings without a fingerprint are given one.
func Compare(now, baseline []service.Finding, renamed map[string]string) {
	left := map[string]int{}
	for _, f := range baseline {
		left[f.Fingerprint]++
		left[unsigned(f)]++
	}
	for i := range now {
		f := &now[i]
		old := *f
		if path, ok := renamed[f.Path]; ok {
			old.Path = path
		}
		f.Age = service.New
		keys := []string{f.Fingerprint, unsigned(old)}
		for _, k := range keys {
			if k != "" && left[k] > 0 {
				f.Age = service.Old
			}
		}
		if f.Age == service.Old {
			for _, k := range keys {
				left[k]--
			}
		}
	}
}

// unsigned is the fingerprint of a finding without the tool's own word: what
// is left to compare when a file was renamed or another version of the tool
// computes its fingerprints otherwise.
func unsigned(f service.Finding) string { return fingerprint(f, "") }

// MarkChanged marks findings by the lines of the change where no baseline is
// known: those on changed lines are new, and those about a whole file if the
// change touches it; all others are old. changed gives the ascending changed
// lines of a file and whether it was changed at all.
func MarkChanged(now []service.Finding, changed func(path string) (lines []int, ok bool)) {
	for i := range now {
		f := &now[i]
		lines, ok := changed(f.Path)
		f.Age = service.Old
		if ok && (f.Line == 0 || touches(lines, f.Line, max(f.Line, f.EndLine))) {
			f.Age = service.New
		}
	}
}

func touches(lines []int, first, last int) bool {
	i, _ := slices.BinarySearch(lines, first)
	return i < len(lines) && lines[i] <= last
}
