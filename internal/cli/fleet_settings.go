package cli

import "github.com/gatewright/gatewright/internal/fleet"

// settings is what merge reads back: a plan carries it, so that fleet apply
// PLAN needs no flag again. Addresses, files and limits are not in it: where
// credentials go is never a plan's to say.
func (f *FleetFlags) settings() fleet.Config {
	c := fleet.Config{
		Service: f.Service, Forge: f.Forge, Provider: f.Provider, Organization: f.Org, Owner: f.Owner, Secret: f.Secret,
		Stores: f.Store, Environments: f.Environment, Holder: f.Holder,
	}
	c.Repositories.Include, c.Repositories.Exclude = f.Include, f.Exclude
	c.Repositories.Topics, c.Repositories.Properties = f.Topic, f.Property
	c.Repositories.Visibility, c.Repositories.Language = f.Visibility, f.Language
	c.Repositories.Forks, c.Repositories.Archived = f.Fork, f.Archived
	c.Token.Expires, c.Token.Permissions = f.Expires, f.Permission
	c.Rotate.Within, c.Rotate.MaxAge = f.RotateWithin, f.MaxAge
	c.Rotate.Grace, c.Rotate.Runners = f.Grace, f.Runners
	if f.KeepDrift {
		c.Rotate.Drift = "keep"
	}
	c.Adopt.Secrets, c.Adopt.Tokens = f.Adopt, f.AdoptToken
	return c
}
