package fleet

import (
	"bufio"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// ReadNames reads a list of repositories, one a line; # begins a remark. An
// empty list is an error. name is the file's, for errors.
func ReadNames(name string, r io.Reader) ([]string, error) {
	var out []string
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		text = strings.TrimSpace(text)
		if strings.ContainsAny(text, " \t*?[{") {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "%s, line %d: %q is no repository's name", name, n, text), "one a line, NAME or OWNER/NAME; globs go to --include")
		}
		if text != "" {
			out = append(out, text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fault.Errorf(fault.Input, "read the list of repositories %s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fault.Errorf(fault.Input, "the list of repositories %s is empty", name)
	}
	return out, nil
}
