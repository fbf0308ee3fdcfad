package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// fleetCompactCmd is the only command that takes entries out of a journal.
type fleetCompactCmd struct {
	connect.FleetFlags
	From []string `placeholder:"FILE" help:"Take in what these journals know as well: of the repositories of --shard, when the number of shards changed. Several with commas."`
}

func (fleetCompactCmd) Help() string {
	return `Writes the journal anew: of every repository what the next run needs, signed with this run's key. With --unsigned a
journal that is not signed, or by a key that is lost, is believed as it is; say so only if nobody else can write it.

  gatewright fleet compact --service codacy --forge github --org acme
  gatewright fleet compact --shard 1/3 --journal new-1.journal --from old-1.journal,old-2.journal --service codacy --forge github --org acme`
}

func (c fleetCompactCmd) Run(ctx context.Context, a *connect.To) error {
	return c.EachFleet(ctx, a, func(f *connect.Fleet) error {
		// One that is to be made of others need not be there.
		if _, err := os.Stat(a.Path(f.Journal)); errors.Is(err, fs.ErrNotExist) && len(c.From) == 0 {
			if f.Among { // it is not begun yet
				a.Warn("fleet %s: %v", f.Name, noJournal(f.Journal))
				return nil
			}
			return noJournal(f.Journal)
		}
		j, err := journal.Open(a.Path(f.Journal), f.Keys)
		if err != nil {
			return err
		}
		defer func() { _ = j.Close() }()
		before := j.Session().Entries
		for _, name := range c.From {
			// A journal that is not there would be read as one without entries, and the
			// tokens it knows be lost.
			if _, err := os.Stat(a.Path(name)); err != nil {
				return fault.Errorf(fault.Input, "read the journal: %w", err)
			}
			other, err := journal.Read(a.Path(name), f.Keys)
			if err != nil {
				return err
			}
			before = journal.Join(before, other.Entries)
		}
		if err := j.Rewrite(fleet.Compact(f.Policy.Shard.Own(before))); err != nil {
			return err
		}
		after := j.Session()
		if a.JSON {
			return a.Print(compacted{f.Journal, len(after.Entries), len(before), after.Genuine})
		}
		signed := "signed"
		if !after.Genuine {
			signed = "not signed"
		}
		fmt.Fprintf(a.Stdout, "%s: %s, %d before; %s\n", f.Journal, console.Count(len(after.Entries), "line"), len(before), signed)
		return nil
	})
}

// compacted is the answer of fleet compact.
type compacted struct {
	Journal string `json:"journal"`
	Lines   int    `json:"lines"`
	Before  int    `json:"before"`
	Signed  bool   `json:"signed"`
}
