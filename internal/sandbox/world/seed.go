package world

import (
	"bytes"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

// Seed is the YAML file that a world is made from.
type Seed struct {
	Organizations []SeedOrganization `yaml:"organizations,omitempty"`
	Gates         Gates              `yaml:"gates,omitempty"`
	// Quirks are behaviours that no source settles, by name: each stand-in
	// documents its own. A client must be right with and without them.
	Quirks []string `yaml:"quirks,omitempty"`
	// Recorded says of which fleet this is a record; zero if it is none.
	Recorded Recorded `yaml:"recorded,omitempty"`
}

// Recorded is what `gatewright fleet plan --record` looked at: secrets of the
// seed are that forge's, tokens that service's.
type Recorded struct {
	At      time.Time `yaml:"at"`
	Service string    `yaml:"service"`
	Forge   string    `yaml:"forge"`
	Host    string    `yaml:"host"` // in the repositories' identity; "public" for the public forge
}

// SeedOrganization is one organization of a seed.
type SeedOrganization struct {
	Name         string           `yaml:"name,omitempty"`
	User         bool             `yaml:"user,omitempty"` // a person, not an organization
	Repositories []SeedRepository `yaml:"repositories,omitempty"`
}

// SeedRepository is one repository of a seed; everything but its name may be left out.
type SeedRepository struct {
	ID            int64               `yaml:"id,omitempty"`
	Name          string              `yaml:"name,omitempty"`
	DefaultBranch string              `yaml:"defaultBranch,omitempty"`
	Private       bool                `yaml:"private,omitempty"`
	Archived      bool                `yaml:"archived,omitempty"`
	NoCI          bool                `yaml:"noCI,omitempty"` // switched off: GitLab, Gitea, Forgejo
	Fork          bool                `yaml:"fork,omitempty"`
	NotAdded      bool                `yaml:"notAdded,omitempty"`
	Language      string              `yaml:"language,omitempty"`
	Topics        []string            `yaml:"topics,omitempty"`
	Properties    map[string][]string `yaml:"properties,omitempty"`
	Environments  []string            `yaml:"environments,omitempty"`
	Commits       []SeedCommit        `yaml:"commits,omitempty"`
	PullRequests  []SeedPullRequest   `yaml:"pullRequests,omitempty"`
	Secrets       []SeedSecret        `yaml:"secrets,omitempty"`
	Tokens        []SeedToken         `yaml:"tokens,omitempty"`
	Runs          []SeedRun           `yaml:"runs,omitempty"`
	Teams         []string            `yaml:"teams,omitempty"` // of the organization, that have access to it
}

// SeedSecret is a secret of a repository: that it is there, never its value.
type SeedSecret struct {
	Store       string    `yaml:"store,omitempty"` // "" is actions
	Environment string    `yaml:"environment,omitempty"`
	Name        string    `yaml:"name"`
	UpdatedAt   time.Time `yaml:"updatedAt,omitempty"`
}

// SeedToken is a token of a repository at the service, without its value.
type SeedToken struct {
	ID        int64     `yaml:"id,omitempty"`
	Name      string    `yaml:"name"`
	CreatedAt time.Time `yaml:"createdAt,omitempty"`
	ExpiresAt time.Time `yaml:"expiresAt,omitempty"`
}

// SeedCommit is a commit known from the start.
type SeedCommit struct {
	SHA     string `yaml:"sha,omitempty"`
	Branch  string `yaml:"branch,omitempty"`
	Message string `yaml:"message,omitempty"`
}

// SeedPullRequest is an open pull request. Without a head it gets one of its own.
type SeedPullRequest struct {
	Number int    `yaml:"number,omitempty"`
	Title  string `yaml:"title,omitempty"`
	Branch string `yaml:"branch,omitempty"`
	Head   string `yaml:"head,omitempty"`
	From   string `yaml:"from,omitempty"` // owner of the fork that has the branch
}

// Gates are the rules by which the services' stand-ins judge.
type Gates struct {
	// Codacy: smallest coverage of the changed lines, in percent, and how many
	// new issues are still up to standards.
	DiffCoverage float64 `yaml:"diffCoverage,omitempty"`
	MaxIssues    int     `yaml:"maxIssues,omitempty"`
	// CodeAnt: gates that fail, by name ("secret", "duplicate", "sast"); all others pass.
	FailingGates []string `yaml:"failingGates,omitempty"`
	// CodeDig: the risk score from which a pull request is blocked; 0 never blocks.
	MaxRisk int `yaml:"maxRisk,omitempty"`
	// AnalysisPolls is how many polls an analysis takes before it is done.
	AnalysisPolls int `yaml:"analysisPolls,omitempty"`
	// CommitsUnknown makes the services refuse commits that no seed or push
	// names. By default a commit that is sent is taken as pushed just before.
	CommitsUnknown bool `yaml:"commitsUnknown,omitempty"`
}

// ParseSeed reads a seed, refusing keys it does not know.
func ParseSeed(name string, text []byte) (Seed, error) {
	var s Seed
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil {
		return s, fault.Errorf(fault.Input, "seed %s: %w", name, err)
	}
	return s, nil
}

// DefaultSeed is the organization acme: 25 repositories, acme/api among them
// with the open pull request 7, some private, archived, forked, and two that
// were never added at the services.
func DefaultSeed() Seed {
	names := []string{
		"api", "web", "mobile", "billing", "search", "auth", "gateway", "docs", "cli", "infra",
		"payments", "reports", "mailer", "queue", "scheduler", "images", "events", "metrics", "admin", "sdk-go",
		"sdk-js", "legacy-portal", "playground", "forked-lib", "archive-2019",
	}
	languages := []string{"Go", "TypeScript", "Kotlin", "Java", "Python"}
	org := SeedOrganization{Name: "acme"}
	for i, name := range names {
		r := SeedRepository{Name: name, Language: languages[i%len(languages)], Private: i%3 == 1, Topics: []string{"product"}}
		if i%5 == 0 {
			r.Topics = append(r.Topics, "tier-1")
		}
		r.Properties = map[string][]string{"team": {fmt.Sprintf("team-%d", i%4)}}
		switch name {
		case "api":
			r.Environments = []string{"production"}
			r.Properties["compliance"] = []string{"soc2", "iso27001"} // several values: breaks naive decoders
			r.PullRequests = []SeedPullRequest{{Number: 7, Title: "Retry lost payments", Branch: "retry-payments"}}
		case "legacy-portal", "archive-2019":
			r.Archived = true
		case "forked-lib":
			r.Fork = true
		case "playground", "docs":
			r.NotAdded = true
		}
		org.Repositories = append(org.Repositories, r)
	}
	return Seed{Organizations: []SeedOrganization{org}, Gates: Gates{DiffCoverage: 50, AnalysisPolls: 1}}
}
