package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// Severity orders findings of an audit.
type Severity string

// The severities: something to do now, something to know.
const (
	Bad  Severity = "warning"
	Note Severity = "note"
)

// AuditFinding is one thing about one repository's tokens and secrets.
type AuditFinding struct {
	Repository string     `json:"repository"`
	Kind       string     `json:"kind"` // never-expires, expired, expires-soon, foreign-token, foreign-secret, …
	Severity   Severity   `json:"severity"`
	Token      string     `json:"token,omitempty"`
	Name       string     `json:"name,omitempty"`
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`
	Text       string     `json:"text"`
}

// Audit is who has which token, and what is wrong with that.
type Audit struct {
	MadeAt       time.Time       `json:"madeAt"`
	Organization string          `json:"organization"`
	Counts       map[string]int  `json:"counts"` // findings by kind
	Findings     []AuditFinding  `json:"findings"`
	Repositories []AuditedTokens `json:"repositories"`
	Err          error           `json:"-"` // not nil: not every repository is accounted for; see Plan.Err
}

// AuditKinds lists the kinds of findings.
func AuditKinds() []string {
	return []string{
		"expired", "expires-soon", "cannot-rotate", "never-expires", "orphan", "retiring", "crowded", "foreign-token", "foreign-secret", "secret-without-token",
		"token-without-secret", "unfinished", "unlisted",
		string(Unknown), string(Forbidden), string(Vanished), string(OverLimit), string(NotAdded), string(Archived),
	}
}

// Named returns the findings of the given kinds; "foreign" stands for both of
// that sort, and "warning" for all that are to be acted on.
func (a Audit) Named(kinds []string) []AuditFinding {
	var out []AuditFinding
	for _, x := range a.Findings {
		if slices.Contains(kinds, x.Kind) || x.Severity == Bad && slices.Contains(kinds, "warning") ||
			strings.HasPrefix(x.Kind, "foreign-") && slices.Contains(kinds, "foreign") {
			out = append(out, x)
		}
	}
	return out
}

// AuditedTokens are the live tokens of one repository.
type AuditedTokens struct {
	Repository string      `json:"repository"`
	Action     Action      `json:"action"` // what a plan would decide
	Tokens     []SeenToken `json:"tokens"`
	Places     []SeenPlace `json:"places"`
}

// crowded is the number of tokens from which a repository's limit is near.
const crowded = 80

// Audit looks as a plan does, and judges what it sees. It writes nothing. It is made
// of a plan, so that what it warns of and what apply would do are the same thing.
func (f *Fleet) Audit(ctx context.Context, j journal.Session, progress Progress) (Audit, error) {
	p, err := f.Plan(ctx, j, progress)
	if err != nil {
		return Audit{}, err
	}
	h := fold(j.Entries)
	a := Audit{MadeAt: p.MadeAt, Organization: p.Organization, Counts: map[string]int{}, Err: p.Err()}
	listed := map[string]bool{}
	for _, item := range p.Items {
		listed[item.Subject] = true
		a.Repositories = append(a.Repositories, AuditedTokens{item.Repository, item.Action, item.Tokens, item.Places})
		a.Findings = append(a.Findings, f.findings(item, h.of(item.Subject))...)
	}
	// A filter that became narrower leaves tokens behind that nobody looks at.
	for _, s := range f.known(h) {
		if !listed[s.id] && s.alive() && s.current != nil {
			a.Findings = append(a.Findings, AuditFinding{
				Repository: s.repo, Kind: "unlisted", Severity: Note, Token: s.current.id, Name: s.current.name,
				Text: "in the journal, and left out by the filter: nobody rotates its token",
			})
		}
	}
	stray, err := f.unplaced(ctx, h, listed)
	if err != nil {
		return Audit{}, err
	}
	a.Findings = append(a.Findings, stray...)
	sort.SliceStable(a.Findings, func(i, j int) bool {
		x, y := a.Findings[i], a.Findings[j]
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.Repository, y.Repository)) < 0
	})
	for _, x := range a.Findings {
		a.Counts[x.Kind]++
	}
	return a, nil
}

// findings judges one repository: by its item, and by its state what the item does
// not have, a token in use that the service may not list and a run that was cut off.
func (f *Fleet) findings(item Item, s *repoState) []AuditFinding {
	var out []AuditFinding
	add := func(kind string, sev Severity, t SeenToken, text string) {
		out = append(out, AuditFinding{Repository: item.Repository, Kind: kind, Severity: sev, Token: t.ID, Name: t.Name, ExpiresAt: t.ExpiresAt, Text: text})
	}
	now := f.now()
	ours := false
	for _, t := range item.Tokens {
		ours = ours || t.Ours
		if !t.Ours {
			add("foreign-token", Note, t, "not made by this tool")
		}
		switch {
		case t.ExpiresAt == nil:
			add("never-expires", Bad, t, "never expires, or the service does not say when")
		case !t.ExpiresAt.After(now):
			add("expired", Bad, t, "expired on "+day(t.ExpiresAt))
		case t.ExpiresAt.Sub(now) <= f.Policy.RotateWithin:
			add("expires-soon", Bad, t, "expires in "+days(t.ExpiresAt.Sub(now)))
		}
		if t.Stray {
			add("orphan", Bad, t, "nobody holds its value; the next apply or sweep revokes it")
		}
	}
	// Due on a day that may be past: what revokes is a run, and none may have come.
	for _, d := range item.Retiring {
		add("retiring", Note, SeenToken{ID: d.Token, Name: d.Name}, d.String())
	}
	if n := len(item.Tokens); f.Service.Issue.Max > 0 && n > crowded*f.Service.Issue.Max/100 {
		add("crowded", Bad, SeenToken{}, fmt.Sprintf("%d of %d tokens", n, f.Service.Issue.Max))
	}
	if cur := s.inUse(); cur != nil && cur.expiresAt != nil && cur.expiresAt.Sub(now) <= f.Policy.RotateWithin && !item.Changes() {
		t := SeenToken{ID: cur.id, Name: cur.name, ExpiresAt: cur.expiresAt}
		add("cannot-rotate", Bad, t, expiryReason(*cur.expiresAt, now)+", and cannot be replaced: "+item.Reason)
	}
	if item.ExitCode != 0 || item.Hint != "" && item.Action != NotAdded {
		sev := Bad
		if item.ExitCode == 0 {
			sev = Note
		}
		add(string(item.Action), sev, SeenToken{}, item.Reason)
	}
	switch exists := exists(item.Places); {
	case item.Action == Foreign:
		add("foreign-secret", Note, SeenToken{}, "the secret was not written by this tool")
	case exists && len(item.Tokens) == 0 && f.Service.Tokens != nil:
		add("secret-without-token", Bad, SeenToken{}, "a secret is stored, and the service has no live token for it")
	case !exists && ours && len(item.Places) > 0:
		add("token-without-secret", Bad, SeenToken{}, "a token of ours lives, and no place holds it")
	}
	if open := s.unfinished(); len(open) > 0 {
		add("unfinished", Bad, SeenToken{ID: open[len(open)-1].id, Name: open[len(open)-1].name}, fmt.Sprintf("an earlier run stopped after %q; apply goes on", open[len(open)-1].phase))
	}
	return out
}

// Status is what the journal alone shows, without asking anybody: what was true when
// the last run ended, by its own account.
type Status struct {
	LastRun      string         `json:"lastRun,omitempty"`
	LastAt       *time.Time     `json:"lastAt,omitempty"`
	Counts       map[string]int `json:"counts"`
	Repositories []StatusOf     `json:"repositories"`
}

// StatusOf is one repository's line.
type StatusOf struct {
	Repository string     `json:"repository"`
	State      string     `json:"state"` // good, retiring, unfinished, failed, none
	TokenID    string     `json:"tokenId,omitempty"`
	TokenName  string     `json:"tokenName,omitempty"`
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`
	Retiring   []Due      `json:"retiring,omitempty"`
	Failure    string     `json:"failure,omitempty"`
	Last       time.Time  `json:"last"`
}

// StatusFrom folds the journal. The worst word wins: a repository whose token is good
// and whose last run failed has failed.
func StatusFrom(j journal.Session) Status {
	h := fold(j.Entries)
	st := Status{LastRun: h.lastRun, Counts: map[string]int{}}
	if !h.lastAt.IsZero() {
		st.LastAt = &h.lastAt
	}
	for _, s := range h.sorted() {
		line := StatusOf{Repository: s.repo, State: "none", Failure: s.failure, Last: s.last}
		if cur := s.inUse(); cur != nil {
			line.State, line.TokenID, line.TokenName, line.ExpiresAt = "good", cur.id, cur.name, cur.expiresAt
		}
		for _, t := range s.retiring() {
			line.State = "retiring"
			line.Retiring = append(line.Retiring, Due{Token: t.id, Name: t.name, NotBefore: t.notBefore})
		}
		switch {
		case len(s.unfinished()) > 0:
			line.State = "unfinished"
		case s.failure != "":
			line.State = "failed"
		}
		st.Counts[line.State]++
		st.Repositories = append(st.Repositories, line)
	}
	return st
}
