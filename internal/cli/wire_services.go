package cli

import (
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codacy"
	"github.com/gatewright/gatewright/internal/service/codeant"
	"github.com/gatewright/gatewright/internal/service/codedig"
	"github.com/gatewright/gatewright/internal/service/github"
)

// services is the table of services, in the order in which their variables are
// looked at when nothing says which service is meant. The first is the one
// whose tokens have no prefix.
func services() []service.Descriptor {
	return []service.Descriptor{
		codacy.Descriptor(),
		codeant.Descriptor(),
		codedig.Descriptor(),
		github.Descriptor(),
	}
}
