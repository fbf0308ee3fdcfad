package forgetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Quirks runs the suite once for each way in which the forge may behave that no
// source settles, by the names of the stand-in's quirks. The cases about the
// way there are left out: they are the same whatever the forge does.
func Quirks(t *testing.T, make_ func(t *testing.T, seed world.Seed) *Subject, quirks ...string) {
	t.Helper()
	way := []string{"cut before the effect", "cut after the effect", "server errors pass", "every form of rate limit", "answers cut short", "a page instead of JSON", "no answer", "refused after a lost answer", "cancelled"}
	for _, quirk := range quirks {
		t.Run(quirk, func(t *testing.T) {
			RunSome(t, func(t *testing.T, seed world.Seed) *Subject {
				seed.Quirks = strings.Fields(quirk)
				return make_(t, seed)
			}, func(name string) bool { return !slices.Contains(way, name) && !strings.HasPrefix(name, "comment") })
		})
	}
}
