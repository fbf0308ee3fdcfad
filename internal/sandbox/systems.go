package sandbox

import (
	"github.com/gatewright/gatewright/internal/sandbox/azuredevops"
	"github.com/gatewright/gatewright/internal/sandbox/bitbucket"
	"github.com/gatewright/gatewright/internal/sandbox/codacy"
	"github.com/gatewright/gatewright/internal/sandbox/codeant"
	"github.com/gatewright/gatewright/internal/sandbox/codedig"
	"github.com/gatewright/gatewright/internal/sandbox/gitea"
	"github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/gitlab"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// systems is the table of stand-ins. Its order is the order of the ports.
func systems() []system {
	return []system{
		{"codacy", func(w *world.World) world.Stand { return codacy.New(w) }},
		{"codeant", func(w *world.World) world.Stand { return codeant.New(w) }},
		{"codedig", func(w *world.World) world.Stand { return codedig.New(w) }},
		{"github", func(w *world.World) world.Stand { return github.New(w) }},
		{"gitlab", func(w *world.World) world.Stand { return gitlab.New(w) }},
		{"azuredevops", func(w *world.World) world.Stand { return azuredevops.New(w) }},
		{"bitbucket", func(w *world.World) world.Stand { return bitbucket.New(w) }},
		{"gitea", func(w *world.World) world.Stand { return gitea.New(w) }},
	}
}
