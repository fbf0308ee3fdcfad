//go:build !linux

package cli

// memoryFolder returns "": only Linux has one everywhere.
func memoryFolder() string { return "" }
