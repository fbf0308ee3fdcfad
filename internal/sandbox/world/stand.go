package world

import "net/http"

// Variable is one environment variable that points a client at a stand-in.
type Variable struct {
	Name   string
	Value  string
	Secret bool // a token: masked wherever it is shown
}

// Stand is one stand-in: it answers at the root of its own port.
type Stand interface {
	http.Handler
	// Variables returns the address and fresh tokens of this stand-in, under the
	// names that Gatewright and the vendor's own clients read. base is the
	// origin at which it answers. Every call makes new tokens.
	Variables(base string) []Variable
}
