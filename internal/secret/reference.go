package secret

import (
	"fmt"
	"strings"
)

// Unexpanded reports whether text is nothing but a reference to a variable that
// a CI system left as it is because the variable is not set: $(NAME), ${NAME},
// $NAME, %NAME%, ${{ EXPRESSION }} or Harness's <+EXPRESSION>, for which it may
// also write null. Such a text is no value, wherever it is read.
func Unexpanded(text string) bool {
	text = strings.TrimSpace(text)
	if text == "null" || enclosed(text, "${{", "}}") || enclosed(text, "<+", ">") {
		return true
	}
	for _, form := range [][2]string{{"$(", ")"}, {"${", "}"}, {"$[", "]"}, {"%", "%"}, {"$", ""}} {
		name, ok := strings.CutPrefix(text, form[0])
		if !ok {
			continue
		}
		name, ok = strings.CutSuffix(name, form[1])
		bare := form[0] == "$" || form[0] == "%" // without brackets, only what is surely no password
		if name = strings.TrimSpace(name); ok && isName(name) && (!bare || name == strings.ToUpper(name)) {
			return true
		}
	}
	return false
}

// Replaced returns an error for the first of the texts that is Unexpanded: what somebody
// wrote as a setting is not left out because a variable is not there.
func Replaced(texts ...string) error {
	for _, text := range texts {
		if Unexpanded(text) {
			return fmt.Errorf("%s is what a CI leaves of a variable that is not defined; define it, or leave this out", strings.TrimSpace(text))
		}
	}
	return nil
}

// enclosed reports whether text is one expression between two brackets.
func enclosed(text, open, end string) bool {
	inner, ok := strings.CutPrefix(text, open)
	at := strings.Index(inner, end)
	return ok && at > 0 && at == len(inner)-len(end)
}

// isName reports whether text can be the name of a variable, dots and dashes
// of expressions included: "secrets.TOKEN", "System.AccessToken".
func isName(text string) bool {
	const of = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
	return text != "" && (text[0] < '0' || text[0] > '9') && strings.Trim(text, of) == ""
}

// Setting returns the text of a variable or an input without the white space
// around it, and "" if it is blank or an unexpanded reference: both mean that
// nobody set it.
func Setting(text string) string {
	if text = strings.TrimSpace(text); Unexpanded(text) {
		return ""
	}
	return text
}

// Unwrap takes away the quotes around a text.
func Unwrap(text string) string {
	if Wrapped(text) != "quotes" {
		return text
	}
	text = strings.TrimSpace(text)
	return text[1 : len(text)-1]
}

// Wrapped says what surrounds a token that does not belong to it, such as
// quotes that a settings page kept, or "" if nothing does.
func Wrapped(text string) string {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return ""
	case len(trimmed) >= 2 && strings.ContainsRune("\"'`", rune(trimmed[0])) && trimmed[len(trimmed)-1] == trimmed[0]:
		return "quotes"
	case strings.ContainsAny(strings.Replace(text, trimmed, "", 1), "\r\n"):
		return "a line break"
	case trimmed != text:
		return "spaces"
	}
	return ""
}
