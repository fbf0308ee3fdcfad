package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fleet"
)

// fleetSchemaCmd knows the names of this build's services and forges.
type fleetSchemaCmd struct{}

func (fleetSchemaCmd) Help() string {
	return "Prints the JSON schema of fleet.yml, for editors and checks."
}

func (fleetSchemaCmd) Run(_ context.Context, a *connect.To) error {
	_, err := a.Stdout.Write(fleet.Schema(a.ServiceNames(), a.ForgeNames()))
	return err
}
