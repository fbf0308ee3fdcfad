package codacy

import "encoding/json"

// quote returns text as a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string always marshals
	return string(b)
}
