package fleet

import "time"

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

// Outcomes lists them in the order of tables and summaries.
func Outcomes() []Outcome {
	return []Outcome{Created, Rotated, Adopted, Kept, Retired, RevokedAll, Removed, Skipped, NotAllowed, NotAnalysed, NoRoom, NotThere, NotSeen, FailedOut, NotStarted}
}

// Result is what became of one repository.
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

// Report is the end of a run.
type Report struct {
	Run          string          `json:"run"`
	StartedAt    time.Time       `json:"startedAt"`
	Seconds      float64         `json:"seconds"`
	Service      string          `json:"service"`
	Forge        string          `json:"forge"`
	Organization string          `json:"organization"`
	Secret       string          `json:"secret"`
	Shard        string          `json:"shard,omitempty"`
	Summary      map[Outcome]int `json:"summary"`
	Repositories []Result        `json:"repositories"`
	Stopped      string          `json:"stopped,omitempty"` // why the run ended early
}
