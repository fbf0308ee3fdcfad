package journal

import "time"

// Kind is what an entry says.
type Kind string

// The kinds. Of one repository's token they come in the order of this list. Begin,
// Planned, Storing and Retiring are written before what they announce, the others
// after its answer: a crash in between leaves a doubt that the next run finds, and
// no token that it does not know of.
const (
	Head     Kind = "journal"  // first line of a file
	Begin    Kind = "begin"    // a run starts
	Planned  Kind = "planned"  // a token of this name is about to be minted
	Minted   Kind = "minted"   // the service made it; Sealed holds what may be stored
	Storing  Kind = "storing"  // from here on a place may hold it
	Stored   Kind = "stored"   // Place holds it
	Verified Kind = "verified" // every place holds it and the service accepts it
	Retiring Kind = "retiring" // Token is to be revoked, not before NotBefore
	Revoked  Kind = "revoked"  // Token is gone
	Done     Kind = "done"     // nothing is left to do for the repository
	Failed   Kind = "failed"   // this try ended, Reason says why
	Adopted  Kind = "adopted"  // Token was found in use and is ours from now on
	Observed Kind = "observed" // the forge says Place was written at UpdatedAt
	Absent   Kind = "absent"   // no token of that name was found
	Removed  Kind = "removed"  // Place no longer has the secret: it was deleted
	End      Kind = "end"      // a run ends
)

// Sealed is a token encrypted for one place; only its forge can open it, so that
// the file may be copied as freely as one without it.
type Sealed struct {
	Place string `json:"place"`
	KeyID string `json:"keyId"`
	Text  string `json:"text"`
}

// Entry is one line. Append sets Seq and Sum. A field that a reader does not know
// makes the line an error, so a new one needs a new version of the file. Times are
// the writer's own, in UTC, but for UpdatedAt, CreatedAt and ExpiresAt, which the
// forge and the service say. nil: they did not.
type Entry struct {
	Seq       int64      `json:"seq"`
	At        time.Time  `json:"at"`
	Kind      Kind       `json:"kind"`
	Run       string     `json:"run,omitempty"`
	Subject   string     `json:"subject,omitempty"` // what the entry is about, stable under renaming
	Repo      string     `json:"repository,omitempty"`
	Token     string     `json:"token,omitempty"` // the service's id, never the value
	Name      string     `json:"name,omitempty"`
	Place     string     `json:"place,omitempty"`
	Places    []string   `json:"places,omitempty"`
	Known     []string   `json:"known,omitempty"` // ids that were there before a mint
	Sealed    []Sealed   `json:"sealed,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
	NotBefore *time.Time `json:"notBefore,omitempty"`
	UpdatedAt *time.Time `json:"updatedAt,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Plan      string     `json:"plan,omitempty"`    // digest of the plan a run follows
	Version   int        `json:"version,omitempty"` // of the file, in Head
	Key       string     `json:"key,omitempty"`     // which key signs the file, in Head; "" if none does
	Sum       string     `json:"sum"`
}
