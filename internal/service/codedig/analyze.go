package codedig

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// pollInterval: the vendor has no guidance; at four requests a minute even
// the free plan's hundred serve many jobs.
const pollInterval = 15 * time.Second

// clockSkew is how far CodeDig's clock may be behind ours.
const clockSkew = time.Minute

// ownRun is how a run that was triggered here is told from older ones of the
// same pull request: by its id if the answer gave one, else by not having been
// there before.
type ownRun struct {
	id     string
	before []string // runs that were there before the trigger
	since  time.Time
}

func checkTarget(t service.Target) error {
	switch {
	case !t.Known():
		return service.NeedRepository(t.Repo)
	case t.PullRequest == 0:
		return fault.WithHint(fault.Errorf(fault.Input, "CodeDig analyses pull requests, and this run is not about one"), "name it with --pull-request")
	case t.Branch == "":
		return fault.WithHint(fault.Errorf(fault.Input, "the branch of the pull request is not known"), "name it with --branch")
	}
	return nil
}

// Scan triggers the analysis of the pull request and waits for its findings.
func (c *Client) Scan(ctx context.Context, t service.Target, r service.ScanRequest, w service.Wait) (service.ScanResult, error) {
	result := service.ScanResult{Scanners: map[string]string{}, Findings: []service.Finding{}}
	if err := checkTarget(t); err != nil {
		return result, err
	}
	if len(r.Scanners)+len(r.Include)+len(r.Exclude)+len(r.Results) > 0 {
		return result, fault.Errorf(fault.Input, "CodeDig analyses the whole pull request: it takes no scanners, filters or results of other tools")
	}
	own, err := c.trigger(ctx, t, w)
	if err != nil {
		return result, err
	}
	result.Status, result.Scanners["pr-gate"] = "queued", "queued"
	if r.NoWait {
		return result, nil
	}
	done, err := c.wait(ctx, t, own, w)
	if err != nil {
		result.Status = ""
		return result, err
	}
	result.Status, result.Scanners["pr-gate"] = "done", service.Done
	if !done.whole() {
		result.Status, result.Scanners["pr-gate"] = "partial", service.Failing+"it ended as "+done.word
	}
	result.URL = done.verdict().URL
	result.Findings, result.Missing = done.findings()
	return result, nil
}

// Judge waits for the verdict on the pull request: of the run that Scan
// triggered, if it did, else of one that is triggered now.
func (c *Client) Judge(ctx context.Context, t service.Target, w service.Wait) (service.Verdict, error) {
	if err := checkTarget(t); err != nil {
		return service.Verdict{}, err
	}
	own, err := ownRun{}, error(nil)
	if started, ok := c.started.Load(keyOf(t)); ok {
		own = started.(ownRun)
	} else if own, err = c.trigger(ctx, t, w); err != nil {
		return service.Verdict{}, err
	}
	done, err := c.wait(ctx, t, own, w)
	if err != nil {
		return service.Verdict{}, err
	}
	return done.verdict(), nil
}

// runKey is what a run is of.
type runKey struct {
	repository, commit string
	pullRequest        int
}

func keyOf(t service.Target) runKey { return runKey{t.FullName(), t.Commit, t.PullRequest} }

// trigger starts a run. The runs that are there already are noted first, so
// that none of them is taken for the new one.
func (c *Client) trigger(ctx context.Context, t service.Target, w service.Wait) (ownRun, error) {
	own := ownRun{since: time.Now()}
	before, err := c.runs(ctx, t, 50)
	if err != nil {
		return own, err
	}
	running, older := "", false // of this commit, and of others
	for _, r := range before {
		if r.pr != t.PullRequest {
			continue
		}
		if r.id != "" {
			own.before = append(own.before, r.id)
		}
		if ours := r.of(t.Commit); r.waiting() && ours {
			running = cmp.Or(running, r.id)
		} else if r.waiting() {
			older = true
		}
	}
	resp, err := c.analyze(ctx, t)
	if older && err == nil && resp.Status == rest.StatusConflict {
		err = service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
			resp, err = c.analyze(ctx, t)
			return service.State{Done: err != nil || resp.Status != rest.StatusConflict, Text: "CodeDig is still analysing an older commit of the pull request"}, err
		})
	}
	if rest.Ambiguous(err) && ctx.Err() == nil {
		w.Tell("the answer to the trigger was lost; looking for the run")
		list, lookErr := c.runs(ctx, t, 50)
		if lookErr != nil {
			return own, err
		}
		if i := own.find(list, t); i >= 0 {
			own.id = list[i].id
			c.started.Store(keyOf(t), own)
			return own, nil
		}
		resp, err = c.analyze(ctx, t) // it surely did not happen
	}
	switch {
	case err != nil:
		return own, err
	case resp.Status == rest.StatusConflict:
		own.id = running // if none was there before, it began in between
		w.Tell("CodeDig is analysing the pull request already")
	case resp.Err() != nil:
		return own, triggerError(resp.Err(), t)
	default:
		var o service.Object
		if err := resp.Decode(&o); err != nil {
			return own, err
		}
		own.id = readRun(o).id
		w.Tell("CodeDig's analysis is started")
	}
	c.started.Store(keyOf(t), own)
	return own, nil
}

// analyze asks for a run. What the server says of itself (5xx) is an error, all
// else is the caller's to judge.
func (c *Client) analyze(ctx context.Context, t service.Target) (*rest.Response, error) {
	resp, err := c.api.Do(ctx, rest.Request{
		Op: fmt.Sprintf("trigger CodeDig's analysis of pull request %d of %s", t.PullRequest, t.FullName()), Method: rest.MethodPost,
		Path: rest.Path("repos", t.Owner, t.Name, "pr-gate", "analyze"),
		JSON: map[string]any{"pr_number": t.PullRequest, "head_branch": t.Branch}, Later: true,
	})
	if err == nil && resp.Status >= 500 {
		err = resp.Err()
	}
	return resp, err
}

func triggerError(err error, t service.Target) error {
	if rest.Status(err) == rest.StatusNotFound {
		return fault.WithHint(err, "check that %s is connected to CodeDig and indexed there, and that pull request %d is open", t.FullName(), t.PullRequest)
	}
	return explain(err, "triggering an analysis needs a key with the permission write; a read-only key can follow runs alone")
}

// runs lists the newest runs of the repository.
func (c *Client) runs(ctx context.Context, t service.Target, n int) ([]run, error) {
	resp, err := c.api.Call(ctx, rest.Request{
		Op: "list CodeDig's runs of " + t.FullName(), Method: rest.MethodGet, Path: runsPath(t.Owner, t.Name), Query: limit(n),
	}, nil)
	if err != nil {
		return nil, triggerError(err, t)
	}
	list, ok := items(resp.Body, "runs", "items", "data", "results", "analyses")
	if !ok {
		return nil, fault.Errorf(fault.Service, "list CodeDig's runs of %s: an answer without a list: %s", t.FullName(), resp.Message())
	}
	var out []run
	for _, o := range list {
		out = append(out, readRun(o))
	}
	return out, nil
}

// wait follows the own run to its end.
func (c *Client) wait(ctx context.Context, t service.Target, own ownRun, w service.Wait) (run, error) {
	var found run
	n := 10
	err := service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		list, err := c.runs(ctx, t, n)
		if err != nil {
			return service.State{}, err
		}
		i := own.find(list, t)
		if i < 0 {
			n = 50 // many pull requests at once may have pushed it off the first page
			return service.State{Text: "CodeDig does not show the run yet"}, nil
		}
		found = list[i]
		if found.waiting() {
			return service.State{Text: "CodeDig's run is " + cmp.Or(found.word, "waiting")}, nil
		}
		if why := found.broken(); why != "" {
			return service.State{Done: true}, fault.Errorf(fault.Service, "CodeDig's run %s ended without a verdict: %s", found.id, why)
		}
		if !found.of(t.Commit) {
			return service.State{Done: true}, fault.WithHint(fault.Errorf(fault.Service, "CodeDig's run %s is of commit %.10s, and not of %.10s", found.id, found.commit, t.Commit),
				"the pull request has other commits by now; run it again for its newest")
		}
		return service.State{Done: true}, nil
	})
	return found, err
}

// find picks the own run out of a list, newest first.
func (own ownRun) find(list []run, t service.Target) int {
	best := -1
	for i, r := range list {
		if own.id != "" {
			if r.id == own.id {
				return i
			}
			continue
		}
		old := r.id != "" && slices.Contains(own.before, r.id) || r.created != nil && r.created.Before(own.since.Add(-clockSkew))
		switch {
		case r.pr != t.PullRequest, !r.of(t.Commit):
		case old:
		case best < 0, r.created != nil && list[best].created != nil && r.created.After(*list[best].created):
			best = i
		}
	}
	return best
}

// Runs lists the newest runs of the repository.
func (c *Client) Runs(ctx context.Context, t service.Target, n int) ([]service.Run, error) {
	list, err := c.runs(ctx, t, n)
	if err != nil {
		return nil, err
	}
	out := []service.Run{}
	for _, r := range list {
		outcome := service.Unknown
		if !r.waiting() && r.broken() == "" {
			outcome = r.outcome()
		}
		out = append(out, service.Run{
			ID: r.id, PullRequest: r.pr, Commit: r.commit, CreatedAt: r.created, Status: r.word, Outcome: outcome,
			URL: r.raw.Text("url", "html_url", "details_url"),
		})
	}
	return out, nil
}
