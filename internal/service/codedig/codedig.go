// Package codedig speaks to CodeDig: keys, and the analysis that gates a pull
// request. Its answers are hardly documented, so the readers here accept every
// shape that the vendor's own texts make likely.
package codedig

import (
	"github.com/gatewright/gatewright/internal/rest"
)

// DefaultBaseURL is CodeDig's cloud.
const DefaultBaseURL = "https://api.codedig.ai"

// Client is CodeDig through its API. It is safe for concurrent use.
type Client struct{ api *rest.Client }

// New makes a client around one that sends the key as a bearer. Nothing is
// sent before the first call.
func New(api *rest.Client) *Client { return &Client{api} }
