package gocover

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"gocover"},
		`mode: count
github.com/a/b/c.go:3.10,5.2 2 1
github.com/a/b/c.go:5.2,6.3 1 0
`)
}
