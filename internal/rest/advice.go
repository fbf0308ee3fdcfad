package rest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Advice is what people can do about a refusal. The fields before Text say about
// which; empty ones are any's.
type Advice struct {
	Status int
	Path   string // part of the address
	Words  string // part of the server's own words; never matched where the status alone will do
	Text   string
	Kind   fault.Kind // what the refusal is, where its status alone misleads; 0: what the status says
}

// Hint adds what can be done about an answer with one of the statuses, in the
// place of other advice.
func Hint(err error, text string, statuses ...int) error {
	if slices.Contains(statuses, Status(err)) {
		return fault.WithHint(err, "%s", text)
	}
	return err
}

// advised adds what the provider says, of which the first that fits counts. About
// a rate limit no provider knows better.
func (c *Client) advised(e *StatusError) error {
	if e.Limited {
		return fault.WithHint(e, "run it again later, or allow longer waits with --max-wait where a forge is asked")
	}
	if c.cfg.Advise == nil {
		return e
	}
	for _, a := range c.cfg.Advise(e) {
		if a.Status == e.Status && strings.Contains(e.URL, a.Path) && strings.Contains(e.Message, a.Words) {
			return fault.WithHint(fault.As(cmp.Or(a.Kind, fault.Of(e)), e), "%s", a.Text)
		}
	}
	return e
}
