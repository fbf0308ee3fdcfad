package fleet_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/fleet"
)

// What several fleets share stands above them.
func ExampleParseFile() {
	file, err := fleet.ParseFile("fleet.yml", []byte(`
service: codacy
forge: github
organization: acme
fleets:
  - name: web
    repositories: {include: [web-*]}
  - name: api
    rotate: {within: 30d}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fleets, err := file.Each("")
	for _, f := range fleets {
		fmt.Println(f.Name, f.Service, f.Organization, f.Repositories.Include)
	}
	fmt.Println(err)
	// Output:
	// web codacy acme [web-*]
	// api codacy acme []
	// <nil>
}
