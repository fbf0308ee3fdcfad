package phpunit

import (
	"io"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	const file = `<phpunit><file name="a.php"><coverage><line nr="3"><covered by="x"/></line></coverage></file></phpunit>`
	parse := func(r io.Reader) (*coverage.Report, error) {
		return Parse(r, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil })
	}
	coveragetest.Fuzz(f, parse, []string{"phpunit-xml"},
		file, `<phpunit><project source="/src"><directory name="/"><file name="a.php" href="a.php.xml"/></directory></project></phpunit>`)
}
