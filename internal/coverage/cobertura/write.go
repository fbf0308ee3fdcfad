package cobertura

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Write writes a report as Cobertura XML: a package for each folder, a class
// for each file. Lines, hits and the numbers of branches come back by Parse as
// they were.
func Write(w io.Writer, r *coverage.Report) error {
	b := bufio.NewWriterSize(w, 64<<10)
	t := totals(r.Files())
	fmt.Fprintf(b, `<?xml version="1.0" encoding="UTF-8"?>
<coverage line-rate="%s" branch-rate="%s" lines-covered="%d" lines-valid="%d" branches-covered="%d" branches-valid="%d" complexity="0" version="1.9" timestamp="0">
<sources><source>.</source></sources>
<packages>
`, rate(t.Lines.Covered, t.Lines.Coverable), rate(t.Branches.Covered, t.Branches.Total),
		t.Lines.Covered, t.Lines.Coverable, t.Branches.Covered, t.Branches.Total)
	for files := r.Files(); len(files) > 0; {
		dir := path.Dir(files[0].Path)
		n := 1
		for n < len(files) && path.Dir(files[n].Path) == dir {
			n++
		}
		writePackage(b, dir, files[:n])
		files = files[n:]
	}
	b.WriteString("</packages>\n</coverage>\n")
	return b.Flush()
}

// Bytes returns what Write writes.
func Bytes(r *coverage.Report) []byte {
	var b bytes.Buffer
	_ = Write(&b, r) // a buffer takes everything
	return b.Bytes()
}

// totals counts what is written of files: every line that branches is one here.
func totals(files []*coverage.File) (t coverage.Totals) {
	for _, f := range files {
		of := f.Totals()
		of.Lines = coverage.Count{}
		for _, m := range f.Marked() {
			of.Lines.Coverable++
			of.Lines.Covered += int(min(m.Hits, 1))
		}
		t = t.Plus(of)
	}
	return t
}

// rate is a share as Cobertura writes it; of nothing, everything is covered.
func rate(covered, of int) string {
	if of == 0 {
		return "1"
	}
	return fmt.Sprintf("%.4f", float64(covered)/float64(of))
}

func writePackage(b *bufio.Writer, dir string, files []*coverage.File) {
	t := totals(files)
	fmt.Fprintf(b, `<package name="%s" line-rate="%s" branch-rate="%s" complexity="0"><classes>`+"\n", quote(dir),
		rate(t.Lines.Covered, t.Lines.Coverable), rate(t.Branches.Covered, t.Branches.Total))
	for _, f := range files {
		writeClass(b, f)
	}
	b.WriteString("</classes></package>\n")
}

func writeClass(b *bufio.Writer, f *coverage.File) {
	t := totals([]*coverage.File{f})
	fmt.Fprintf(b, `<class name="%s" filename="%s" line-rate="%s" branch-rate="%s" complexity="0"><methods/><lines>`+"\n",
		quote(path.Base(f.Path)), quote(f.Path), rate(t.Lines.Covered, t.Lines.Coverable), rate(t.Branches.Covered, t.Branches.Total))
	for n, m := range f.Marked() {
		if m.Branches.Total == 0 {
			fmt.Fprintf(b, `<line number="%d" hits="%d" branch="false"/>`+"\n", n, m.Hits)
			continue
		}
		fmt.Fprintf(b, `<line number="%d" hits="%d" branch="true" condition-coverage="%d%% (%d/%d)"/>`+"\n",
			n, m.Hits, 100*m.Branches.Covered/m.Branches.Total, m.Branches.Covered, m.Branches.Total)
	}
	b.WriteString("</lines></class>\n")
}

// quote is text inside an attribute.
func quote(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

// Parts splits a report by its files so that Write writes each part in at most
// limit bytes; a single file that is larger is a part of its own. A limit of 0
// is none. The parts share the report's memory.
func Parts(r *coverage.Report, limit int64) []*coverage.Report {
	if limit <= 0 {
		return []*coverage.Report{r}
	}
	var parts []*coverage.Report
	used := int64(0)
	for _, f := range r.Files() {
		alone := coverage.New()
		alone.Adopt(f, f.Path)
		size := int64(len(Bytes(alone)))
		if used += size; len(parts) == 0 || used > limit {
			parts = append(parts, coverage.New())
			used = size
		}
		parts[len(parts)-1].Adopt(f, f.Path)
	}
	if parts == nil {
		return []*coverage.Report{r}
	}
	return parts
}
