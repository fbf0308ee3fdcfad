package fleet

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

// Config is fleet.yml: what a flag can say, written down. Empty fields leave
// the choice to flags and defaults.
type Config struct {
	Version      int      `yaml:"version" json:"version,omitzero"`
	Service      string   `yaml:"service" json:"service,omitzero"`
	Forge        string   `yaml:"forge" json:"forge,omitzero"`
	ForgeURL     string   `yaml:"forgeUrl" json:"forgeUrl,omitzero"`
	BaseURL      string   `yaml:"baseUrl" json:"baseUrl,omitzero"`
	Provider     string   `yaml:"provider" json:"provider,omitzero"`
	Organization string   `yaml:"organization" json:"organization,omitzero"`
	Owner        string   `yaml:"owner" json:"owner,omitzero"`
	Secret       string   `yaml:"secret" json:"secret,omitzero"`
	Stores       []string `yaml:"stores" json:"stores,omitzero"`
	Environments []string `yaml:"environments" json:"environments,omitzero"`
	Holder       string   `yaml:"holder" json:"holder,omitzero"`
	Journal      string   `yaml:"journal" json:"journal,omitzero"`
	Repositories struct {
		Include    []string          `yaml:"include" json:"include,omitzero"`
		Exclude    []string          `yaml:"exclude" json:"exclude,omitzero"`
		Topics     []string          `yaml:"topics" json:"topics,omitzero"`
		Visibility string            `yaml:"visibility" json:"visibility,omitzero"`
		Language   string            `yaml:"language" json:"language,omitzero"`
		Forks      *bool             `yaml:"forks" json:"forks,omitzero"`
		Archived   *bool             `yaml:"archived" json:"archived,omitzero"`
		Properties map[string]string `yaml:"properties" json:"properties,omitzero"`
	} `yaml:"repositories" json:"repositories,omitzero"`
	Token struct {
		Expires     Span     `yaml:"expires" json:"expires,omitzero"`
		Permissions []string `yaml:"permissions" json:"permissions,omitzero"`
	} `yaml:"token" json:"token,omitzero"`
	Rotate struct {
		Within  Span   `yaml:"within" json:"within,omitzero"`
		MaxAge  Span   `yaml:"maxAge" json:"maxAge,omitzero"`
		Grace   *Span  `yaml:"grace" json:"grace,omitzero"`
		Runners string `yaml:"runners" json:"runners,omitzero"`
		Drift   string `yaml:"drift" json:"drift,omitzero"`
	} `yaml:"rotate" json:"rotate,omitzero"`
	Adopt struct {
		Secrets bool     `yaml:"secrets" json:"secrets,omitzero"`
		Tokens  []string `yaml:"tokens" json:"tokens,omitzero"`
	} `yaml:"adopt" json:"adopt,omitzero"`
	Limits struct {
		MaxChanges  int `yaml:"maxChanges" json:"maxChanges,omitzero"`
		MaxFailures int `yaml:"maxFailures" json:"maxFailures,omitzero"`
		Workers     int `yaml:"workers" json:"workers,omitzero"`
	} `yaml:"limits" json:"limits,omitzero"`
}

//go:embed fleet.schema.json
var schema []byte

// Schema is the JSON schema of fleet.yml.
func Schema() []byte { return bytes.Clone(schema) }

// ParseConfig reads fleet.yml, refusing keys it does not know.
func ParseConfig(name string, text []byte) (Config, error) {
	var c Config
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, fault.WithHint(fault.Errorf(fault.Input, "%s: %w", name, err), "`gatewright fleet schema` prints what may stand there")
	}
	switch {
	case c.Version > 1:
		return c, fault.Errorf(fault.Input, "%s: version %d; this program knows version 1", name, c.Version)
	case c.Rotate.Runners != "" && !oneOf(c.Rotate.Runners, "hosted", "self-hosted", "any"):
		return c, fault.Errorf(fault.Input, "%s: rotate.runners %q; known: hosted, self-hosted, any", name, c.Rotate.Runners)
	case c.Rotate.Drift != "" && !oneOf(c.Rotate.Drift, "rotate", "keep"):
		return c, fault.Errorf(fault.Input, "%s: rotate.drift %q; known: rotate, keep", name, c.Rotate.Drift)
	}
	return c, nil
}

func oneOf(text string, known ...string) bool {
	for _, k := range known {
		if text == k {
			return true
		}
	}
	return false
}

// GraceFor is how long a run that was queued with the old token can still use
// it: GitHub reads secrets when a run is queued, and a hosted job lives 6
// hours, a self-hosted one 5 days after at most one in the queue; no run, one
// that waits for an approval included, lives longer than 35 days.
// Source: docs.github.com, "Actions limits".
func GraceFor(runners string) time.Duration {
	switch runners {
	case "self-hosted":
		return 7 * 24 * time.Hour
	case "any":
		return 35 * 24 * time.Hour
	default:
		return 24 * time.Hour
	}
}

// Span is a duration that may count in days: 90d, 1d12h, 30m.
type Span time.Duration

var errSpan = errors.New("not a duration like 90d, 12h or 1d12h")

// UnmarshalText reads the form of the command line and of fleet.yml.
func (s *Span) UnmarshalText(text []byte) error {
	m := regexp.MustCompile(`^(?:(\d+)d)?(.*)$`).FindStringSubmatch(strings.TrimSpace(string(text)))
	var d time.Duration
	if m[1] != "" {
		n, err := strconv.Atoi(m[1])
		if err != nil || n > 36500 {
			return fmt.Errorf("%q: %w", text, errSpan)
		}
		d = time.Duration(n) * 24 * time.Hour
	}
	if m[2] != "" {
		rest, err := time.ParseDuration(m[2])
		if err != nil || rest < 0 {
			return fmt.Errorf("%q: %w", text, errSpan)
		}
		d += rest
	}
	if m[1] == "" && m[2] == "" {
		return fmt.Errorf("%q: %w", text, errSpan)
	}
	*s = Span(d)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalYAML reads the same, and tells the line of what is wrong.
func (s *Span) UnmarshalYAML(n *yaml.Node) error {
	if err := s.UnmarshalText([]byte(n.Value)); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return nil
}
