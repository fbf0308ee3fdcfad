package cli

// fleetGroup is about the tokens of many repositories.
type fleetGroup struct {
	Plan    fleetPlanCmd    `cmd:"" help:"Show what would be done for every repository, and why. Changes nothing."`
	Apply   fleetApplyCmd   `cmd:"" help:"Carry a plan out: mint, store, verify, and let old tokens retire."`
	Sweep   fleetSweepCmd   `cmd:"" help:"Revoke old tokens whose grace is over, and tokens nobody holds."`
	Status  fleetStatusCmd  `cmd:"" help:"Show what the journal knows. Asks nobody."`
	Audit   fleetAuditCmd   `cmd:"" help:"Show who has which token, and what is wrong with that."`
	Rotate  fleetRotateCmd  `cmd:"" help:"Give repositories another token now."`
	Revoke  fleetRevokeCmd  `cmd:"" help:"After a leak: revoke all tokens of repositories at once, then replace them."`
	Remove  fleetRemoveCmd  `cmd:"" help:"Off-boarding: revoke the tokens of repositories and delete their secrets, or empty one store."`
	Report  fleetReportCmd  `cmd:"" help:"Join the reports of shards into one, with one verdict."`
	Compact fleetCompactCmd `cmd:"" help:"Write the journal anew with what still matters, and sign it."`
	Schema  fleetSchemaCmd  `cmd:"" help:"Print the JSON schema of fleet.yml."`
}
