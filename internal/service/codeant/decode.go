package codeant

import (
	"encoding/json"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// statusWord is the lower-case "status" of a JSON object, or "".
func statusWord(body []byte) string {
	var s struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(body, &s) != nil {
		return ""
	}
	return strings.ToLower(s.Status)
}

// quote is text as a JSON string.
func quote(text string) []byte {
	b, _ := json.Marshal(text) // a string always marshals
	return b
}

// payload is a JSON request as it would be sent, with the token masked.
func (c *Client) payload(path string, body coverageBody) service.Payload {
	sent, _ := json.Marshal(body) // plain strings
	var fields map[string]any
	_ = json.Unmarshal(sent, &fields)
	fields["access_token"] = c.token.String()
	shown, _ := json.Marshal(fields)
	return service.Payload{Method: "POST", URL: c.api.BaseURL() + path, Type: "application/json", Bytes: len(sent), Body: string(shown)}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func firstRaw(values ...json.RawMessage) json.RawMessage {
	for _, v := range values {
		if len(v) > 0 && string(v) != "null" {
			return v
		}
	}
	return nil
}

// plain is a JSON scalar as text.
func plain(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// textOf is the first of the keys that holds a text.
func textOf(fields map[string]json.RawMessage, keys ...string) string {
	for _, k := range keys {
		var s string
		if json.Unmarshal(fields[k], &s) == nil && s != "" {
			return s
		}
	}
	return ""
}
