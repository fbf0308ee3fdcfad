package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/fault"
)

// say tells the user something on stderr, unless they want quiet.
func (a *App) say(format string, args ...any) {
	if !a.Quiet {
		fmt.Fprintf(a.Stderr, format+"\n", args...)
	}
}

// warn tells the user something that should not be missed, quiet or not.
func (a *App) warn(format string, args ...any) {
	fmt.Fprintf(a.Stderr, "warning: "+format+"\n", args...)
}

// printJSON writes v to stdout, indented, as --output json promises.
func (a *App) printJSON(v any) error {
	a.answered = true
	enc := json.NewEncoder(a.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fault.Errorf(fault.Bug, "print: %w", err)
	}
	return nil
}

// color reports whether stdout is a terminal that wants colour (no-color.org).
func (a *App) color() bool {
	if a.Getenv("NO_COLOR") != "" || a.Getenv("TERM") == "dumb" {
		return false
	}
	f, ok := a.Voice.Out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// count is "1 file", "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
