package coverage

import (
	"bufio"
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
		path, err := quoteJSON(f.Path)
		if err != nil {
			return err
		}
		b.WriteString(`{"path":`)
		b.Write(path)
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
	totals, err := json.Marshal(r.Totals())
	if err != nil {
		return err
	}
	b.WriteString(`],"totals":`)
	b.Write(totals)
	if len(r.Parts) > 0 {
		b.WriteString(`,"reports":[`)
		for i, p := range r.Parts {
			if i > 0 {
				b.WriteByte(',')
			}
			part, err := quoteJSON(p)
			if err != nil {
				return err
			}
			b.Write(part)
		}
		b.WriteByte(']')
	}
	b.WriteString("}\n")
	return b.Flush()
}

// quoteJSON is JSON without the escapes that HTML would need, so that paths stay
// readable.
func quoteJSON(s any) ([]byte, error) {
	var out jsonText
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return out[:len(out)-1], nil
}

type jsonText []byte

func (t *jsonText) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	return len(p), nil
}
