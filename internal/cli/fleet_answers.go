package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

const signedAnswers = "answers"

// answersOf is the file, beside the journal, of the forge's answers that later
// runs ask about only whether they changed.
func answersOf(f *openedFleet) string { return f.journal + ".cache" }

// readAnswers hands the forge's client what an earlier run was answered. Whoever
// writes that file decides what this run sees, so it is believed only with this
// run's signature, its first line; without it everything is asked for again.
func readAnswers(a *connect.To, f *openedFleet) {
	if f.answers == nil || f.keys.Sign.Empty() {
		return
	}
	name := answersOf(f)
	text, err := input.Read(a.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		a.Say("%s cannot be read, so everything is asked for again: %v", name, err)
		return
	}
	signature, content, _ := bytes.Cut(text, []byte("\n"))
	keys := f.keys
	keys.Unsigned = false // there is no need to believe what can be asked for
	err = keys.Verify(name, signedAnswers, content, string(signature))
	if err == nil {
		err = f.answers.Load(content)
	}
	if err != nil {
		a.Say("%v; it is dropped, and everything is asked for again", err)
	}
}

// writeAnswers keeps the answers for the next run.
func writeAnswers(a *connect.To, f *openedFleet) {
	if f.answers == nil || f.keys.Sign.Empty() {
		return
	}
	content, err := f.answers.Save()
	if err == nil && len(content) > 0 {
		err = a.WriteFile(answersOf(f), func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s\n%s", f.keys.Sign.Sign(signedAnswers, content), content)
			return err
		})
		if err == nil { // names of private repositories are nobody else's business
			err = os.Chmod(a.Path(answersOf(f)), 0o600)
		}
	}
	if err != nil && fault.Of(err) != fault.Stopped {
		a.Say("the forge's answers are not kept for the next run: %v", err)
	}
}
