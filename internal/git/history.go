package git

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// maxHistory is how many commits History reads.
const maxHistory = 1000

// History is what the newest commits before and including one changed.
type History struct {
	Date    time.Time      // of the commit itself
	Commits int            // how many were read, merges aside
	Touched map[string]int // how many of them changed a file, by path
}

// History reads the newest commits up to a commit, 1,000 at most.
func (r *Repo) History(ctx context.Context, commit string) (History, error) {
	text, err := r.Commit(ctx, commit)
	if err != nil {
		return History{}, err
	}
	// After name and address, which may hold anything, come seconds and zone.
	committer := strings.Join(headers(text, "committer"), " ")
	when := strings.Fields(committer[strings.LastIndexByte(committer, '>')+1:])
	if len(when) == 0 {
		return History{}, fault.Errorf(fault.Input, "commit %s has no date", commit)
	}
	seconds, err := strconv.ParseInt(when[0], 10, 64)
	if err != nil {
		return History{}, err
	}
	h := History{Date: time.Unix(seconds, 0).UTC(), Touched: map[string]int{}}
	// With -z a commit is its line, a NUL, and its files, each with a NUL.
	out, err := r.Run(ctx, "log", "-z", "--no-merges", "--no-renames", "--name-only", "--format=%x01", "-n", strconv.Itoa(maxHistory), commit, "--")
	if err != nil {
		return h, err
	}
	for name := range strings.SplitSeq(out, "\x00") {
		switch name = strings.TrimPrefix(name, "\n"); name {
		case "":
		case "\x01":
			h.Commits++
		default:
			h.Touched[name]++
		}
	}
	return h, nil
}
