package fleet

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// driven is a run over items whose step says what became of each, and that writes down
// until its disk is full.
type driven struct {
	items []Item
	step  func(s *saga) (Outcome, error)
	full  journal.Kind // the entry that cannot be written
}

func (d driven) run(t *testing.T) (rep Report, wrote []string, err error) {
	t.Helper()
	w := newWorld(t)
	for i := range d.items {
		d.items[i].Repository, d.items[i].Subject = "acme/api", string(rune('a'+i))
	}
	r := &run{f: w.fleet(forge.Actions), plan: Plan{Items: d.items, Target: Target{Service: "codacy"}}, o: Options{Run: "newrun00"}}
	r.step = func(s *saga, _ context.Context) (Outcome, error) { return d.step(s) }
	r.j.Log = logFunc(func(e journal.Entry) error {
		if e.Kind == d.full {
			return errFull
		}
		wrote = append(wrote, strings.TrimSpace(string(e.Kind)+" "+e.Reason))
		return nil
	})
	rep, err = r.drive(t.Context())
	return rep, wrote, err
}

// TestResultSaysWhy holds what is said of one repository, and what the journal has of
// its failure: a plan's reason, but for room that was found, or what went wrong.
func TestResultSaysWhy(t *testing.T) {
	plain := errors.New("it\nbroke")
	hinted := fault.WithHint(fault.Errorf(fault.Auth, "refused"), "ask for the right")
	crowded := Item{Action: OverLimit, Reason: "100 of 100", Hint: "revoke some", ExitCode: int(fault.Service)}
	for _, tt := range []struct {
		name    string
		item    Item
		outcome Outcome
		err     error
		want    Result
		wrote   string // between the run's first line and its last
	}{
		{"rotated", Item{Action: Rotate, Reason: "asked for", Hint: "none"}, Rotated, nil, Result{Outcome: Rotated, Reason: "asked for", Hint: "none"}, ""},
		{"room was found", crowded, Rotated, nil, Result{Outcome: Rotated, Reason: "there was room once its tokens were revoked"}, ""},
		{"no room was found", crowded, NoRoom, nil, Result{Outcome: NoRoom, Reason: "100 of 100", Hint: "revoke some", ExitCode: int(fault.Service)}, ""},
		{"failed", Item{Action: Rotate, Reason: "asked for", Hint: "none"}, Rotated, plain, Result{Outcome: FailedOut, Reason: "it broke", ExitCode: fault.ExitCode(plain)}, "failed it broke"},
		{"failed, with a hint", crowded, Rotated, hinted, Result{Outcome: FailedOut, Reason: "refused", Hint: "ask for the right", ExitCode: int(fault.Auth)}, "failed refused"},
	} {
		rep, wrote, _ := driven{items: []Item{tt.item}, step: func(*saga) (Outcome, error) { return tt.outcome, tt.err }}.run(t)
		got := rep.Repositories[0]
		if got.Outcome != tt.want.Outcome || got.Reason != tt.want.Reason || got.Hint != tt.want.Hint || got.ExitCode != tt.want.ExitCode {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if text := strings.Join(wrote[1:len(wrote)-1], ", "); text != tt.wrote {
			t.Errorf("%s: the journal has %q, want %q", tt.name, text, tt.wrote)
		}
	}
}

// TestRunWithoutAJournal: a run ends where it cannot write down what it does, at its
// first line and at a failure's, and begins nothing more.
func TestRunWithoutAJournal(t *testing.T) {
	broken := errors.New("it broke")
	for _, tt := range []struct {
		full  journal.Kind
		err   error // of each step
		steps int
		says  string
	}{
		{journal.Begin, broken, 0, "the disk is full"},
		{journal.Failed, broken, 1, "1 failed, 1 not-started: the disk is full"},
		{journal.Done, broken, 2, "2 failed"},
		{journal.Done, &journalError{errFull}, 1, "1 failed, 1 not-started: the disk is full"},
		{journal.End, nil, 2, "the disk is full"},
	} {
		steps := 0
		_, _, err := driven{items: make([]Item, 2), full: tt.full, step: func(*saga) (Outcome, error) { steps++; return Kept, tt.err }}.run(t)
		if steps != tt.steps || err == nil || err.Error() != tt.says {
			t.Errorf("the disk is full at %s, each step ends with %v: %d steps, %v; want %d, %s", tt.full, tt.err, steps, err, tt.steps, tt.says)
		}
	}
}

// TestUnauthorizedInARow counts who ended in a 401, one behind the other: only who asked
// and was not refused shows that the credential is good.
func TestUnauthorizedInARow(t *testing.T) {
	denied := &rest.StatusError{Op: "revoke", Status: 401}
	no := func(s *saga) (Outcome, error) { return FailedOut, denied }
	kept := func(*saga) (Outcome, error) { return Kept, nil }
	revoked := func(s *saga) (Outcome, error) {
		s.state.apply(journal.Entry{Kind: journal.Minted, Token: "1"})
		s.state.apply(journal.Entry{Kind: journal.Revoked, Token: "1"})
		return Retired, nil
	}
	for _, tt := range []struct {
		name    string
		between func(*saga) (Outcome, error) // two that ended in a 401 and five others
		action  Action
		begun   int
	}{
		{"one that asked nobody", kept, Keep, 6},
		{"one that revoked a token", revoked, Keep, 8},
		{"one that changed something", kept, Rotate, 8},
	} {
		steps := 0
		items := make([]Item, 8)
		items[2].Action = tt.action
		rep, _, err := driven{items: items, step: func(s *saga) (Outcome, error) {
			if steps++; s.plan.Subject == "c" {
				return tt.between(s)
			}
			return no(s)
		}}.run(t)
		if steps != tt.begun || fault.Of(err) != fault.Partial || !strings.Contains(rep.Stopped, "5 repositories in a row ended in 401") {
			t.Errorf("%s: %d were begun, want %d; %v, stopped: %s", tt.name, steps, tt.begun, err, rep.Stopped)
		}
	}
}
