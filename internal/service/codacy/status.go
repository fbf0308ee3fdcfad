package codacy

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

const (
	processed    = "Processed"
	missingFinal = "MissingFinal"
)

type coverageReport struct {
	Commit    string    `json:"targetCommitSha"`
	Language  string    `json:"language"`
	CreatedAt time.Time `json:"createdAt"`
	Status    string    `json:"status"`
}

type reportList struct {
	Reports []coverageReport `json:"reports"`
}

// settled reports whether waiting changes nothing any more.
func (r coverageReport) settled() bool { return meaningOf(r.Status).settled }

// meaning is a coverage report's status in plain words.
type meaning struct {
	text    string
	advice  string
	settled bool
}

// meaningOf explains Codacy's words (its documentation of the coverage
// reporter, "Checking if coverage data was received").
func meaningOf(status string) meaning {
	switch status {
	case processed:
		return meaning{"the coverage was processed", "", true}
	case "Pending":
		return meaning{
			"the report waits to be processed, or none of its paths is a file of the repository in the report's language",
			"compare the paths in `gatewright coverage report` with the repository's, and the files ignored at Codacy", false,
		}
	case "CommitNotAnalysed":
		return meaning{
			"Codacy has not finished the static analysis of the commit, which comes first",
			"see the commit at Codacy: the committer may not be a member there, or a newer commit came in between", false,
		}
	case "CommitNotFound":
		return meaning{
			"Codacy does not know the commit: the push has not reached it yet, or the commit is a merge commit that only the CI has",
			"if this lasts longer than ten minutes, check the commit given by --commit and the repository's webhook", false,
		}
	case "BranchNotEnabled":
		return meaning{"the commit's branch is not analysed by Codacy", "enable the branch in the repository's settings at Codacy; after a rebase or a squash the commit is on no branch any more, and this can be ignored", true}
	case missingFinal:
		return meaning{
			"parts have arrived, and the final that puts them together has not",
			"send it once all jobs have uploaded: gatewright coverage finish", true,
		}
	default:
		return meaning{"a status that Gatewright does not know: " + status, "see the repository's coverage page at Codacy", false}
	}
}

// finalGrace is how long Codacy may take to notice a final that was just sent.
const finalGrace = time.Minute

// FollowCoverage waits until Codacy has processed the reports of the commit. A
// repository token may not ask for reports; it sees the commit's coverage when
// it is there, and not why it is missing.
func (c *Client) FollowCoverage(ctx context.Context, t service.Target, w service.Wait) (service.CoverageStatus, error) {
	v, err := c.view(ctx, t)
	if err != nil {
		return service.CoverageStatus{}, err
	}
	if v.kind != service.AccountToken {
		return v.followCommit(ctx, w)
	}
	worst := service.CoverageStatus{}
	var missingSince time.Time
	err = service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		reports, err := v.reports(ctx)
		if err != nil {
			return service.State{}, v.refused(err)
		}
		if len(reports) == 0 {
			worst = service.CoverageStatus{State: "none", Meaning: "Codacy shows no report for the commit yet"}
			return service.State{Text: worst.Meaning}, nil
		}
		r := slices.MinFunc(reports, func(a, b coverageReport) int { return cmp.Compare(a.rank(), b.rank()) })
		worst = service.CoverageStatus{State: r.Status, Meaning: meaningOf(r.Status).text}
		state := service.State{Done: r.settled(), Text: r.Status + ": " + worst.Meaning}
		if r.Status == missingFinal {
			if missingSince.IsZero() {
				missingSince = time.Now()
			}
			state.Done = time.Since(missingSince) >= finalGrace
		}
		return state, nil
	})
	return worst, followed(worst, t, err)
}

// followed is the error of a coverage that is not processed, with the advice
// that goes with its status.
func followed(s service.CoverageStatus, t service.Target, err error) error {
	advice := meaningOf(s.State).advice
	switch {
	case fault.Of(err) == fault.Timeout && s.State != "":
		return fault.WithHint(err, "%s", advice)
	case err == nil && s.State != processed:
		return fault.WithHint(fault.Errorf(fault.Input, "coverage of commit %s is not shown at Codacy: %s: %s", short(t.Commit), s.State, s.Meaning), "%s", advice)
	}
	return err
}

func (v view) followCommit(ctx context.Context, w service.Wait) (service.CoverageStatus, error) {
	err := service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		a, found, err := v.commit(ctx)
		switch {
		case err != nil:
			return service.State{}, err
		case found && a.covered():
			return service.State{Done: true}, nil
		}
		status, err := v.coverageStatus(ctx)
		stopped := status == "Stopped"
		if stopped {
			err = fault.Errorf(fault.Input, "coverage of commit %s is not shown at Codacy: %s", short(v.t.Commit), stoppedText)
		}
		return service.State{Done: stopped, Text: "Codacy shows no coverage of the commit yet"}, err
	})
	if fault.Of(err) == fault.Timeout {
		err = fault.WithHint(err, "why is told to an account token only: set CODACY_API_TOKEN and run gatewright coverage upload --wait again")
	}
	if err != nil {
		return service.CoverageStatus{}, err
	}
	return service.CoverageStatus{State: processed, Meaning: meaningOf(processed).text}, nil
}

// reports returns the coverage reports of the commit.
func (v view) reports(ctx context.Context) ([]coverageReport, error) {
	var answer struct {
		Data struct {
			LastReports []coverageReport `json:"lastReports"`
		} `json:"data"`
	}
	_, err := v.account.Call(ctx, rest.Request{
		Op: "ask Codacy for the coverage reports of " + v.p.String(), Method: rest.MethodGet,
		Path: v.p.v3("", "coverage", "status"), Query: url.Values{"limit": {"100"}},
	}, &answer)
	return slices.DeleteFunc(answer.Data.LastReports, func(r coverageReport) bool { return r.Commit != v.t.Commit }), err
}

// unused says why the first of the reports that was not processed never will be;
// "" if there is none, or it may. A final may be on its way behind its parts.
func unused(reports []coverageReport) string {
	i := slices.IndexFunc(reports, func(r coverageReport) bool { return r.Status != processed })
	if i < 0 || !reports[i].settled() || reports[i].Status == missingFinal && time.Since(reports[i].CreatedAt) < finalGrace {
		return ""
	}
	return "the coverage report is not used: " + meaningOf(reports[i].Status).text
}

// rank orders reports by what holds the others back: one that can still change
// before one that cannot, a problem before a success.
func (r coverageReport) rank() int {
	switch {
	case !r.settled():
		return 0
	case r.Status != processed:
		return 1
	default:
		return 2
	}
}
