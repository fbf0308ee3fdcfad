package fleet

import (
	"slices"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/service"
)

// seen turns the service's list into the plan's: whose each token is, and
// what becomes of it once another is in place.
func (f *Fleet) seen(v view) []SeenToken {
	var out []SeenToken
	for _, t := range v.tokens {
		s := SeenToken{ID: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt}
		_, named := f.ours(v.state.id, t.Name)
		switch {
		case v.state.ended(t) && f.claims(v.state.id, t.Name):
			s.Ours, s.Stray = true, true
		case v.state.knows(t.ID) && (named || t.Name == ""):
			s.Ours = true
		case named, f.adopts(t.Name):
			s.Ours, s.Retire = named, true
		}
		if f.Service.Issue.TenantWide && !s.Ours && !s.Retire {
			continue // other repositories' tokens
		}
		out = append(out, s)
	}
	return out
}

// claims reports whether the name alone makes a listed token this fleet's: it is
// one that the fleet gave, or that the user told it to adopt.
func (f *Fleet) claims(subject, name string) bool {
	_, ours := f.ours(subject, name)
	return ours || f.adopts(name)
}

func (f *Fleet) adopts(name string) bool {
	return slices.ContainsFunc(f.Policy.AdoptTokens, func(glob string) bool {
		ok, _ := doublestar.Match(glob, name)
		return ok && name != ""
	})
}

// spare reports whether the token takes up room that may be had at once: nobody
// holds it, it expired, or its grace is over.
func (f *Fleet) spare(state *repoState, t service.Token, places []SeenPlace) bool {
	now := f.now()
	if !f.claims(state.id, t.Name) {
		return false
	}
	if state.ended(t) || t.ExpiresAt != nil && !t.ExpiresAt.After(now) {
		return true
	}
	if known := state.byNumber(t.ID); known != nil && known.doubtful() && !known.retiring {
		return f.unheld(known, places)
	}
	return slices.ContainsFunc(state.retiring(), func(d *token) bool { return d.id == t.ID && !d.byHand && f.over(d) })
}

// unheld reports whether the forge's times of the last writes rule out that a
// place holds the token: it was written last before the token was offered, or so
// long after that another was stored and every job that read this one is through.
func (f *Fleet) unheld(t *token, places []SeenPlace) bool {
	if len(places) < len(f.Policy.Places) || f.now().Sub(t.offered) < time.Hour {
		return false
	}
	for _, p := range places {
		switch {
		case !p.Exists && f.now().After(t.offered.Add(answerWait+f.Policy.Grace)): // nothing is there, and every job that may have read it is through
		case !p.Exists:
			return false // gone, and who knows what it held last
		case p.UpdatedAt == nil:
			return false
		case p.UpdatedAt.Before(t.offered.Add(-tolerance)):
		case p.UpdatedAt.After(t.offered.Add(answerWait+tolerance)) && f.now().After(p.UpdatedAt.Add(f.Policy.Grace)):
		default:
			return false
		}
	}
	return true
}

// mine reports whether a listed token is this fleet's to revoke. No state file
// decides that alone: the name must show it. A token without a name, or one that
// an earlier run was told to adopt, is ours by the word of a journal that nobody
// else can have written.
func (s *saga) mine(t service.Token) bool {
	if s.f.claims(s.state.id, t.Name) {
		return true
	}
	known := s.state.byNumber(t.ID)
	if known == nil {
		return false
	}
	return s.j.Genuine && (t.Name == "" || known.retiring) || t.Name == "" && known.run == s.run
}
