// Package broken has a test that does not compile.
package broken

// Less has mutants, none of which is at fault.
func Less(a, b int) bool { return a < b }
