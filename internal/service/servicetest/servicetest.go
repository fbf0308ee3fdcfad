// Package servicetest is the suite that every service passes against its
// stand-in, for each capability it claims: that it works, and what happens when
// any one of its requests is lost before or after its effect, refused for the
// moment, answered by somebody else, or never answered. It runs in virtual time.
package servicetest

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/service"
)

// Tests' worlds are small: to collect them a quarter as often takes a fifth off the
// processor's time.
func init() { debug.SetGCPercent(400) }

// Subject is a service and its stand-in.
type Subject struct {
	Client   any // the service, implementing what it can
	Stranger any // the same with a token that was never issued
	Token    string
	Wire     *wire.Wire
	World    *world.World
	System   string // in faults: "codacy"

	Target      service.Target
	Scope       service.Scope
	Permissions []string              // of tokens to mint; nil where there are none to choose
	Results     []service.ToolResults // to scan with; nil where the service runs its own tools
	Describe    func() string         // what the stand-in holds, to compare two ways to get there
	Live        func(name string) int // tokens of that name that work
	Lacks       []string              // capabilities that the service has and this token has not
}

// Run runs the suite. make_ is called afresh in every case, within its bubble
// of virtual time.
func Run(t *testing.T, make_ func(t *testing.T) *Subject) {
	t.Helper()
	for _, c := range capabilities() {
		claimed, requests := works(t, make_, c)
		t.Logf("%-14s claimed: %v, requests: %d", c.name, claimed, requests)
		for _, b := range breaks() {
			if !claimed || requests < 0 {
				break
			}
			t.Run(c.name+"/"+b.name, func(t *testing.T) {
				for i := range max(requests, 1) {
					t.Run(fmt.Sprint(i), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { b.run(t, make_, c, i) })
					})
				}
			})
		}
	}
}

// works tries a capability and counts its requests. One that the token does
// not allow is refused with a hint, and counts as -1.
func works(t *testing.T, make_ func(t *testing.T) *Subject, c capability) (claimed bool, requests int) {
	synctest.Test(t, func(t *testing.T) {
		s := make_(t)
		if claimed = c.claimed(s.Client); !claimed {
			return
		}
		err := c.do(within(t, time.Hour), s, s.Client)
		if !slices.Contains(s.Lacks, c.name) {
			must(t, c.name, err)
			requests = len(s.Wire.Sent())
			return
		}
		requests = -1
		if fault.Of(err) != fault.Auth || fault.Hint(err) == "" {
			t.Errorf("%s: %v (%v), want a refusal with a hint", c.name, err, fault.Of(err))
		}
	})
	return claimed, requests
}

// capability is one thing a service may be able to do.
type capability struct {
	name    string
	claimed func(client any) bool
	do      func(ctx context.Context, s *Subject, client any) error
}

func is[T any](client any) bool {
	_, ok := client.(T)
	return ok
}

func capabilities() []capability {
	return []capability{
		{"upload", is[service.CoverageUploader], upload},
		{"preview", is[service.CoverageUploader], preview},
		{"follow", is[service.CoverageFollower], follow},
		{"scan", is[service.Scanner], scan},
		{"judge", is[service.Judge], judge},
		{"mint", is[service.Minter], mint},
		{"tokens", is[service.TokenLister], tokens},
		{"revoke", is[service.Revoker], revoking(1)},
		{"revoke many", is[service.BulkRevoker], revoking(3)},
		{"check", is[service.Checker], check},
		{"repositories", is[service.RepositoryLister], repositories},
	}
}

// Name is what minted tokens are called.
const Name = "gatewright-suite"

func wait() service.Wait { return service.Wait{Interval: time.Second} }

// Coverage is what is uploaded: two reports of two languages that overlap.
func Coverage() service.Upload {
	a, b := coverage.New(), coverage.New()
	a.File("src/server.go").Hit(10, 1)
	a.File("src/server.go").Hit(11, 0)
	a.File("web/app.ts").Hit(3, 2)
	b.File("src/server.go").Hit(11, 4)
	b.File("src/server.go").Hit(12, 0)
	return service.Upload{Files: []service.ReportFile{{Path: "a.info", Format: "lcov", Report: a}, {Path: "b.out", Format: "gocover", Report: b}}}
}

// right returns err, or that what was done without one is not as it should be.
func right(err error, ok bool, format string, args ...any) error {
	if err == nil && !ok {
		return fmt.Errorf(format, args...)
	}
	return err
}

func upload(ctx context.Context, s *Subject, client any) error {
	r, err := client.(service.CoverageUploader).Upload(ctx, s.Target, Coverage(), wait())
	return right(err, r.Parts > 0 && r.Status == "uploaded", "receipt %+v of an upload that went well", r)
}

func preview(_ context.Context, s *Subject, client any) error {
	before := len(s.Wire.Sent())
	list, err := client.(service.CoverageUploader).Preview(s.Target, Coverage())
	if err != nil {
		return err
	}
	for _, p := range list {
		if strings.Contains(p.Body+p.URL, s.Token) {
			return fmt.Errorf("the token is in the preview of %s", p.URL)
		}
	}
	sent := len(s.Wire.Sent()) - before
	return right(nil, len(list) > 0 && sent == 0, "%d requests previewed, %d sent", len(list), sent)
}

func follow(ctx context.Context, s *Subject, client any) error {
	if err := upload(ctx, s, client); err != nil {
		return err
	}
	status, err := client.(service.CoverageFollower).FollowCoverage(ctx, s.Target, wait())
	return right(err, status.Meaning != "", "status %+v without a meaning", status)
}

func scan(ctx context.Context, s *Subject, client any) error {
	r, err := client.(service.Scanner).Scan(ctx, s.Target, service.ScanRequest{Results: s.Results}, wait())
	return right(err, r.Status == "done" && len(r.Findings) > 0, "a scan that went well is %q with %d findings", r.Status, len(r.Findings))
}

func judge(ctx context.Context, s *Subject, client any) error {
	v, err := client.(service.Judge).Judge(ctx, s.Target, wait())
	return right(err, v.Outcome == service.Passed, "verdict %+v of what is in order", v)
}

func mint(ctx context.Context, s *Subject, client any) error {
	m, err := issue(ctx, s, client, Name)
	return right(err, m.ID != "" && !m.Value.Empty() && m.LastFour == m.Value.LastFour(), "minted %+v", m)
}

// issue mints as commands do, who leave no token behind that nobody holds.
func issue(ctx context.Context, s *Subject, client any, name string) (service.Minted, error) {
	return service.Issuance{By: client.(service.Minter), Title: "the service"}.Mint(ctx, service.MintRequest{
		Scope: s.Scope, Name: name, Permissions: s.Permissions, ExpiresAt: s.World.Now().AddDate(0, 1, 0),
	})
}

func tokens(ctx context.Context, s *Subject, client any) error {
	list, err := client.(service.TokenLister).Tokens(ctx, s.Scope)
	return right(err, len(list) > 0, "no tokens, though one is in use")
}

// revoking revokes n tokens that it looks up, so that it may be called again.
func revoking(n int) func(ctx context.Context, s *Subject, client any) error {
	return func(ctx context.Context, s *Subject, client any) error { return revoke(ctx, s, client, n) }
}

func revoke(ctx context.Context, s *Subject, client any, n int) error {
	for i := range n {
		if name := fmt.Sprintf("%s-%d", Name, i); s.Live(name) == 0 {
			if _, err := issue(ctx, s, client, name); err != nil {
				return err
			}
		}
	}
	list, err := client.(service.TokenLister).Tokens(ctx, s.Scope)
	if err != nil {
		return err
	}
	var ids []string
	for _, k := range list {
		if strings.HasPrefix(k.Name, Name) {
			ids = append(ids, k.ID)
		}
	}
	for part := range slices.Chunk(ids, n) {
		if err := service.NewRevocation(client.(service.Revoker), s.Scope).End(ctx, part); err != nil {
			return err
		}
	}
	for i := range n {
		if name := fmt.Sprintf("%s-%d", Name, i); s.Live(name) != 0 {
			return fmt.Errorf("%s works after it was revoked", name)
		}
	}
	return nil
}

func check(ctx context.Context, s *Subject, client any) error {
	id, err := client.(service.Checker).Check(ctx, s.Scope)
	return right(err, id.Kind != "", "identity %+v", id)
}

func repositories(ctx context.Context, s *Subject, client any) error {
	list, err := client.(service.RepositoryLister).Repositories(ctx, s.Target.Forge, s.Target.Owner)
	want := s.World.Organization(s.Target.Owner).Repositories
	err = right(err, len(list) == len(want), "%d repositories of %d", len(list), len(want))
	for _, r := range want {
		shown := service.Repository{Repo: repo.Repo{Forge: s.Target.Forge, Owner: r.Owner, Name: r.Name}, Added: !r.NotAdded}
		err = right(err, slices.Contains(list, shown), "%s/%s is missing or wrong", r.Owner, r.Name)
	}
	return err
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v (hint: %s)", what, err, fault.Hint(err))
	}
}
