package codacy_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	standin "github.com/gatewright/gatewright/internal/sandbox/codacy"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codacy"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

// staged is a stand-in with some quirks on, and clients for it.
type staged struct {
	w                   *world.World
	s                   *standin.Server
	account, repository *codacy.Client
}

func stage(t *testing.T, quirks ...string) staged {
	w := world.New(world.DefaultSeed())
	w.Quirks = quirks
	s := standin.New(w)
	way := wire.New(w, "codacy", s)
	vars := s.Variables(base)
	return staged{w, s, open(t, way, vars[2].Value, service.AccountToken), open(t, way, vars[1].Value, service.RepositoryToken)}
}

// TestSuiteOfOtherWorlds: what no source settles may be either way.
func TestSuiteOfOtherWorlds(t *testing.T) {
	for _, quirks := range [][]string{
		{standin.ClosedFinal, standin.ClosedResults, standin.MergedReports},
		{standin.PlainLimit, standin.NoBulkDelete},
	} {
		t.Run(strings.Join(quirks, " "), func(t *testing.T) {
			servicetest.Run(t, func(t *testing.T) *servicetest.Subject {
				s := subject(t)
				s.World.Quirks = quirks
				return s
			})
		})
	}
}

// TestRunAgain: a job that runs again for the same commit ends well, whether
// Codacy takes the same once more or refuses it.
func TestRunAgain(t *testing.T) {
	one := servicetest.Coverage()
	one.Files = one.Files[1:] // one report, one language
	partial := servicetest.Coverage()
	partial.Partial = true
	results := service.ScanRequest{Results: []service.ToolResults{{Tool: "gosec", Files: []string{"a.go"}}}, NoWait: true}
	jobs := map[string]func(context.Context, *codacy.Client) error{
		"whole": func(ctx context.Context, c *codacy.Client) error {
			_, err := c.Upload(ctx, target(), one, service.Wait{})
			return err
		},
		"two reports": func(ctx context.Context, c *codacy.Client) error {
			_, err := c.Upload(ctx, target(), servicetest.Coverage(), service.Wait{})
			return err
		},
		"parts and finish": func(ctx context.Context, c *codacy.Client) error {
			if _, err := c.Upload(ctx, target(), partial, service.Wait{}); err != nil {
				return err
			}
			_, err := c.Finish(ctx, target())
			return err
		},
		"finish alone": func(ctx context.Context, c *codacy.Client) error {
			_, err := c.Finish(ctx, target())
			return err
		},
		"results": func(ctx context.Context, c *codacy.Client) error {
			_, err := c.Scan(ctx, target(), results, service.Wait{})
			return err
		},
	}
	for name, job := range jobs {
		for _, quirks := range [][]string{nil, {standin.ClosedFinal, standin.ClosedResults}} {
			t.Run(name+" "+strings.Join(quirks, ""), func(t *testing.T) {
				s := stage(t, quirks...)
				for i := range 3 {
					if err := job(t.Context(), s.repository); err != nil {
						t.Errorf("run %d: %v", i+1, err)
					}
				}
				if name != "finish alone" && name != "results" && !strings.Contains(s.s.Describe("acme", "api", sha), "12=false") {
					t.Errorf("the coverage is lost:\n%s", s.s.Describe("acme", "api", sha))
				}
			})
		}
	}
	s := stage(t, standin.ClosedFinal)
	if _, err := s.repository.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{}); err != nil {
		t.Fatal(err)
	}
	r, err := s.repository.Upload(t.Context(), target(), partial, service.Wait{})
	if err != nil || r.Status != "unchanged" || r.Parts != 0 || len(r.Notes) != 1 {
		t.Errorf("what was not taken is not said: %+v, %v", r, err)
	}
}

// TestRateLimit: at its limit Codacy's cloud answers 503 with a page; all wait,
// and then it goes on.
func TestRateLimit(t *testing.T) {
	for _, quirks := range [][]string{nil, {standin.PlainLimit}} {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t, quirks...)
			for range 2500 { // others behind the same address
				r := httptest.NewRequest("GET", "/api/v3/version", nil)
				r.RemoteAddr = "" // as over the wire
				s.s.ServeHTTP(httptest.NewRecorder(), r)
			}
			began := time.Now()
			if _, err := s.account.Tokens(t.Context(), service.Scope{Forge: "github", Owner: "acme", Name: "api"}); err != nil {
				t.Fatalf("after %s: %v", time.Since(began), err)
			}
			if took := time.Since(began); took < time.Minute || took > 10*time.Minute {
				t.Errorf("waited %s", took)
			}
		})
	}
}

// TestSelfHosted: its coverage needs totals, and its v3 API knows no repository
// tokens, which makes one neither good nor bad.
func TestSelfHosted(t *testing.T) {
	s := stage(t, standin.SelfHosted)
	if _, err := s.repository.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{}); err != nil {
		t.Error(err)
	}
	id, err := s.repository.Check(t.Context(), service.Scope{Forge: "github", Owner: "acme", Name: "api"})
	if err != nil || id.Kind != "repository token" {
		t.Errorf("a good token: %+v, %v", id, err)
	}
	s.w.Repository("acme", "api").Private = true
	if id, err = s.repository.Check(t.Context(), service.Scope{Forge: "github", Owner: "acme", Name: "api"}); err != nil || !strings.Contains(id.Note, "which repository") {
		t.Errorf("a good token of a private repository: %+v, %v", id, err)
	}
	stranger := open(t, wire.New(s.w, "codacy", s.s), "0123456789012345678901234567890123456789", service.RepositoryToken)
	for _, private := range []bool{true, false} {
		s.w.Repository("acme", "api").Private = private
		if _, err := stranger.Check(t.Context(), service.Scope{Forge: "github", Owner: "acme", Name: "api"}); fault.Of(err) != fault.Auth {
			t.Errorf("an unknown token, private %v: %v", private, err)
		}
	}
}

// TestSubgroups: a project of a GitLab subgroup is in the organization of the
// top group.
func TestSubgroups(t *testing.T) {
	w := world.New(world.Seed{Organizations: []world.SeedOrganization{
		{Name: "group", Repositories: []world.SeedRepository{{Name: "top"}}},
		{Name: "group/sub/deep", Repositories: []world.SeedRepository{{Name: "project"}}},
		{Name: "group/other", Repositories: []world.SeedRepository{{Name: "thing"}}},
	}})
	s := standin.New(w)
	c := open(t, wire.New(w, "codacy", s), tokenOf(s, service.AccountToken), service.AccountToken)
	at := target()
	at.Repo = repo.Repo{Forge: "gitlab", Owner: "group/sub/deep", Name: "project"}
	if _, err := c.Upload(t.Context(), at, servicetest.Coverage(), service.Wait{}); err != nil {
		t.Error(err)
	}
	m, err := c.Mint(t.Context(), service.MintRequest{Scope: at.Repo, Name: "ci"})
	if err != nil || m.Value.Empty() {
		t.Error(err)
	}
	for owner, want := range map[string]string{
		"group":          "group/top group/sub/deep/project group/other/thing",
		"group/sub/deep": "group/sub/deep/project",
		"group/sub":      "group/sub/deep/project",
	} {
		list, err := c.Repositories(t.Context(), "gitlab", owner)
		var got []string
		for _, r := range list {
			got = append(got, r.FullName())
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("repositories of %s: %q, %v; want %q", owner, got, err, want)
		}
	}
}

// TestFailedTool: a tool that failed is sent as that, and neither the scan nor
// the verdict is clean.
func TestFailedTool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t)
		r, err := s.account.Scan(t.Context(), target(), service.ScanRequest{
			Results: []service.ToolResults{{Tool: "gosec", Failure: "ran out of memory"}},
		}, service.Wait{})
		if err != nil || r.Status != "partial" || len(r.Failed()) != 1 || !strings.Contains(r.Failed()[0], "ran out of memory") {
			t.Fatalf("%+v, %v", r, err)
		}
		v, err := s.account.Judge(t.Context(), target(), service.Wait{})
		if err != nil || v.Outcome != service.Unknown {
			t.Errorf("%+v, %v", v, err)
		}
		// Codacy's own form of the same, and a run that went well after it.
		doc := service.Document{Name: "r.json", Body: []byte(`[{"tool":"gosec","issues":{"Failure":{"message":"crashed"}}}]`)}
		if r, err = s.account.Scan(t.Context(), target(), service.ScanRequest{Documents: []service.Document{doc}}, service.Wait{}); err != nil || len(r.Failed()) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		// Another file of the same tool makes it no better, in either order.
		well := service.Document{Name: "w.json", Body: []byte(`[{"tool":"gosec","issues":{"Success":{"results":[]}}}]`)}
		for _, docs := range [][]service.Document{{doc, well}, {well, doc}} {
			if r, err = s.account.Scan(t.Context(), target(), service.ScanRequest{Documents: docs}, service.Wait{}); err != nil || len(r.Failed()) != 1 || r.Status != "partial" {
				t.Errorf("%+v, %v", r, err)
			}
		}
		neither := service.Document{Name: "n.json", Body: []byte(`[{"tool":"gosec","issues":{}}]`)}
		if r, err = s.account.Scan(t.Context(), target(), service.ScanRequest{Documents: []service.Document{neither}}, service.Wait{}); fault.Of(err) != fault.Input || r.Status != "" {
			t.Errorf("%+v, %v", r, err)
		}
		doc.Body = []byte(`[{"tool":"gosec","issues":{"Success":{"results":[]}}}]`)
		if r, err = s.account.Scan(t.Context(), target(), service.ScanRequest{Documents: []service.Document{doc}}, service.Wait{}); err != nil || len(r.Failed()) != 0 || r.Status != "done" {
			t.Errorf("%+v, %v", r, err)
		}
		if v, err = s.account.Judge(t.Context(), target(), service.Wait{}); err != nil || v.Outcome != service.Passed {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestManyIssues: what Codacy does not keep is said, and never taken for all.
func TestManyIssues(t *testing.T) {
	for n, want := range map[int]string{50: "", 61: "gosec: a.go has 61 issues, of which Codacy keeps 50"} {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t)
			results := service.ToolResults{Tool: "gosec", Files: []string{"a.go"}}
			for line := range n {
				results.Findings = append(results.Findings, service.Finding{Rule: "G101", Path: "a.go", Line: line + 1, Message: "a secret"})
			}
			r, err := s.account.Scan(t.Context(), target(), service.ScanRequest{Results: []service.ToolResults{results}}, service.Wait{})
			if err != nil || len(r.Findings) != 50 || strings.Join(r.Missing, "") != want {
				t.Errorf("%d: %d findings, missing %q, %v", n, len(r.Findings), r.Missing, err)
			}
		})
	}
}

// TestUnknownPatterns: results that Codacy has no place for are in no list of its
// issues, and count as the tool's log has them.
func TestUnknownPatterns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t)
		results := service.ToolResults{Tool: "gosec", Findings: []service.Finding{{Rule: "our-own", Path: "a.go", Line: 1, Message: "m"}}}
		r, err := s.account.Scan(t.Context(), target(), service.ScanRequest{Results: []service.ToolResults{results}}, service.Wait{})
		if err != nil || !slices.Equal(r.Findings, results.Findings) || len(r.Missing) != 0 || !slices.Equal(r.Notes, []string{"gosec: 1 result not sent: Codacy has no pattern for our-own"}) {
			t.Errorf("%+v, %v", r, err)
		}
		// Beside those that Codacy lists.
		results.Findings = append(results.Findings, service.Finding{Rule: "G101", Path: "a.go", Line: 2, Message: "m"})
		if r, err = s.account.Scan(t.Context(), target(), service.ScanRequest{Results: []service.ToolResults{results}}, service.Wait{}); err != nil || len(r.Findings) != 2 {
			t.Errorf("%+v, %v", r, err)
		}
		// A repository's token does not see all that a pull request brought.
		at := target()
		at.PullRequest, at.Commit = 7, s.w.Repository("acme", "api").PullRequest(7).Head
		if r, err = s.repository.Scan(t.Context(), at, service.ScanRequest{}, service.Wait{}); err != nil || len(r.Missing) != 1 || !strings.Contains(r.Missing[0], "CODACY_API_TOKEN") {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// TestNeverAnalysed: what waiting cannot change is said at once.
func TestNeverAnalysed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, standin.Stopped)
		s.w.Gates.DiffCoverage = 50
		at := target()
		at.PullRequest, at.Commit = 7, s.w.Repository("acme", "api").PullRequest(7).Head
		fork := at
		fork.Forge, fork.FromFork = "gitlab", true
		began := time.Now()
		v, err := s.account.Judge(t.Context(), fork, service.Wait{})
		if err != nil || v.Outcome != service.Unknown || time.Since(began) > time.Second {
			t.Errorf("a fork at GitLab: %+v, %v after %s", v, err, time.Since(began))
		}
		v, err = s.account.Judge(t.Context(), at, service.Wait{})
		if err != nil || v.Outcome != service.Unknown || time.Since(began) > 2*time.Minute {
			t.Errorf("a stopped repository: %+v, %v after %s", v, err, time.Since(began))
		}
		at.PullRequest, at.Branch = 0, ""
		_, err = s.repository.FollowCoverage(t.Context(), at, service.Wait{})
		if fault.Of(err) != fault.Input || time.Since(began) > 4*time.Minute {
			t.Errorf("following a stopped repository: %v after %s", err, time.Since(began))
		}
	})
}

// TestNamesInAnotherCase: whether case matters in names at Codacy is not
// documented. Where it does, that is an error and no waiting.
func TestNamesInAnotherCase(t *testing.T) {
	for _, quirk := range []string{"", standin.LooseNames} {
		synctest.Test(t, func(t *testing.T) {
			s, began := stage(t, quirk), time.Now()
			at := target()
			at.Owner, at.Name = "Acme", "API"
			_, err := s.account.Judge(t.Context(), at, service.Wait{})
			if loose := quirk != ""; (err == nil) != loose || !loose && (fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "names") || time.Since(began) > time.Minute) {
				t.Errorf("%q: gate: %v (hint %q) after %s", quirk, err, fault.Hint(err), time.Since(began))
			}
			_, err = s.account.Upload(t.Context(), at, servicetest.Coverage(), service.Wait{})
			if loose := quirk != ""; (err == nil) != loose || !loose && fault.Of(err) != fault.Auth {
				t.Errorf("%q: upload: %v", quirk, err)
			}
		})
	}
}

// TestSlowFinal: a final takes its time where many parts came; one that is not
// answered in time is sent once more.
func TestSlowFinal(t *testing.T) {
	for delay, finals := range map[time.Duration]int{25 * time.Second: 1, 45 * time.Second: 2} {
		synctest.Test(t, func(t *testing.T) {
			s := subject(t)
			s.World.Faults.Add(world.Fault{System: s.System, Path: "/2.0/gh/acme/api/commit/" + sha + "/coverageFinal", Delay: delay, Times: 1})
			r, err := s.Client.(service.CoverageUploader).Upload(t.Context(), s.Target, servicetest.Coverage(), service.Wait{})
			n := strings.Count(strings.Join(s.Wire.Sent(), " "), "coverageFinal")
			if err != nil || r.Status != "uploaded" || n != finals {
				t.Errorf("%s: %+v, %v; %d finals, want %d", delay, r, err, n, finals)
			}
		})
	}
}

// TestClockBehind: a token of a year by Codacy's own clock is minted by a machine
// whose clock is three days behind; one of much longer is refused here already.
func TestClockBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t)
		s.w.SetClock(func() time.Time { return time.Now().Add(72 * time.Hour) })
		mint := func(name string, life time.Duration) error {
			_, err := s.account.Mint(t.Context(), service.MintRequest{Scope: target().Repo, Name: name, ExpiresAt: s.w.Now().Add(life)})
			return err
		}
		if err := mint("a-year", 365*24*time.Hour-time.Minute); err != nil {
			t.Error(err)
		}
		if err := mint("ten-years", 3650*24*time.Hour); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "lives for at most a year") {
			t.Errorf("ten years: %v", err)
		}
	})
}

// TestExpired: whatever status an expired token is answered with, it is the
// token's fault, and nothing is sent again and again.
func TestExpired(t *testing.T) {
	for _, quirk := range []string{"", standin.ExpiredForbidden, standin.ExpiredUnknown} {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t, quirk)
			m, err := s.account.Mint(t.Context(), service.MintRequest{Scope: target().Repo, Name: "ci", ExpiresAt: time.Now().Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Hour) // virtual
			way := wire.New(s.w, "codacy", s.s)
			c := open(t, way, m.Value.Expose(), service.RepositoryToken)
			if _, err := c.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{}); fault.Of(err) != fault.Auth {
				t.Errorf("%s: upload: %v", quirk, err)
			}
			if _, err := c.Check(t.Context(), target().Repo); fault.Of(err) != fault.Auth {
				t.Errorf("%s: check: %v", quirk, err)
			}
			if _, err := c.Judge(t.Context(), target(), service.Wait{}); fault.Of(err) != fault.Auth {
				t.Errorf("%s: gate: %v", quirk, err)
			}
			if n := len(way.Sent()); n > 8 {
				t.Errorf("%s: %d requests", quirk, n)
			}
		})
	}
}
