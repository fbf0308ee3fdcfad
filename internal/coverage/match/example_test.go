package match_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/coverage/match"
)

// A path of a report is one file of the commit, or none and the reason.
func ExampleTree_Paths() {
	tree := match.NewTree([]string{"services/api/src/App.kt", "web/index.ts", "admin/index.ts"})
	for _, m := range tree.Paths([]string{"/home/runner/work/shop/services/api/src/App.kt", "index.ts"}, match.Options{}) {
		if m.Path == "" {
			fmt.Printf("%s: no file\n", m.Report)
			continue
		}
		fmt.Printf("%s: %s\n", m.Report, m.Path)
	}
	// Output:
	// /home/runner/work/shop/services/api/src/App.kt: services/api/src/App.kt
	// index.ts: no file
}
