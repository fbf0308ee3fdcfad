package gitlab

// The quirks that a seed can switch on, by name (docs/fidelity/gitlab.md): what GitLab
// does under some plans, settings or versions.
const (
	Free     = "gitlab-free"               // a group's variables have no environments: the scope becomes "*", with a 201
	Strict   = "gitlab-strict-masks"       // before 15.7: raw is not known, and only some characters can be masked
	Listed   = "gitlab-listed-permissions" // lists of a group's projects have permissions; that they have none is inferred
	Moved404 = "gitlab-moved-404"          // a project's old path is 404 after a transfer; that the API follows is inferred
)
