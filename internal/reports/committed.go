package reports

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/summary"
)

// mostCommitted is how many committed reports git is asked about.
const mostCommitted = 1000

// committed returns those of the reports that nobody has written since the commit
// was checked out: they are of the run that they were committed from. If there
// are no others they are read all the same.
func committed(ctx context.Context, t Commit, index *match.Index, names []string) []string {
	named := map[string]string{}
	var paths []string
	for _, name := range names {
		if p := index.Location(t.Console.Path(name)); index.Committed(p) && len(paths) < mostCommitted {
			named[p] = name
			paths = append(paths, p)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	// Without an index of git nothing is known of when a file was written.
	untouched, err := t.Repo.Untouched(ctx, paths)
	if err != nil || len(untouched) == 0 {
		return nil
	}
	var old []string
	for _, p := range untouched {
		old = append(old, named[p])
	}
	first := summary.Plain(old[0], 0)
	if len(old) > 1 {
		first += fmt.Sprintf(" and %s more", console.Count(len(old)-1, "report"))
	}
	if len(old) == len(names) {
		t.Console.Warn("%s: as the commit has it; no test of this run has written it", first)
		return nil
	}
	t.Console.Say("%s: not read; it is as the commit has it, and so of another run. Name it if it is meant", first)
	return old
}
