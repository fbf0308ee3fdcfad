// Package connect makes clients of services and forges, and jobs that reach
// them, from flags, variables and tables: it finds the token, decides whose it
// is, finds the address, and shares one budget of requests for each host and
// credential. Nothing is sent.
package connect

import (
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/service"
)

// To is the way to services and forges.
type To struct {
	*console.Console
	Pace     *pace.Budgets        // one for each host and credential, whatever clients are made
	Services []service.Descriptor // in the order in which their variables are looked at; the first has tokens without a prefix
	Forges   []forge.Descriptor
	Version  string // of this program, for the user agent
	// Network puts a simulated network under every client; nil is the real one.
	Network func(*rest.Config)
	// Pipelines opens reports on commits without a token, from a step of a CI that
	// lets its steps write them.
	Pipelines func(*To) (forge.Insighter, error)
	// Programs opens the stores that are programs of the user's; a program asks for
	// no longer wait than maxWait. Nothing is run.
	Programs func(a *To, maxWait time.Duration) Programs
	// ProgramRules are those of the names that such a store takes.
	ProgramRules forge.SecretRules
}

// Programs are stores for secrets that no forge has.
type Programs interface {
	Beside(f forge.Forge) forge.Forge // the stores of f, and these
	Alone() forge.Forge               // these alone
}
