package gitea

// The quirks that a seed can switch on, by name (docs/fidelity/gitea.md).
const (
	Forgejo = "gitea-forgejo" // refuses what Forgejo refuses
	NoList  = "gitea-no-list" // before 1.22, which cannot list a repository's secrets
)
