package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// pin is a place in the tree that names the release it belongs to, so that
// whoever pins one part by a SHA or a version has pinned them all.
type pin struct {
	path string
	at   string // regular expression
	text string // what stands there in a release, with at's groups
}

// pins returns every such place: checksums of the installers, and the version
// where a package names the action, image or installer of the same release.
func (r *release) pins() []pin {
	var sums strings.Builder
	for _, name := range r.names() {
		if strings.HasPrefix(name, "gatewright_") {
			fmt.Fprintf(&sums, "%s  %s\n", r.sums[name], name)
		}
	}
	literal := func(text string) string { return "${1}" + strings.ReplaceAll(text, "$", "$$") + "${2}" }
	const marks = `(?s)(# pins: begin\n).*?(# pins: end\n)`
	own := func(workflow string) pin {
		return pin{".github/workflows/" + workflow, `(uses: gatewright/gatewright[^@ \n]*@v)[0-9][^ \n]*`, "${1}" + r.version}
	}
	return []pin{
		{"scripts/install.sh", marks, literal(fmt.Sprintf("version='%s'\nsums='\n%s'\n", r.version, sums.String()))},
		{"scripts/install.ps1", marks, literal(fmt.Sprintf("$version = '%s'\n$sums = @'\n%s'@\n", r.version, sums.String()))},
		own("coverage.yml"), own("fleet.yml"), own("gate.yml"), own("handover.yml"),
		{"plugins/gitlab/templates/gatewright.yml", `(gatewright/gatewright:)[0-9].*(-ci)`, "${1}" + r.version + "${2}"},
		{"plugins/gitlab/templates/fleet.yml", `(gatewright/gatewright:)[0-9].*(-ci)`, "${1}" + r.version + "${2}"},
		{"plugins/bitbucket/pipe.yml", `(gatewright/gatewright:)[0-9].*(-pipe)`, "${1}" + r.version + "${2}"},
		{"plugins/azure/templates/fleet.yml", `(releases/download/v)[0-9][^/]*(/install.sh)`, "${1}" + r.version + "${2}"},
	}
}

// pin writes the pins. A place that is not found is an error: it would go on
// naming another release.
func (r *release) pin() error {
	for _, p := range r.pins() {
		text, err := os.ReadFile(p.path)
		if err != nil {
			return err
		}
		at := regexp.MustCompile(p.at)
		if !at.Match(text) {
			return fmt.Errorf("%s: nothing matches %s", p.path, p.at)
		}
		pinned := at.ReplaceAll(text, []byte(p.text))
		if bytes.Equal(pinned, text) {
			continue
		}
		info, err := os.Stat(p.path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(p.path, pinned, info.Mode()); err != nil {
			return err
		}
	}
	return nil
}
