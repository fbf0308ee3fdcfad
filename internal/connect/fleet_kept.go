package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/rest"
)

// Kept is a file beside a fleet's journal with what an earlier run was answered:
// nothing that could not be asked for again. Whoever writes such a file decides
// what this run sees, and what is sealed with a public key of somebody else's can
// be opened by them. So it is believed only with this run's signature, its first
// line. A nil Kept keeps nothing.
type Kept struct {
	of     *Fleet
	ending string
	what   string // that is signed
	again  string // what is done where the file is not believed
	doubt  func(format string, args ...any)
	load   func(content []byte) error
	save   func() ([]byte, error) // no content: there is nothing to keep
}

// keptKeys keeps the public keys of the forge's stores.
func keptKeys(f *Fleet, keys forge.KeyCache) *Kept {
	if keys == nil {
		return nil
	}
	return &Kept{
		of: f, ending: ".keys", what: "public keys", again: "public keys are asked for again", doubt: f.to.Warn,
		load: func(content []byte) error {
			var known map[string]forge.Key
			if err := json.Unmarshal(content, &known); err != nil {
				return err
			}
			keys.SetKeys(known)
			return nil
		},
		save: func() ([]byte, error) {
			known := keys.Keys()
			if len(known) == 0 {
				return nil, nil
			}
			return json.Marshal(known)
		},
	}
}

// keptAnswers keeps the forge's answers that later runs ask about only whether they
// changed.
func keptAnswers(f *Fleet, cache *rest.Cache) *Kept {
	if cache == nil {
		return nil
	}
	return &Kept{
		of: f, ending: ".cache", what: "answers", again: "it is dropped, and everything is asked for again", doubt: f.to.Say,
		load: cache.Load, save: cache.Save,
	}
}

// Name is the file's, beside the journal.
func (k *Kept) Name() string { return k.of.Journal + k.ending }

// Read takes in what an earlier run kept.
func (k *Kept) Read() {
	if k == nil || k.of.Keys.Sign.Empty() {
		return
	}
	text, err := input.Read(k.of.to.Path(k.Name()))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	switch {
	case err != nil:
		err = fmt.Errorf("%s cannot be read: %w", k.Name(), err)
	case bytes.HasPrefix(text, []byte("{")): // JSON that held the signature
		err = fmt.Errorf("%s does not begin with a signature: an earlier version wrote it otherwise", k.Name())
	default:
		signature, content, _ := bytes.Cut(text, []byte("\n"))
		keys := k.of.Keys
		keys.Unsigned = false // there is no need to believe what can be asked for
		if err = keys.Verify(k.Name(), k.what, content, string(signature)); err == nil {
			err = k.load(content)
		}
	}
	if err != nil {
		k.doubt("%v; %s", err, k.again)
	}
}

// Keep keeps what there is for the next run.
func (k *Kept) Keep() {
	if k == nil || k.of.Keys.Sign.Empty() {
		return
	}
	content, err := k.save()
	if err == nil && len(content) > 0 {
		err = k.of.to.WriteFile(k.Name(), func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s\n%s", k.of.Keys.Sign.Sign(k.what, content), content)
			return err
		})
		if err == nil { // names of private repositories are nobody else's business
			err = os.Chmod(k.of.to.Path(k.Name()), 0o600)
		}
	}
	if err != nil && fault.Of(err) != fault.Stopped {
		k.of.to.Say("%s is not kept for the next run: %v", k.Name(), err)
	}
}
