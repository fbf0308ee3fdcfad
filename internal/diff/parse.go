package diff

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// maxLine is how much of a line is looked at. Paths are shorter; of a longer
// line of code only the first character matters.
const maxLine = 64 << 10

// Parse reads a unified diff: git's, or of diff -u, svn and hg, with any text
// between the files. The name stands for the diff in errors. Combined diffs of
// merges and UTF-16 are refused, and so is a hunk that does not hold the lines
// its header promises; a diff that ends within its last hunk sets Cut.
func Parse(r io.Reader, name string) (Change, error) {
	p := &parser{in: bufio.NewReaderSize(r, maxLine), name: name}
	for {
		line, err := p.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.line(line)
		}
		if err != nil {
			return Change{}, err
		}
	}
	cut := p.header.old != "" && len(p.hunks) == 0 // the hunks that "---" announces are lacking
	p.finish()
	p.change.Cut = p.change.Cut || cut
	if len(p.change.Files) == 0 && p.patches == 0 && p.other && !p.named {
		return Change{}, fault.WithHint(fault.Errorf(fault.Input, "diff %s: names no file, so it is no unified diff", name),
			"make one with git diff BASE...HEAD; an empty one says that nothing changed")
	}
	return p.change, p.once()
}

// noHunks reports whether a line is one that tools write about files that have no
// hunks.
func noHunks(line string) bool {
	return slices.ContainsFunc([]string{"Binary files ", "Only in ", "Submodule ", "Index: ", "diff ", "Property changes on: ", "Files ", "--- "},
		func(begins string) bool { return has(line, begins) })
}

// once refuses a diff that names a file twice, as a series of patches does:
// the line numbers of one patch are not those of the next. In a series, that a
// file is deleted or renamed counts as well; one diff may delete a file and
// add another of its name.
func (p *parser) once() error {
	const hint = "make one diff of the whole change: git diff BASE...HEAD"
	series := p.patches > 1
	seen := map[string]bool{}
	for _, f := range p.change.Files {
		if seen[f.Path] && (series || f.Kind != Deleted) || series && seen[f.OldPath] {
			if series {
				return fault.WithHint(fault.Errorf(fault.Input, "diff %s: is a series of %d patches, more than one of which changes %s", p.name, p.patches, f.Path), hint)
			}
			return fault.WithHint(fault.Errorf(fault.Input, "diff %s: changes %s twice", p.name, f.Path), hint)
		}
		seen[f.Path] = seen[f.Path] || series || f.Kind != Deleted
		if series && f.OldPath != "" {
			seen[f.OldPath] = true
		}
	}
	return nil
}

// patchStart reports whether a line is the one before each patch of git
// format-patch, git log -p and git show.
func patchStart(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	id, _, _ := strings.Cut(rest, " ")
	return (word == "From" || word == "commit") && git.IsID(id)
}

type parser struct {
	in     *bufio.Reader
	name   string
	number int // of the line last read
	change Change

	patches int  // of a series that have begun
	named   bool // some file was named, if only to say that it has no hunks
	other   bool // some line is of no diff
	skip    bool // properties of svn follow, up to the next file

	open   bool // a file's header has begun
	header header
	file   File
	hunks  []hunk // of the file
	old    int    // lines of the hunk still to come, of the old version
	new    int    // and of the new one
	at     int    // number of the next line in the new version
}

// header is what the lines before the first hunk say.
type header struct {
	git      string // the rest of "diff --git "
	old, new string // of "--- " and "+++ ", "" if absent
	from, to string // of a rename or copy
}

// next reads a line without its end, and of a very long line the beginning.
func (p *parser) next() (string, error) {
	line, err := p.in.ReadSlice('\n')
	if len(line) == 0 && err != nil {
		if errors.Is(err, io.EOF) {
			return "", io.EOF
		}
		return "", fault.Errorf(fault.Input, "read %s: %w", p.name, err)
	}
	p.number++
	text := string(bytes.TrimRight(line, "\r\n"))
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = p.in.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fault.Errorf(fault.Input, "read %s: %w", p.name, err)
	}
	if p.number == 1 {
		if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
			return "", fault.WithHint(p.errorf("is UTF-16"), "write it as UTF-8, in PowerShell with: git diff … | Out-File -Encoding utf8 FILE")
		}
		text = strings.TrimPrefix(text, "\ufeff")
	}
	return text, nil
}

func (p *parser) errorf(format string, args ...any) error {
	return fault.Errorf(fault.Input, "diff %s:%d: "+format, append([]any{p.name, p.number}, args...)...)
}

func (p *parser) line(line string) error {
	if p.old > 0 || p.new > 0 {
		return p.hunkLine(line)
	}
	p.named = p.named || noHunks(line)
	if has(line, "Index: ") || has(line, "diff ") {
		p.skip = false
	}
	switch {
	case p.skip:
	case has(line, "Property changes on: "), has(line, "Index: "): // svn's
		p.finish()
		p.skip = line[0] == 'P'
	case patchStart(line):
		p.finish()
		p.patches++
	case has(line, "diff --cc "), has(line, "diff --combined "), has(line, "@@@ "):
		return fault.WithHint(p.errorf("is a combined diff of a merge"), "make it with: git diff BASE...HEAD")
	case line == "***************":
		return fault.WithHint(p.errorf("is a context diff"), "make a unified one, with git diff BASE...HEAD or diff -u")
	case has(line, "diff --git "):
		p.finish()
		p.open, p.header.git = true, line[len("diff --git "):]
	case has(line, "diff "): // of diff -r, hg
		p.finish()
	case has(line, "--- "):
		if !p.open || p.header.old != "" {
			p.finish()
		}
		p.open, p.header.old = true, line[4:]
	case has(line, "+++ ") && p.header.old != "" && p.header.new == "":
		p.header.new = line[4:]
	case has(line, "@@ -"):
		return p.hunk(line)
	case p.open:
		return p.extended(line)
	default:
		p.other = p.other || strings.TrimSpace(line) != ""
	}
	return nil
}

// extended reads git's lines between "diff --git" and "---", and refuses what
// looks like a hunk's line where no hunk is.
func (p *parser) extended(line string) error {
	if v, ok := cut(line, "rename from "); ok {
		p.header.from, p.file.Kind = v, Renamed
	} else if v, ok := cut(line, "copy from "); ok {
		p.header.from, p.file.Kind = v, Copied
	} else if v, ok := cut(line, "rename to "); ok {
		p.header.to = v
	} else if v, ok := cut(line, "copy to "); ok {
		p.header.to = v
	} else if v, ok := cut(line, "new file mode "); ok {
		p.file.Kind, p.file.Submodule = Added, v == "160000"
	} else if v, ok := cut(line, "deleted file mode "); ok {
		p.file.Kind, p.file.Submodule = Deleted, v == "160000"
	} else if v, ok := cut(line, "index "); ok {
		p.file.Submodule = p.file.Submodule || strings.HasSuffix(v, " 160000")
	} else if has(line, "Binary files ") || line == "GIT binary patch" {
		p.file.Binary = true
	} else if p.header.new != "" && !p.file.Binary && (has(line, "+") || has(line, " ")) {
		return p.errorf("more lines than the hunk's header says")
	}
	return nil
}

// cut returns what follows a prefix of a line, if the line has it. Lines outside of
// hunks are few, and inlined it would be there once for each word that begins one.
//
//go:noinline
func cut(line, prefix string) (rest string, ok bool) { return strings.CutPrefix(line, prefix) }

func has(line, prefix string) bool {
	_, ok := cut(line, prefix)
	return ok
}

// hunk reads "@@ -12,3 +14,5 @@ …".
func (p *parser) hunk(line string) error {
	if p.header.new == "" {
		return p.errorf("a hunk before the name of a file")
	}
	ranges, _, ok := strings.Cut(line[len("@@ -"):], " @@")
	before, after, ok2 := strings.Cut(ranges, " +")
	oldAt, old, ok3 := numbers(before)
	at, new, ok4 := numbers(after)
	if !ok || !ok2 || !ok3 || !ok4 {
		return p.errorf("expected @@ -LINE,COUNT +LINE,COUNT @@, found %.60q", line)
	}
	if new > 0 && at < p.at {
		return p.errorf("hunks out of order")
	}
	p.old, p.new, p.at = old, new, at
	p.hunks = append(p.hunks, hunk{oldAt: oldAt, old: old, newAt: at, new: new})
	return nil
}

// numbers reads "12,3" or "12", which means one line.
func numbers(s string) (start, count int, ok bool) {
	first, second, both := strings.Cut(s, ",")
	start, err := strconv.Atoi(first)
	if err != nil || start < 0 || start > math.MaxInt32 {
		return 0, 0, false
	}
	if !both {
		return start, 1, true
	}
	count, err = strconv.Atoi(second)
	return start, count, err == nil && count >= 0
}

func (p *parser) hunkLine(line string) error {
	mark := byte(' ') // some mail programs and editors strip the blank of an empty context line
	if line != "" {
		mark = line[0]
	}
	switch mark {
	case ' ':
		p.old, p.new, p.at = p.old-1, p.new-1, p.at+1
	case '-':
		p.old--
	case '+':
		p.file.Lines = append(p.file.Lines, p.at)
		p.new, p.at = p.new-1, p.at+1
	case '\\': // "\ No newline at end of file"
	default:
		return p.errorf("the hunk's header promises %d more lines, found %.60q", max(p.old, p.new), line)
	}
	if p.old < 0 || p.new < 0 {
		return p.errorf("the hunk holds other lines than its header says")
	}
	return nil
}

// finish closes the file that is open and adds it to the change.
func (p *parser) finish() {
	if p.old > 0 || p.new > 0 {
		p.change.Cut = true
		p.old, p.new = 0, 0
	}
	if p.open && (p.header.git != "" || p.header.new != "") {
		p.file.name(p.header)
		p.change.add(p.file, p.hunks)
	}
	p.open, p.header, p.file, p.hunks, p.at = false, header{}, File{}, nil, 0
}
