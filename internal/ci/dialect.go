package ci

import "github.com/gatewright/gatewright/internal/console"

// Dialect returns the form in which the CI takes commands.
func (s System) Dialect() console.Dialect {
	switch s {
	case GitHub, Gitea:
		return console.Workflow
	case Azure:
		return console.Logging
	default:
		return console.Plain
	}
}
