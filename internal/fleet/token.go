package fleet

import (
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// phase is how far a token came. It only ever grows: what a later entry does not
// say is still true.
type phase int

const (
	planned phase = iota // its name is written down; it may or may not exist
	minted               // it exists; no place was ever offered it
	storing              // a place may hold it
	good                 // every place holds it and the service accepts it
)

// String names the phase as the journal does.
func (p phase) String() string {
	return strings.Fields("planned minted storing verified")[p]
}

// token is what the journal knows of one token.
type token struct {
	id        string // "" while only planned
	name      string
	run       string // that made it; "" for one that was adopted or whose making no journal has
	phase     phase
	mintedAt  time.Time
	expiresAt *time.Time // nil: never, or the service does not say
	sealed    []journal.Sealed
	planned   write
	offered   time.Time        // to a place, for the first time in the last run that did
	offers    []string         // places that were offered it, or hold it
	anywhere  bool             // places that the journal does not name may hold it
	stored    map[string]write // by place
	known     []string         // ids that were there before it
	retiring  bool
	notBefore time.Time // the end of its grace, decided when it was replaced
	retiredAt time.Time
	gone      bool
	missed    bool // gone, by a list that lacked it; nobody revoked it
	byHand    bool // nobody but a person can revoke it
	leaked    bool // to be revoked whatever holds it
	refused   bool // every place it was offered to said no
	foreign   bool // the service shows it to be somebody else's; found out in this run
}

// doubtful reports whether the token may sit in a place without the journal
// knowing that it does: a PUT was begun, and no answer to it was written down.
func (t *token) doubtful() bool { return t.phase == storing }

// waiting reports whether the token's own story has not ended: a run was cut off, or
// failed, between its mint and its being good everywhere.
func (t *token) waiting() bool { return !t.gone && !t.retiring && t.phase != good }

// lives reports whether the token exists, as far as the journal knows.
func (t *token) lives() bool { return t.id != "" && !t.gone }

// How far the forge's own time of a write may be from ours: by our own clock,
// which may be wrong, and by the clock of the forge's answers. Both are used only
// until a plan has seen the forge's own time of our write.
const (
	tolerance       = 10 * time.Minute
	serverTolerance = 5 * time.Second
)

// grain is how exactly answers tell the server's time: in whole seconds (the Date
// header, RFC 9110).
const grain = time.Second

// write is when a place was written, and how far the forge's own time of that
// write may be from it.
type write struct {
	at        time.Time
	tolerance time.Duration
}

// written reads an entry's time, by the forge's clock if it knows it.
func written(e journal.Entry) write {
	if e.UpdatedAt != nil {
		return write{at: *e.UpdatedAt, tolerance: serverTolerance}
	}
	return write{at: e.At, tolerance: tolerance}
}

// precedes reports whether the place was written again after w: by somebody
// else, for a time of our own write is within the tolerance.
func (w write) precedes(updated time.Time) bool { return updated.After(w.at.Add(w.tolerance)) }
