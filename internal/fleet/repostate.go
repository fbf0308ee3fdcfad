package fleet

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/service"
)

// phase is how far a token came. It only ever grows.
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
	run       string
	phase     phase
	mintedAt  time.Time
	expiresAt *time.Time
	sealed    []journal.Sealed
	planned   write
	offered   time.Time        // to a place, for the first time in the last run that did
	stored    map[string]write // by place
	known     []string         // ids that were there before it
	retiring  bool
	notBefore time.Time
	retiredAt time.Time
	gone      bool
	missed    bool // gone, by a list that lacked it; nobody revoked it
	byHand    bool // nobody but a person can revoke it
	leaked    bool // to be revoked whatever holds it
	refused   bool // every place it was offered to said no
	foreign   bool // the service shows it to be somebody else's; found out in this run
}

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

// doubtful reports whether the token may sit in a place without the journal
// knowing that it does.
func (t *token) doubtful() bool { return t.phase == storing }

// waiting reports whether the token's own story has not ended.
func (t *token) waiting() bool { return !t.gone && !t.retiring && t.phase != good }

// repoState is what the journal knows of one repository's secret: the fold of
// its entries. While a run works on it, it belongs to one goroutine.
type repoState struct {
	id       string
	repo     string
	tokens   []*token // oldest first
	current  *token   // the last good one, even if it is gone by now
	observed map[string]time.Time
	failure  string
	done     bool // the last entry said done
	last     time.Time
}

// history is the fold of a whole journal.
type history struct {
	subjects map[string]*repoState
	runs     map[string]string // run: digest of the plan it followed
	lastRun  string
	lastAt   time.Time
}

func fold(entries []journal.Entry) *history {
	h := &history{subjects: map[string]*repoState{}, runs: map[string]string{}}
	for _, e := range entries {
		h.lastAt = e.At
		if e.Kind == journal.Begin {
			h.runs[e.Run], h.lastRun = e.Plan, e.Run
		}
		if e.Subject == "" {
			continue
		}
		s := h.subjects[e.Subject]
		if s == nil {
			s = newRepoState(e.Subject)
			h.subjects[e.Subject] = s
		}
		s.apply(e)
	}
	return h
}

func newRepoState(id string) *repoState { return &repoState{id: id, observed: map[string]time.Time{}} }

// sorted returns the repositories by name.
func (h *history) sorted() []*repoState {
	return slices.SortedFunc(maps.Values(h.subjects), func(a, b *repoState) int {
		return cmp.Or(cmp.Compare(a.repo, b.repo), cmp.Compare(a.id, b.id))
	})
}

// of returns the repository's state, an empty one if the journal never heard of it.
func (h *history) of(id string) *repoState {
	if s := h.subjects[id]; s != nil {
		return s
	}
	return newRepoState(id)
}

// apply takes in one entry. It is the only place where a subject changes, so
// that a run sees exactly what the next one will read.
func (s *repoState) apply(e journal.Entry) {
	s.last = e.At
	if e.Repo != "" {
		s.repo = e.Repo
	}
	s.done = e.Kind == journal.Done || (s.done && e.Kind == journal.Observed)
	switch e.Kind {
	case journal.Planned:
		s.tokens = append(s.tokens, &token{name: e.Name, run: e.Run, mintedAt: e.At, known: e.Known, planned: written(e), stored: map[string]write{}})
	case journal.Minted:
		t := s.byName(e.Name)
		t.id, t.phase, t.mintedAt, t.expiresAt, t.sealed = e.Token, minted, e.At, e.ExpiresAt, e.Sealed
	case journal.Storing:
		t := s.byID(e.Token, e.Name)
		t.phase, t.offered = storing, e.At
	case journal.Stored:
		t := s.byID(e.Token, e.Name)
		t.stored[e.Place] = written(e)
		delete(s.observed, e.Place)
	case journal.Verified:
		t := s.byID(e.Token, e.Name)
		t.phase, s.current, s.failure = good, t, ""
	case journal.Adopted:
		t := s.byID(e.Token, e.Name)
		t.phase, s.current, t.expiresAt, t.mintedAt = good, t, e.ExpiresAt, e.At
		if e.CreatedAt != nil {
			t.mintedAt = *e.CreatedAt
		}
	case journal.Retiring:
		t := s.byID(e.Token, e.Name)
		t.retiring, t.byHand, t.leaked = true, e.Reason == byHand, t.leaked || e.Reason == leaked
		if t.missed {
			t.gone, t.missed = false, false // it turned up again
		}
		t.retiredAt = e.At
		if e.NotBefore != nil {
			t.notBefore = *e.NotBefore
		}
	case journal.Revoked:
		t := s.byID(e.Token, e.Name)
		t.gone, t.missed, t.refused = true, e.Reason == wasGone, e.Reason == placeRefused
	case journal.Removed:
		for _, t := range s.tokens {
			delete(t.stored, e.Place)
		}
		delete(s.observed, e.Place)
	case journal.Absent:
		s.byName(e.Name).gone = true
	case journal.Failed:
		s.failure = e.Reason
	case journal.Observed:
		if e.UpdatedAt != nil {
			s.observed[e.Place] = *e.UpdatedAt
		}
	}
}

// Reasons that the next run must know again: a token that only a person can
// revoke, one that is to go whatever holds it, one that no place took, and one
// that the service no longer listed.
const (
	wasGone      = "it was gone already"
	byHand       = "revoke by hand"
	leaked       = "leaked"
	placeRefused = "the place refused it"
)

// byID finds a token by its number, making one for numbers not met before:
// tokens adopted, and tokens of runs whose journal is lost.
func (s *repoState) byID(id, name string) *token {
	if t := s.byNumber(id); t != nil {
		return t
	}
	if t := s.named(name); t != nil && t.id == "" {
		t.id = id
		return t
	}
	t := &token{id: id, name: name, stored: map[string]write{}}
	s.tokens = append(s.tokens, t)
	return t
}

func (s *repoState) byName(name string) *token {
	if t := s.named(name); t != nil {
		return t
	}
	t := &token{name: name, stored: map[string]write{}}
	s.tokens = append(s.tokens, t)
	return t
}

func (s *repoState) named(name string) *token {
	for _, t := range slices.Backward(s.tokens) {
		if t.name == name && name != "" {
			return t
		}
	}
	return nil
}

// writtenOff reports whether the name is of a token that was planned and not
// found when it was looked for. If the service lists it after all, its mint
// arrived late; no place was ever offered it.
func (s *repoState) writtenOff(name string) bool {
	t := s.named(name)
	return t != nil && t.gone && t.id == "" && t.phase == planned
}

// ended reports whether a listed token is one whose end the journal records: it
// was revoked, and lives; or it was written off and its mint arrived late.
func (s *repoState) ended(t service.Token) bool {
	known := s.byNumber(t.ID)
	return known != nil && known.gone && !known.missed || s.writtenOff(t.Name)
}

// wrote reports whether a secret of the repository may have been written by
// this tool before, whatever became of the token: one was offered to a place, or
// was held to be in one when it was retired.
func (s *repoState) wrote() bool {
	return slices.ContainsFunc(s.tokens, func(t *token) bool { return (t.phase >= storing || t.retiring) && !t.refused })
}

// knows reports whether the journal has met the token of that number, and does
// not hold it to be gone.
func (s *repoState) knows(id string) bool {
	t := s.byNumber(id)
	return t != nil && !t.gone
}

func (s *repoState) byNumber(id string) *token {
	for _, t := range s.tokens {
		if t.id == id && id != "" {
			return t
		}
	}
	return nil
}

// living counts the tokens that the journal knows and does not hold to be gone.
func (s *repoState) living() int {
	n := 0
	for _, t := range s.tokens {
		if t.id != "" && !t.gone {
			n++
		}
	}
	return n
}

func (s *repoState) alive() bool { return s.living() > 0 }

// unfinished returns the tokens whose story has not ended, oldest first.
func (s *repoState) unfinished() []*token {
	var out []*token
	for _, t := range s.tokens {
		if t.waiting() {
			out = append(out, t)
		}
	}
	return out
}

// retiring returns the tokens that wait for their end, oldest first.
func (s *repoState) retiring() []*token {
	var out []*token
	for _, t := range s.tokens {
		if t.retiring && !t.gone {
			out = append(out, t)
		}
	}
	return out
}

// grain is how exactly answers tell the server's time: in whole seconds.
const grain = time.Second
