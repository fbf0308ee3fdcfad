package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Sources are the ways to what lies outside of the job: functions, because
// opening one may fail and most jobs need few of them.
type Sources struct {
	// Locate returns what the job is about. Repo is nil outside a checkout.
	Locate func(context.Context) (ci.Run, *git.Repo, error)
	// Service opens a token service, "" the one that flags and tokens choose.
	// Without any token the error is one for which service.IsNoToken holds.
	Service func(name string) (*Service, error)
	// Known returns an error for a name that is no service's.
	Known func(name string) error
	// Forge opens the forge that the run is on.
	Forge func(ci.Run) (*Forge, error)
	// Insight opens the forge's reports on commits. It is nil, or returns nil,
	// where the CI has no such page.
	Insight func(ci.Run) (forge.Insighter, error)
	// SourceURL returns the address of the run's files at its commit, up to
	// their paths; "" if it is not known.
	SourceURL func(ci.Run) string
}

// Service is an opened token service.
type Service struct {
	Name       string // "codacy"
	Title      string // "Codacy"
	OwnResults bool   // a scan takes the results of tools that ran in the job
	Client     any    // implements what it can of the service package's interfaces
	// Account returns the service with the account's token, which verdicts and
	// scans need, or itself where there is no other.
	Account func() (*Service, error)
	// Lacks returns the error for what the service cannot do: "X cannot …".
	Lacks func(service.Ability) error
}

// capability returns the service as a T, or the error that it lacks what T
// stands for.
func capability[T any](s *Service, what service.Ability) (T, error) {
	t, ok := s.Client.(T)
	if !ok {
		return t, fault.Mistake(s.Lacks(what))
	}
	return t, nil
}

// Forge is a forge that comments and statuses go to.
type Forge struct {
	Title   string          // "GitHub"
	Comment summary.Flavour // what its comments take and render
	Client  any             // implements what it can of the forge package's interfaces

	Artifacts forge.Artifacts      // nil if it has none to read
	Keeps     forge.ArtifactWriter // nil if it takes none
	Git       git.Access           // to the run's repository; no URL if that is not known
}
