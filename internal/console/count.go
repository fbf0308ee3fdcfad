package console

import "fmt"

// Count returns a number with its noun, as "1 file" and "2 files".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
