package fleet

import (
	"cmp"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
)

// Policy is what the user wants.
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

// Policy returns what the settings ask for.
func (c Config) Policy(part Shard) Policy {
	p := Policy{
		Org: c.Organization, Owner: c.Owner, Secret: c.Secret, Places: c.Places(), Filter: c.Repositories.Filter(), Shard: part,
		Life: time.Duration(c.Token.Expires), Permissions: c.Token.Permissions,
		RotateWithin: cmp.Or(time.Duration(c.Rotate.Within), defaultWithin), MaxAge: time.Duration(c.Rotate.MaxAge), Grace: GraceFor(c.Rotate.Runners),
		AdoptSecrets: c.Adopt.Secrets, AdoptTokens: c.Adopt.Tokens, KeepDrift: c.Rotate.Drift == "keep", MaxMissing: c.Limits.MaxMissing,
	}
	if c.Rotate.Grace != nil {
		p.Grace, p.GraceGiven = time.Duration(*c.Rotate.Grace), true
	}
	p.Teams, p.AddMissing = c.Repositories.Teams, c.AddMissing
	p.Proof = c.Rotate.Proof == nil || *c.Rotate.Proof
	return p
}
