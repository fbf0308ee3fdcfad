package secret

import (
	"fmt"
	"io"

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
	return New(string(text)), nil
}
