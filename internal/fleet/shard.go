package fleet

import (
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// Shard is one of several equal parts of a fleet, for CI matrices whose jobs
// work side by side. The zero Shard is the whole.
type Shard struct {
	Index int // from 1
	Of    int
}

// ParseShard reads "2/5". Empty text is the whole.
func ParseShard(text string) (Shard, error) {
	if text == "" {
		return Shard{}, nil
	}
	var s Shard
	if _, err := fmt.Sscanf(text, "%d/%d", &s.Index, &s.Of); err != nil || s.Index < 1 || s.Index > s.Of || s.String() != text {
		return Shard{}, fault.WithHint(fault.Errorf(fault.Input, "shard %q is not like 2/5", text), "write which part, from 1, and of how many")
	}
	return s, nil
}

// String is the form that ParseShard reads.
func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// Own returns the entries about repositories of the shard, and about none.
func (s Shard) Own(entries []journal.Entry) []journal.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e journal.Entry) bool { return e.Subject != "" && !s.has(e.Subject) })
}

// strangers refuses a journal that knows live tokens of repositories of another
// shard: the number of shards changed, and what this shard's repositories have is
// in other journals. Gone on with, the tokens of the one would never be rotated
// again, and those of the other would look as if somebody else had made them.
func (f *Fleet) strangers(h *history) error {
	n := number(h.sorted(), func(s *repoState) bool { return f.owns(s) && s.alive() && !f.Policy.Shard.has(s.id) })
	if n == 0 {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "the journal knows tokens of %s outside shard %s: the number of shards changed, or it is another shard's", console.Count(n, "repository"), f.Policy.Shard),
		"name the journal that this shard wrote; or make one of all old ones: `gatewright fleet compact --shard %s --journal NEW --from OLD,…`", f.Policy.Shard)
}

// has reports whether the subject belongs to the shard. It depends on nothing
// but the subject, so that a repository stays in its shard, beside its journal.
func (s Shard) has(subject string) bool {
	if s.Of == 0 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(subject)) // never fails
	return int(h.Sum32()%uint32(s.Of)) == s.Index-1
}
