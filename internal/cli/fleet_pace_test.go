package cli

import (
	"container/heap"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	codacysandbox "github.com/gatewright/gatewright/internal/sandbox/codacy"
	githubsandbox "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codacy"
)

var paceFull = flag.Bool("fleet.full", false, "prove the pace for 10,000 repositories too (minutes)")

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
// documented windows, and a fleet that works on it with the real clients.
type paceWorld struct {
	fleet  *fleet.Fleet
	github *githubsandbox.Server
	codacy *codacysandbox.Server
	client forge.Forge
	writes atomic.Int64
}

func newPaceWorld(t *testing.T, n, quota int) *paceWorld {
	org := world.SeedOrganization{Name: "acme"}
	for i := range n {
		org.Repositories = append(org.Repositories, world.SeedRepository{Name: fmt.Sprintf("repo-%05d", i)})
	}
	w := world.New(world.Seed{Organizations: []world.SeedOrganization{org}})
	p := &paceWorld{github: githubsandbox.New(w), codacy: codacysandbox.New(w)}
	p.github.Limits = githubsandbox.Limits{Quota: quota, Points: 900, Concurrent: 100}
	token := func(vars []world.Variable, name string) secret.Value {
		for _, v := range vars {
			if v.Name == name {
				return secret.New(v.Value)
			}
		}
		t.Fatalf("no %s", name)
		return secret.Value{}
	}
	config := func(system string, h http.Handler, b *pace.Budget) rest.Config {
		return rest.Config{
			System: system, BaseURL: "https://api." + strings.ToLower(system) + ".com", Pace: b,
			MaxWait: 2 * time.Hour, Transport: inProcess{h, &p.writes},
		}
	}
	wait := pace.Options{MaxWait: 2 * time.Hour}
	var err error
	if p.client, err = github.Descriptor().Open(forge.Opening{
		Token: token(p.github.Variables("x"), "GH_TOKEN"), Rest: config("GitHub", p.github, pace.New(github.Descriptor().Limits, wait)),
	}); err != nil {
		t.Fatal(err)
	}
	account := token(p.codacy.Variables("x"), "CODACY_API_TOKEN")
	base, err := rest.New(config("Codacy", p.codacy, pace.New(codacy.Descriptor().Limits, wait)))
	if err != nil {
		t.Fatal(err)
	}
	as := func(kind service.TokenKind, v secret.Value) *codacy.Client {
		return codacy.New(service.Connection{Kind: kind, Token: v, API: base})
	}
	admin := as(service.AccountToken, account)
	p.fleet = &fleet.Fleet{
		Service: fleet.Service{
			Name: "codacy", Minter: admin, Tokens: admin, Revoker: admin, Repositories: admin, MaxTokens: 100, MaxLife: 365 * 24 * time.Hour,
			Prover: prover(func(ctx context.Context, s service.Scope, v secret.Value) error {
				_, err := as(service.RepositoryToken, v).Check(ctx, s)
				return err
			}),
		},
		Forge: fleet.Forge{Name: "github", Repositories: p.client, Secrets: p.client, Sealer: p.client.Sealer, Stater: p.client, Checker: p.client},
		Policy: fleet.Policy{
			Org: "acme", Secret: "CODACY_PROJECT_TOKEN", Places: []fleet.Place{{Store: forge.Actions}}, Grace: 24 * time.Hour, RotateWithin: 14 * 24 * time.Hour,
		},
		Clock: fleet.RealClock{},
	}
	return p
}

// measured is one line of the table.
type measured struct {
	what          string
	took, optimum time.Duration
	secondary     int
}

func (p *paceWorld) journal(t *testing.T) *journal.Journal {
	dir, err := os.MkdirTemp("/dev/shm", "pace")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	j, err := journal.Open(filepath.Join(dir, "j"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// proofs runs plan, first apply, and a rotation with known keys, a day apart,
// and gives what each took in virtual time.
func proofs(t *testing.T, n, quota int) (out []measured) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaceWorld(t, n, quota)
		j := p.journal(t)
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
			plan, err = p.fleet.Plan(t.Context(), entriesOf(t, j), nil)
			return err
		}
		apply := func() error {
			_, err := p.fleet.Apply(t.Context(), j, entriesOf(t, j), plan, fleet.Options{Run: fleet.NewRun(), Relist: true, MaxPlanAge: 48 * time.Hour})
			return err
		}
		measure("plan", 0, look)
		if plan.Changes() != n {
			t.Errorf("the plan changes %d repositories, want %d", plan.Changes(), n)
		}
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

func entriesOf(t *testing.T, j *journal.Journal) []journal.Entry {
	entries, err := journal.Read(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// TestPace proves that the work is as fast as the hosts' limits allow, within
// five percent, and that no limit is run into.
func TestPace(t *testing.T) {
	sizes := []int{100, 1000}
	if *paceFull {
		sizes = append(sizes, 10000)
	}
	for _, n := range sizes {
		for _, c := range []struct {
			name  string
			quota int
		}{{"personal token, 5,000/h", 5000}, {"App, 12,500/h", 12500}} {
			t.Run(fmt.Sprintf("%d/%d", n, c.quota), func(t *testing.T) {
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
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("memory taken from the system, stand-ins included: %d MB", mem.Sys>>20)
}

// TestInstallationTokenExpires lets a GitHub App's hour end in the middle of a
// run: the next request has a new token, and no repository notices.
func TestInstallationTokenExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 400
		p := newPaceWorld(t, n, 12500)
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		p.github.AddApp("7", &key.PublicKey, githubsandbox.Full)
		text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
		issued := &countPath{RoundTripper: inProcess{p.github, &p.writes}, suffix: "/access_tokens"}
		cfg := rest.Config{System: "GitHub", BaseURL: "https://github.example", Transport: issued, MaxWait: 2 * time.Hour}
		cfg.Pace = pace.New(github.Descriptor().Limits, pace.Options{MaxWait: 2 * time.Hour})
		client, err := github.Descriptor().Open(forge.Opening{Rest: cfg, AppID: "7", AppKey: secret.New(string(text)), Owner: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		p.fleet.Forge = fleet.Forge{Name: "github", Repositories: client, Secrets: client, Sealer: client.Sealer, Stater: client, Checker: client}
		j := p.journal(t)
		plan, err := p.fleet.Plan(t.Context(), entriesOf(t, j), nil)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(53 * time.Minute)
		before, early := issued.n.Load(), int64(0)
		r, err := p.fleet.Apply(t.Context(), j, entriesOf(t, j), plan, fleet.Options{
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

// countPath counts the requests whose path ends so.
type countPath struct {
	http.RoundTripper
	suffix string
	n      atomic.Int64
}

func (c *countPath) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, c.suffix) {
		c.n.Add(1)
	}
	return c.RoundTripper.RoundTrip(r)
}
