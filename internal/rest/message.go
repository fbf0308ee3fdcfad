package rest

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// maxMessage bounds a server's words in a message of ours, in bytes.
const maxMessage = 300

// Message extracts the server's own words from an answer, whatever its shape:
// the usual JSON fields, the title of an HTML page, S3's XML, or the first line
// of text. Scrubbed of secrets and shortened.
func (r *Response) Message() string {
	body := bytes.TrimSpace(r.text())
	if len(body) == 0 {
		return ""
	}
	text := string(body)
	switch body[0] {
	case '{', '[':
		text = jsonMessage(body)
	case '<':
		text = markupMessage(text)
	}
	// Before, so that none is cut in two, and after, since what was in its midst is gone.
	return r.client.Redact(shorten(r.client.Redact(text)))
}

// shorten makes a text from outside fit for one line of a terminal or a log: no
// control characters, which could colour it or be commands of a CI.
func shorten(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, text)
	if len(text) <= maxMessage {
		return text
	}
	cut := maxMessage // and no character in two
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// jsonMessage finds the words of a JSON refusal: {"error":{"message":…}},
// {"message":…}, OAuth's error_description (RFC 6749, section 5.2), and what
// stands beside them: innerMessage at Azure DevOps, errors with a message each
// at GitHub. Without any the whole is the message.
func jsonMessage(body []byte) string {
	var m map[string]any
	if json.Unmarshal(body, &m) != nil {
		return string(body)
	}
	word := func(in any, name string) string {
		object, _ := in.(map[string]any)
		text, _ := object[name].(string)
		return text
	}
	if text := word(m["error"], "message"); text != "" {
		return text
	}
	for _, key := range []string{"message", "error_description", "error", "detail", "errorMessage"} {
		text := word(m, key)
		if text == "" {
			continue
		}
		if inner := word(m, "innerMessage"); inner != "" {
			text += " (" + inner + ")"
		}
		details, _ := m["errors"].([]any)
		for _, d := range details {
			if detail := word(d, "message"); detail != "" {
				text += "; " + detail
			}
		}
		return text
	}
	return string(body)
}

// markupMessage finds the words of an HTML page, or of S3's XML.
func markupMessage(body string) string {
	for _, tag := range []string{"Message", "title", "h1"} {
		_, rest, _ := strings.Cut(body, "<"+tag+">")
		if text, _, ok := strings.Cut(rest, "</"+tag+">"); ok {
			return text
		}
	}
	return ""
}
