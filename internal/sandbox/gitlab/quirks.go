package gitlab

import "github.com/gatewright/gatewright/internal/sandbox/world"

// The quirks that a seed can switch on, by name (docs/fidelity/gitlab.md).
const (
	free        = "gitlab-free"
	strictMasks = "gitlab-strict-masks"
)

// Quirks are what GitLab does under some plans, settings or versions.
type Quirks struct {
	Free      bool     // a group's variables have no environments: the scope becomes "*", with a 201
	Strict    bool     // before 15.7: raw is not known, and only some characters can be masked
	Protected []string // branches on which a developer may set no status
}

func quirksOf(w *world.World) Quirks {
	return Quirks{Free: w.Quirk(free), Strict: w.Quirk(strictMasks)}
}
