package forge

import "github.com/gatewright/gatewright/internal/fault"

// CheckName refuses what most forges do not take for the name of a secret:
// anything but letters, digits and underscores, and a digit in front. thing is
// the forge's word for a secret. It is asked before any request, so that nothing
// is minted for a name that cannot be stored.
func CheckName(thing, forge, name string) error {
	if name == "" {
		return fault.Errorf(fault.Input, "the %s has no name", thing)
	}
	for i, r := range name {
		if !IsWord(r) || i == 0 && r >= '0' && r <= '9' {
			return fault.Errorf(fault.Input, "%s name %q: %s allows letters, digits and underscores, and no digit in front", thing, name, forge)
		}
	}
	return nil
}

// IsWord reports whether r is an underscore, or a letter or digit of ASCII.
func IsWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}
