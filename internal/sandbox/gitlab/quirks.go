package gitlab

import "github.com/gatewright/gatewright/internal/sandbox/world"

// The quirks that a seed can switch on, by name (docs/fidelity/gitlab.md).
const (
	free        = "gitlab-free"
	strictMasks = "gitlab-strict-masks"
	listed      = "gitlab-listed-permissions"
	moved404    = "gitlab-moved-404"
)

// Quirks are what GitLab does under some plans, settings or versions.
type Quirks struct {
	Free      bool     // a group's variables have no environments: the scope becomes "*", with a 201
	Strict    bool     // before 15.7: raw is not known, and only some characters can be masked
	Listed    bool     // lists of a group's projects have permissions; that they have none is inferred
	Moved404  bool     // a project's old path is 404 after a transfer; that the API follows is inferred
	Protected []string // branches on which a developer may set no status
}

func quirksOf(w *world.World) Quirks {
	return Quirks{Free: w.Quirk(free), Strict: w.Quirk(strictMasks), Listed: w.Quirk(listed), Moved404: w.Quirk(moved404)}
}
