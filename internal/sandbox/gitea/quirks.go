package gitea

// The quirks that a seed can switch on, by name (docs/fidelity/gitea.md).
const (
	forgejo = "gitea-forgejo"
	noList  = "gitea-no-list"
)
