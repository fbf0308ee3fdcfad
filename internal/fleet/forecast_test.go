package fleet

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// TestForecast holds how many requests a plan costs at the service and at the forge:
// the least that there can be.
func TestForecast(t *testing.T) {
	change, keep := Item{Action: Create}, Item{Action: Keep}
	tokens := []SeenToken{{Ours: true}, {Ours: true}, {Retire: true}, {}}
	for _, tt := range []struct {
		name   string
		items  []Item
		places []Place
		change func(f *Fleet)
		want   [2][2]int // reads and writes of the service, and of the forge
	}{
		{name: "nothing"},
		{name: "nothing to change", items: []Item{keep}, want: [2][2]int{{}, {1, 0}}},
		{name: "two new ones", items: []Item{change, keep, change}, want: [2][2]int{{2, 2}, {3, 2}}},
		{name: "no proof", items: []Item{change}, change: func(f *Fleet) { f.Service.Prove = nil }, want: [2][2]int{{0, 1}, {2, 1}}},
		{name: "a token that is given", items: []Item{change}, change: func(f *Fleet) { f.Service.Minter = nil }, want: [2][2]int{{}, {2, 1}}},
		{name: "old ones that are replaced", items: []Item{{Action: Rotate, Tokens: tokens}}, want: [2][2]int{{1, 4}, {2, 1}}},
		{name: "old ones beside what stays", items: []Item{{Action: Keep, Tokens: tokens}}, want: [2][2]int{{0, 1}, {1, 0}}},
		{name: "one to go on with", items: []Item{{Action: Create, Resume: true}}, want: [2][2]int{{2, 1}, {2, 1}}},
		{name: "two places", items: []Item{change, change}, places: []Place{{Store: forge.Actions}, {Store: forge.Dependabot}}, want: [2][2]int{{2, 2}, {5, 4}}},
		{name: "the organization's", items: []Item{change, change}, places: []Place{{Org: "acme"}}, want: [2][2]int{{2, 2}, {4, 1}}},
		{name: "the organization's and its own", items: []Item{change, change}, places: []Place{{Org: "acme"}, {Store: forge.Actions}}, want: [2][2]int{{2, 2}, {6, 3}}},
		{name: "the organization's, and nothing to change", items: []Item{keep}, places: []Place{{Org: "acme"}}, want: [2][2]int{{}, {1, 0}}},
		{name: "a key alone", items: []Item{change}, change: func(f *Fleet) { f.Forge.WriteChecker = nil }, want: [2][2]int{{1, 1}, {2, 1}}},
		{name: "a look alone", items: []Item{change}, change: func(f *Fleet) { f.Forge.Sealer = nil }, want: [2][2]int{{1, 1}, {2, 1}}},
		{name: "neither", items: []Item{change}, change: func(f *Fleet) { f.Forge.Sealer, f.Forge.WriteChecker = nil, nil }, want: [2][2]int{{1, 1}, {1, 1}}},
		{name: "a page", items: make([]Item, 100), want: [2][2]int{{}, {1, 0}}},
		{name: "a page and one", items: make([]Item, 101), want: [2][2]int{{}, {2, 0}}},
	} {
		f := newWorld(t).fleet(forge.Actions)
		if tt.places != nil {
			f.Policy.Places = tt.places
		}
		if tt.change != nil {
			tt.change(f)
		}
		c := f.forecast(Plan{Items: tt.items})
		at, on := c.Hosts[0], c.Hosts[1]
		if got := [2][2]int{{at.Reads, at.Writes}, {on.Reads, on.Writes}}; got != tt.want || at.Host != "codacy" || on.Host != "github" || c.Seconds != max(at.Seconds, on.Seconds) {
			t.Errorf("%s: %v, want %v; %+v", tt.name, got, tt.want, c)
		}
	}
}

// TestForecastOfLimits: the limit that takes longest decides, and without one the time
// of the requests, one after the other for each repository.
func TestForecastOfLimits(t *testing.T) {
	per := func(limit float64, d time.Duration, u pace.Unit) pace.Window {
		return pace.Window{What: "L", Cap: limit, Per: d, Unit: u}
	}
	minute := per(10, time.Minute, pace.Requests)
	for _, tt := range []struct {
		name                            string
		reads, writes, changes, workers int
		windows, usual                  []pace.Window
		seconds                         int
		limit                           string
	}{
		{name: "nothing to change", reads: 9, workers: 1},
		{name: "one worker", reads: 5, writes: 3, changes: 2, workers: 1, seconds: 3},
		{name: "as many as there are changes", reads: 5, writes: 3, changes: 2, workers: 9, seconds: 2},
		{name: "one window", reads: 7, writes: 3, changes: 10, workers: 10, windows: []pace.Window{minute}, seconds: 1},
		{name: "one more", reads: 7, writes: 4, changes: 11, workers: 11, windows: []pace.Window{minute}, seconds: 61, limit: "L"},
		{name: "one more, in a usual window", reads: 11, changes: 11, workers: 11, usual: []pace.Window{minute}, seconds: 61, limit: "L"},
		{name: "points", reads: 1, writes: 2, changes: 9, workers: 9, windows: []pace.Window{per(10, time.Minute, pace.Points)}, seconds: 61, limit: "L"},
		{name: "one at a time", reads: 3, changes: 9, workers: 9, windows: []pace.Window{per(1, time.Minute, pace.Requests)}, seconds: 121, limit: "L"},
		{name: "seconds, which nobody knows", reads: 9, writes: 9, changes: 60, workers: 60, windows: []pace.Window{per(1, time.Minute, pace.Seconds)}, seconds: 1},
		{name: "behind seconds", reads: 11, changes: 60, workers: 60, windows: []pace.Window{per(1, time.Minute, pace.Seconds), minute}, seconds: 61, limit: "L"},
		{name: "a window of none", reads: 11, changes: 60, workers: 60, windows: []pace.Window{per(0, time.Minute, pace.Requests)}, seconds: 1},
		{name: "one that takes no longer than the requests", reads: 10, changes: 1, workers: 1, windows: []pace.Window{per(9, 2*time.Second, pace.Requests)}, seconds: 3},
	} {
		f := &Fleet{Workers: tt.workers}
		got := f.cost(HostCost{Host: "h", Reads: tt.reads, Writes: tt.writes}, pace.Profile{Windows: tt.windows, Usual: tt.usual}, tt.changes)
		if got.Seconds != tt.seconds || got.Limit != tt.limit {
			t.Errorf("%s: %d s by %q, want %d by %q", tt.name, got.Seconds, got.Limit, tt.seconds, tt.limit)
		}
	}
}

// TestSchemaIsPublished: the schema that is published is the one of these settings.
func TestSchemaIsPublished(t *testing.T) {
	text, err := os.ReadFile("fleet.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var published struct {
		Properties struct{ Service, Forge struct{ Enum []string } }
	}
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(Schema(published.Properties.Service.Enum, published.Properties.Forge.Enum))); diff != "" {
		t.Error(diff)
	}
	// A list may have none that stands for others, or it first.
	for want, words := range map[string][]string{
		`{"enum":["a","b"],"type":"string"}`:                            {"a", "b"},
		`{"anyOf":[{"enum":["a"]},{"pattern":"^x:."}],"type":"string"}`: {"x:*", "a"},
	} {
		if got, err := json.Marshal(items(words)); err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}
