// Package small has two mutants.
package small

// Larger has a boundary without a meaning.
func Larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}
