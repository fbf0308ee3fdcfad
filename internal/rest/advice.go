package rest

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Advice is what people can do about a refusal. The fields before Text say of
// which; empty ones say nothing.
type Advice struct {
	Status int
	Path   string // part of the address
	Words  string // part of the server's own words; never matched where the status alone will do
	Text   string
	Kind   fault.Kind // what the refusal is, where its status alone misleads; 0: what the status says
}

// Advise returns a Config.Advise that goes through the list and takes the first
// that fits.
func Advise(list ...Advice) func(*StatusError) Advice {
	return func(e *StatusError) Advice {
		for _, a := range list {
			if a.Status == e.Status && strings.Contains(e.URL, a.Path) && strings.Contains(e.Message, a.Words) {
				return a
			}
		}
		return Advice{}
	}
}

// Hint adds what can be done about an answer with one of the statuses, in the
// place of other advice.
func Hint(err error, text string, statuses ...int) error {
	if slices.Contains(statuses, Status(err)) {
		return fault.WithHint(err, "%s", text)
	}
	return err
}

// advised adds what can be done about the refusal. About a rate limit no
// provider knows better.
func (c *Client) advised(e *StatusError) error {
	if e.Limited {
		return fault.WithHint(e, "run it again later, or allow longer waits with --max-wait where a forge is asked")
	}
	if c.cfg.Advise == nil {
		return e
	}
	a := c.cfg.Advise(e)
	var err error = e
	if a.Kind != fault.OK {
		err = fault.As(a.Kind, err)
	}
	if a.Text != "" {
		err = fault.WithHint(err, "%s", a.Text)
	}
	return err
}
