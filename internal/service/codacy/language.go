package codacy

import (
	"encoding/json"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// languageOf is Codacy's name for the language of a file, in lower case as the
// coverage path wants it, or "" if Codacy has none.
func languageOf(file string) string {
	name, _ := coverage.Language(file)
	return strings.ToLower(name)
}

// quote is text as a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string always marshals
	return string(b)
}
