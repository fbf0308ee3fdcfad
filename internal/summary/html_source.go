package summary

import (
	"bytes"
	"html"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/coverage"
)

// MaxSource is how many bytes a file's text may be to be shown; beyond it are
// generated files, which no browser likes.
const MaxSource = 4 << 20

// source writes the page of one file.
func (h HTML) source(b *bytes.Buffer, f *coverage.File) {
	t := f.Totals()
	path := html.EscapeString(Plain(f.Path, 1000))
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
	b.WriteString(path + ": " + Percent(t.Lines) + "</title>\n<style>" + styleCSS + "</style>\n</head>\n<body>\n<header>\n")
	b.WriteString(`<p><a href="../index.html">All files</a></p>` + "\n<h1>" + path + "</h1>\n<p>" + Percent(t.Lines) + " of " + strconv.Itoa(t.Lines.Coverable) + " lines" + branches(t.Branches) + "</p>\n")
	b.WriteString(`<p class="legend"><span class="c">ran</span><span class="p">ran, but not every branch</span><span class="u">never ran</span> + changed line</p>
<p id="tools" class="tools" hidden><button id="next" class="more" type="button">Next uncovered (n)</button></p>
</header>
<main>
`)
	text, err := h.Source(f.Path)
	switch {
	case err != nil:
		b.WriteString("<p>The source is not here: " + html.EscapeString(Plain(err.Error(), maxMessage)) + ". These lines are in the report.</p>\n")
		text = nil
	case len(text) > MaxSource:
		b.WriteString("<p>The source is longer than " + strconv.Itoa(MaxSource>>20) + " MB and not shown. These lines are in the report.</p>\n")
		text = nil
	}
	h.lines(b, f, text)
	b.WriteString("</main>\n<script>" + sourceJS + "</script>\n</body>\n</html>\n")
}

// lines writes the table of lines. Of a file without its text only the lines
// that the report names are written.
func (h HTML) lines(b *bytes.Buffer, f *coverage.File, text []byte) {
	b.WriteString(`<div class="scroll"><table class="src"><caption>Line, hits, whether it was changed, text</caption><tbody>` + "\n")
	partly := map[int]coverage.Branches{}
	for n, br := range f.Branches() {
		if br.Covered < br.Total {
			partly[n] = br
		}
	}
	changed := h.Changed[f.Path]
	row := func(n int, hits int64, coverable bool, line []byte) {
		for len(changed) > 0 && changed[0] < n {
			changed = changed[1:]
		}
		sourceLine{n, hits, coverable, partly[n], len(changed) > 0 && changed[0] == n, line}.write(b)
	}
	n := 0
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		n++
		hits, coverable := f.Line(n)
		row(n, hits, coverable, bytes.TrimSuffix(line, []byte{'\r'}))
	}
	for past, hits := range f.Lines() {
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
	branches  coverage.Branches
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
		if l.hits > 0 && br.Total > 0 {
			b.WriteString(" " + strconv.Itoa(br.Covered) + "/" + strconv.Itoa(br.Total) + " branches")
		}
	}
	b.WriteString("<td>")
	if l.changed {
		b.WriteString("+")
	}
	b.WriteString("<td>")
	escapeSource(b, l.text)
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
