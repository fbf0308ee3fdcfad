package cli

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
)

// confirm asks before what cannot be undone. Without somebody to ask, --yes
// must have been said.
func confirm(a *connect.To, yes, stdinTaken bool, what string) error {
	if yes {
		return nil
	}
	return ask(a, stdinTaken, question{what, "[y/N]", "y"})
}

// confirm asks for the number of repositories, so that nobody says yes to a
// plan they did not read.
func (t turn) confirm(a *connect.To, f *connect.Fleet, of string) error {
	if t.flags.Yes {
		return nil
	}
	n := strings.Fields(of)[0]
	return ask(a, f.Stdin, question{t.what + " " + of, "Type " + n + " to go on:", n})
}

// question is put as "WHAT? HOW ", and yes is the answer that means so.
type question struct{ what, how, yes string }

// ask puts a question to whoever sits at the terminal. An interrupt ends the
// waiting.
func ask(a *connect.To, stdinTaken bool, q question) error {
	if _, ok := a.Typed(); !ok || stdinTaken {
		return fault.WithHint(fault.Errorf(fault.Input, "not done: %s, and nobody is there to ask", q.what), "say --yes")
	}
	fmt.Fprintf(a.Stderr, "%s? %s ", q.what, q.how)
	answer, err := bufio.NewReader(a.Stdin).ReadString('\n')
	switch {
	case fault.Of(err) == fault.Stopped:
		fmt.Fprintln(a.Stderr)
		return fault.Errorf(fault.Stopped, "stopped; nothing was done")
	case err == nil && strings.EqualFold(strings.TrimSpace(answer), q.yes):
		return nil
	default:
		return fault.Errorf(fault.Input, "not done")
	}
}
