package github_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/github"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

const base = "https://github.example"

func target() service.Target {
	return service.Target{Repo: repo.Repo{Forge: "github", Owner: "acme", Name: "api"}, Commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", Branch: "main"}
}

func open(t testing.TB, w *wire.Wire, token string) *github.Client {
	api := wire.Client(t, w, base, github.Descriptor().Limits)
	return github.New(service.Connection{API: api, Token: secret.New(token)})
}

type stage struct {
	w      *world.World
	s      *standin.Server
	client *github.Client
}

func stageOf(t *testing.T, quirks ...string) stage {
	w := world.New(world.DefaultSeed())
	w.Quirks = quirks
	s := standin.New(w)
	return stage{w, s, open(t, wire.New(w, "github", s), s.Token("ghs_", standin.Full))}
}

func TestSuite(t *testing.T) {
	servicetest.Run(t, func(t *testing.T) *servicetest.Subject {
		w := world.New(world.DefaultSeed())
		s := standin.New(w)
		way := wire.New(w, "github", s)
		token := s.Token("ghs_", standin.Full)
		return &servicetest.Subject{
			Client: open(t, way, token), Stranger: open(t, way, "ghs_0000000000000000000000000000000000000000"),
			Token: token, Wire: way, World: w, System: "github", Target: target(),
			Scope: target().Repo,
			Describe: func() string {
				list := s.CodeCoverage(w.Repository("acme", "api"))
				slices.Sort(list)
				return strings.Join(list, "\n")
			},
		}
	})
}

// TestRefusals: each answer that users report has its cause and its remedy.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		quirk  string
		branch string
		hint   string
		kind   fault.Kind
	}{
		{standin.NoCodeQuality, "main", "the feature is not available", fault.Input},
		{standin.CodeQualityOff, "main", "switch code quality on", fault.Auth},
		{standin.NoCodeQualityWrite, "main", "code-quality: write", fault.Auth},
		{"", "feature", "upload it in the pull request's run", fault.Input},
	} {
		at := target()
		at.Branch = c.branch
		s := stageOf(t, c.quirk)
		_, err := s.client.Upload(t.Context(), at, servicetest.Coverage(), service.Wait{})
		if fault.Of(err) != c.kind || !strings.Contains(fault.Hint(err), c.hint) {
			t.Errorf("%s: %v (%v), hint %q", c.quirk, err, fault.Of(err), fault.Hint(err))
		}
	}
}

// TestNotStored: what GitHub does not keep is not called uploaded.
func TestNotStored(t *testing.T) {
	s := stageOf(t, standin.OldCommit)
	r, err := s.client.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{})
	if err != nil || r.Status != "unchanged" || r.Parts != 0 || len(r.Notes) != 2 || !strings.Contains(r.Notes[0], "not stored: A newer commit") {
		t.Errorf("%+v, %v", r, err)
	}
	at := target()
	at.FromFork = true
	if r, err = s.client.Upload(t.Context(), at, servicetest.Coverage(), service.Wait{}); err != nil || r.Status != "skipped" || len(r.Notes) != 1 {
		t.Errorf("a fork: %+v, %v", r, err)
	}
}

func TestFailedProcessing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stageOf(t, standin.FailedReports)
		if _, err := s.client.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.client.FollowCoverage(t.Context(), target(), service.Wait{}); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "no lines of the commit") {
			t.Errorf("%v", err)
		}
	})
}

// TestMerged: reports of a matrix are one upload for each language and module.
func TestMerged(t *testing.T) {
	s := stageOf(t)
	u := servicetest.Coverage()
	extra := coverage.New()
	extra.File("lib/unit.adb").Hit(1, 1)
	u.Files = append(u.Files, service.ReportFile{Path: "c", Report: extra})
	r, err := s.client.Upload(t.Context(), target(), u, service.Wait{})
	list := s.s.CodeCoverage(s.w.Repository("acme", "api"))
	if err != nil || r.Parts != 2 || len(list) != 2 || !slices.Equal(r.Notes, []string{"1 file not sent: no language for .adb"}) {
		t.Fatalf("%+v, %v, %d reports", r, err, len(list))
	}
	all := strings.Join(list, "\n")
	for _, want := range []string{"coverage\x00Go\x00", "coverage\x00TypeScript\x00", `<line number="11" hits="4"`, `<line number="12" hits="0"`} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	u.Partial = true
	if _, err := s.client.Upload(t.Context(), target(), u, service.Wait{}); fault.Of(err) != fault.Input {
		t.Errorf("parts: %v", err)
	}
	nowhere := target()
	nowhere.Branch = ""
	if _, err := s.client.Upload(t.Context(), nowhere, servicetest.Coverage(), service.Wait{}); fault.Of(err) != fault.Input {
		t.Errorf("neither branch nor pull request: %v", err)
	}
}

// TestRepeats: whether GitHub takes a report once more no source settles. Where
// it does not, a repetition is no success, and what was stored stays.
func TestRepeats(t *testing.T) {
	for _, quirk := range []string{"", standin.NoRepeats} {
		synctest.Test(t, func(t *testing.T) {
			s := stageOf(t, quirk)
			if _, err := s.client.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{}); err != nil {
				t.Fatal(err)
			}
			before := len(s.s.CodeCoverage(s.w.Repository("acme", "api")))
			r, err := s.client.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{})
			if refused := quirk != ""; (fault.Of(err) == fault.Input) != refused || refused && r.Parts > 0 {
				t.Errorf("%q: %+v, %v", quirk, r, err)
			}
			if after := len(s.s.CodeCoverage(s.w.Repository("acme", "api"))); after != before {
				t.Errorf("%q: %d reports, then %d", quirk, before, after)
			}
		})
	}
}
