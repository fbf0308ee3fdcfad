package git

import (
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// configText is what has not been read of a configuration of git.
type configText struct {
	rest  string
	ended bool // its end was passed
}

// parseConfig returns the values of a configuration by their keys in lower case,
// without what it includes; a key that stands alone is "true". It reads as git does:
// the page of git-config has the syntax, git's config.c what that leaves open.
func parseConfig(text string) (map[string][]string, error) {
	t := &configText{rest: strings.TrimPrefix(text, "\ufeff")}
	values, section := map[string][]string{}, ""
	for !t.ended {
		c, ok := t.next(), true
		switch {
		case isSpace(c):
		case c == '#' || c == ';':
			for c != '\n' {
				c = t.next()
			}
		case c == '[':
			section, ok = t.section()
		case isLetter(c):
			var key, value string
			key, value, ok = t.entry(c)
			key = strings.ToLower(section + key)
			values[key] = append(values[key], value)
		default:
			ok = false
		}
		if !ok {
			read := strings.TrimSuffix(text[:len(text)-len(t.rest)], "\n")
			return nil, fault.Errorf(fault.Input, "bad config line %d", 1+strings.Count(read, "\n"))
		}
	}
	return values, nil
}

// next returns the next byte, '\n' for any end of a line and for that of the text.
func (t *configText) next() byte {
	if strings.HasPrefix(t.rest, "\r\n") {
		t.rest = t.rest[1:]
	}
	if t.rest == "" {
		t.ended = true
		return '\n'
	}
	c := t.rest[0]
	t.rest = t.rest[1:]
	return c
}

// section reads what follows a bracket and returns how the keys of the section begin.
func (t *configText) section() (string, bool) {
	var name []byte
	for {
		switch c := t.next(); {
		case t.ended:
			return "", false
		case c == ']':
			return string(name) + ".", len(name) > 0
		case isSpace(c):
			sub, ok := t.subsection(c)
			return string(name) + "." + sub + ".", ok
		case isLetter(c) || isDigit(c) || c == '-' || c == '.':
			name = append(name, c)
		default:
			return "", false
		}
	}
}

// subsection reads "name"], before which there was the white space c.
func (t *configText) subsection(c byte) (string, bool) {
	for isSpace(c) {
		if c == '\n' {
			return "", false
		}
		c = t.next()
	}
	if c != '"' {
		return "", false
	}
	var name []byte
	for {
		if c = t.next(); c == '"' {
			return string(name), t.next() == ']'
		}
		if c == '\\' {
			c = t.next()
		}
		if c == '\n' {
			return "", false
		}
		name = append(name, c)
	}
}

// entry reads a key, of which c is the first letter, and its value.
func (t *configText) entry(c byte) (key, value string, ok bool) {
	name := []byte{c}
	for c = t.next(); isLetter(c) || isDigit(c) || c == '-'; c = t.next() {
		name = append(name, c)
	}
	for c == ' ' || c == '\t' {
		c = t.next()
	}
	switch c {
	case '\n':
		return string(name), "true", true
	case '=':
		value, ok = t.value()
		return string(name), value, ok
	}
	return "", "", false
}

// value reads the rest of a line, and of those that continue it.
func (t *configText) value() (string, bool) {
	var value []byte
	end, quoted := 0, false // of the value without white space behind it
	for {
		c := t.next()
		switch {
		case c == '\n':
			return string(value[:end]), !quoted
		case isSpace(c) && !quoted:
			if len(value) > 0 {
				value = append(value, c)
			}
			continue
		case (c == '#' || c == ';') && !quoted:
			for c != '\n' {
				c = t.next()
			}
			return string(value[:end]), true
		case c == '"':
			quoted = !quoted
		case c == '\\':
			c = t.next()
			at := strings.IndexByte("tbn\"\\\n", c)
			if at < 0 {
				return "", false
			}
			if c != '\n' {
				value = append(value, "\t\b\n\"\\"[at])
			}
		default:
			value = append(value, c)
		}
		end = len(value)
	}
}

// isSpace, isLetter and isDigit are git's, which knows ASCII alone.
func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
