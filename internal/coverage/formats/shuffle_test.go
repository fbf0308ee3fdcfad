package formats

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/reference"
)

// TestShuffledKeys writes every JSON report of the reference data again with the
// keys of its objects in another order, which means nothing in JSON: the report
// must be recognised and read as before. It prints "n of n".
func TestShuffledKeys(t *testing.T) {
	root := reference.Path(t, "fixtures")
	all, right := 0, 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(file) == root {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if trimmed := bytes.TrimSpace(data); len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
			return nil
		}
		want, ok := canonicalForm(data)
		if !ok {
			return nil // a report that is refused as it stands
		}
		all++
		for seed := range uint64(4) {
			shuffled, err := shuffle(data, rand.New(rand.NewPCG(seed, 1)))
			if err != nil {
				t.Errorf("%s: %v", file, err)
				return nil
			}
			got, ok := canonicalForm(shuffled)
			if !ok || got != want {
				t.Errorf("%s, order %d: %.300s; want %.300s", file, seed, got, want)
				return nil
			}
		}
		right++
		return nil
	})
	if err != nil || all < 100 {
		t.Fatalf("%d reports: %v", all, err)
	}
	t.Logf("shuffled JSON: %d of %d read alike", right, all)
}

// canonicalForm returns what a report says, or why it is refused.
func canonicalForm(data []byte) (text string, ok bool) {
	report, format, err := Parse("report", bytes.NewReader(data), Options{})
	if err != nil {
		return err.Error(), false
	}
	var b bytes.Buffer
	b.WriteString(format)
	if err := coverage.WriteJSON(&b, report); err != nil {
		return err.Error(), false
	}
	return b.String(), true
}

// shuffle writes documents again with the keys of every object in any order.
func shuffle(data []byte, random *rand.Rand) ([]byte, error) {
	in := json.NewDecoder(bytes.NewReader(data))
	in.UseNumber()
	var out bytes.Buffer
	for {
		if err := shuffleValue(in, &out, random); err == io.EOF {
			return out.Bytes(), nil
		} else if err != nil {
			return nil, err
		}
		out.WriteByte('\n')
	}
}

// shuffleValue copies the next value, token by token: nothing is lost of
// numbers, of keys that repeat, nor of the order of arrays.
func shuffleValue(in *json.Decoder, out *bytes.Buffer, random *rand.Rand) error {
	token, err := in.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		text, err := json.Marshal(token)
		out.Write(text)
		return err
	}
	var entries [][]byte
	for in.More() {
		var entry bytes.Buffer
		if open == '{' {
			if err := shuffleValue(in, &entry, random); err != nil {
				return err
			}
			entry.WriteByte(':')
		}
		if err := shuffleValue(in, &entry, random); err != nil {
			return err
		}
		entries = append(entries, entry.Bytes())
	}
	end, err := in.Token()
	if err != nil {
		return err
	}
	if open == '{' {
		random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	}
	out.WriteString(open.String())
	out.Write(bytes.Join(entries, []byte{','}))
	out.WriteString(end.(json.Delim).String())
	return nil
}
