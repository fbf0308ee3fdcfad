package fleet

import (
	"cmp"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
)

// Outcome is what became of one repository in a run.
type Outcome string

// The outcomes.
const (
	Created    Outcome = "created"     // it has a token for the first time
	Rotated    Outcome = "rotated"     // it has another token; the old one retires
	Adopted    Outcome = "adopted"     // its token is in the journal now
	Kept       Outcome = "kept"        // nothing was to be done
	Retired    Outcome = "retired"     // old tokens were revoked
	RevokedAll Outcome = "revoked"     // all its tokens were revoked, and none replaced them
	Removed    Outcome = "removed"     // its tokens were revoked or its secrets deleted: off-boarded
	Skipped    Outcome = "skipped"     // the plan leaves it alone, for the reason given
	FailedOut  Outcome = "failed"      // it did not work; the reason says why
	NotStarted Outcome = "not-started" // the run ended before its turn

	// What was not accounted for, each named as the plan's action: it was not
	// done, for a cause that the exit code names.
	NotSeen     = Outcome(Unknown)
	NotAllowed  = Outcome(Forbidden)
	NoRoom      = Outcome(OverLimit)
	NotThere    = Outcome(Vanished)
	NotAnalysed = Outcome(NotAdded)
)

// outcomes lists them in the order of tables and summaries.
func outcomes() []Outcome {
	return []Outcome{Created, Rotated, Adopted, Kept, Retired, RevokedAll, Removed, Skipped, NotAllowed, NotAnalysed, NoRoom, NotThere, NotSeen, FailedOut, NotStarted}
}

// notDone lists those that count as failures, the worst first.
func notDone() []Outcome {
	return []Outcome{FailedOut, NotStarted, NotSeen, NotAllowed, NotThere, NoRoom, NotAnalysed}
}

// Result is what became of one repository. The tokens in it are those after the
// step, also where it failed: Revoked are gone by the service's own list.
type Result struct {
	Repository string     `json:"repository"`
	Action     Action     `json:"action"`
	Outcome    Outcome    `json:"outcome"`
	Reason     string     `json:"reason,omitempty"`
	Hint       string     `json:"hint,omitempty"` // what to do, where it was not done
	TokenID    string     `json:"tokenId,omitempty"`
	TokenName  string     `json:"tokenName,omitempty"`
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`
	Places     []string   `json:"places,omitempty"`
	Revoked    []string   `json:"revoked,omitempty"`  // ids
	Retiring   []Due      `json:"retiring,omitempty"` // what a later sweep revokes
	Notes      []string   `json:"notes,omitempty"`
	Seconds    float64    `json:"seconds"`
	ExitCode   int        `json:"exitCode,omitempty"` // what it counts for; 0: done, in order, or left alone on purpose
}

// Due is a token that waits for the end of its grace. A zero time: a person
// has to revoke it.
type Due struct {
	Token     string    `json:"token"`
	Name      string    `json:"name,omitempty"`
	NotBefore time.Time `json:"notBefore,omitzero"`
}

// String says when the token goes, for people.
func (d Due) String() string {
	if d.NotBefore.IsZero() {
		return "old token " + d.Token + " is to be revoked by hand"
	}
	return "old token " + d.Token + " retires " + minute(d.NotBefore)
}

// clause is how the reason of a plan goes on with it.
func (d Due) clause() string { return "; " + d.String() }

// retiring returns the tokens that wait for the end of their grace.
func (f *Fleet) retiring(s *repoState) []Due {
	var out []Due
	for _, t := range s.retiring() {
		d := Due{Token: t.id, Name: t.name}
		if !t.byHand {
			d.NotBefore = f.ends(t)
		}
		out = append(out, d)
	}
	return out
}

// Report is the end of a run. It holds no secret; names of private repositories it
// does.
type Report struct {
	Run       string    `json:"run"`
	StartedAt time.Time `json:"startedAt"`
	Seconds   float64   `json:"seconds"`
	Target
	Shard        string          `json:"shard,omitempty"`
	Summary      map[Outcome]int `json:"summary"`
	Repositories []Result        `json:"repositories"`
	Stopped      string          `json:"stopped,omitempty"` // why the run ended early
}

// parts says of how many shards a report is.
func parts(of int) string {
	if of == 0 {
		return "the whole fleet"
	}
	return console.Count(of, "shard")
}

// Merge joins the reports of a run's shards into one, with one verdict: the
// error that a single run over all of them would have ended with. A shard whose
// report is missing is not fine: a job that was cancelled before its first step
// leaves no other trace. The shards ran beside each other, so the time is that of
// the slowest, and not the sum.
func Merge(reports []Report) (Report, error) {
	if len(reports) == 0 {
		return Report{}, fault.Errorf(fault.Input, "no report to merge")
	}
	out := Report{Target: reports[0].Target, Summary: map[Outcome]int{}}
	var runs, stopped []string
	shards, of := map[string]bool{}, 0
	for _, r := range reports {
		if r.Target != out.Target {
			return out, fault.Errorf(fault.Input, "the reports are of two fleets: %s in %s of %s, and %s in %s of %s",
				out.Secret, out.Forge, out.Organization, r.Secret, r.Forge, r.Organization)
		}
		if shards[r.Shard] {
			return out, fault.Errorf(fault.Input, "two reports are of shard %q", cmp.Or(r.Shard, "all"))
		}
		shards[r.Shard] = true
		s, err := ParseShard(r.Shard)
		if err != nil {
			return out, err
		}
		if len(runs) > 0 && s.Of != of {
			return out, fault.Errorf(fault.Input, "one report is of %s, another of %s", parts(of), parts(s.Of))
		}
		of = s.Of
		out.Repositories = append(out.Repositories, r.Repositories...)
		for o, n := range r.Summary {
			out.Summary[o] += n
		}
		out.Seconds = max(out.Seconds, r.Seconds)
		if out.StartedAt.IsZero() || r.StartedAt.Before(out.StartedAt) {
			out.StartedAt = r.StartedAt
		}
		runs = append(runs, r.Run)
		if r.Stopped != "" {
			stopped = append(stopped, strings.TrimSpace(r.Shard+" "+r.Stopped))
		}
	}
	out.Run, out.Stopped = strings.Join(runs, "+"), strings.Join(stopped, "; ")
	sort.SliceStable(out.Repositories, func(i, j int) bool { return out.Repositories[i].Repository < out.Repositories[j].Repository })
	// Why each shard stopped is in its own text; the kinds are those of the results.
	err := out.verdict(nil, nil)
	var absent []string
	for i := 1; i <= of; i++ {
		if name := (Shard{i, of}).String(); !shards[name] {
			absent = append(absent, name)
		}
	}
	if len(absent) > 0 {
		what := fmt.Sprintf("no report of shard %s", strings.Join(absent, ", "))
		if err != nil {
			what += "; " + err.Error()
		}
		err = fault.WithHint(fault.Errorf(fault.Partial, "%s", what), "its job did not get so far; run it again")
	}
	return out, err
}
