package fleet

import (
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
)

// Action is what a plan decides for one repository.
type Action string

// The actions. Only create, rotate and adopt change anything outside.
const (
	Create    Action = "create"     // no secret yet: mint, store
	Rotate    Action = "rotate"     // ours: mint another, store, retire the old one
	Keep      Action = "keep"       // ours and in order
	Adopt     Action = "adopt"      // not in the journal, but ours by name, or given to us
	Foreign   Action = "foreign"    // somebody else's secret: shown, not touched
	Forbidden Action = "forbidden"  // our credential may not
	Archived  Action = "archived"   // read-only at the forge
	NotAdded  Action = "not-added"  // the service was never told of it
	OverLimit Action = "over-limit" // the service takes no more tokens for it
	Vanished  Action = "vanished"   // the journal knows it, and the forge no longer lists it
	Unknown   Action = "unknown"    // it could not be found out; the reason says why
)

// Actions lists them in the order of tables and summaries.
func Actions() []Action {
	return []Action{Create, Rotate, Adopt, Keep, Foreign, Forbidden, Archived, NotAdded, OverLimit, Vanished, Unknown}
}

// Changes reports whether the action writes anything outside the journal.
func (i Item) Changes() bool {
	return i.Action == Create || i.Action == Rotate || i.Action == Adopt && i.Replace
}

// SeenToken is a token that the service listed when the plan was made. Whose it
// is and what becomes of it is judged again when the plan is carried out.
type SeenToken struct {
	ID        string     `json:"id"`
	Name      string     `json:"name,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
	Ours      bool       `json:"ours,omitempty"`   // by its name or by the journal
	Stray     bool       `json:"stray,omitempty"`  // ours, and certainly in no place: revoked at once
	Retire    bool       `json:"retire,omitempty"` // to be revoked, after grace, once another is in place
}

// SeenPlace is what the forge said of one place when the plan was made. A place that
// the forge shows nothing of is not in the item at all.
type SeenPlace struct {
	Place     string     `json:"place"`
	Exists    bool       `json:"exists"`
	Marked    bool       `json:"marked,omitempty"`   // it carries this tool's mark
	Unmarked  bool       `json:"unmarked,omitempty"` // it lacks the mark, where the forge has a place for it: somebody else wrote it
	Hidden    bool       `json:"hidden,omitempty"`   // it is there, and this repository does not see it
	UpdatedAt *time.Time `json:"updatedAt,omitempty"`
}

// Item is the plan for one repository. It is read back from plan files, so it has
// only what is no secret, and nothing in it makes a token ours (see saga.mine).
type Item struct {
	Repository string      `json:"repository"`
	Action     Action      `json:"action"`
	Reason     string      `json:"reason"`
	Hint       string      `json:"hint,omitempty"`     // what to do where the item is left alone
	ExitCode   int         `json:"exitCode,omitempty"` // what it counts for where it is left alone and that is not fine
	Replace    bool        `json:"replace,omitempty"`  // with adopt: the secret is replaced by one of ours
	Add        bool        `json:"add,omitempty"`      // the repository is added at the service first
	Resume     bool        `json:"resume,omitempty"`   // an earlier run left work on its way
	ExpiresAt  *time.Time  `json:"expiresAt,omitempty"`
	Tokens     []SeenToken `json:"tokens,omitempty"`
	Places     []SeenPlace `json:"places,omitempty"`
	Retiring   []Due       `json:"retiring,omitempty"` // old tokens, and when their grace is over
	Subject    string      `json:"subject"`
	ID         string      `json:"id"` // the forge's
}

func (i Item) repo() forge.Repository {
	owner, name := splitRepo(i.Repository)
	return forge.Repository{ID: i.ID, Owner: owner, Name: name}
}

// splitRepo splits at the last slash: owners may hold slashes, names may not.
func splitRepo(full string) (owner, name string) {
	n := strings.LastIndexByte(full, '/')
	return full[:max(n, 0)], full[n+1:]
}

func fullName(r forge.Repository) string { return r.Owner + "/" + r.Name }

// stat returns what was seen of the place, or nil.
func (i Item) stat(p Place) *SeenPlace { return stat(i.Places, p) }

func stat(places []SeenPlace, p Place) *SeenPlace {
	i := slices.IndexFunc(places, func(seen SeenPlace) bool { return seen.Place == p.String() })
	if i < 0 {
		return nil
	}
	return &places[i]
}

func exists(places []SeenPlace) bool {
	return slices.ContainsFunc(places, func(p SeenPlace) bool { return p.Exists })
}

// seenAs returns what a forge's answer says of the place, a secret that is there.
func seenAs(p Place, st forge.Stat) *SeenPlace {
	seen := &SeenPlace{Place: p.String(), Exists: true, Marked: st.Ours, Unmarked: st.Unmarked}
	if at := st.UpdatedAt.UTC(); !st.UpdatedAt.IsZero() {
		seen.UpdatedAt = &at
	}
	return seen
}

// writtenAt returns when the place was last written, by the forge; the zero time
// if that was not seen, for which nothing can be told to have changed.
func (p *SeenPlace) writtenAt() time.Time {
	if p == nil || p.UpdatedAt == nil {
		return time.Time{}
	}
	return *p.UpdatedAt
}

// when is writtenAt as a message goes on with it.
func (p *SeenPlace) when() string {
	if at := p.writtenAt(); !at.IsZero() {
		return " at " + at.Format(time.RFC3339)
	}
	return ""
}

func (i Item) stray() bool {
	return slices.ContainsFunc(i.Tokens, func(t SeenToken) bool { return t.Stray })
}

// leftAlone is the outcome of an item on which nothing is done: skipped where
// that is fine, else what kept it from being done. What was not looked at never
// counts as skipped: it would be green, and unknown.
func (i Item) leftAlone() Outcome {
	if i.ExitCode == 0 {
		return Skipped
	}
	return Outcome(i.Action)
}

// leavesAlone reports whether the plan does nothing for the item, on purpose.
func (i Item) leavesAlone() bool { return !i.Changes() && i.Action != Keep && i.Action != Adopt }

// Notable reports whether people should see the item: all but what is in order.
func (i Item) Notable() bool { return i.Action != Keep || i.ExitCode != 0 || i.stray() }
