package scan

import "strings"

// Pieces hold many small texts in few large pieces, which costs less than a string
// each.
type Pieces struct{ last strings.Builder }

const pieceSize = 32 << 10

// Keep copies a text. A full piece is left to the texts in it, which is why a
// Builder is never written to beyond what Grow made: its strings must not move.
func Keep[T string | []byte](p *Pieces, text T) string {
	if p.last.Cap()-p.last.Len() < len(text) {
		size := pieceSize
		if p.last.Cap() == 0 {
			size = pieceSize / 32 // most inputs are small
		}
		p.last = strings.Builder{}
		p.last.Grow(max(size, len(text)))
	}
	from := p.last.Len()
	p.last.Write([]byte(text))
	return p.last.String()[from:]
}
