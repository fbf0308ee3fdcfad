package cli

import (
	"container/heap"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	codacysandbox "github.com/gatewright/gatewright/internal/sandbox/codacy"
	githubsandbox "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

var (
	paceFull = flag.Bool("fleet.full", false, "prove the pace for 10,000 repositories too (minutes)")
	paceHuge = flag.Bool("fleet.huge", false, "prove the pace for 50,000 repositories of one installation (a quarter of an hour)")
)

// The optimum: what a client that knew every window could reach. It is the
// event simulation of contracts/provisioning_limits.py, in Go: mint at Codacy,
// read the public key, put the secret, under GitHub's hourly quota (a fixed
// window), its 900 points in any minute, and Codacy's 2,500 in any 5 minutes.

type sliding struct {
	cap, per, sum float64
	q             []booked
}

type booked struct{ at, cost float64 }

func (s *sliding) earliest(t, cost float64) float64 {
	for len(s.q) > 0 && s.q[0].at <= t-s.per+1e-9 {
		s.sum -= s.q[0].cost
		s.q = s.q[1:]
	}
	sum, at := s.sum, t
	for _, b := range s.q {
		if sum+cost <= s.cap {
			break
		}
		sum -= b.cost
		at = b.at + s.per
	}
	return at
}

func (s *sliding) add(t, cost float64) {
	s.q = append(s.q, booked{t, cost})
	s.sum += cost
}

type hourly struct{ cap, start, used float64 }

func (f *hourly) earliest(t, cost float64) float64 {
	if f.start < 0 || t >= f.start+3600 || f.used+cost <= f.cap {
		return t
	}
	return f.start + 3600
}

func (f *hourly) add(t, cost float64) {
	if f.start < 0 || t >= f.start+3600 {
		f.start, f.used = t, 0
	}
	f.used += cost
}

type event struct {
	at            float64
	stage, worker int
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].worker < e[j].worker
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

const getTakes, putTakes, mintTakes = .15, .3, .3

func optimum(n int, quota float64, keysKnown bool) time.Duration {
	quotas, points, mints := &hourly{quota, -1, 0}, &sliding{cap: 900, per: 60}, &sliding{cap: 2500, per: 300}
	t := 0.0
	for range (n + 99) / 100 {
		at := math.Max(quotas.earliest(t, 1), points.earliest(t, 1))
		quotas.add(at, 1)
		points.add(at, 1)
		t = at + getTakes
	}
	for range (n + 999) / 1000 {
		mints.add(t, 1)
		t += mintTakes
	}
	h := &events{}
	for w := range 16 {
		heap.Push(h, event{t, 0, w})
	}
	started, done, end := 0, 0, t
	for done < n {
		e := heap.Pop(h).(event)
		switch e.stage {
		case 0:
			if started >= n {
				continue
			}
			started++
			at := mints.earliest(e.at, 1)
			mints.add(at, 1)
			next := 1
			if keysKnown {
				next = 2
			}
			heap.Push(h, event{at + mintTakes, next, e.worker})
		default:
			cost, takes := 1.0, getTakes
			if e.stage == 2 {
				cost, takes = 5, putTakes
			}
			at := math.Max(quotas.earliest(e.at, 1), points.earliest(e.at, cost))
			if at > e.at+1e-9 {
				heap.Push(h, event{at, e.stage, e.worker})
				continue
			}
			quotas.add(e.at, 1)
			points.add(e.at, cost)
			if e.stage == 1 {
				heap.Push(h, event{e.at + takes, 2, e.worker})
				continue
			}
			done++
			end = math.Max(end, e.at+takes)
			heap.Push(h, event{e.at + takes, 0, e.worker})
		}
	}
	return time.Duration(end * float64(time.Second))
}

// TestOptimumIsTheScripts compares with what provisioning_limits.py printed.
func TestOptimumIsTheScripts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n     int
		quota float64
		keys  bool
		want  time.Duration
	}{
		{100, 5000, false, 6 * time.Second},
		{1000, 5000, false, 6*time.Minute + 7*time.Second},
		{10000, 5000, false, 4 * time.Hour},
		{10000, 12500, false, 85 * time.Minute},
		{10000, 15000, false, 77 * time.Minute},
		{1000, 5000, true, 5*time.Minute + 6*time.Second},
		{10000, 5000, true, 2 * time.Hour},
		{10000, 12500, true, 55*time.Minute + 22*time.Second},
	} {
		got := optimum(tt.n, tt.quota, tt.keys)
		if diff := (got - tt.want).Abs(); diff > time.Minute || tt.want < time.Hour && diff > time.Second {
			t.Errorf("%d repositories, %v an hour, keys known %v: %s, the script says %s", tt.n, tt.quota, tt.keys, got, tt.want)
		}
	}
}

// inProcess serves a client's requests by a stand-in, with the latency that
// the optimum assumes. In a bubble of synctest it takes no real time.
type inProcess struct {
	h     http.Handler
	count *atomic.Int64 // writing requests
}

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	takes := putTakes
	if r.Method == http.MethodGet {
		takes = getTakes
	} else {
		p.count.Add(1)
	}
	half := time.Duration(takes * float64(time.Second) / 2)
	time.Sleep(half)
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r = r.Clone(r.Context())
	r.RemoteAddr, r.RequestURI = "192.0.2.1:1234", r.URL.RequestURI()
	w := httptest.NewRecorder()
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	p.h.ServeHTTP(w, r)
	time.Sleep(half)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// paceWorld is an organization of n repositories on stand-ins that enforce the
// documented windows, and the fleet that the released command assembles of its
// flags, its variables and its defaults: only the clock and the network are
// replaced.
type paceWorld struct {
	app    *connect.To
	opened *connect.Fleet
	fleet  *fleet.Fleet
	github *githubsandbox.Server
	codacy *codacysandbox.Server
	writes atomic.Int64
	vars   map[string]string
	flags  connect.FleetFlags
	wire   func(system string, h http.Handler) http.RoundTripper
}

func newPaceWorld(t *testing.T, n, quota int) *paceWorld {
	org := world.SeedOrganization{Name: "acme"}
	for i := range n {
		org.Repositories = append(org.Repositories, world.SeedRepository{Name: fmt.Sprintf("repo-%05d", i)})
	}
	w := world.New(world.Seed{Organizations: []world.SeedOrganization{org}})
	p := &paceWorld{github: githubsandbox.New(w), codacy: codacysandbox.New(w), vars: map[string]string{}}
	p.github.Limits = githubsandbox.Limits{Quota: quota, Points: 900, Concurrent: 100}
	for _, v := range append(p.github.Variables("https://api.github.com"), p.codacy.Variables("https://api.codacy.com")...) {
		if v.Name == "GH_TOKEN" || v.Name == "CODACY_API_TOKEN" {
			p.vars[v.Name] = v.Value
		}
	}
	p.vars["GITHUB_API_URL"], p.vars["CODACY_API_BASE_URL"] = "https://api.github.com", "https://api.codacy.com"
	p.flags = connect.FleetFlags{ServiceFlags: connect.ServiceFlags{Service: "codacy", TokenKind: "auto"}, ForgeFlags: connect.ForgeFlags{Forge: "github"}}
	p.flags.Settings.Organization = "acme"
	p.wire = func(_ string, h http.Handler) http.RoundTripper { return inProcess{h, &p.writes} }
	p.open(t)
	return p
}

// open assembles the fleet, as each command does.
func (p *paceWorld) open(t *testing.T) {
	dir := inMemory(t)
	streams := console.Streams{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(name string) string { return p.vars[name] }, Dir: dir}
	p.app = &connect.To{Services: services(), Forges: forges(), Console: console.New(streams, ci.SystemOf(streams.Getenv).Dialect()), Pace: &pace.Budgets{}}
	p.app.Network = func(cfg *rest.Config) {
		h := http.Handler(p.github)
		if strings.HasPrefix(cfg.BaseURL, "https://api.codacy.") {
			h = p.codacy
		}
		cfg.Transport = p.wire(cfg.System, h)
	}
	list, err := p.flags.Chosen(p.app)
	if err != nil {
		t.Fatal(err)
	}
	if p.opened, err = p.flags.Open(t.Context(), p.app, list[0]); err != nil {
		t.Fatal(err)
	}
	p.fleet = p.opened.Fleet
	t.Cleanup(p.app.End)
}

// inMemory returns a folder where a journal's many syncs cost nothing: a disk's
// would take longer than all the rest.
func inMemory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "pace")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// measured is one line of the table.
type measured struct {
	what          string
	took, optimum time.Duration
	secondary     int
}

// proofs runs plan, first apply, and a rotation with known keys, a day apart,
// and returns what each took in virtual time.
func proofs(t *testing.T, n, quota int) (out []measured) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaceWorld(t, n, quota)
		j, err := p.opened.Lock()
		if err != nil {
			t.Fatal(err)
		}
		measure := func(what string, best time.Duration, do func() error) {
			start, before := time.Now(), p.github.Usage().Secondary
			if err := do(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			out = append(out, measured{what, time.Since(start), best, p.github.Usage().Secondary - before})
			time.Sleep(25 * time.Hour) // all windows are empty again
		}
		var plan fleet.Plan
		look := func() (err error) {
			plan, err = p.fleet.Plan(t.Context(), p.again(t, j), nil)
			return err
		}
		apply := func() error {
			_, err := p.fleet.Apply(t.Context(), p.again(t, j), plan, fleet.Options{Run: fleet.NewRun(), Relist: true, MaxPlanAge: 48 * time.Hour})
			return err
		}
		measure("plan", 0, look)
		if plan.Changes() != n {
			t.Errorf("the plan changes %d repositories, want %d", plan.Changes(), n)
		}
		// The plan has read the public keys; it is a day old, so each place is looked at again
		// before it is written for the first time, which costs as much as a key.
		measure("apply, first", optimum(n, float64(quota), false), apply)
		p.fleet.Policy.Force = true
		measure("plan of a rotation", 0, look)
		p.fleet.Policy.Force = false
		measure("apply, keys known", optimum(n, float64(quota), true), apply)
		writes := p.writes.Load()
		measure("plan, nothing to do", 0, look)
		if plan.Changes() != 0 || p.writes.Load() != writes {
			t.Errorf("a plan with nothing to do: %d changes, %d writing requests", plan.Changes(), p.writes.Load()-writes)
		}
	})
	return out
}

// again is the journal as the next run finds it.
func (p *paceWorld) again(t *testing.T, j journal.Session) journal.Session {
	now, err := p.opened.Read()
	if err != nil || !now.Genuine {
		t.Fatalf("genuine %v, %v", now.Genuine, err)
	}
	now.Log = j.Log
	return now
}

// TestPace proves that the work is as fast as the hosts' limits allow, within
// five percent, and that no limit is run into.
func TestPace(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() {
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		t.Logf("memory taken from the system, stand-ins included: %d MB", mem.Sys>>20)
	})
	sizes := []int{100, 1000}
	if *paceFull {
		sizes = append(sizes, 10000)
	}
	if *paceHuge {
		sizes = []int{50000}
	}
	for _, n := range sizes {
		for _, c := range []struct {
			name  string
			quota int
		}{{"personal token, 5,000/h", 5000}, {"App, 12,500/h", 12500}} {
			switch {
			case n > 10000 && c.quota == 5000:
				continue // nobody keeps so many with a personal token
			case n == 1000 && c.quota == 12500 && !*paceFull:
				continue // neither quota is used up, and TestShardsShareACredential has so many by this one
			}
			t.Run(fmt.Sprintf("%d/%d", n, c.quota), func(t *testing.T) {
				t.Parallel()
				for _, m := range proofs(t, n, c.quota) {
					ratio := ""
					if m.optimum > 0 {
						r := float64(m.took) / float64(m.optimum)
						ratio = fmt.Sprintf("optimum %s, ratio %.3f", m.optimum.Round(time.Second/10), r)
						if r > 1.05 {
							t.Errorf("%s took %s; the optimum is %s", m.what, m.took, m.optimum)
						}
					}
					hours := math.Max(1, math.Ceil(m.took.Hours()))
					if float64(m.secondary) > hours {
						t.Errorf("%s met %d secondary limits in %s", m.what, m.secondary, m.took)
					}
					t.Logf("%6d repositories, %-24s %-20s %10s  %s, secondary limits met: %d", n, c.name, m.what, m.took.Round(time.Second/10), ratio, m.secondary)
				}
			})
		}
	}
}

// TestInstallationTokenExpires lets a GitHub App's hour end in the middle of a
// run: the next request has a new token, and no repository notices.
func TestInstallationTokenExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n = 400
		p := newPaceWorld(t, n, 12500)
		p.asApp(t)
		issued := &countPath{suffix: "/access_tokens"}
		p.wire = func(_ string, h http.Handler) http.RoundTripper {
			return &counted{inProcess{h, &p.writes}, issued}
		}
		p.open(t)
		j, err := p.opened.Lock()
		if err != nil {
			t.Fatal(err)
		}
		plan, err := p.fleet.Plan(t.Context(), p.again(t, j), nil)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(53 * time.Minute)
		before, early := issued.n.Load(), int64(0)
		r, err := p.fleet.Apply(t.Context(), p.again(t, j), plan, fleet.Options{
			Run: fleet.NewRun(), Relist: true,
			Progress: func(done, _ int) {
				if done == n/10 {
					early = issued.n.Load()
				}
			},
		})
		if err != nil || r.Summary[fleet.Created] != n {
			t.Errorf("%v, %v", r.Summary, err)
		}
		if early != before || issued.n.Load() == before {
			t.Errorf("installation tokens: %d before the run, %d early in it, %d after its %.0f s; want one more in its middle", before, early, issued.n.Load(), r.Seconds)
		}
	})
}

// asApp lets the fleet act as a GitHub App instead of by a token.
func (p *paceWorld) asApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.github.AddApp("7", &key.PublicKey, githubsandbox.Full)
	delete(p.vars, "GH_TOKEN")
	p.vars["GITHUB_APP_ID"] = "7"
	p.vars["GITHUB_APP_PRIVATE_KEY"] = string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// countPath counts the requests whose path ends so.
type countPath struct {
	suffix string
	n      atomic.Int64
}

type counted struct {
	http.RoundTripper
	by *countPath
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, c.by.suffix) {
		c.by.n.Add(1)
	}
	return c.RoundTripper.RoundTrip(r)
}

// TestShardsShareACredential runs four shards side by side under one credential:
// together they are as fast as one, and meet no limit more.
func TestShardsShareACredential(t *testing.T) {
	t.Parallel()
	const shards = 4
	n := 1000
	if *paceFull {
		n = 10000
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPaceWorld(t, n, 12500)
		var parts []*paceWorld
		for i := range shards {
			q := &paceWorld{github: p.github, codacy: p.codacy, vars: p.vars, flags: p.flags, wire: p.wire}
			q.flags.Shard, q.flags.Share = fmt.Sprintf("%d/%d", i+1, shards), "address"
			q.open(t)
			parts = append(parts, q)
		}
		run := func(what string, do func(q *paceWorld) error) time.Duration {
			start, before := time.Now(), p.github.Usage().Secondary
			var wg sync.WaitGroup
			for _, q := range parts {
				wg.Go(func() {
					if err := do(q); err != nil {
						t.Errorf("%s: %v", what, err)
					}
				})
			}
			wg.Wait()
			took := time.Since(start)
			t.Logf("%d shards, %d repositories, one credential: %s in %s, secondary limits met: %d", shards, n, what, took.Round(time.Second/10), p.github.Usage().Secondary-before)
			if p.github.Usage().Secondary > before {
				t.Errorf("%s met %d secondary limits", what, p.github.Usage().Secondary-before)
			}
			time.Sleep(25 * time.Hour)
			return took
		}
		plans := map[*paceWorld]fleet.Plan{}
		var mu sync.Mutex
		run("plan", func(q *paceWorld) error {
			plan, err := q.fleet.Plan(t.Context(), journal.Session{}, nil)
			mu.Lock()
			defer mu.Unlock()
			plans[q] = plan
			return err
		})
		took := run("apply", func(q *paceWorld) error {
			j, err := q.opened.Lock()
			if err != nil {
				return err
			}
			r, err := q.fleet.Apply(t.Context(), j, plans[q], fleet.Options{Run: fleet.NewRun(), Relist: true, MaxPlanAge: 48 * time.Hour})
			if made := r.Summary[fleet.Created]; made != len(plans[q].Items) {
				t.Errorf("shard %s made %d of %d", q.flags.Shard, made, len(plans[q].Items))
			}
			return err
		})
		// The shards are not equally large, and still none waits for long. The plan has
		// read the public keys, and is a day old: each place is looked at again.
		best := optimum(n, 12500, false)
		t.Logf("one alone could do it in %s, ratio %.3f", best.Round(time.Second/10), float64(took)/float64(best))
		if took > best*105/100 {
			t.Errorf("apply took %s; one alone could do it in %s", took, best)
		}
	})
}
