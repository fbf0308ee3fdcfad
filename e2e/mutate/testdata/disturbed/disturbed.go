// Package disturbed has tests that pass alone, and fail one after the other.
package disturbed

var sum int

// Add adds to what was added before.
func Add(n int) int {
	sum += n
	return sum
}
