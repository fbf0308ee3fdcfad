package fleet

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// Config is what a fleet is to do: the flags of the command line, fleet.yml, the
// settings of a plan and the schema are all this one struct. Empty fields leave
// the choice to the next of them, and in the end to the defaults. A tag "choices"
// lists the words that a field takes.
type Config struct {
	Version      int       `yaml:"version" json:"version,omitzero" kong:"-" help:"Of this form." choices:"1"`
	Service      string    `yaml:"service" json:"service,omitzero" kong:"-" help:"Where tokens come from."`
	Forge        string    `yaml:"forge" json:"forge,omitzero" kong:"-" help:"Where repositories and their secrets are."`
	ForgeURL     string    `yaml:"forgeUrl" json:"forgeUrl,omitzero" kong:"-" help:"Address of the forge, if not its public one."`
	BaseURL      string    `yaml:"baseUrl" json:"baseUrl,omitzero" kong:"-" help:"Address of the service, if not its public one."`
	Provider     string    `yaml:"provider" json:"provider,omitzero" placeholder:"CODE" help:"How the service names the forge, if not by its own name: ghe, gle or bbe at Codacy for self-hosted ones."`
	Organization string    `yaml:"organization" json:"organization,omitzero" name:"org" placeholder:"NAME" help:"Organization, group or workspace; org/project on Azure DevOps."`
	Owner        string    `yaml:"owner" json:"owner,omitzero" placeholder:"WORD" help:"First word of token names, small letters and digits, if several fleets share a service. Default: gw."`
	Secret       string    `yaml:"secret" json:"secret,omitzero" placeholder:"NAME" help:"Name of the secret in every repository. Default: the service's usual variable."`
	Stores       []string  `yaml:"stores" json:"stores,omitzero" name:"store" placeholder:"NAME" help:"Where it goes: in the repository actions, dependabot, codespaces, or group or pipeline on Azure DevOps; organization is one secret of the organization or group for all of them, for a token that they share; exec:PROGRAM is a store behind a program. Several with commas. Default: actions." choices:"actions,dependabot,codespaces,group,pipeline,organization,exec:*"`
	Environments []string  `yaml:"environments" json:"environments,omitzero" name:"environment" placeholder:"NAME" help:"Deployment environments that get it too."`
	Holder       string    `yaml:"holder" json:"holder,omitzero" placeholder:"NAME" help:"Variable group or pipeline on Azure DevOps; {repository} in it stands for the repository's name."`
	Journal      string    `yaml:"journal" json:"journal,omitzero" placeholder:"FILE" help:"What was done, for the next run to go on from. Default: fleet.journal, or NAME.journal of a fleet with a name."`
	AddMissing   bool      `yaml:"addMissing" json:"addMissing,omitzero" help:"Add repositories at the service that it does not analyse yet, where its API can: Codacy."`
	Repositories Selection `yaml:"repositories" json:"repositories,omitzero" embed:"" help:"Which repositories."`
	Token        Issue     `yaml:"token" json:"token,omitzero" embed:"" help:"The new tokens."`
	Rotate       Rotation  `yaml:"rotate" json:"rotate,omitzero" embed:"" help:"When tokens are replaced."`
	Adopt        Adoption  `yaml:"adopt" json:"adopt,omitzero" embed:"" help:"What was not made by this tool and may be replaced."`
	Limits       Limits    `yaml:"limits" json:"limits,omitzero" embed:"" help:"Brakes."`
}

// Selection chooses repositories.
type Selection struct {
	Include    []string          `yaml:"include" json:"include,omitzero" placeholder:"GLOB" help:"Only repositories whose names match one of these."`
	Exclude    []string          `yaml:"exclude" json:"exclude,omitzero" placeholder:"GLOB" help:"Not the repositories whose names match one of these."`
	Topics     []string          `yaml:"topics" json:"topics,omitzero" name:"topic" placeholder:"TOPIC" help:"Only repositories with all these topics."`
	AnyTopics  []string          `yaml:"anyTopics" json:"anyTopics,omitzero" name:"any-topic" placeholder:"TOPIC" help:"Only repositories with one of these topics."`
	NotTopics  []string          `yaml:"notTopics" json:"notTopics,omitzero" name:"not-topic" placeholder:"TOPIC" help:"Not the repositories with one of these topics."`
	Visibility string            `yaml:"visibility" json:"visibility,omitzero" placeholder:"WORD" help:"Only public, private or internal repositories." choices:"public,private,internal"`
	Language   string            `yaml:"language" json:"language,omitzero" placeholder:"NAME" help:"Only repositories in this language."`
	Forks      *bool             `yaml:"forks" json:"forks,omitzero" name:"fork" negatable:"" help:"Only forks; --no-fork: none."`
	Archived   *bool             `yaml:"archived" json:"archived,omitzero" negatable:"" help:"Only archived repositories; --no-archived: none."`
	Properties map[string]string `yaml:"properties" json:"properties,omitzero" name:"property" placeholder:"NAME=VALUE" help:"Only repositories with this custom property."`
	Teams      []string          `yaml:"teams" json:"teams,omitzero" name:"team" placeholder:"NAME" help:"Only repositories of one of these teams (GitHub, Gitea), subgroups (GitLab) or projects (Azure DevOps, Bitbucket)."`
	List       string            `yaml:"list" json:"list,omitzero" name:"repositories-from" placeholder:"FILE" help:"Only the repositories named in this file, one a line, # begins a remark; - is standard input."`
}

// Issue says how new tokens are made.
type Issue struct {
	Expires     Span     `yaml:"expires" json:"expires,omitzero" placeholder:"TIME" help:"Life of new tokens: 90d. Default: the service's longest."`
	Permissions []string `yaml:"permissions" json:"permissions,omitzero" name:"permission" placeholder:"WORD" help:"Permissions of new tokens, for services that have them."`
}

// Rotation says when tokens are replaced and their predecessors revoked.
type Rotation struct {
	Within  Span   `yaml:"within" json:"within,omitzero" name:"rotate-within" placeholder:"TIME" help:"Replace what expires sooner. Default: 14d."`
	MaxAge  Span   `yaml:"maxAge" json:"maxAge,omitzero" placeholder:"TIME" help:"Replace what is older."`
	Grace   *Span  `yaml:"grace" json:"grace,omitzero" placeholder:"TIME" help:"How long an old token lives on. Default: by --runners."`
	Runners string `yaml:"runners" json:"runners,omitzero" placeholder:"KIND" help:"Where jobs run, and so how long a queued one may hold the old token: hosted 24h, self-hosted 7d, any 35d. Default: hosted." choices:"hosted,self-hosted,any"`
	Proof   *bool  `yaml:"proof" json:"proof,omitzero" negatable:"" help:"Revoke an old token before its grace is over once the forge lists no CI run that began before its successor and has not ended. On by default; --no-proof: only after the grace."`
	Drift   string `yaml:"drift" json:"drift,omitzero" kong:"-" help:"What to do with a secret that somebody else changed." choices:"rotate,keep"`
}

// Adoption names what this tool did not make and may replace.
type Adoption struct {
	Secrets bool     `yaml:"secrets" json:"secrets,omitzero" name:"adopt" help:"Replace secrets that this tool did not write."`
	Tokens  []string `yaml:"tokens" json:"tokens,omitzero" name:"adopt-token" placeholder:"GLOB" help:"Names of tokens not made by this tool that may be revoked once replaced."`
}

// Limits are brakes.
type Limits struct {
	MaxChanges  int `yaml:"maxChanges" json:"maxChanges,omitzero" placeholder:"N" help:"Refuse to change more repositories than this; without it, no limit."`
	MaxFailures int `yaml:"maxFailures" json:"maxFailures,omitzero" placeholder:"N" help:"Start no more after so many failures; without it, no limit."`
	MaxMissing  int `yaml:"maxMissing" json:"maxMissing,omitzero" placeholder:"PERCENT" help:"Refuse to go on when more than so many percent of the known repositories are no longer seen; without it, no limit."`
	Workers     int `yaml:"workers" json:"workers,omitzero" placeholder:"N" help:"Repositories worked on at once. Default: 32."`
}

// Fill sets what is empty from another Config. A false that somebody wrote is taken
// for empty, so a setting that must tell the two apart is a pointer.
func (c *Config) Fill(from Config) { fill(reflect.ValueOf(c).Elem(), reflect.ValueOf(from)) }

// fill goes through both in step: they are of one type.
func fill(to, from reflect.Value) {
	for i := range to.NumField() {
		switch field := to.Field(i); {
		case field.Kind() == reflect.Struct:
			fill(field, from.Field(i))
		case field.IsZero():
			field.Set(from.Field(i))
		}
	}
}

// Check refuses words that are none of a field's choices; where begins the message.
// Flags, files and plans are checked alike, and the schema is made of the same tags.
func (c *Config) Check(where string) error { return check(where, reflect.ValueOf(*c)) }

func check(where string, v reflect.Value) error {
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag
		if field.Kind() == reflect.Struct {
			if err := check(where+tag.Get("yaml")+".", field); err != nil {
				return err
			}
			continue
		}
		known := strings.Split(tag.Get("choices"), ",")
		var words []string
		switch {
		case field.Kind() == reflect.String:
			words = []string{field.String()}
		case field.Kind() == reflect.Slice:
			words, _ = field.Interface().([]string)
		case field.CanInt() && field.Int() < 0: // a brake that would hold nothing
			return fault.Errorf(fault.Input, "%s%s: %d is less than 0", where, tag.Get("yaml"), field.Int())
		}
		for _, w := range words {
			if w != "" && known[0] != "" && !slices.ContainsFunc(known, func(choice string) bool { return chosen(choice, w) }) {
				return fault.Errorf(fault.Input, "%s%s: unknown %q; known: %s", where, tag.Get("yaml"), w, strings.Join(known, ", "))
			}
		}
	}
	return nil
}

// chosen reports whether a word is the choice; one that ends in * stands for
// all words that begin like it.
func chosen(choice, word string) bool {
	begin, any := strings.CutSuffix(choice, "*")
	return word == choice || any && len(word) > len(begin) && strings.HasPrefix(word, begin)
}

// Places returns where the secret goes.
func (c *Config) Places() []Place {
	var out []Place
	for _, name := range c.Stores {
		p := Place{Store: forge.Store(name), Holder: c.Holder}
		switch {
		case isProgram(name):
			p.Holder = ""
		case name == "organization":
			p = Place{Store: forge.Actions, Org: c.Organization}
		}
		out = append(out, p)
	}
	if len(c.Stores) == 0 {
		out = append(out, Place{Store: forge.Actions, Holder: c.Holder})
	}
	for _, env := range c.Environments {
		out = append(out, Place{Store: forge.Actions, Environment: env})
	}
	return out
}

// Filter returns what chooses repositories.
func (s Selection) Filter() forge.Filter {
	return forge.Filter{
		Names: s.Include, Exclude: s.Exclude, Topics: s.Topics, AnyTopics: s.AnyTopics, NotTopics: s.NotTopics,
		Visibility: s.Visibility, Language: s.Language, Archived: s.Archived, Fork: s.Forks, Properties: s.Properties,
	}
}

func isProgram(store string) bool {
	_, ok := forge.Store(store).Program()
	return ok
}

// Portable returns the settings as a plan carries them, with the service and
// forge they were found to mean. It holds no address, program, file or brake:
// where credentials go, what is run, and how far a run may, is never a plan's to
// say.
func (c Config) Portable(service, forge string) Config {
	c.Service, c.Forge = service, forge
	c.BaseURL, c.ForgeURL, c.Journal, c.Limits, c.Repositories.List = "", "", "", Limits{}, ""
	c.Stores = slices.DeleteFunc(slices.Clone(c.Stores), isProgram)
	return c
}

// Policy is what the user wants, every default filled in. All of it goes into the
// digest of a plan but Force: a field that is added here makes older plans stale,
// which is right, for they were made without it.
type Policy struct {
	Org          string
	Owner        string // whose tokens these are, the first word of their names; default "gw"
	Secret       string // name of the secret in every place
	Places       []Place
	Filter       forge.Filter
	Teams        []string // only repositories of one of these; nil: of any or none
	AddMissing   bool     // add repositories that the service does not analyse yet
	Shard        Shard
	Life         time.Duration // of new tokens; 0: the service's longest
	Permissions  []string
	RotateWithin time.Duration // rotate what expires sooner
	MaxAge       time.Duration // rotate what is older; 0: never for age
	Grace        time.Duration // how long an old token lives on after its successor is in place
	GraceGiven   bool          // Grace was chosen, and holds for what retires already too, where it is shorter
	Proof        bool          // an old token goes before its grace is over once no run can hold it
	Force        bool          // rotate whatever is kept otherwise
	AdoptSecrets bool          // replace secrets that this tool did not write
	AdoptTokens  []string      // globs: tokens this tool did not make that may be retired with their secret
	MaxMissing   int           // percent of the known repositories that may be missing from the listing; 0: any
	KeepDrift    bool          // leave a secret alone that somebody else changed
}

// defaultWithin is how long before its end a token is rotated if nobody says it.
const defaultWithin = 14 * 24 * time.Hour

// Policy returns what the settings ask for, with the defaults that do not depend on
// the service.
func (c Config) Policy(part Shard) Policy {
	p := Policy{
		Org: c.Organization, Owner: c.Owner, Secret: c.Secret, Places: c.Places(), Filter: c.Repositories.Filter(), Shard: part,
		Life: time.Duration(c.Token.Expires), Permissions: c.Token.Permissions,
		RotateWithin: cmp.Or(time.Duration(c.Rotate.Within), defaultWithin), MaxAge: time.Duration(c.Rotate.MaxAge), Grace: graceFor(c.Rotate.Runners),
		AdoptSecrets: c.Adopt.Secrets, AdoptTokens: c.Adopt.Tokens, KeepDrift: c.Rotate.Drift == "keep", MaxMissing: c.Limits.MaxMissing,
	}
	if c.Rotate.Grace != nil {
		p.Grace, p.GraceGiven = time.Duration(*c.Rotate.Grace), true
	}
	p.Teams, p.AddMissing = c.Repositories.Teams, c.AddMissing
	p.Proof = c.Rotate.Proof == nil || *c.Rotate.Proof
	return p
}
