// Command packages writes what the packages of every CI say of the inputs:
// action.yml and the actions of one step, the GitLab component, the Azure
// DevOps task, the Bitbucket pipe, and docs/inputs.md. The inputs are
// action.Table's, so that a package cannot lack one:
//
//	go run ./scripts/packages          # write
//	go run ./scripts/packages --check  # only report which files are out of date
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// output is one file and how its text follows from the one that is there.
type output struct {
	path  string
	write func(old string, inputs []input) (string, error)
}

func outputs() []output {
	return []output{
		{"action.yml", wholeAction("")},
		{"plugins/github/alone/action.yml", wholeAction(alone)},
		{"plugins/github/coverage/action.yml", wholeAction("coverage")},
		{"plugins/github/scan/action.yml", wholeAction("scan")},
		{"plugins/github/gate/action.yml", wholeAction("gate")},
		{"plugins/gitlab/templates/gatewright.yml", gitlab},
		{"plugins/azure/gatewright/task.json", azure},
		{"plugins/bitbucket/pipe.yml", pipe},
		{"plugins/bitbucket/pipe.sh", pipeScript},
		{"plugins/bitbucket/README.md", pipePage},
		{"docs/inputs.md", inputsPage},
	}
}

func main() {
	check := flag.Bool("check", false, "change nothing; report which files are out of date")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1)
	}
}

// run writes every output below the folder root, or with check compares.
func run(root string, check bool) error {
	inputs, err := inputs()
	if err != nil {
		return err
	}
	var wrong []error
	for _, o := range outputs() {
		old, err := os.ReadFile(filepath.Join(root, o.path))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		text, err := o.write(string(old), inputs)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Errorf("%s: %w", o.path, err))
		case text == string(old):
		case check:
			wrong = append(wrong, fmt.Errorf("%s is out of date; go run ./scripts/packages writes it", o.path))
		default:
			wrong = append(wrong, os.WriteFile(filepath.Join(root, o.path), []byte(text), 0o644))
		}
	}
	return errors.Join(wrong...)
}

// between returns old with the lines between the lines that hold begin and end
// replaced. Both lines stay.
func between(old, begin, end, lines string) (string, error) {
	head, rest, ok := strings.Cut(old, begin+"\n")
	if !ok {
		return "", fmt.Errorf("no line %q to write behind", strings.TrimSpace(begin))
	}
	i := strings.Index(rest, end)
	if i < 0 {
		return "", fmt.Errorf("no line %q to write before", strings.TrimSpace(end))
	}
	return head + begin + "\n" + lines + rest[i:], nil
}
