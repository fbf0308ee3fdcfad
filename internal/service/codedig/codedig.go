// Package codedig speaks to CodeDig: keys, and the analysis that gates a pull
// request. Its answers are hardly documented, so the readers here accept every
// shape that the vendor's own texts make likely.
package codedig

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// keyPrefix begins CodeDig's keys.
const keyPrefix = "aca_k1_"

// Client is CodeDig through its API. It is safe for concurrent use.
type Client struct {
	api *rest.Client
	key secret.Value // to recognise the caller's own key in a list; may be empty

	started sync.Map // runs that this client triggered: an ownRun by its runKey
}

// New makes a client. Nothing is sent before the first call.
func New(c service.Connection) *Client {
	return &Client{api: c.API.With(rest.Bearer(c.Token)), key: c.Token}
}

func runsPath(owner, name string) string { return rest.Path("repos", owner, name, "pr-gate", "runs") }

func limit(n int) url.Values { return url.Values{"limit": {strconv.Itoa(n)}} }

// items is a list that comes bare, or under one of the keys.
func items(body []byte, keys ...string) ([]service.Object, bool) {
	if list, ok := listed(body); ok {
		return list, true
	}
	o := service.ParseObject(body)
	for _, k := range keys {
		if list, ok := listed(o[k]); ok {
			return list, true
		}
	}
	return nil, false
}

// listed reads an array of objects. With one that is null or has nothing in it,
// it is none that CodeDig wrote.
func listed(body []byte) ([]service.Object, bool) {
	var list []service.Object
	if json.Unmarshal(body, &list) != nil || list == nil {
		return nil, false
	}
	return list, !slices.ContainsFunc(list, func(o service.Object) bool { return len(o) == 0 })
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
