package codeant_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest"
	standin "github.com/gatewright/gatewright/internal/sandbox/codeant"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codeant"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

const base = "https://codeant.example"

func target() service.Target {
	return service.Target{Repo: repo.Repo{Forge: "github", Owner: "acme", Name: "api"}, Commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", Branch: "main"}
}

func open(t testing.TB, w *wire.Wire, token string) *codeant.Client {
	return codeant.New(service.Connection{
		API: wire.Client(t, w, base, codeant.Descriptor().Limits), Token: secret.New(token),
		Dial: func(system, origin string) (*rest.Client, error) {
			return rest.New(rest.Config{System: system, BaseURL: origin, Transport: w})
		},
	})
}

func subject(t *testing.T) *servicetest.Subject {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	way := wire.New(w, "codeant", stand)
	token := stand.Variables(base)[1].Value
	return &servicetest.Subject{
		Client: open(t, way, token), Stranger: open(t, way, "cdt_0000000000000000000000000000000000000000"),
		Token: token, Wire: way, World: w, System: "codeant", Target: target(),
		Scope: service.Scope{Forge: "github", Owner: "acme", Name: "api"},
		Describe: func() string {
			body, completed := stand.Coverage("acme/api", target().Commit, "")
			return fmt.Sprintf("%x, completed %v", sha256.Sum256(body), completed > 0)
		},
	}
}

func TestSuite(t *testing.T) { servicetest.Run(t, subject) }

func TestChangedAnswers(t *testing.T) {
	servicetest.Changed(t, subject, func(_ *testing.T, s *servicetest.Subject) { s.World.Gates.FailingGates = []string{"secret", "sast"} })
}
