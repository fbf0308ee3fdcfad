package cli

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fleet"
)

// The schema that editors fetch is the program's own:
// gatewright fleet schema > internal/fleet/fleet.schema.json.
func TestPublishedSchema(t *testing.T) {
	text, err := os.ReadFile("../fleet/fleet.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(fleet.Schema(newTo(console.New(console.Streams{}, console.Plain)).ServiceNames(), newTo(console.New(console.Streams{}, console.Plain)).ForgeNames())), string(text)); diff != "" {
		t.Errorf("the published schema is old: %s", diff)
	}
}
