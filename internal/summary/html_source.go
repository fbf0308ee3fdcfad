package summary

import (
	"bytes"
	"html"
	"net/url"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/coverage"
)

// MaxSource is how many bytes a file's text may be to be shown; beyond it are
// generated files, which no browser likes.
const MaxSource = 4 << 20

// sourcePage is the page of one file, and those beside it.
type sourcePage struct {
	files []*coverage.File
	at    int
	patch coverage.Count // of the changed lines
	digits
}

// source writes the page of one file.
func (h HTML) source(b *bytes.Buffer, p sourcePage) {
	f := p.files[p.at]
	t := f.Totals()
	folder, name := splitPath(f.Path)
	path := html.EscapeString(folder + name)
	b.WriteString(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '`)
	b.WriteString(scriptHash(sourceJS))
	b.WriteString(`'">
<meta name="referrer" content="no-referrer">
<title>`)
	b.WriteString(path + ": " + p.Percent(t.Lines) + "</title>\n<style>" + styleCSS + sourceCSS + "</style>\n</head>\n<body>\n")
	partly := map[int]missedBranches{} // of lines that ran
	for n, places := range f.Untaken() {
		if hits, coverable := f.Line(n); coverable && hits > 0 {
			partly[n] = missedBranches{f.BranchesOf(n), places}
		}
	}
	b.WriteString(`<header>` + "\n" + `<h1><a id="up" href="../index.html" aria-keyshortcuts="u">All files</a> / `)
	folders(b, folder)
	b.WriteString(html.EscapeString(name) + "</h1>\n")
	p.counts(b, len(partly))
	p.tools(b)
	b.WriteString("</header>\n<main>\n")
	text, err := h.Source(f.Path)
	switch {
	case err != nil:
		b.WriteString("<p>The source is not here: " + html.EscapeString(Plain(err.Error(), maxMessage)) + ". These lines are in the report.</p>\n")
		text = nil
	case len(text) > MaxSource:
		b.WriteString("<p>The source is longer than " + strconv.Itoa(MaxSource>>20) + " MB and not shown. These lines are in the report.</p>\n")
		text = nil
	}
	h.lines(b, sourceText{f, partly, text})
	b.WriteString(`</main>` + "\n" + `<canvas id="strip" aria-hidden="true"></canvas>` + "\n<script>" + sourceJS + "</script>\n</body>\n</html>\n")
}

// folders writes each folder of a path as a link to the first page.
func folders(b *bytes.Buffer, path string) {
	at := 0
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		if i > at {
			b.WriteString(`<a href="../index.html#` + html.EscapeString(url.PathEscape(path[:i])) + `">` + html.EscapeString(path[at:i]) + "</a>")
		}
		b.WriteString("/")
		at = i + 1
	}
}

// counts writes the numbers of the file, which are the legend as well.
func (p sourcePage) counts(b *bytes.Buffer, partly int) {
	t := p.files[p.at].Totals()
	b.WriteString(`<p class="counts"><b>` + p.Percent(t.Lines) + `</b> <span><span class="c">` + strconv.Itoa(t.Lines.Covered) + ` ran</span></span> <span><span class="u">` +
		strconv.Itoa(t.Lines.Coverable-t.Lines.Covered) + ` never ran</span></span>`)
	if t.Branches.Total > 0 {
		b.WriteString(` <span><span class="p">` + strconv.Itoa(partly) + ` ran in part</span></span> <span>` + strconv.Itoa(t.Branches.Covered) + " of " + strconv.Itoa(t.Branches.Total) + ` branches</span>`)
	}
	if p.patch.Coverable > 0 {
		b.WriteString(` <span><span class="m">+</span> changed lines: ` + strconv.Itoa(p.patch.Covered) + " of " + strconv.Itoa(p.patch.Coverable) + ` ran</span>`)
	}
	b.WriteString("</p>\n")
}

// tools writes the links and buttons.
func (p sourcePage) tools(b *bytes.Buffer) {
	b.WriteString(`<nav class="tools" aria-label="Files and lines">`)
	link := func(id, word, key string, to int) {
		if to < 0 || to >= len(p.files) {
			return
		}
		path := html.EscapeString(Plain(p.files[to].Path, 1000))
		b.WriteString(`<a class="button" id="` + id + `" href="` + strconv.Itoa(to) + `.html" title="` + path + `" aria-keyshortcuts="` + key + `">` + word + ` <kbd>` + key + `</kbd></a> `)
	}
	link("before", "← previous file", "[", p.at-1)
	link("after", "next file →", "]", p.at+1)
	b.WriteString(`<button id="next" type="button" aria-keyshortcuts="n" hidden>next uncovered <kbd>n</kbd></button> <label id="onlybox" hidden><input id="only" type="checkbox" aria-keyshortcuts="c"> only changes <kbd>c</kbd></label>` +
		` <span class="dim"><kbd>p</kbd> back <kbd>u</kbd> up</span></nav>` + "\n")
}

// missedBranches are the branches of a line of which some never ran.
type missedBranches struct {
	coverage.Branches
	places []int // of those that never ran, from 1; nil if unknown
}

// words says which branches never ran.
func (m missedBranches) words() string {
	if len(m.places) == 0 {
		return strconv.Itoa(m.Total-m.Covered) + " of " + strconv.Itoa(m.Total) + " branches never ran"
	}
	if len(m.places) == m.Total {
		return "no branch ran"
	}
	noun := "branch "
	if len(m.places) > 1 {
		noun = "branches "
	}
	return noun + ranges(m.places, 8) + " of " + strconv.Itoa(m.Total) + " never ran"
}

// sourceText is a file and its text, which may be missing.
type sourceText struct {
	file   *coverage.File
	partly map[int]missedBranches // lines that ran
	text   []byte
}

// lines writes the table of lines. Of a file without its text only the lines
// that the report names are written.
func (h HTML) lines(b *bytes.Buffer, s sourceText) {
	b.WriteString(`<div class="scroll"><table class="src"><caption class="hide">Line, hits, whether it was changed, text</caption><tbody>` + "\n")
	changed := h.Changed[s.file.Path]
	row := func(n int, hits int64, coverable bool, line []byte) {
		for len(changed) > 0 && changed[0] < n {
			changed = changed[1:]
		}
		sourceLine{n, hits, coverable, s.partly[n], len(changed) > 0 && changed[0] == n, line}.write(b)
	}
	n := 0
	for text := s.text; len(text) > 0; {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		n++
		hits, coverable := s.file.Line(n)
		row(n, hits, coverable, bytes.TrimSuffix(line, []byte{'\r'}))
	}
	for past, hits := range s.file.Lines() {
		if past > n {
			row(past, hits, true, nil)
		}
	}
	b.WriteString("</tbody></table></div>\n")
}

// sourceLine is one line of a source and what is known of it.
type sourceLine struct {
	n         int
	hits      int64
	coverable bool
	branches  missedBranches
	changed   bool
	text      []byte
}

// write writes the line as a row. The hits say in words what the colour says; ends
// of rows and cells are left to the parser, which halves the page.
func (l sourceLine) write(b *bytes.Buffer) {
	br := l.branches
	var num [20]byte
	number := strconv.AppendInt(num[:0], int64(l.n), 10)
	b.WriteString("<tr id=L")
	b.Write(number)
	switch {
	case !l.coverable:
	case l.hits == 0:
		b.WriteString(" class=u")
	case br.Total > 0:
		b.WriteString(" class=p")
	default:
		b.WriteString(" class=c")
	}
	b.WriteString("><td>")
	b.Write(number)
	b.WriteString("<td>")
	if l.coverable {
		b.Write(strconv.AppendInt(num[:0], l.hits, 10))
		b.WriteString("×")
		if br.Total > 0 {
			b.WriteString(" " + strconv.Itoa(br.Covered) + "/" + strconv.Itoa(br.Total))
		}
	}
	b.WriteString("<td>")
	if l.changed {
		b.WriteString("+")
	}
	b.WriteString("<td>")
	escapeSource(b, l.text)
	if br.Total > 0 {
		b.WriteString("<i>" + br.words() + "</i>")
	}
	b.WriteByte('\n')
}

// escapeSource writes a line of source. Characters that cannot be seen, such
// as marks that turn the writing direction, are shown by their number.
func escapeSource(b *bytes.Buffer, line []byte) {
	start := 0
	flush := func(to int) {
		b.Write(line[start:to])
	}
	for i := 0; i < len(line); {
		c := line[i]
		if c < utf8.RuneSelf {
			if replacement := sourceEntity(c); replacement != "" {
				flush(i)
				b.WriteString(replacement)
				start = i + 1
			} else if c < ' ' && c != '\t' || c == 0x7f {
				flush(i)
				unseen(b, rune(c))
				start = i + 1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) && !unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' {
			flush(i)
			if r == utf8.RuneError {
				r = rune(c)
			}
			unseen(b, r)
			start = i + size
		}
		i += size
	}
	flush(len(line))
}

func sourceEntity(c byte) string {
	switch c {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '"':
		return "&#34;"
	default:
		return ""
	}
}

func unseen(b *bytes.Buffer, r rune) {
	b.WriteString(`<span class=x>U+` + html.EscapeString(strconv.FormatInt(int64(r), 16)) + `</span>`)
}
