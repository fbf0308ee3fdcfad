package fleet

import (
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
	Shard        Shard
	Life         time.Duration // of new tokens; 0: the service's longest
	Permissions  []string
	RotateWithin time.Duration // rotate what expires sooner
	MaxAge       time.Duration // rotate what is older; 0: never for age
	Grace        time.Duration // how long an old token lives on after its successor is in place
	Force        bool          // rotate whatever is kept otherwise
	AdoptSecrets bool          // replace secrets that this tool did not write
	AdoptTokens  []string      // globs: tokens this tool did not make that may be retired with their secret
	MaxMissing   int           // percent of the known repositories that may be missing from the listing; 0: any
	KeepDrift    bool          // leave a secret alone that somebody else changed
}
