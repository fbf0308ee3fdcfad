// Package world is the state behind the stand-ins: one set of organizations,
// repositories, commits and pull requests that every stand-in shows in its own
// vendor's shape, a clock that tests can move, and faults on demand. What
// belongs to one system only (its tokens, its secrets, its uploads) lives in
// that system's own package.
package world

import (
	"cmp"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
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

// Repository is one repository as all systems know it.
type Repository struct {
	ID            int64
	Owner         string
	Name          string
	DefaultBranch string
	Private       bool
	Archived      bool
	Fork          bool
	NotAdded      bool // visible to the services, but never added there
	Language      string
	Topics        []string
	Properties    map[string][]string
	Environments  []string
	CreatedAt     time.Time
	PushedAt      time.Time
	Commits       []*Commit // newest last
	PullRequests  []*PullRequest
	Secrets       []SeedSecret // from the start, for the stand-in of Recorded.Forge
	Tokens        []SeedToken  // likewise, for that of Recorded.Service
	Runs          []*Run       // of its CI, oldest first
	Teams         []string
}

// Commit is one commit of a repository.
type Commit struct {
	SHA     string
	Branch  string
	Message string
	Author  string
	At      time.Time
}

// PullRequest is one pull request.
type PullRequest struct {
	ID     int64
	Number int
	Title  string
	Head   string // commit
	Base   string // commit of the common ancestor
	Branch string
	Target string
	State  string // open, closed, merged
	From   string // owner of the fork that has the branch; "" is the repository's own
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

// ByID finds a repository by its number. The caller holds the lock.
func (w *World) ByID(id int64) *Repository {
	for _, o := range w.Organizations {
		for _, r := range o.Repositories {
			if r.ID == id {
				return r
			}
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

// Commit finds a commit of the repository, or nil.
func (r *Repository) Commit(sha string) *Commit {
	for _, c := range r.Commits {
		if c.SHA == sha {
			return c
		}
	}
	return nil
}

// PullRequest finds a pull request by number, or nil.
func (r *Repository) PullRequest(number int) *PullRequest {
	for _, p := range r.PullRequests {
		if p.Number == number {
			return p
		}
	}
	return nil
}

// Push adds a commit to a branch, as a push through git would, and moves the
// open pull requests of that branch to it. A commit already there stays as it
// is. The caller holds the lock.
func (w *World) Push(r *Repository, branch, sha string) *Commit {
	if c := r.Commit(sha); c != nil {
		return c
	}
	c := &Commit{SHA: sha, Branch: branch, Message: "Change", Author: "Robin Doe", At: w.Now()}
	r.Commits = append(r.Commits, c)
	r.PushedAt = c.At
	for _, p := range r.PullRequests {
		if p.Branch == branch && p.State == "open" {
			p.Head = sha
		}
	}
	return c
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

func (w *World) repository(owner string, s SeedRepository) *Repository {
	at := w.Now().Add(-30 * 24 * time.Hour).Truncate(time.Second)
	id := s.ID
	if id == 0 {
		id = w.NextID()
	}
	r := &Repository{
		ID: id, Secrets: s.Secrets, Tokens: s.Tokens, Owner: owner, Name: s.Name, DefaultBranch: s.DefaultBranch,
		Private: s.Private, Archived: s.Archived, Fork: s.Fork, NotAdded: s.NotAdded,
		Language: s.Language, Topics: s.Topics, Properties: s.Properties, Environments: s.Environments,
		CreatedAt: at, PushedAt: at, Teams: s.Teams,
	}
	if r.DefaultBranch == "" {
		r.DefaultBranch = "main"
	}
	base := SHA(fmt.Sprintf("%s/%s@%s", owner, s.Name, r.DefaultBranch))
	r.Commits = []*Commit{{SHA: base, Branch: r.DefaultBranch, Message: "First commit", Author: "Robin Doe", At: at}}
	for _, sc := range s.Commits {
		r.Commits = append(r.Commits, &Commit{SHA: sc.SHA, Branch: sc.Branch, Message: sc.Message, Author: "Robin Doe", At: at})
	}
	for _, sp := range s.PullRequests {
		p := &PullRequest{ID: w.NextID(), Number: sp.Number, Title: sp.Title, Branch: sp.Branch, Target: r.DefaultBranch, Head: sp.Head, Base: base, State: "open", From: sp.From}
		if p.Head == "" {
			p.Head = SHA(fmt.Sprintf("%s/%s#%d", owner, s.Name, sp.Number))
		}
		if r.Commit(p.Head) == nil {
			r.Commits = append(r.Commits, &Commit{SHA: p.Head, Branch: sp.Branch, Message: sp.Title, Author: "Robin Doe", At: at.Add(time.Hour)})
		}
		r.PullRequests = append(r.PullRequests, p)
	}
	for _, run := range s.Runs {
		age, err := time.ParseDuration(run.Age)
		if err != nil {
			age = 0 // it begins now
		}
		w.startRun(r, cmp.Or(run.State, Ended), w.Now().Add(-age))
	}
	return r
}

// Kept calls secret for each secret that the seed has at the forge.
func (w *World) Kept(forge string, secret func(r *Repository, s SeedSecret)) {
	if w.Recorded.Forge != forge {
		return
	}
	for _, o := range w.Organizations {
		for _, r := range o.Repositories {
			for _, s := range r.Secrets {
				secret(r, s)
			}
		}
	}
}

// Issued calls token for each token that the seed has at the service.
func (w *World) Issued(service string, token func(r *Repository, t SeedToken)) {
	if w.Recorded.Service != service {
		return
	}
	for _, o := range w.Organizations {
		for _, r := range o.Repositories {
			for _, t := range r.Tokens {
				token(r, t)
			}
		}
	}
}

// Quirk reports whether the behaviour is on.
func (w *World) Quirk(name string) bool { return slices.Contains(w.Quirks, name) }
