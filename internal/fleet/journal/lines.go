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

// sumLen is the length of a line's checksum: 64 bits in hexadecimal. To try one, a
// forger needs a run that has the key, so more would only make the lines longer.
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
// one a signature, which says that it is genuine. It covers the one before, and so
// by induction the whole file up to its line: none can be moved or left out.
func checksum(k Key, before string, body []byte) string {
	return hex.EncodeToString(k.sum([]byte(before), body))[:sumLen]
}

// content is what a journal's text holds.
type content struct {
	entries  []Entry
	torn     int  // bytes at the end that are no line
	key      Key  // that signed it
	verified bool // every line's checksum fits
}

// genuine reports whether nobody without the key can have written it.
func (c content) genuine() bool { return c.verified && !c.key.Empty() }

// parse reads all whole lines. Without keys that fit, the lines of a signed
// journal are read unverified where keys.Unsigned says so. One damaged line makes
// the whole file an error: a run that went on without it could take a token for
// one that no place was ever offered.
func parse(path string, text []byte, keys Keys) (content, error) {
	c := content{verified: true, entries: make([]Entry, 0, min(bytes.Count(text, []byte{'\n'}), len(text)/shortLine))}
	lines := json.NewDecoder(bytes.NewReader(text)) // one for all: one for each would cost more than the lines
	lines.DisallowUnknownFields()
	size := len(text)
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
		e, body, err := decode(lines, text[:end], size-len(text)+end)
		if err == nil && n == 1 && e.Kind == Head {
			if err := c.begin(path, e, keys); err != nil {
				return c, err
			}
		}
		if err == nil && c.verified && !hmac.Equal([]byte(checksum(c.key, sum, body)), []byte(e.Sum)) {
			err = errors.New("the checksum does not fit: the line, or one before it, was changed or removed")
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
// being written. Anything else was no crash: another file was named, or an editor
// changed the line ends, and cutting it off would destroy it.
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

// decode reads the next line, which ends at an offset of the whole text, and returns
// it also without its checksum. The line must be one as encode writes it, to the
// byte: what JSON would forgive (white space, members in another order, two values
// on a line) is not of this program. After an error there is no next line.
func decode(lines *json.Decoder, line []byte, end int) (e Entry, body []byte, err error) {
	noLine := errors.New("not a journal line")
	at := len(line) - len(sumOpen) - sumLen - len(sumEnd)
	if at < 0 || !bytes.HasPrefix(line[at:], []byte(sumOpen)) || line[0] != '{' {
		return Entry{}, nil, noLine
	}
	if err := lines.Decode(&e); err != nil {
		return Entry{}, nil, err
	}
	if lines.InputOffset() != int64(end) {
		return Entry{}, nil, noLine
	}
	return e, line[:at], nil
}
