package finding

import (
	"bytes"
	"strconv"
	"strings"
)

// plainText is a message as people read it: its placeholders filled in, and of
// a link only its words ("[this value](1)").
func plainText(text []byte, args []string) []byte {
	if len(args) > 0 && bytes.IndexByte(text, '{') >= 0 {
		pairs := make([]string, 0, 2*len(args))
		for i, arg := range args {
			pairs = append(pairs, "{"+strconv.Itoa(i)+"}", arg)
		}
		text = []byte(strings.NewReplacer(pairs...).Replace(string(text)))
	}
	if !bytes.Contains(text, []byte("](")) {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		words, rest, ok := link(text)
		if !ok {
			return append(out, text...)
		}
		out = append(append(out, text[:bytes.IndexByte(text, '[')]...), words...)
		text = rest
	}
}

// link finds the first link to a related location in text, "[words](1)", and
// returns its words and what follows it.
func link(text []byte) (words, rest []byte, ok bool) {
	from := bytes.IndexByte(text, '[')
	if from < 0 {
		return nil, nil, false
	}
	words, rest, ok = bytes.Cut(text[from+1:], []byte("]("))
	target, rest, closed := bytes.Cut(rest, []byte(")"))
	_, err := strconv.Atoi(string(target))
	return words, rest, ok && closed && err == nil
}
