package service

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Cobertura returns a report in the Cobertura format (its DTD, version 04), in
// which a class stands for each file.
func Cobertura(r *coverage.Report) []byte {
	var b bytes.Buffer
	t := r.Totals()
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
		`<coverage line-rate="%s" branch-rate="%s" lines-covered="%d" lines-valid="%d" branches-covered="%d" branches-valid="%d" complexity="0" version="1" timestamp="0">`+"\n",
		rate(t.Lines.Covered, t.Lines.Coverable), rate(t.Branches.Covered, t.Branches.Total),
		t.Lines.Covered, t.Lines.Coverable, t.Branches.Covered, t.Branches.Total)
	fmt.Fprintf(&b, "<sources><source>.</source></sources>\n<packages><package name=\"\" line-rate=\"%s\" branch-rate=\"%s\" complexity=\"0\"><classes>\n",
		rate(t.Lines.Covered, t.Lines.Coverable), rate(t.Branches.Covered, t.Branches.Total))
	for _, f := range r.Files() {
		writeClass(&b, f)
	}
	b.WriteString("</classes></package></packages>\n</coverage>\n")
	return b.Bytes()
}

func writeClass(b *bytes.Buffer, f *coverage.File) {
	t := f.Totals()
	name := escape(f.Path)
	fmt.Fprintf(b, `<class name="%s" filename="%s" line-rate="%s" branch-rate="%s" complexity="0"><methods/><lines>`+"\n",
		name, name, rate(t.Lines.Covered, t.Lines.Coverable), rate(t.Branches.Covered, t.Branches.Total))
	branches := map[int]coverage.Branches{}
	for line, br := range f.Branches() {
		branches[line] = br
	}
	for line, hits := range f.Lines() {
		fmt.Fprintf(b, `<line number="%d" hits="%d"`, line, hits)
		if br, ok := branches[line]; ok && br.Total > 0 {
			fmt.Fprintf(b, ` branch="true" condition-coverage="%d%% (%d/%d)"`, 100*br.Covered/br.Total, br.Covered, br.Total)
		} else {
			b.WriteString(` branch="false"`)
		}
		b.WriteString("/>\n")
	}
	b.WriteString("</lines></class>\n")
}

func rate(covered, total int) string {
	if total == 0 {
		return "1"
	}
	return strconv.FormatFloat(float64(covered)/float64(total), 'f', 4, 64)
}

func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
