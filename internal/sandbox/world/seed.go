package world

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

// Seed is the YAML file that a world is made from.
type Seed struct {
	Organizations []SeedOrganization `yaml:"organizations"`
	Gates         Gates              `yaml:"gates"`
	// Quirks are behaviours that no source settles, by name: each stand-in
	// documents its own. A client must be right with and without them.
	Quirks []string `yaml:"quirks"`
}

// SeedOrganization is one organization of a seed.
type SeedOrganization struct {
	Name         string           `yaml:"name"`
	User         bool             `yaml:"user"` // a person, not an organization
	Repositories []SeedRepository `yaml:"repositories"`
}

// SeedRepository is one repository of a seed; everything but its name may be left out.
type SeedRepository struct {
	Name          string              `yaml:"name"`
	DefaultBranch string              `yaml:"defaultBranch"`
	Private       bool                `yaml:"private"`
	Archived      bool                `yaml:"archived"`
	Fork          bool                `yaml:"fork"`
	NotAdded      bool                `yaml:"notAdded"`
	Language      string              `yaml:"language"`
	Topics        []string            `yaml:"topics"`
	Properties    map[string][]string `yaml:"properties"`
	Environments  []string            `yaml:"environments"`
	Commits       []SeedCommit        `yaml:"commits"`
	PullRequests  []SeedPullRequest   `yaml:"pullRequests"`
}

// SeedCommit is a commit known from the start.
type SeedCommit struct {
	SHA     string `yaml:"sha"`
	Branch  string `yaml:"branch"`
	Message string `yaml:"message"`
}

// SeedPullRequest is an open pull request. Without a head it gets one of its own.
type SeedPullRequest struct {
	Number int    `yaml:"number"`
	Title  string `yaml:"title"`
	Branch string `yaml:"branch"`
	Head   string `yaml:"head"`
	From   string `yaml:"from"` // owner of the fork that has the branch
}

// Gates are the rules by which the services' stand-ins judge.
type Gates struct {
	// Codacy: smallest coverage of the changed lines, in percent, and how many
	// new issues are still up to standards.
	DiffCoverage float64 `yaml:"diffCoverage"`
	MaxIssues    int     `yaml:"maxIssues"`
	// CodeAnt: gates that fail, by name ("secret", "duplicate", "sast"); all others pass.
	FailingGates []string `yaml:"failingGates"`
	// CodeDig: the risk score from which a pull request is blocked; 0 never blocks.
	MaxRisk int `yaml:"maxRisk"`
	// AnalysisPolls is how many polls an analysis takes before it is done.
	AnalysisPolls int `yaml:"analysisPolls"`
	// CommitsUnknown makes the services refuse commits that no seed or push
	// names. By default a commit that is sent is taken as pushed just before.
	CommitsUnknown bool `yaml:"commitsUnknown"`
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
