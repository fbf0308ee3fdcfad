// Package world is the state behind the stand-ins: one set of organizations,
// repositories, commits and pull requests that every stand-in shows in its own
// vendor's shape, a clock that tests can move, and faults on demand. What
// belongs to one system only (its tokens, its secrets, its uploads) lives in
// that system's own package.
package world

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"
)

// World is shared by all stand-ins. Hold the lock while reading or changing
// anything below it; the methods that say so take it themselves.
type World struct {
	sync.Mutex
	Organizations []*Organization
	Gates         Gates
	Quirks        []string // of the stand-ins, see Seed
	Faults        *Faults
	Recorded      Recorded // see Seed

	now    func() time.Time
	nextID int64
	moved  map[string]int64 // repositories by the names they had
}

// New makes the world that the seed describes, with the real clock.
func New(seed Seed) *World {
	w := &World{now: time.Now, nextID: 1000, Faults: &Faults{}, Gates: seed.Gates, Quirks: seed.Quirks, Recorded: seed.Recorded}
	for _, o := range seed.Organizations {
		for _, r := range o.Repositories { // numbers of our own come after theirs
			w.nextID = max(w.nextID, r.ID)
			for _, t := range r.Tokens {
				w.nextID = max(w.nextID, t.ID)
			}
		}
	}
	for _, o := range seed.Organizations {
		w.Organizations = append(w.Organizations, w.organization(o))
	}
	return w
}

// SetClock replaces the clock; tests move time with it.
func (w *World) SetClock(now func() time.Time) { w.now = now }

// Now is the world's time in UTC.
func (w *World) Now() time.Time { return w.now().UTC() }

// NextID returns a number that nothing else has. The caller holds the lock.
func (w *World) NextID() int64 {
	w.nextID++
	return w.nextID
}

// Organization is an owner of repositories, on every forge and at every service.
type Organization struct {
	ID           int64
	Name         string
	User         bool // a person, not an organization
	Repositories []*Repository

	named map[string]*Repository // by name, without case; as they were when it was made
}

// Repository finds a repository of the organization by name; case does not
// count. The caller holds the world's lock.
func (o *Organization) Repository(name string) *Repository {
	if len(o.named) != len(o.Repositories) {
		o.named = map[string]*Repository{}
		for _, r := range o.Repositories {
			o.named[strings.ToLower(r.Name)] = r
		}
	}
	if r := o.named[strings.ToLower(name)]; r != nil && strings.EqualFold(r.Name, name) && r.Owner == o.Name {
		return r
	}
	for _, r := range o.Repositories { // it was renamed, or is not there
		if strings.EqualFold(r.Name, name) {
			return r
		}
	}
	return nil
}

// Organization finds an owner by name; case does not count. The caller holds
// the lock.
func (w *World) Organization(name string) *Organization {
	for _, o := range w.Organizations {
		if strings.EqualFold(o.Name, name) {
			return o
		}
	}
	return nil
}

// Repositories returns those of all organizations, in a list of its own. The caller holds
// the lock.
func (w *World) Repositories() (all []*Repository) {
	for _, o := range w.Organizations {
		all = append(all, o.Repositories...)
	}
	return all
}

// ByID finds a repository by its number. The caller holds the lock.
func (w *World) ByID(id int64) *Repository {
	for _, r := range w.Repositories() {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Move renames a repository, or transfers it to another owner of the world. It
// takes the lock.
func (w *World) Move(owner, name, newOwner, newName string) {
	w.Lock()
	defer w.Unlock()
	r, from, to := w.Repository(owner, name), w.Organization(owner), w.Organization(newOwner)
	from.Repositories = slices.DeleteFunc(from.Repositories, func(x *Repository) bool { return x == r })
	r.Owner, r.Name = newOwner, newName
	to.Repositories = append(to.Repositories, r)
	if w.moved == nil {
		w.moved = map[string]int64{}
	}
	w.moved[strings.ToLower(owner+"/"+name)] = r.ID
}

// Moved finds the repository that had the name before, or nil. The caller holds
// the lock.
func (w *World) Moved(owner, name string) *Repository {
	if id := w.moved[strings.ToLower(owner+"/"+name)]; id != 0 {
		return w.ByID(id)
	}
	return nil
}

// Repository finds a repository; case does not count. The caller holds the lock.
func (w *World) Repository(owner, name string) *Repository {
	if o := w.Organization(owner); o != nil {
		return o.Repository(name)
	}
	return nil
}

// SHA derives a stable commit id from a text, for seeds.
func SHA(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// NewToken makes a token text as long and as random as the real ones.
func NewToken(prefix string) string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return prefix + hex.EncodeToString(b[:])
}

func (w *World) organization(s SeedOrganization) *Organization {
	o := &Organization{ID: w.NextID(), Name: s.Name, User: s.User}
	for _, sr := range s.Repositories {
		o.Repositories = append(o.Repositories, w.repository(s.Name, sr))
	}
	return o
}

// Kept calls secret for each secret that the seed has at the forge.
func (w *World) Kept(forge string, secret func(r *Repository, s SeedSecret)) {
	if w.Recorded.Forge != forge {
		return
	}
	for _, r := range w.Repositories() {
		for _, s := range r.Secrets {
			secret(r, s)
		}
	}
}

// Issued calls token for each token that the seed has at the service.
func (w *World) Issued(service string, token func(r *Repository, t SeedToken)) {
	if w.Recorded.Service != service {
		return
	}
	for _, r := range w.Repositories() {
		for _, t := range r.Tokens {
			token(r, t)
		}
	}
}

// Turn switches quirks on, or off again.
func (w *World) Turn(on bool, names ...string) {
	w.Quirks = slices.DeleteFunc(slices.Clone(w.Quirks), func(q string) bool { return slices.Contains(names, q) })
	if on {
		w.Quirks = append(w.Quirks, names...)
	}
}

// Quirk reports whether the behaviour is on.
func (w *World) Quirk(name string) bool { return slices.Contains(w.Quirks, name) }
