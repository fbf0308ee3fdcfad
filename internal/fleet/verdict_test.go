package fleet

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

// says fails unless err has the kind, the text and the hint; no kind means no error.
func says(t *testing.T, name string, err error, kind fault.Kind, text, hint string) {
	t.Helper()
	if kind == 0 {
		if err != nil {
			t.Errorf("%s: %v, want no error", name, err)
		}
		return
	}
	if fault.Of(err) != kind || fmt.Sprint(err) != text || fault.Hint(err) != hint {
		t.Errorf("%s: %v (%v), hint %q; want %q (%v), hint %q", name, err, fault.Of(err), fault.Hint(err), text, kind, hint)
	}
}

const again = "run it again: it goes on where it stopped"

// TestPlanAccounts holds which plans are errors: what was not looked at is one, of its
// cause if nothing is in order, and what is left alone on purpose is none, unless
// nothing at all is added at the service.
func TestPlanAccounts(t *testing.T) {
	keep, archived := Item{Action: Keep}, Item{Action: Archived}
	added := Item{Action: NotAdded}
	refused := Item{Action: Forbidden, ExitCode: int(fault.Auth), Hint: "ask for the right"}
	unknown := Item{Action: Unknown, ExitCode: int(fault.Service)}
	const none = "add them there, or check the organization's name at codacy and --provider"
	for _, tt := range []struct {
		name       string
		items      []Item
		kind       fault.Kind
		text, hint string
	}{
		{name: "nothing"},
		{name: "in order", items: []Item{keep, {Action: Create}, archived}},
		{name: "left alone", items: []Item{archived, archived}},
		{name: "one added", items: []Item{added, keep}},
		{name: "the others archived", items: []Item{added, archived}},
		{"none added", []Item{added}, fault.Input, "none of 1 repository is added at codacy", none},
		{"none of two added", []Item{added, added}, fault.Input, "none of 2 repositories is added at codacy", none},
		{"refused", []Item{refused, archived, refused}, fault.Auth, "not accounted for: 2 forbidden", "ask for the right; then run it again"},
		{"one refused", []Item{keep, refused}, fault.Partial, "not accounted for: 1 forbidden", "ask for the right; then run it again"},
		{"two causes", []Item{unknown, refused}, fault.Partial, "not accounted for: 1 forbidden, 1 unknown", "ask for the right; then run it again"},
		{"without a hint", []Item{unknown}, fault.Service, "not accounted for: 1 unknown", again},
		{"none added, and one unknown", []Item{added, unknown}, fault.Service, "not accounted for: 1 unknown", again},
	} {
		says(t, tt.name, Plan{Target: Target{Service: "codacy"}, Items: tt.items}.Err(), tt.kind, tt.text, tt.hint)
	}
}

// TestVerdicts holds how runs end.
func TestVerdicts(t *testing.T) {
	kept, begun := Result{Outcome: Kept}, Result{Outcome: NotStarted}
	skipped, added := Result{Outcome: Skipped, Action: Archived}, Result{Outcome: Skipped, Action: NotAdded}
	refused := Result{Outcome: FailedOut, ExitCode: int(fault.Auth), Hint: "ask for the right"}
	broken := Result{Outcome: FailedOut, ExitCode: int(fault.Service), Hint: "wait a while, then run it again"}
	torn := Result{Outcome: FailedOut, ExitCode: int(fault.Stopped), Hint: "not said"}
	full := errors.New("the disk is full")
	brake := fault.WithHint(fault.Errorf(fault.Service, "2 repositories failed"), "look at their reasons")
	for _, tt := range []struct {
		name       string
		results    []Result
		stopped    error // why the run ended early
		end        error // of the journal's last line
		kind       fault.Kind
		text, hint string
	}{
		{name: "nothing"},
		{name: "in order", results: []Result{kept, skipped}},
		{name: "stopped when all was done", results: []Result{kept}, stopped: context.Canceled},
		{name: "one added", results: []Result{added, kept}},
		{"none added", []Result{added, added}, nil, nil, fault.Input, "none of 2 repositories is added at codacy", "add them there, or check the organization's name at codacy and --provider"},
		{"refused", []Result{refused, skipped}, nil, nil, fault.Auth, "1 skipped, 1 failed", "ask for the right; then run it again"},
		{"one refused", []Result{refused, kept}, nil, nil, fault.Partial, "1 kept, 1 failed", "ask for the right; then run it again"},
		{"broken, with its own word of another run", []Result{broken}, nil, nil, fault.Service, "1 failed", "wait a while, then run it again"},
		{"the first hint", []Result{broken, refused}, nil, nil, fault.Partial, "2 failed", "wait a while, then run it again"},
		{"stopped", []Result{kept, kept, kept, begun, torn}, context.Canceled, nil, fault.Stopped, "stopped; 3 of 5 done (3 kept, 1 failed, 1 not-started)", again},
		{"stopped before the first", []Result{begun}, context.Canceled, nil, fault.Stopped, "stopped; 0 of 1 done (1 not-started)", again},
		{"stopped in the last", []Result{kept, torn}, context.Canceled, nil, fault.Stopped, "stopped; 1 of 2 done (1 kept, 1 failed)", again},
		{"cut off, and nobody stopped it", []Result{torn}, nil, nil, fault.Stopped, "1 failed", again},
		{"ended by a brake", []Result{refused, begun}, brake, nil, fault.Auth, "1 failed, 1 not-started: 2 repositories failed", "ask for the right; then run it again"},
		{"ended before anything", []Result{begun, begun}, brake, nil, fault.Service, "2 not-started: 2 repositories failed", "look at their reasons; then run it again"},
		{"the last line cannot be written", []Result{kept}, nil, full, fault.Of(full), "the disk is full", ""},
		{"no line can", []Result{refused}, nil, full, fault.Auth, "1 failed", "ask for the right; then run it again"},
	} {
		r := Report{Target: Target{Service: "codacy"}, Repositories: tt.results, Summary: map[Outcome]int{}}
		for _, res := range tt.results {
			r.Summary[res.Outcome]++
		}
		says(t, tt.name, r.verdict(tt.stopped, tt.end), tt.kind, tt.text, tt.hint)
	}
	if got := (Report{}).Sentence(); got != "nothing to do" {
		t.Errorf("of nothing: %q", got)
	}
}
