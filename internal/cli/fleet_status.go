package cli

import (
	"cmp"
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

// fleetStatusCmd reads a file: it works where no token is at hand.
type fleetStatusCmd struct {
	connect.FleetFile
	Journal string `placeholder:"FILE" help:"The journal. Default: that of fleet.yml, else fleet.journal."`
}

func (fleetStatusCmd) Help() string {
	return `Shows what the journal knows of every repository: its token, what retires when, what is unfinished. Asks nobody, and so
has no key to verify the journal with, unless GATEWRIGHT_FLEET_KEY signed it.`
}

func (c fleetStatusCmd) Run(_ context.Context, a *connect.To) error {
	list, err := c.Fleets(a)
	if err != nil {
		return err
	}
	for _, n := range list {
		name := cmp.Or(c.Journal, n.Journal, connect.JournalOf(n.Name))
		// An absent journal reads as an empty one elsewhere, which begins a fleet; here it
		// would say that nothing is kept.
		if _, err := os.Stat(a.Path(name)); errors.Is(err, fs.ErrNotExist) {
			return noJournal(name)
		}
		keys := a.FleetKeys(true)
		j, err := journal.Read(a.Path(name), keys)
		if err != nil {
			return err
		}
		if !j.Genuine && j.Signed() {
			a.Say("%s is signed, and not verified here: that takes the key of the runs that write it", name)
		}
		if err := showStatus(a, fleet.StatusFrom(j)); err != nil {
			return err
		}
		if c.Journal != "" {
			break
		}
	}
	return nil
}

func showStatus(a *connect.To, st fleet.Status) error {
	if a.JSON {
		return a.Print(st)
	}
	rows := [][]string{{"REPOSITORY", "STATE", "TOKEN", "EXPIRES", "RETIRING", "LAST"}}
	for _, s := range st.Repositories {
		retiring := ""
		for _, d := range s.Retiring {
			when := "by hand"
			if !d.NotBefore.IsZero() {
				when = "from " + moment(d.NotBefore)
			}
			retiring += d.Token + " " + when + " "
		}
		if s.Failure != "" {
			retiring += plain(s.Failure)
		}
		rows = append(rows, []string{plain(s.Repository), paintState(a, s.State), s.TokenID, date(s.ExpiresAt), retiring, s.Last.Format("2006-01-02 15:04")})
	}
	tableOf(a, rows)
	fmt.Fprintf(a.Stdout, "%s in the journal", console.Count(len(st.Repositories), "repository"))
	for _, state := range []string{"good", "retiring", "unfinished", "failed", "none"} {
		if n := st.Counts[state]; n > 0 {
			fmt.Fprintf(a.Stdout, ", %d %s", n, state)
		}
	}
	fmt.Fprintln(a.Stdout)
	return nil
}

func noJournal(name string) error {
	return fault.WithHint(fault.Errorf(fault.Input, "there is no journal %s", name), "name it with --journal; gatewright fleet apply begins one")
}
