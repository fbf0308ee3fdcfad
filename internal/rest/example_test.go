package rest_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/rest"
)

// Names come from outside, so each is escaped as one segment.
func ExamplePath() {
	fmt.Println(rest.Path("repos", "acme", "a/b", "secrets"))
	// Output: /repos/acme/a%2Fb/secrets
}
