package xccov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"xccov-json"},
		`{"targets":[{"files":[{"path":"a.m","functions":[{"lineNumber":3,"executableLines":4,"coveredLines":1,"executionCount":2}]}]}],"a.swift":[{"line":1,"isExecutable":true,"executionCount":2}]}`)
}
