package console

import (
	"fmt"
	"slices"
	"strings"
)

// debugVariables are those that ask for --debug in CI systems: a debug run of
// GitHub Actions and Gitea, of GitLab and of Azure Pipelines.
func debugVariables() []string {
	return []string{"RUNNER_DEBUG", "ACTIONS_STEP_DEBUG", "CI_DEBUG_TRACE", "SYSTEM_DEBUG"}
}

// DebugIf turns --debug on if the user asked for it, or the CI's own variable
// does.
func (c *Console) DebugIf(asked bool) {
	c.debug = asked || slices.ContainsFunc(debugVariables(), func(name string) bool {
		value := strings.ToLower(c.Env(name))
		return value == "1" || value == "true"
	})
}

// Debugs reports whether --debug is on.
func (c *Console) Debugs() bool { return c.debug }

// Debug prints one line for --debug: on stderr, in the CI's own form where it
// has one.
func (c *Console) Debug(text string) {
	if !c.debug {
		return
	}
	for line := range strings.SplitSeq(Printable(c.Redact.Clean(text)), "\n") {
		switch c.CI.Dialect {
		case Workflow:
			fmt.Fprintf(c.commands, "::debug::%s\n", escapeData(line))
		case Logging:
			fmt.Fprintf(c.commands, "##[debug]%s\n", oneLine(Inert(line)))
		default:
			fmt.Fprintf(c.Stderr, "debug: %s\n", line)
		}
	}
}

// Debugf is Debug with a format.
func (c *Console) Debugf(format string, args ...any) {
	if c.debug {
		c.Debug(fmt.Sprintf(format, args...))
	}
}
