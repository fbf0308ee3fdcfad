package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Merge joins the reports of a run's shards into one, with one verdict: the
// error that a single run over all of them would have ended with. A shard whose
// report is missing is not fine.
func Merge(reports []Report) (Report, error) {
	if len(reports) == 0 {
		return Report{}, fault.Errorf(fault.Input, "no report to merge")
	}
	out := Report{Summary: map[Outcome]int{}}
	var runs, stopped []string
	shards, of := map[string]bool{}, 0
	first := reports[0]
	for _, r := range reports {
		if r.Service != first.Service || r.Forge != first.Forge || r.Organization != first.Organization || r.Secret != first.Secret {
			return out, fault.Errorf(fault.Input, "the reports are of two fleets: %s in %s of %s, and %s in %s of %s",
				first.Secret, first.Forge, first.Organization, r.Secret, r.Forge, r.Organization)
		}
		if shards[r.Shard] {
			return out, fault.Errorf(fault.Input, "two reports are of shard %q", cmp.Or(r.Shard, "all"))
		}
		shards[r.Shard] = true
		s, err := ParseShard(r.Shard)
		if err != nil {
			return out, err
		}
		if of != 0 && s.Of != of {
			return out, fault.Errorf(fault.Input, "one report is of %d shards, another of %d", of, s.Of)
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
	out.Service, out.Forge, out.Organization, out.Secret = first.Service, first.Forge, first.Organization, first.Secret
	slices.SortStableFunc(out.Repositories, func(a, b Result) int { return cmp.Compare(a.Repository, b.Repository) })
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
