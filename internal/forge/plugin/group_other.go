//go:build !unix

package plugin

import "os/exec"

// group leaves the process alone: it is killed by itself.
func group(*exec.Cmd) {}
