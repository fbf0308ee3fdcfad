package journal

import (
	"errors"
	"io/fs"
	"os"

	"github.com/gatewright/gatewright/internal/fault"
)

// Log takes entries; a *Journal is one.
type Log interface {
	Append(e Entry) error
}

// Session is a journal in use: what it held when it was opened, and where to
// write on. The zero Session is an empty journal that cannot be written.
type Session struct {
	Entries []Entry // not to be changed
	Log     Log     // nil: opened to be read
	Genuine bool    // signed by a key of this run: nobody else wrote it
}

// Signed reports whether the file names a key that signed it.
func (s Session) Signed() bool { return len(s.Entries) > 0 && s.Entries[0].Key != "" }

// Append writes an entry and returns once it is on disk.
func (s Session) Append(e Entry) error {
	if s.Log == nil {
		return fault.Errorf(fault.Bug, "the journal is not open for writing")
	}
	return s.Log.Append(e)
}

// Read reads a journal without locking it: a plan or a status may be made while a
// run writes. What that run is about to write is then missing, and its last line may
// be torn. A file that is not there is empty, and genuine where this run has a key:
// an empty journal claims nothing.
func Read(path string, keys Keys) (Session, error) {
	if err := regular(path); err != nil {
		return Session{}, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Session{Genuine: !keys.Sign.Empty()}, nil
	}
	if err != nil {
		return Session{}, fault.Errorf(fault.Input, "read the journal: %w", err)
	}
	c, err := parse(path, text, keys)
	if err != nil {
		return Session{}, err
	}
	return Session{Entries: c.entries, Genuine: c.genuine()}, nil
}

// regular refuses what is there and is no ordinary file: a pipe would be waited
// for, a device swallow what is written, and a run believe that it is on disk.
func regular(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // it is made, or opening it says why not
	}
	if !info.Mode().IsRegular() {
		return fault.WithHint(fault.Errorf(fault.Input, "journal %s is no ordinary file (%s)", path, info.Mode().Type()), "name a file with --journal")
	}
	return nil
}
