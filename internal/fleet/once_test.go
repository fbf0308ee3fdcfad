package fleet

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// overwritten is an organization's secret whose selection another run overwrites
// after each of the first writes.
type overwritten struct {
	others, writes int
}

func (o *overwritten) Audience(context.Context, forge.Ref) (forge.Audience, error) {
	return forge.Audience{Visibility: "selected", IDs: map[string]bool{"1": true, "2": o.writes > o.others}}, nil
}

func (o *overwritten) PutFor(context.Context, forge.Ref, secret.Value, []forge.Repository) (forge.Written, error) {
	o.writes++
	if o.writes == 1 {
		return forge.Created, nil
	}
	return forge.Replaced, nil
}

// TestSelectionOverwritten has another run overwrite the selection of an
// organization's secret: it is written until all see it, and a repository that does
// not see it in the end is an error, the others are not.
func TestSelectionOverwritten(t *testing.T) {
	one, two := forge.Repository{ID: "1", Owner: "acme", Name: "api"}, forge.Repository{ID: "2", Owner: "acme", Name: "web"}
	for _, tt := range []struct {
		name           string
		others, writes int
		seen           bool
	}{
		{"not at all", 0, 1, true},
		{"twice", 2, 3, true},
		{"as often as it is written", 99, seeTries, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &overwritten{others: tt.others}
			f := &Fleet{Clock: simClock{newWorld(t)}, Forge: Forge{Forge: forge.Forge{Sharer: s}}}
			o := &once{f: f, to: []forge.Repository{one, two}, done: map[string]func() outcome{}}
			p := Place{Store: forge.Actions, Org: "acme"}
			for range 2 { // the second asks for nothing
				if w, err := o.put(t.Context(), one, p, secret.New("tok-0123456789")); w != forge.Created || err != nil {
					t.Errorf("the first repository: %v, %v", w, err)
				}
			}
			_, err := o.put(t.Context(), two, p, secret.New("tok-0123456789"))
			if (err == nil) != tt.seen || !tt.seen && (fault.Of(err) != fault.Service || !strings.Contains(err.Error(), "acme/web is not among")) {
				t.Errorf("the second repository: %v", err)
			}
			if s.writes != tt.writes {
				t.Errorf("%d writes, want %d", s.writes, tt.writes)
			}
		})
	}
}

// counting counts what is written, and refuses it if it has an error for that.
type counting struct {
	simForge
	puts  int
	fails error // of a write
	may   error // of the question whether it may be written
}

func (c *counting) Put(context.Context, forge.Ref, secret.Value) (forge.Written, error) {
	c.puts++
	return forge.Replaced, c.fails
}

func (c *counting) CanWrite(context.Context, forge.Ref) error { return c.may }

// TestSharedSecretIsWrittenOnce: what became of the one write is said of every
// repository, of a refusal too.
func TestSharedSecretIsWrittenOnce(t *testing.T) {
	org, group := Place{Store: forge.Actions, Org: "acme"}, Place{Store: forge.Group, Holder: "all"}
	refused := errors.New("refused")
	for _, tt := range []struct {
		name  string
		place Place
		forge *counting
		puts  int
		err   error
	}{
		{"of the organization", org, &counting{}, 1, nil},
		{"of the organization, and may not be written", org, &counting{may: refused}, 0, refused},
		{"of the organization, and is refused", org, &counting{fails: refused}, 1, refused},
		{"of a group", group, &counting{}, 1, nil},
		{"of a group, which is not asked first", group, &counting{may: refused}, 1, nil},
		{"of a group, and is refused", group, &counting{fails: refused}, 1, refused},
	} {
		f := &Fleet{Forge: Forge{Forge: forge.Forge{Secrets: tt.forge, WriteChecker: tt.forge}}}
		o := &once{f: f, done: map[string]func() outcome{}}
		for _, name := range []string{"api", "web"} {
			w, err := o.put(t.Context(), forge.Repository{Owner: "acme", Name: name}, tt.place, secret.New("tok-0123456789"))
			if !errors.Is(err, tt.err) || err == nil && w != forge.Replaced {
				t.Errorf("%s: %s: %v, %v", tt.name, name, w, err)
			}
		}
		if tt.forge.puts != tt.puts {
			t.Errorf("%s: %d writes, want %d", tt.name, tt.forge.puts, tt.puts)
		}
	}
}

// TestPauseEndsWithTheRun stops a run that waits: the step in hand may go on for
// stopGrace, and the wait ends at once.
func TestPauseEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		work, release := finishing(ctx)
		defer release()
		time.AfterFunc(time.Second, cancel)
		begun := time.Now()
		s := &saga{f: &Fleet{Clock: RealClock{}}}
		err := s.pause(work, time.Hour, "nothing comes")
		if took := time.Since(begun); !errors.Is(err, context.Canceled) || took != time.Second {
			t.Errorf("%v after %s, want a second", err, took)
		}
		if work.Err() != nil {
			t.Error("the work ended with the wait")
		}
		<-work.Done()
		if took := time.Since(begun); took != time.Second+stopGrace {
			t.Errorf("the work ended after %s, want %s more than a second", took, stopGrace)
		}
		work, release = finishing(t.Context())
		if release(); work.Err() == nil {
			t.Error("the work goes on behind a run that has ended")
		}
	})
}

// TestRefusedMintIsWrittenOff has the service refuse to make a token: the journal
// says so, and no later run looks for it.
func TestRefusedMintIsWrittenOff(t *testing.T) {
	w := newWorld(t)
	w.fault = func(call string) effect {
		if call == "mint" {
			return refusedBy
		}
		return fine
	}
	path := t.TempDir() + "/journal"
	if _, err, _ := w.runOnce(w.fleet(forge.Actions), path); err == nil {
		t.Fatal("no error")
	}
	var kinds []string
	for _, e := range mustRead(w, path).Entries {
		kinds = append(kinds, string(e.Kind))
		if e.Kind == journal.Absent && e.Reason != "the service refused" {
			t.Errorf("written off because %s", e.Reason)
		}
	}
	if got := strings.Join(kinds, " "); got != "journal begin planned absent failed end" {
		t.Errorf("the journal has %s", got)
	}
}

// TestWhole holds which runs are about every repository of the fleet: a secret that all
// share is deleted by these alone.
func TestWhole(t *testing.T) {
	for name, c := range map[string]struct {
		policy Policy
		want   bool
	}{
		"all":        {Policy{}, true},
		"the one":    {Policy{Shard: Shard{Index: 1, Of: 1}}, true},
		"a shard":    {Policy{Shard: Shard{Index: 1, Of: 2}}, false},
		"names":      {Policy{Filter: forge.Filter{Names: []string{"api"}}}, false},
		"but one":    {Policy{Filter: forge.Filter{Exclude: []string{"api"}}}, false},
		"of a team":  {Policy{Teams: []string{"core"}}, false},
		"of a topic": {Policy{Filter: forge.Filter{Topics: []string{"pay"}}}, false},
	} {
		if got := newOnce(&Fleet{Policy: c.policy}, Plan{}).whole; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
