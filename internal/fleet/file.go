package fleet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/scan"
)

// File is fleet.yml: one fleet, or several that share what stands above them.
type File struct {
	Config `yaml:",inline"`
	Fleets []Named `yaml:"fleets" help:"Several fleets; what stands above them holds for each that says nothing else."`
}

// Named is one of several fleets.
type Named struct {
	Name   string `yaml:"name" help:"For --fleet, and its journal's name."`
	Config `yaml:",inline"`
}

// ParseFile reads fleet.yml, refusing keys it does not know: a misspelt exclude
// would take in what was to be left out. An empty file is one that says nothing.
func ParseFile(name string, text []byte) (File, error) {
	var f File
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return f, fault.WithHint(fault.Errorf(fault.Input, "%s: %w", name, err), "`gatewright fleet schema` prints what may stand there")
	}
	if f.Version > 1 {
		return f, fault.Errorf(fault.Input, "%s: version %d; this program knows version 1", name, f.Version)
	}
	seen := map[string]bool{}
	for i, n := range f.Fleets {
		if n.Name == "" || seen[n.Name] || strings.ContainsAny(n.Name, `/\ `) {
			return f, fault.Errorf(fault.Input, "%s: fleet %d needs a name of its own, without spaces and slashes; %q is none", name, i+1, n.Name)
		}
		seen[n.Name] = true
		if err := n.Check(fmt.Sprintf("%s: %s: ", name, n.Name)); err != nil {
			return f, err
		}
	}
	return f, f.Check(name + ": ")
}

// Ours reports whether the text has a key of fleet.yml's. Rancher's Fleet has files of
// nearly that name.
func Ours(text []byte) bool {
	var f File
	_ = yaml.Unmarshal(text, &f)
	return !reflect.ValueOf(f).IsZero()
}

// Each returns the fleets of the file, each with what it shares filled in: the
// one of the name, or all. A file without several is one fleet without a name.
func (f File) Each(name string) ([]Named, error) {
	if len(f.Fleets) == 0 && name == "" {
		return []Named{{Config: f.Config}}, nil
	}
	var out []Named
	var names []string
	for _, n := range f.Fleets {
		names = append(names, n.Name)
		if name != "" && n.Name != name {
			continue
		}
		if n.Journal == "" { // one for all would be locked by the first
			n.Journal = Apart(f.Journal, n.Name)
		}
		n.Fill(f.Config)
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil, fault.Errorf(fault.Input, "no fleet %q; known: %s", name, strings.Join(names, ", "))
	}
	return out, nil
}

// Apart returns the name of a file that several fleets have each of their own:
// "fleet.html" of the fleet "review" is "fleet-review.html".
func Apart(file, name string) string {
	if file == "" || name == "" {
		return file
	}
	dir, base := filepath.Split(file)
	begin, end, dotted := strings.Cut(base, ".")
	if dotted {
		end = "." + end
	}
	return dir + begin + "-" + name + end
}

// ReadNames reads a list of repositories, one a line; # begins a remark. An
// empty list is an error. name is the file's, for errors.
func ReadNames(name string, r io.Reader) ([]string, error) {
	var out []string
	lines := bufio.NewScanner(scan.UTF8(r))
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
	if len(out) == 0 { // no filter at all would take in every repository
		return nil, fault.Errorf(fault.Input, "the list of repositories %s is empty", name)
	}
	return out, nil
}
