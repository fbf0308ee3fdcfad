//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fleet"
)

// TestNightly plans an organization whose repositories did not change since the
// night before: GitHub's own rule is that an answer 304 costs none of the hour's
// quota, so that the plan costs less than a hundredth of it. An App has another
// token by then.
func TestNightly(t *testing.T) {
	t.Parallel()
	n := 250
	if *paceFull {
		n = 10000
	}
	for _, app := range []bool{false, true} {
		t.Run(fmt.Sprintf("App %v", app), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { nightly(t, n, app) })
		})
	}
}

func nightly(t *testing.T, n int, app bool) {
	p := newPaceWorld(t, n, 5000)
	if app {
		p.asApp(t)
	}
	dir := inMemory(t)
	p.open(t)
	p.app.Console.Dir = dir
	j, err := p.opened.Lock()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.fleet.Plan(t.Context(), p.again(t, j), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.fleet.Apply(t.Context(), p.again(t, j), plan, fleet.Options{Run: fleet.NewRun(), Relist: true, MaxPlanAge: 48 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	var answers tape
	for night := 1; night <= 3; night++ {
		time.Sleep(24 * time.Hour)
		if night == 3 {
			answers.record(p)
		}
		before, start := p.github.Usage(), time.Now()
		p.night(t, dir, n)
		u := p.github.Usage()
		asked, unchanged := u.Requests-before.Requests, u.Unchanged-before.Unchanged
		size := int64(0)
		if info, err := os.Stat(p.app.Path(p.opened.Answers.Name())); err == nil {
			size = info.Size()
		}
		t.Logf("night %d, %d repositories: %d requests, %d of them 304, %d of the quota of 5,000 (%.2f %%), in %s; cache %d KB",
			night, n, asked, unchanged, asked-unchanged, float64(asked-unchanged)/50, time.Since(start).Round(time.Second), size>>10)
		if night > 1 && (asked-unchanged)*100 >= 5000 {
			t.Errorf("%d of the quota were used", asked-unchanged)
		}
	}
	// The same night once more without the stand-ins: what is left is ours.
	answers.play(p)
	runtime.GC()
	spent := cpu(t)
	p.night(t, dir, n)
	spent = cpu(t) - spent
	t.Logf("night 3 again, %d repositories, answered from %d recorded answers: %s of CPU time", n, len(answers.kept), spent.Round(time.Millisecond))
}

// night is what a scheduled plan does, in a process of its own.
func (p *paceWorld) night(t *testing.T, dir string, n int) {
	p.open(t)
	p.app.Console.Dir = dir
	p.opened.Answers.Read()
	j, err := p.opened.Read()
	if err != nil || !j.Genuine {
		t.Fatalf("genuine %v, %v", j.Genuine, err)
	}
	plan, err := p.opened.Look(t.Context(), j)
	if err != nil || plan.Changes() != 0 || len(plan.Items) != n {
		t.Fatalf("%d of %d change, %v", plan.Changes(), len(plan.Items), err)
	}
	showPlan(p.app, plan, false)
	p.opened.Answers.Keep()
}

// cpu is the time that this process has used, of user and system.
func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// tape holds the answers of a run of reading requests, so that another run can
// be had without the stand-ins' work.
type tape struct {
	mu   sync.Mutex
	kept map[string]taped
}

type taped struct {
	status int
	header http.Header
	body   []byte
}

// record keeps what the stand-ins answer from now on.
func (a *tape) record(p *paceWorld) {
	a.kept = map[string]taped{}
	p.wire = func(_ string, h http.Handler) http.RoundTripper { return recording{inProcess{h, &p.writes}, a} }
}

// play answers from what was kept, and lets go of the stand-ins.
func (a *tape) play(p *paceWorld) {
	p.wire = func(string, http.Handler) http.RoundTripper { return playing{a} }
	p.github, p.codacy = nil, nil
}

type recording struct {
	next inProcess
	tape *tape
}

func (r recording) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	r.tape.mu.Lock()
	defer r.tape.mu.Unlock()
	r.tape.kept[req.Method+" "+req.URL.String()] = taped{resp.StatusCode, resp.Header.Clone(), body}
	return resp, err
}

type playing struct{ tape *tape }

func (p playing) RoundTrip(req *http.Request) (*http.Response, error) {
	p.tape.mu.Lock()
	k, ok := p.tape.kept[req.Method+" "+req.URL.String()]
	p.tape.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("%s %s was not asked before", req.Method, req.URL)
	}
	time.Sleep(time.Duration(getTakes * float64(time.Second)))
	h := k.header.Clone()
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	return &http.Response{StatusCode: k.status, Status: fmt.Sprint(k.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: io.NopCloser(bytes.NewReader(k.body)), ContentLength: int64(len(k.body)), Request: req}, nil
}
