// Package forge says what a forge is: the host of the repositories, and the
// keeper of the secrets that its CI jobs read. Each interface is one
// capability. A forge is known by its Descriptor and opened as a Forge.
package forge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// Store is a kind of place for secrets within a forge.
type Store string

// The stores. Actions is also what GitLab, Bitbucket and Gitea have: the
// project's or repository's own CI variables.
const (
	Actions    Store = "actions"    // repository secrets read by CI jobs; every forge
	Dependabot Store = "dependabot" // GitHub
	Codespaces Store = "codespaces" // GitHub
	Group      Store = "group"      // Azure DevOps variable group
	Pipeline   Store = "pipeline"   // Azure DevOps pipeline definition
)

// Program returns the name of the program that keeps the secrets of a store
// "exec:PROGRAM". ok is false for a forge's own stores.
func (s Store) Program() (name string, ok bool) {
	return strings.CutPrefix(string(s), "exec:")
}

// Ref says where a secret is: its name and its place.
type Ref struct {
	Store       Store
	Owner       string // organization, group, workspace; "org/project" on Azure DevOps
	Repo        string // "" for a secret of the owner itself
	Environment string // deployment environment or environment scope; usually ""
	Holder      string // name of the variable group or pipeline, where the forge has them
	Name        string
}

// String returns the place as a person would name it, without the secret's name.
func (r Ref) String() string {
	s := r.Owner
	if r.Repo != "" {
		s += "/" + r.Repo
	}
	if r.Holder != "" {
		s += " " + string(r.Store) + " " + r.Holder
	} else if r.Store != "" && r.Store != Actions {
		s += " (" + string(r.Store) + ")"
	}
	if r.Environment != "" {
		s += " environment " + r.Environment
	}
	return s
}

// Op returns in words what is done with the secret: "store TOKEN in acme/api".
func (r Ref) Op(verb string) string { return fmt.Sprintf("%s %s in %s", verb, r.Name, r) }

// Missing returns the error for a secret that is not there, an fs.ErrNotExist.
func (r Ref) Missing() error {
	return fault.Errorf(fault.Input, "%s in %s: %w", r.Name, r, fs.ErrNotExist)
}

// Written says whether a Put made the secret or replaced one; zero: it is stored, and a try
// before the one that was answered may have made it.
type Written int

// What a Put did.
const (
	Created Written = iota + 1
	Replaced
)

// WrittenOver returns what a Put did, by whether the secret was there.
func WrittenOver(there bool) Written {
	if there {
		return Replaced
	}
	return Created
}

// WrittenBy returns what a PUT did by the status of its answer, as GitHub and Gitea
// say it. Another success says neither, and so that it did nothing.
func WrittenBy(resp *rest.Response, op, system string) (Written, error) {
	switch resp.Status {
	case rest.StatusCreated:
		return Created, nil
	case rest.StatusNoContent:
		if resp.Unclear() {
			return 0, nil
		}
		return Replaced, nil
	}
	return 0, fault.Errorf(fault.Service, "%s: %s answered %d, neither created nor replaced", op, system, resp.Status)
}

// Deleted returns err, that of a deletion, or nil where it is a 404 and a look shows that
// nothing is there: hosts answer so, too, where a credential may see a secret and no more.
func Deleted(ctx context.Context, by Stater, ref Ref, err error) error {
	if rest.Status(err) != rest.StatusNotFound {
		return err
	}
	switch _, look := by.Stat(ctx, ref); {
	case look == nil:
		return fault.WithHint(fault.Errorf(fault.Auth, "%w, and it is still there", err), "see whether the credential may delete it")
	case !errors.Is(look, fs.ErrNotExist):
		return look
	}
	return nil
}

// Forge is an opened forge: what every forge here can do, and as named fields
// what only some can. It is safe for concurrent use.
type Forge struct {
	Secrets
	Stater
	Lister
	WriteChecker
	RepositoryLister
	Commenter
	StatusSetter
	PullRequestFinder

	Sharer    Sharer         // nil: every repository of an owner sees its secrets
	Sealer    Sealer         // nil: values cannot be sealed
	Planner   Planner        // nil: a Put makes or replaces, and nothing else
	Insights  Insighter      // nil: no reports beside a commit
	Resolver  Resolver       // nil: OWNER/NAME is whole
	Keys      KeyCache       // nil: there are no keys worth keeping
	Pulls     PullReader     // nil: a pull request is not read by its number
	Runs      RunFinder      // nil: CI runs are not listed
	Teams     TeamLister     // nil: repositories are not listed by teams
	Artifacts Artifacts      // nil: what runs left is not read
	Keeps     ArtifactWriter // nil: a run leaves files by its CI's own means
}

// Secrets writes and deletes secrets. Put is idempotent: the same Put may be
// repeated after a lost answer; after an error, rest.Ambiguous and
// rest.Refused say whether any request of the whole Put may have had its
// effect. A secret that is already gone is no error of Delete.
type Secrets interface {
	Put(ctx context.Context, ref Ref, value secret.Value) (Written, error)
	Delete(ctx context.Context, ref Ref) error
}

// Stat is what a forge shows of a secret; never its value.
type Stat struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt,omitzero"`
	UpdatedAt time.Time `json:"updatedAt,omitzero"` // zero where the forge does not say
	Scope     string    `json:"scope,omitempty"`    // visibility, environment scope, …
	Ours      bool      `json:"ours,omitempty"`     // it carries this tool's mark; false also where a forge has no place for one
	Unmarked  bool      `json:"-"`                  // the forge has a place for the mark, and it is not there
	Note      string    `json:"note,omitempty"`     // what a user has to know of it: who does not see it
}

// Stater looks at one secret. For a secret that is not there the error is
// fs.ErrNotExist.
type Stater interface {
	Stat(ctx context.Context, ref Ref) (Stat, error)
}

// Lister lists the secrets of a place; ref.Name is ignored.
type Lister interface {
	List(ctx context.Context, ref Ref) ([]Stat, error)
}

// WriteChecker looks, before any token is minted, whether the secret could be
// written. A nil error means yes as far as the forge lets one see; it is also
// nil for ref.Name "", which stands for any name.
type WriteChecker interface {
	CanWrite(ctx context.Context, ref Ref) error
}

// Change is what a Put would do to its place.
type Change string

// The changes. Recreate is a replacement that the forge allows only by deleting
// first: jobs that start in between find no secret.
const (
	Create   Change = "create"
	Replace  Change = "replace"
	Recreate Change = "recreate"
)

// Planner says what a Put would do, for forges where that is more than whether
// the secret is there.
type Planner interface {
	Plan(ctx context.Context, ref Ref) (Change, error)
}

// Plan returns what a Put of the forge would do.
func (f Forge) Plan(ctx context.Context, ref Ref) (Change, error) {
	if f.Planner != nil {
		return f.Planner.Plan(ctx, ref)
	}
	_, err := f.Stat(ctx, ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Create, nil
	case err != nil:
		return "", err
	default:
		return Replace, nil
	}
}

// Sharer is the capability of forges whose owners' secrets are seen by chosen
// repositories only. The references have no repository.
type Sharer interface {
	// Audience returns who sees the secret; fs.ErrNotExist if there is none.
	Audience(ctx context.Context, ref Ref) (Audience, error)
	// PutFor is a Put of a secret that these repositories are to see, besides those
	// that do. It narrows nothing: who saw the secret before still does, and a
	// visibility that is no selection stays as it is.
	PutFor(ctx context.Context, ref Ref, value secret.Value, to []Repository) (Written, error)
}

// Audience is who sees an owner's secret.
type Audience struct {
	Visibility string          // all, private or selected
	IDs        map[string]bool // of the repositories that are selected
}

// Has reports whether the repository sees the secret.
func (a Audience) Has(r Repository) bool {
	switch a.Visibility {
	case "selected":
		return a.IDs[r.ID]
	case "private":
		return r.Visibility != "public"
	default:
		return true
	}
}

// Sealed is a secret encrypted for one store of a forge: only the forge can
// open it, so it may be kept in a journal.
type Sealed struct {
	KeyID string `json:"keyId"`
	Text  string `json:"text"` // base64 of the sealed box
}

// Sealer is the capability of stores that publish a key: sealing and sending
// are then two steps, and the sealed form may be kept between them.
type Sealer interface {
	Seal(ctx context.Context, ref Ref, value secret.Value) (Sealed, error)
	PutSealed(ctx context.Context, ref Ref, sealed Sealed) (Written, error)
}

// Key is a place's public key: no secret, but whoever can replace one reads
// what is sealed with it.
type Key struct {
	ID  string `json:"id"`
	Key string `json:"key"` // base64
}

// KeyCache is the capability to keep the public keys of stores from run to
// run, which saves a Sealer half of its requests. A key that the forge has
// replaced since is read anew when it refuses the old one.
type KeyCache interface {
	Keys() map[string]Key // those read so far, by place
	SetKeys(keys map[string]Key)
}

// Resolver is the capability of forges whose repositories stand below more
// than an owner: it completes a reference that names too little. An ambiguous
// or unknown name is an Input error that lists the choices.
type Resolver interface {
	Resolve(ctx context.Context, ref Ref) (Ref, error)
}
