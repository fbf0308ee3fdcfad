package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
)

// confirm asks before what cannot be undone. Without somebody to ask, --yes
// must have been said.
func confirm(a *connect.To, yes, stdinTaken bool, what string) error {
	if yes {
		return nil
	}
	in, err := terminal(a, stdinTaken, what)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Stderr, "%s? [y/N] ", what)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil || !strings.EqualFold(strings.TrimSpace(answer), "y") {
		return fault.Errorf(fault.Input, "not done")
	}
	return nil
}

// confirm asks for the number of repositories, so that nobody says yes to a
// plan they did not read. An interrupt ends the waiting.
func (t turn) confirm(ctx context.Context, a *connect.To, f *connect.Fleet, of string) error {
	if t.flags.Yes {
		return nil
	}
	what := t.what + " " + of
	in, err := terminal(a, f.Stdin, what)
	if err != nil {
		return err
	}
	n := strings.Fields(of)[0]
	fmt.Fprintf(a.Stderr, "%s? Type %s to go on: ", what, n)
	answers := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(in).ReadString('\n') // no answer is none
		answers <- strings.TrimSpace(answer)
	}()
	select {
	case answer := <-answers:
		if answer == n {
			return nil
		}
		return fault.Errorf(fault.Input, "not done")
	case <-ctx.Done():
		return fault.Errorf(fault.Stopped, "stopped; nothing was done")
	}
}

// terminal returns standard input if somebody sits there to be asked about what.
func terminal(a *connect.To, stdinTaken bool, what string) (*os.File, error) {
	in, ok := a.Stdin.(*os.File)
	if !ok || stdinTaken || !term.IsTerminal(int(in.Fd())) {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "not done: %s, and nobody is there to ask", what), "say --yes")
	}
	return in, nil
}
