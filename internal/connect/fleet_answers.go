package connect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

const signedAnswers = "answers"

// AnswersFile is the file, beside the journal, of the forge's answers that later
// runs ask about only whether they changed.
func (f *Fleet) AnswersFile() string { return f.Journal + ".cache" }

// ReadAnswers hands the forge's client what an earlier run was answered. Whoever
// writes that file decides what this run sees, so it is believed only with this
// run's signature, its first line; without it everything is asked for again.
func (f *Fleet) ReadAnswers() {
	if f.answers == nil || f.Keys.Sign.Empty() {
		return
	}
	name := f.AnswersFile()
	text, err := input.Read(f.to.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		f.to.Say("%s cannot be read, so everything is asked for again: %v", name, err)
		return
	}
	signature, content, _ := bytes.Cut(text, []byte("\n"))
	keys := f.Keys
	keys.Unsigned = false // there is no need to believe what can be asked for
	err = keys.Verify(name, signedAnswers, content, string(signature))
	if err == nil {
		err = f.answers.Load(content)
	}
	if err != nil {
		f.to.Say("%v; it is dropped, and everything is asked for again", err)
	}
}

// KeepAnswers keeps the answers for the next run.
func (f *Fleet) KeepAnswers() {
	if f.answers == nil || f.Keys.Sign.Empty() {
		return
	}
	content, err := f.answers.Save()
	if err == nil && len(content) > 0 {
		err = f.to.WriteFile(f.AnswersFile(), func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s\n%s", f.Keys.Sign.Sign(signedAnswers, content), content)
			return err
		})
		if err == nil { // names of private repositories are nobody else's business
			err = os.Chmod(f.to.Path(f.AnswersFile()), 0o600)
		}
	}
	if err != nil && fault.Of(err) != fault.Stopped {
		f.to.Say("the forge's answers are not kept for the next run: %v", err)
	}
}
