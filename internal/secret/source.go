package secret

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/input"
)

// maxSource bounds what is read as one token: no token is longer, and a wrong
// file name should not fill the memory.
const maxSource = 64 << 10

// FromFile reads a token from a file.
func FromFile(path string) (Value, error) {
	f, err := input.Open(path)
	if err != nil {
		return Value{}, err
	}
	defer func() { _ = f.Close() }()
	return FromReader(f)
}

// FromReader reads a token to the reader's end.
func FromReader(r io.Reader) (Value, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if err != nil {
		return Value{}, err
	}
	if len(text) > maxSource {
		return Value{}, fmt.Errorf("longer than %d bytes, which no token is", maxSource)
	}
	return New(decode(text)), nil
}

// decode returns a text that may be UTF-16 with its mark, as PowerShell's > writes
// it. A byte without its other half becomes U+FFFD.
func decode(text []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return string(text)
	}
	units := make([]uint16, 0, len(text)/2)
	for rest := text[2:]; len(rest) > 0; rest = rest[min(2, len(rest)):] {
		if len(rest) == 1 {
			units = append(units, utf8.RuneError)
			break
		}
		units = append(units, order.Uint16(rest))
	}
	return string(utf16.Decode(units))
}
