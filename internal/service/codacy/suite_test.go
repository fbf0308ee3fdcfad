package codacy_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/repo"
	standin "github.com/gatewright/gatewright/internal/sandbox/codacy"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codacy"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

const base = "https://codacy.example"

func target() service.Target {
	return service.Target{Repo: repo.Repo{Forge: "github", Owner: "acme", Name: "api"}, Commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", Branch: "main"}
}

func open(t testing.TB, w *wire.Wire, token string, kind service.TokenKind) *codacy.Client {
	t.Helper()
	api := wire.Client(t, w, base, codacy.Descriptor().Limits)
	return codacy.New(service.Connection{Kind: kind, Token: secret.New(token), API: api})
}

// tokenOf is one of the stand-in's tokens, of an account or of acme/api.
func tokenOf(stand *standin.Server, kind service.TokenKind) string {
	v := stand.Variables(base)
	if kind == service.RepositoryToken {
		return v[1].Value
	}
	return v[2].Value
}

// subject is Codacy with an account token.
func subject(t *testing.T) *servicetest.Subject { return subjectOf(t, service.AccountToken) }

func subjectOf(t *testing.T, kind service.TokenKind) *servicetest.Subject {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	way := wire.New(w, "codacy", stand)
	token := tokenOf(stand, kind)
	return &servicetest.Subject{
		Client:   open(t, way, token, kind),
		Stranger: open(t, way, "0000000000000000000000000000000000000000", kind),
		Token:    token, Wire: way, World: w, System: "codacy", Target: target(),
		Scope:    service.Scope{Forge: "github", Owner: "acme", Name: "api"},
		Results:  []service.ToolResults{{Tool: "gosec", Findings: []service.Finding{{Rule: "G101", Path: "src/server.go", Line: 3, Message: "a key"}}}},
		Describe: func() string { return stand.Describe("acme", "api", target().Commit) },
		Live:     func(name string) int { return stand.LiveNamed("acme", "api", name) },
	}
}

func TestSuite(t *testing.T) { servicetest.Run(t, subject) }

// TestSuiteOfRepositoryToken: the same with a repository token, which may do less.
func TestSuiteOfRepositoryToken(t *testing.T) {
	servicetest.Run(t, func(t *testing.T) *servicetest.Subject {
		s := subjectOf(t, service.RepositoryToken)
		s.World.Push(s.World.Repository("acme", "api"), "main", target().Commit) // it may list commits, not ask for one by name
		s.Lacks = []string{"mint", "tokens", "revoke", "revoke many", "repositories"}
		return s
	})
}

// TestOldTokens: the API before August 2026 took no body and showed values in
// its list; neither keeps a token from being made, known and revoked.
func TestOldTokens(t *testing.T) {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	w.Quirks = []string{standin.OldTokens}
	c := open(t, wire.New(w, "codacy", stand), tokenOf(stand, service.AccountToken), service.AccountToken)
	scope := service.Scope{Forge: "github", Owner: "acme", Name: "web"}
	m, err := c.Mint(t.Context(), service.MintRequest{Scope: scope, Name: "ci"})
	if err != nil || m.Value.Empty() || m.ExpiresAt != nil {
		t.Fatalf("%+v, %v", m.Token, err)
	}
	list, err := c.Tokens(t.Context(), scope)
	if err != nil || len(list) != 1 || list[0].LastFour != m.LastFour || list[0].ID != m.ID {
		t.Errorf("%+v, %v", list, err)
	}
	if err := c.Revoke(t.Context(), scope, m.ID); err != nil || stand.Live("acme", "web") != 0 {
		t.Errorf("%d live, %v", stand.Live("acme", "web"), err)
	}
}

// TestScanOfPullRequest: the findings are those of the pull request, whatever
// else the repository has.
func TestScanOfPullRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := subject(t)
		s.Target.PullRequest, s.Target.Commit = 7, s.World.Repository("acme", "api").PullRequest(7).Head
		r, err := s.Client.(service.Scanner).Scan(t.Context(), s.Target, service.ScanRequest{Results: s.Results}, service.Wait{})
		if err != nil || r.Status != "done" || len(r.Findings) != 1 || r.Findings[0].Path != "src/server.go" || r.Findings[0].Tool != "Gosec" {
			t.Errorf("%+v, %v", r, err)
		}
		if last := s.Wire.Sent()[len(s.Wire.Sent())-1]; !strings.HasSuffix(last, "/pull-requests/7/issues") {
			t.Errorf("the findings are asked for at %s", last)
		}
	})
}

func TestChangedAnswers(t *testing.T) {
	servicetest.Changed(t, subject, func(t *testing.T, s *servicetest.Subject) {
		s.World.Gates.DiffCoverage = 101
		s.Target.PullRequest, s.Target.Commit = 7, s.World.Repository("acme", "api").PullRequest(7).Head
		if _, err := s.Client.(service.CoverageUploader).Upload(t.Context(), s.Target, servicetest.Coverage(), service.Wait{}); err != nil {
			t.Fatal(err)
		}
	})
}
