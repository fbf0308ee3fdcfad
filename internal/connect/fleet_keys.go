package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/secret"
)

// FleetKeys returns what signs a fleet's journal, plan and public keys:
// GATEWRIGHT_FLEET_KEY, or a key made from a credential that only the operator
// has. Whoever has none of these, and can write the files, is not believed.
func (a *To) FleetKeys(unsigned bool, credentials ...secret.Value) journal.Keys {
	k := journal.Keys{Unsigned: unsigned}
	own := secret.New(a.Env("GATEWRIGHT_FLEET_KEY"))
	before := secret.New(a.Env("GATEWRIGHT_FLEET_PREVIOUS_KEY"))
	a.Hide(own, before)
	for _, v := range append([]secret.Value{own}, append(credentials, before)...) {
		key := journal.KeyFrom(v)
		switch {
		case key.Empty():
		case k.Sign.Empty() && !v.Equal(before):
			k.Sign = key
		default:
			k.Previous = append(k.Previous, key)
		}
	}
	return k
}

// keyFile is the file of public keys beside the journal.
type keyFile struct {
	Keys      map[string]forge.Key `json:"keys"`
	Signature string               `json:"signature"`
}

const signedKeys = "public keys"

// readKeys hands the forge's client the public keys that an earlier run wrote.
// What is sealed with a key of somebody else's can be opened by them, so the
// file is believed only if it is signed; without it the keys are asked for again.
func (f *Fleet) readKeys() error {
	if f.cache == nil || f.Keys.Sign.Empty() {
		return nil
	}
	name := f.Journal + ".keys"
	text, err := input.Read(f.to.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var file keyFile
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		err = dec.Decode(&file)
	}
	if err != nil {
		f.to.Say("%s cannot be read, so public keys are asked for again: %v", name, err)
		return nil
	}
	keys := f.Keys
	keys.Unsigned = false // there is no need to believe what can be asked for
	if err := keys.Verify(name, signedKeys, keyContent(file.Keys), file.Signature); err != nil {
		f.to.Warn("%v; public keys are asked for again", err)
		return nil
	}
	f.cache.SetKeys(file.Keys)
	return nil
}

// KeepKeys keeps the public keys for the next run.
func (f *Fleet) KeepKeys() {
	if f.cache == nil || f.Keys.Sign.Empty() || len(f.cache.Keys()) == 0 {
		return
	}
	keys := f.cache.Keys()
	file := keyFile{Keys: keys, Signature: f.Keys.Sign.Sign(signedKeys, keyContent(keys))}
	err := f.to.WriteFile(f.Journal+".keys", func(w io.Writer) error { return json.NewEncoder(w).Encode(file) })
	if err != nil && fault.Of(err) != fault.Stopped {
		f.to.Say("public keys are not kept for the next run: %v", err)
	}
}

// keyContent is what the signature covers.
func keyContent(keys map[string]forge.Key) []byte {
	text, err := json.Marshal(keys) // sorted
	if err != nil {
		panic(err) // texts and maps always marshal
	}
	return text
}
