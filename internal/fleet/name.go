package fleet

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// Token names are how tokens are found again without any journal. They read
//
//	gw-acme-api-5f3a91c0d27be846-k7q2m4xz-1
//
// owner of the fleet, repository in words, digits that stand for exactly
// this repository and secret, the run, and a count within the run. Letters,
// digits and dashes only, at most 100: Codacy allows no more.

const (
	keyLen  = 16
	keyWas  = 8 // in names of earlier versions
	runLen  = 8
	slugMax = 48
)

// defaultOwner begins the names of tokens whose fleet has no owner of its own.
const defaultOwner = "gw"

// NewRun returns the name of a run, 40 random bits.
func NewRun() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// subjectOf names what the journal's entries are about: one secret of one
// repository, by the forge's own number, which survives renaming.
func (f *Fleet) subjectOf(repo forge.Repository) string {
	return f.subjectPrefix() + cmp.Or(repo.ID, fullName(repo)) + "/" + f.Policy.Secret
}

// subjectPrefix holds the forge's host where it is not the public one: numbers
// of two forges are not the same repository.
func (f *Fleet) subjectPrefix() string {
	at := f.Forge.Name
	if f.Forge.Host != "" {
		at += "@" + f.Forge.Host
	}
	return f.Service.Name + "/" + at + "/"
}

// owns reports whether the repository is of this fleet's service, forge,
// organization and secret: several fleets may share a journal. Subgroups belong to
// their group; names differ in case only by how somebody typed them.
func (f *Fleet) owns(s *repoState) bool {
	return f.within(s.id, s.repo) && strings.HasSuffix(s.id, "/"+f.Policy.Secret)
}

func (f *Fleet) within(subject, repo string) bool {
	owner, _ := splitRepo(repo)
	of := strings.EqualFold(owner, f.Policy.Org) || strings.HasPrefix(strings.ToLower(owner), strings.ToLower(f.Policy.Org)+"/")
	return of && strings.HasPrefix(subject, f.subjectPrefix())
}

// Respell spells the secret as the journal does, where names that differ by case
// alone are one secret: the journal's subjects, the shards and the names of tokens
// are made of it. It is called before anything is done by the journal.
func (f *Fleet) Respell(entries []journal.Entry) {
	for _, e := range slices.Backward(entries) {
		name := path.Base(e.Subject)
		if f.Forge.AnyCase && strings.EqualFold(name, f.Policy.Secret) && f.within(e.Subject, e.Repo) {
			f.Policy.Secret = name
			return
		}
	}
}

// repositoryOf returns the repository as the journal knows it.
func (f *Fleet) repositoryOf(s *repoState) forge.Repository {
	owner, name := splitRepo(s.repo)
	id := strings.TrimSuffix(strings.TrimPrefix(s.id, f.subjectPrefix()), "/"+f.Policy.Secret)
	if id == s.repo {
		id = ""
	}
	return forge.Repository{ID: id, Owner: owner, Name: name}
}

func (f *Fleet) owner() string { return cmp.Or(f.Policy.Owner, defaultOwner) }

// key stands for one subject of one owner in token names, with 64 bits. They tell
// repositories apart in a list that is the whole tenant's; in one that is a
// repository's own, fleets and secrets. With the 32 bits of earlier versions, two
// of 10,000 repositories shared a key in one tenant of a hundred, and each would
// have retired the other's token: names with those are known only in a list that is
// the repository's own.
func (f *Fleet) key(subject string) string {
	sum := sha256.Sum256([]byte(f.owner() + "\n" + subject))
	return hex.EncodeToString(sum[:])[:keyLen]
}

func (f *Fleet) tokenName(repo forge.Repository, run string, count int) string {
	return fmt.Sprintf("%s-%s-%s-%s-%d", f.owner(), slug(repo.Owner+"-"+repo.Name), f.key(f.subjectOf(repo)), run, count)
}

// ours reports whether the name is one that this fleet gave to a token of the
// subject. The words for the repository are not compared: they are for people, and
// another once the repository was renamed.
func (f *Fleet) ours(subject, name string) bool {
	parts := strings.Split(name, "-")
	n := len(parts)
	if n < 5 || !strings.HasPrefix(name, f.owner()+"-") {
		return false
	}
	_, err := strconv.Atoi(parts[n-1])
	key := parts[n-3]
	whole := len(key) == keyLen || len(key) == keyWas && !f.Service.Issue.TenantWide
	return err == nil && whole && strings.HasPrefix(f.key(subject), key) && len(parts[n-2]) == runLen
}

// slug is a repository's name in what token names are made of, for people.
func slug(text string) string {
	other := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }
	words := strings.Join(strings.FieldsFunc(strings.ToLower(text), other), "-")
	return strings.TrimRight(words[:min(len(words), slugMax)], "-")
}

// seen turns the service's list into the plan's: whose each token is, and
// what becomes of it once another is in place. A token that carries a name of this
// fleet and that the journal does not know, because it was lost or another machine
// has it, retires with the rest: a place may hold it.
func (f *Fleet) seen(v view) []SeenToken {
	var out []SeenToken
	for _, t := range v.tokens {
		s := SeenToken{ID: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt}
		named := f.ours(v.state.id, t.Name)
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
	return f.ours(subject, name) || f.adopts(name)
}

func (f *Fleet) adopts(name string) bool {
	return slices.ContainsFunc(f.Policy.AdoptTokens, func(glob string) bool {
		ok, _ := doublestar.Match(glob, name)
		return ok && name != ""
	})
}

// spare reports whether the token takes up room that may be had at once: nobody
// holds it, it expired, or its grace is over. Of a doubtful one that is only known
// where the forge's times rule out that a place has it.
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
