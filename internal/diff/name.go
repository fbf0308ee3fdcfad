package diff

import (
	"strconv"
	"strings"
)

// null is how diffs name the side where there is no file.
const null = "/dev/null"

// name works out the file's paths and its kind from the header.
func (f *File) name(h header) {
	old, new := sideName(h.old), sideName(h.new)
	switch {
	case h.to != "":
		f.Path, f.OldPath = clean(unquote(h.to)), clean(unquote(h.from))
		return
	case h.new == "": // no hunk: binary, mode only, or empty
		f.Path = clean(gitName(h.git))
	case new == null:
		f.Path, f.Kind = clean(strip(old, new, h.git)), Deleted
	default:
		f.Path = clean(strip(new, old, h.git))
		if old == null {
			f.Kind = Added
		}
	}
	if f.Kind == "" {
		f.Kind = Modified
	}
}

// sideName is the path of a "---" or "+++" line: without the date that follows
// a tab, out of its quotes.
func sideName(s string) string {
	if strings.HasPrefix(s, `"`) {
		return unquote(strings.TrimRight(s, "\t")) // git marks the end of a name with blanks by a tab
	}
	s, note, _ := strings.Cut(s, "\t")
	if strings.HasSuffix(note, "(nonexistent)") { // svn's
		return null
	}
	return strings.ReplaceAll(s, `\`, "/")
}

// prefixes are the letters that git puts before the two sides: a and b, and
// with diff.mnemonicPrefix those of commit, index, object, work tree and the
// two arguments of --no-index.
const prefixes = "abciow12"

// strip takes git's prefix from a path, where the other side of the diff shows
// that it is one: the prefixes of the two sides differ, while a diff made
// without prefixes names the same path twice.
func strip(p, other, gitLine string) string {
	if name, ok := ownPrefix(p, other, gitLine); ok {
		return name
	}
	if !prefixed(p) || twice(gitLine) {
		return p
	}
	if other == null && gitLine == "" && p[0] != 'a' && p[0] != 'b' {
		return p
	}
	if other != null && (!prefixed(other) || other[0] == p[0]) {
		return p
	}
	return p[2:]
}

// ownPrefix takes from a path a prefix that the user chose: then the two sides,
// or the two names of the "diff --git" line, differ in their first folder alone.
// Of a rename the header says so, and nobody asks here.
func ownPrefix(p, other, gitLine string) (name string, ok bool) {
	if other == null {
		if rest, found := strings.CutSuffix(gitLine, " "+p); found {
			other = rest
		} else {
			other = strings.TrimPrefix(gitLine, p+" ")
		}
	}
	first, name, ok := strings.Cut(p, "/")
	second, same, both := strings.Cut(other, "/")
	return name, ok && both && name == same && first != second && len(first) > 1
}

func prefixed(p string) bool {
	return len(p) > 2 && p[1] == '/' && strings.IndexByte(prefixes, p[0]) >= 0
}

// twice reports whether both halves of a "diff --git" line are the same.
func twice(line string) bool {
	half := len(line) / 2
	return len(line)%2 == 1 && line[:half] == line[half+1:]
}

// gitName is the path on a "diff --git" line, where nothing else names it:
// then both sides are the same but for the prefix.
func gitName(line string) string {
	old, new, ok := "", "", false
	if strings.HasSuffix(line, `"`) {
		old, new, ok = strings.Cut(line, ` "`)
		old, new = unquote(old), unquote(`"`+new)
	} else if half := len(line) / 2; len(line)%2 == 1 && line[half] == ' ' {
		old, new, ok = line[:half], line[half+1:], true
	}
	if !ok {
		return line
	}
	return strip(new, old, line)
}

// unquote reads a path as git quotes those with special characters: in double
// quotes, with C escapes and octal bytes.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if i+3 <= len(s) {
			if n, err := strconv.ParseUint(s[i:i+3], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		if k := strings.IndexByte(`abtnvfr`, s[i]); k >= 0 {
			b.WriteByte("\a\b\t\n\v\f\r"[k])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
