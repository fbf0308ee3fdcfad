package diff_test

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/diff"
)

func ExampleParse() {
	change, err := diff.Parse(strings.NewReader(`diff --git a/api.go b/api.go
--- a/api.go
+++ b/api.go
@@ -3,2 +3,3 @@ func main() {
 	start()
+	serve()
 }
`), "change.diff")
	for path, lines := range change.Lines() {
		fmt.Println(path, lines)
	}
	fmt.Println(err)
	// Output:
	// api.go [4]
	// <nil>
}
