package summary

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
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
	folder, name := splitPath(f.Path)
	fmt.Fprintf(b, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '%s'">
<meta name="referrer" content="no-referrer">
<title>%s: %s</title>
<style>%s%s</style>
</head>
<body>
<header>
<h1><a id="up" href="../index.html" aria-keyshortcuts="u">All files</a> / `, scriptHash(sourceJS), html.EscapeString(folder+name), p.Percent(f.Count(p.partlyMissed)), styleCSS, sourceCSS)
	folders(b, folder)
	partly := map[int]missedBranches{} // of lines that ran
	for n, places := range f.Untaken() {
		if hits, coverable := f.Line(n); coverable && hits > 0 {
			partly[n] = missedBranches{f.BranchesOf(n), places}
		}
	}
	b.WriteString(html.EscapeString(name) + "</h1>\n")
	p.counts(b, len(partly))
	p.tools(b)
	b.WriteString("</header>\n<main>\n")
	text, err := h.Source(f.Path)
	why := ""
	switch {
	case err != nil:
		why = "not here: " + html.EscapeString(Plain(err.Error(), maxMessage))
	case len(text) > MaxSource:
		why = fmt.Sprintf("longer than %d MB and not shown", MaxSource>>20)
	}
	if why != "" {
		text = nil
		fmt.Fprintf(b, "<p>The source is %s. These lines are in the report.</p>\n", why)
	}
	h.lines(b, sourceText{f, partly, text})
	fmt.Fprintf(b, "</main>\n<canvas id=\"strip\" aria-hidden=\"true\"></canvas>\n<script>%s</script>\n</body>\n</html>\n", sourceJS)
}

// folders writes each folder of a path as a link to the first page.
func folders(b *bytes.Buffer, path string) {
	at := ""
	for folder := range strings.SplitAfterSeq(path, "/") {
		if name := strings.TrimSuffix(folder, "/"); name != "" {
			fmt.Fprintf(b, `<a href="../index.html#%s">%s</a>`, html.EscapeString(url.PathEscape(at+name)), html.EscapeString(name))
		}
		at += folder
		b.WriteString(folder[len(strings.TrimSuffix(folder, "/")):])
	}
}

// counts writes the numbers of the file, which are the legend as well.
func (p sourcePage) counts(b *bytes.Buffer, partly int) {
	f := p.files[p.at]
	t := f.Totals()
	fmt.Fprintf(b, `<p class="counts"><b>%s</b> <span><span class="c">%d ran</span></span> <span><span class="u">%d never ran</span></span>`,
		p.Percent(f.Count(p.partlyMissed)), t.Lines.Covered, t.Lines.Coverable-t.Lines.Covered)
	if t.Branches.Total > 0 {
		fmt.Fprintf(b, ` <span><span class="p">%d ran in part</span></span> <span>%d of %d branches</span>`, partly, t.Branches.Covered, t.Branches.Total)
	}
	if p.patch.Coverable > 0 {
		fmt.Fprintf(b, ` <span><span class="m">+</span> changed lines: %d of %d %s</span>`, p.patch.Covered, p.patch.Coverable, p.ran())
	}
	b.WriteString("</p>\n")
}

// tools writes the links and buttons.
func (p sourcePage) tools(b *bytes.Buffer) {
	b.WriteString(`<nav class="tools" aria-label="Files and lines">`)
	link := func(id, word, key string, to int) {
		if to >= 0 && to < len(p.files) {
			path := html.EscapeString(Plain(p.files[to].Path, 1000))
			fmt.Fprintf(b, `<a class="button" id="%s" href="%d.html" title="%s" aria-keyshortcuts="%[4]s">%[5]s <kbd>%[4]s</kbd></a> `, id, to, path, key, word)
		}
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
	switch len(m.places) {
	case 0:
		return fmt.Sprintf("%d of %d branches never ran", m.Total-m.Covered, m.Total)
	case m.Total:
		return "no branch ran"
	case 1:
		return fmt.Sprintf("branch %d of %d never ran", m.places[0], m.Total)
	}
	return fmt.Sprintf("branches %s of %d never ran", ranges(m.places, 8), m.Total)
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
	for i := 0; i < len(line); {
		if c := line[i]; c >= 'a' && c <= 'z' || c == ' ' { // most of it
			i++
			continue
		}
		r, size := rune(line[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(line[i:])
		}
		if shown := sourceRune(r, line[i], size); shown != "" {
			b.Write(line[start:i])
			b.WriteString(shown)
			start = i + size
		}
		i += size
	}
	b.Write(line[start:])
}

// sourceRune returns what is written for a character, whose first byte is c, ""
// for itself.
func sourceRune(r rune, c byte, size int) string {
	switch {
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '&':
		return "&amp;"
	case r == '"':
		return "&#34;"
	case r == '\t', r >= ' ' && r < 0x7f:
		return ""
	case r == utf8.RuneError && size == 1:
		r = rune(c) // a byte that is no UTF-8
	case r == '\u2028', r == '\u2029', r < utf8.RuneSelf, !unicode.IsPrint(r) && !unicode.IsSpace(r):
	default:
		return ""
	}
	return fmt.Sprintf("<span class=x>U+%x</span>", r)
}
