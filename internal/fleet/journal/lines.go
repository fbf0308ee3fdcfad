package journal

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/internal/fault"
)

const sumLen = 16

// shortLine is about the length of the shortest line, so that a file of line ends
// alone does not take memory.
const shortLine = 100

// encode renders the line with its checksum as the last member.
func encode(k Key, e Entry, before string) (line []byte, sum string, err error) {
	e.Sum = ""
	text, err := json.Marshal(e)
	if err != nil {
		return nil, "", fault.Errorf(fault.Bug, "journal entry: %w", err)
	}
	body := bytes.TrimSuffix(text, []byte(`,"sum":""}`))
	sum = checksum(k, before, body)
	return fmt.Appendf(nil, "%s,\"sum\":\"%s\"}\n", body, sum), sum, nil
}

// checksum is a hash without a key, which says that the file is whole, and with
// one a signature, which says that it is genuine.
func checksum(k Key, before string, body []byte) string {
	return hex.EncodeToString(k.sum([]byte(before), body))[:sumLen]
}

// content is what a journal's text holds.
type content struct {
	entries  []Entry
	torn     int // bytes at the end that are no line
	key      Key // that signed it
	verified bool
}

// parse reads all whole lines. Without keys that fit, the lines of a signed
// journal are read unverified where keys.Unsigned says so.
func parse(path string, text []byte, keys Keys) (content, error) {
	c := content{verified: true, entries: make([]Entry, 0, min(bytes.Count(text, []byte{'\n'}), len(text)/shortLine))}
	lines := newDecoder(text)
	sum := ""
	for n := 1; len(text) > 0; n++ {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			if !beginsLine(text) {
				return c, fault.WithHint(fault.Errorf(fault.Input, "journal %s, line %d: not the beginning of a journal line", path, n), "is it another file? --journal names the journal")
			}
			c.torn = len(text)
			return c, nil
		}
		e, err := lines.decode(text[:end])
		if err == nil && n == 1 && e.Kind == Head {
			err = c.begin(path, e, keys)
			if err != nil {
				return c, err
			}
		}
		if err == nil && c.verified {
			err = verify(c.key, text[:end], sum)
		}
		if err != nil {
			return c, fault.WithHint(fault.Errorf(fault.Input, "journal %s, line %d: %w", path, n, err),
				"restore the file from a copy; or start without it (another --journal): tokens are then found again by their names")
		}
		if e.Seq != int64(n) || (n == 1) != (e.Kind == Head) {
			return c, fault.Errorf(fault.Input, "journal %s, line %d: entry %d (%s) does not belong here", path, n, e.Seq, e.Kind)
		}
		c.entries = append(c.entries, e)
		sum = e.Sum
		text = text[end+1:]
	}
	return c, nil
}

// beginsLine reports whether text, which has no end, may be a line that was
// being written.
func beginsLine(text []byte) bool {
	const first = `{"seq":`
	n := min(len(text), len(first))
	return string(text[:n]) == first[:n] && !bytes.ContainsRune(text, '\r')
}

// begin reads the first line: the version, and which key signs the rest.
func (c *content) begin(path string, head Entry, keys Keys) error {
	if head.Version != version {
		return fault.Errorf(fault.Input, "journal %s has version %d; this program reads version %d", path, head.Version, version)
	}
	var err error
	if c.key, err = keys.choose(path, head.Key); err != nil && keys.Unsigned {
		c.verified, err = false, nil
	}
	return err
}

const sumOpen, sumEnd = `,"sum":"`, `"}`

// split returns a line without its checksum, and the checksum.
func split(line []byte) (body []byte, sum string, ok bool) {
	tail := len(sumOpen) + sumLen + len(sumEnd)
	if len(line) < tail || string(line[len(line)-tail:len(line)-tail+len(sumOpen)]) != sumOpen {
		return nil, "", false
	}
	return line[:len(line)-tail], string(line[len(line)-len(sumEnd)-sumLen : len(line)-len(sumEnd)]), true
}

func verify(k Key, line []byte, before string) error {
	body, sum, _ := split(line)
	if !hmac.Equal([]byte(checksum(k, before, body)), []byte(sum)) {
		return errors.New("the checksum does not fit: the line, or one before it, was changed or removed")
	}
	return nil
}

// decoder reads the lines of one text in turn; one for each would cost more than
// the lines.
type decoder struct {
	json *json.Decoder
	end  int64 // of the lines read
}

func newDecoder(text []byte) *decoder {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return &decoder{json: d}
}

// decode reads the next line. After an error there is no next.
func (d *decoder) decode(line []byte) (e Entry, err error) {
	if _, _, ok := split(line); !ok || line[0] != '{' {
		return Entry{}, errors.New("not a journal line")
	}
	if err := d.json.Decode(&e); err != nil {
		return Entry{}, err
	}
	if d.json.InputOffset() != d.end+int64(len(line)) {
		return Entry{}, errors.New("not a journal line")
	}
	d.end += int64(len(line)) + 1
	return e, nil
}
