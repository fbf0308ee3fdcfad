package world

import (
	"cmp"
	"fmt"
	"time"
)

// Repository is one repository as all systems know it.
type Repository struct {
	ID            int64
	Owner         string
	Name          string
	DefaultBranch string
	Private       bool
	Archived      bool
	NoCI          bool
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

func (w *World) repository(owner string, s SeedRepository) *Repository {
	at := w.Now().Add(-30 * 24 * time.Hour).Truncate(time.Second)
	id := s.ID
	if id == 0 {
		id = w.NextID()
	}
	r := &Repository{
		ID: id, Secrets: s.Secrets, Tokens: s.Tokens, Owner: owner, Name: s.Name, DefaultBranch: s.DefaultBranch,
		Private: s.Private, Archived: s.Archived, NoCI: s.NoCI, Fork: s.Fork, NotAdded: s.NotAdded,
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
