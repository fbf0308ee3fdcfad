package cli

import "github.com/alecthomas/kong"

// common are the flags that every command has.
type common struct {
	Output  string           `enum:"text,json" default:"text" help:"Form of the answer on stdout: text or json."`
	Quiet   bool             `short:"q" help:"No progress on stderr; errors only."`
	Debug   bool             `help:"Show on stderr where each fact was read, which files were found, and every git command and request. On by itself in a debug run of the CI."`
	Version kong.VersionFlag `help:"Print the version and exit."`
}

// grammar is the command line, and its help is the manual: the help tags, and below
// them what the Help method of a command returns.
type grammar struct {
	Common common `embed:""`

	Init     initCmd       `cmd:"" group:"Getting started" help:"Write a beginning: rules and the CI job, or another tool's configuration taken over."`
	Doctor   doctorCmd     `cmd:"" group:"Getting started" help:"Show what Gatewright sees here, and what to fix."`
	Demo     demoCmd       `cmd:"" group:"Getting started" help:"Do the whole job on embedded stand-ins."`
	Sandbox  sandboxCmd    `cmd:"" group:"Getting started" help:"Run the stand-ins of all services and forges on loopback."`
	Coverage coverageGroup `cmd:"" group:"Coverage and gates" help:"Read, convert and upload coverage reports."`
	Gate     gateCmd       `cmd:"" group:"Coverage and gates" help:"Wait for the service's verdict and show it."`
	Scan     scanCmd       `cmd:"" group:"Coverage and gates" help:"Run the service's analysis and show what it found."`
	Runs     runsCmd       `cmd:"" group:"Coverage and gates" help:"List the service's newest analyses."`
	Findings findingsCmd   `cmd:"" group:"Coverage and gates" help:"Read what scanners found, tell new from old, write it in another form."`
	Token    tokenGroup    `cmd:"" group:"Tokens and secrets" help:"List, create, revoke, rotate and check the service's tokens."`
	Secret   secretGroup   `cmd:"" group:"Tokens and secrets" help:"Put, list and delete CI secrets at a forge."`
	Fleet    fleetGroup    `cmd:"" group:"Tokens and secrets" help:"One token for each repository of an organization: planned, stored, rotated."`
	Action   actionCmd     `cmd:"" group:"The program itself" help:"What the CI packages run: inputs in, steps done, outputs and summary out."`
	Self     selfCommand   `cmd:"" group:"The program itself" help:"About this program: verify it, shell completion, manual page."`
}

// coverageGroup is about coverage reports.
type coverageGroup struct {
	Report  coverageReportCmd        `cmd:"" help:"Show totals and files of coverage reports."`
	Explain coverageExplainNumberCmd `cmd:"" name:"explain-number" help:"Show the total as other tools count it, each with its rule."`
	Convert coverageConvertCmd       `cmd:"" help:"Write coverage reports in another format."`
	Patch   coveragePatchCmd         `cmd:"" help:"Show which changed lines the tests ran."`
	Badge   coverageBadgeCmd         `cmd:"" help:"Write total coverage as a badge."`
	Upload  coverageUploadCmd        `cmd:"" help:"Send coverage to the service."`
	Pack    coveragePackCmd          `cmd:"" help:"Hand coverage, changed lines and findings over to a job with secrets."`
	Finish  coverageFinishCmd        `cmd:"" help:"Tell the service that all parts of a commit's coverage have been sent."`
}

// tokenGroup is about the tokens that a service issues.
type tokenGroup struct {
	List   tokenListCmd   `cmd:"" help:"List the tokens of a repository or an account."`
	Create tokenCreateCmd `cmd:"" help:"Create a token and write it where it was told to."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke tokens by their ids."`
	Rotate tokenRotateCmd `cmd:"" help:"Create a successor, write it, and then revoke the old token."`
	Check  tokenCheckCmd  `cmd:"" help:"Say whose token this is, what it may do and when it expires."`
}

// secretGroup is about the secrets that a forge keeps.
type secretGroup struct {
	Put    secretPutCmd    `cmd:"" help:"Store a value as a CI secret."`
	List   secretListCmd   `cmd:"" help:"List CI secrets: names and times, never values."`
	Delete secretDeleteCmd `cmd:"" help:"Delete a CI secret."`
}

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
