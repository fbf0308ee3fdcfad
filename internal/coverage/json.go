package coverage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// JSONVersion is the version of the canonical form that WriteJSON writes.
const JSONVersion = 1

// WriteJSON writes the canonical form of a report (docs/canonical-json.md): one
// line of JSON, files sorted by path, lines and branches sorted by number, the
// same bytes for the same report.
func WriteJSON(w io.Writer, r *Report) error {
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString(`{"version":` + strconv.Itoa(JSONVersion) + `,"files":[`)
	var num []byte
	key := func(first bool, n int) {
		if !first {
			b.WriteByte(',')
		}
		num = append(strconv.AppendInt(append(num[:0], '"'), int64(n), 10), '"', ':')
		b.Write(num)
	}
	for i, f := range r.Files() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"path":`)
		if err := quoteJSON(b, f.Path); err != nil {
			return err
		}
		b.WriteString(`,"lines":{`)
		first := true
		for n, hits := range f.Lines() {
			key(first, n)
			first = false
			num = strconv.AppendInt(num[:0], hits, 10)
			b.Write(num)
		}
		b.WriteString(`},"branches":{`)
		first = true
		for n, br := range f.Branches() {
			key(first, n)
			first = false
			num = append(strconv.AppendInt(append(num[:0], `{"covered":`...), int64(br.Covered), 10), `,"total":`...)
			num = append(strconv.AppendInt(num, int64(br.Total), 10), '}')
			b.Write(num)
		}
		b.WriteString(`}}`)
	}
	b.WriteString(`],"totals":`)
	if err := quoteJSON(b, r.Totals()); err != nil {
		return err
	}
	if len(r.Parts) > 0 {
		b.WriteString(`,"reports":`)
		if err := quoteJSON(b, r.Parts); err != nil {
			return err
		}
	}
	b.WriteString("}\n")
	return b.Flush()
}

// quoteJSON writes JSON without the escapes that HTML would need, so that paths
// stay readable.
func quoteJSON(b *bufio.Writer, v any) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	b.Write(bytes.TrimSuffix(out.Bytes(), []byte{'\n'}))
	return err
}
