package fleet

import (
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/service"
)

// repoState is what the journal knows of one repository's secret: the fold of
// its entries. While a run works on it, it belongs to one goroutine.
type repoState struct {
	id       string
	repo     string
	tokens   []*token // oldest first
	current  *token   // the last good one, even if it is gone by now
	observed map[string]time.Time
	emptied  []string // places whose secret this tool deleted, and wrote none since
	failure  string
	done     bool // the last entry said done
	last     time.Time
}

func newRepoState(id string) *repoState { return &repoState{id: id, observed: map[string]time.Time{}} }

// apply takes in one entry. It is the only place where a subject changes, so
// that a run sees exactly what the next one will read. It takes any entry in any
// order, and never fails: journals are forged, joined and brought back from copies,
// and what an entry does not fit must not hide what the others say.
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
		met := s.byNumber(e.Token) != nil
		t := s.token(e.Token, e.Name)
		if !met { // what was said of the name alone was said before there was a token
			t.gone = false
		}
		t.phase, t.mintedAt, t.expiresAt, t.sealed = max(t.phase, minted), e.At, e.ExpiresAt, e.Sealed
	case journal.Storing:
		t := s.token(e.Token, e.Name)
		t.phase, t.offered = storing, e.At
		t.offers, t.anywhere = append(t.offers, e.Places...), t.anywhere || len(e.Places) == 0
		s.offering(e.Places...)
	case journal.Stored:
		t := s.token(e.Token, e.Name)
		t.stored[e.Place], t.offers = written(e), append(t.offers, e.Place)
		delete(s.observed, e.Place)
		s.offering(e.Place)
	case journal.Verified:
		t := s.token(e.Token, e.Name)
		t.phase, s.current, s.failure = good, t, ""
		t.anywhere = t.anywhere || len(t.offers) == 0
	case journal.Adopted:
		t := s.token(e.Token, e.Name)
		t.phase, s.current, t.expiresAt, t.mintedAt, t.anywhere = good, t, e.ExpiresAt, e.At, true
		if e.CreatedAt != nil {
			t.mintedAt = *e.CreatedAt
		}
	case journal.Retiring:
		t := s.token(e.Token, e.Name)
		t.retiring, t.byHand, t.leaked = true, e.Reason == byHand, t.leaked || e.Reason == leaked
		t.anywhere = t.anywhere || t.run == "" // whoever made it may have stored it
		if t.missed {
			t.gone, t.missed = false, false // it turned up again
		}
		t.retiredAt = e.At
		if e.NotBefore != nil {
			t.notBefore = *e.NotBefore
		}
	case journal.Revoked:
		t := s.token(e.Token, e.Name)
		t.gone, t.missed, t.refused = true, e.Reason == wasGone, e.Reason == placeRefused
	case journal.Removed:
		for _, t := range s.tokens {
			delete(t.stored, e.Place)
		}
		delete(s.observed, e.Place)
		s.emptied = append(s.emptied, e.Place)
	case journal.Absent:
		if s.named(e.Name) == nil || s.unnumbered(e.Name) != nil {
			s.token("", e.Name).gone = true
		}
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

// token finds a token by its number, else the one of the name whose number is not
// known yet and now is, making one that was not met before: tokens adopted, and tokens
// of runs whose journal is lost. An entry without a number is never about a token that
// has one: in journals that were joined the name may be of another's try, and what is
// said of that try must not end the token in use.
func (s *repoState) token(id, name string) *token {
	t := s.byNumber(id)
	if t == nil {
		if t = s.unnumbered(name); t != nil {
			t.id = id
		}
	}
	if t == nil {
		t = &token{id: id, name: name, stored: map[string]write{}}
		s.tokens = append(s.tokens, t)
	}
	return t
}

// unnumbered returns the last token of the name that has no number yet, nil if there
// is none.
func (s *repoState) unnumbered(name string) *token {
	return s.newest(func(t *token) bool { return t.name == name && t.id == "" && name != "" })
}

func (s *repoState) named(name string) *token {
	return s.newest(func(t *token) bool { return t.name == name && name != "" })
}

func (s *repoState) newest(sort func(*token) bool) *token {
	for _, t := range slices.Backward(s.tokens) {
		if sort(t) {
			return t
		}
	}
	return nil
}

// writtenOff reports whether a listed token is one that was planned and not found
// when it was looked for. Its mint arrived late; no place was ever offered it. One
// whose number the journal has is not.
func (s *repoState) writtenOff(seen service.Token) bool {
	t := s.unnumbered(seen.Name)
	return t != nil && t.gone && t.phase == planned && s.byNumber(seen.ID) == nil
}

// ended reports whether a listed token is one whose end the journal records: it
// was revoked, and lives; or it was written off and its mint arrived late.
func (s *repoState) ended(t service.Token) bool {
	known := s.byNumber(t.ID)
	return known != nil && known.gone && !known.missed || s.writtenOff(t)
}

// wrote reports whether the secret in a place may have been written by this tool,
// whatever became of the token: one was offered to the place, or was held to be in it
// when it was retired, and this tool has not deleted the secret since.
func (s *repoState) wrote(place string) bool {
	return !slices.Contains(s.emptied, place) && slices.ContainsFunc(s.tokens, func(t *token) bool {
		return (t.anywhere || slices.Contains(t.offers, place)) && !t.refused
	})
}

// offering takes note that the places may hold a secret of this tool's again.
func (s *repoState) offering(places ...string) {
	s.emptied = slices.DeleteFunc(s.emptied, func(p string) bool { return slices.Contains(places, p) })
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

// inUse returns the token that the places hold, as far as the journal knows; nil if
// there is none or it is gone.
func (s *repoState) inUse() *token {
	if s.current == nil || s.current.gone {
		return nil
	}
	return s.current
}

// those returns the tokens of one sort, oldest first. It is a list of its own: who
// goes through it may record entries, which add tokens.
func (s *repoState) those(sort func(*token) bool) []*token {
	var out []*token
	for _, t := range s.tokens {
		if sort(t) {
			out = append(out, t)
		}
	}
	return out
}

// living counts the tokens that the journal knows and does not hold to be gone.
func (s *repoState) living() int { return number(s.tokens, (*token).lives) }

func (s *repoState) alive() bool { return s.living() > 0 }

// told reports whether all that lives waits for a person to revoke it, who was told:
// no run can do more.
func (s *repoState) told() bool {
	return !slices.ContainsFunc(s.tokens, func(t *token) bool { return t.lives() && !t.byHand })
}

// unfinished returns the tokens whose story has not ended, oldest first.
func (s *repoState) unfinished() []*token { return s.those((*token).waiting) }

// retiring returns the tokens that wait for their end, oldest first.
func (s *repoState) retiring() []*token {
	return s.those(func(t *token) bool { return t.retiring && !t.gone })
}

// goneIDs returns the numbers of the tokens that are gone.
func (s *repoState) goneIDs() []string {
	var ids []string
	for _, t := range s.tokens {
		if t.gone && t.id != "" {
			ids = append(ids, t.id)
		}
	}
	return ids
}
