package fleet

import (
	"math"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/rest/pace"
)

// Forecast is what applying a plan costs at each host, and how long that
// takes at least under the hosts' own limits.
type Forecast struct {
	Hosts   []HostCost `json:"hosts"`
	Seconds int        `json:"seconds"` // the slowest host's
}

// HostCost is the forecast for one host.
type HostCost struct {
	Host    string `json:"host"`
	Reads   int    `json:"reads"`
	Writes  int    `json:"writes"`
	Limit   string `json:"limit,omitempty"` // the one that decides
	Seconds int    `json:"seconds"`
}

// latency is the guess for one request, and for one repository's chain of them.
const latency = 300 * time.Millisecond

// forecast counts the requests that the saga makes for every change, where nothing
// goes wrong: it is the least, and no promise.
func (f *Fleet) forecast(p Plan) Forecast {
	n, places, common := p.Changes(), 0, 0
	for _, at := range f.Policy.Places {
		if at.Org == "" {
			places++
		} else {
			common += min(n, 1) // one secret for all
		}
	}
	pages := (len(p.Items) + 99) / 100
	at := HostCost{Host: f.Service.Name}
	if f.Service.Minter != nil {
		at.Writes = n
		if f.Service.Prove != nil {
			at.Reads = n
		}
	}
	for _, i := range p.Items {
		if i.Resume { // what became of it is looked up first
			at.Reads++
		}
		for _, t := range i.Tokens {
			if t.Retire || t.Ours && i.Changes() {
				at.Writes++ // revoked in the end
			}
		}
	}
	on := HostCost{Host: f.Forge.Name, Reads: pages + 3*common, Writes: n*places + common}
	if f.Forge.Sealer != nil || f.Forge.WriteChecker != nil { // a key, or a look
		on.Reads += n * places
	}
	out := Forecast{Hosts: []HostCost{f.cost(at, f.Service.Limits, n), f.cost(on, f.Forge.Limits, n)}}
	for _, h := range out.Hosts {
		out.Seconds = max(out.Seconds, h.Seconds)
	}
	return out
}

// cost finds the limit that takes longest: full windows must pass before the
// last request may go. Without limits, latency and workers decide: the requests for
// one repository go one after the other.
func (f *Fleet) cost(h HostCost, limits pace.Profile, changes int) HostCost {
	chain := time.Duration(0)
	if changes > 0 {
		chain = time.Duration(float64(h.Reads+h.Writes) * float64(latency) / math.Min(float64(f.workers()), float64(changes)))
	}
	h.Seconds = int(math.Ceil(chain.Seconds()))
	for _, w := range slices.Concat(limits.Windows, limits.Usual) {
		used := h.Reads*int(w.Cost("GET")) + h.Writes*int(w.Cost("PUT")) // nothing of a window whose cost only an answer shows
		if used == 0 || w.Cap < 1 {
			continue
		}
		full := (used - 1) / int(w.Cap)
		if s := int((time.Duration(full) * w.Per).Seconds()) + 1; s > h.Seconds {
			h.Seconds, h.Limit = s, w.What
		}
	}
	return h
}
