// Package journal is the memory of the fleet: an append-only file of JSON
// lines that says what was about to be done and what was done, for people to
// read and for the next run to go on from. It holds names, numbers, times and
// sealed texts that only a forge can open; never a token.
//
// Every line ends in a checksum that covers the line and the checksum before
// it, so that a line changed, removed or swapped is noticed. With a Key the
// checksums are signatures: a line that somebody else wrote is noticed too. Only
// the end can be cut off unnoticed, as a crash does. A line is on disk (fsync)
// before Append returns. A file that was cut at any byte opens with all
// whole lines before the cut. One process at a time may hold it open to write.
package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// version of the format, in the first line.
const version = 1

const headNote = "Gatewright's fleet journal. It holds no secret. Do not edit: each line's sum covers the one before."

// Journal is a file open for appending. It is safe for concurrent use: the
// repositories of a run are worked on at once, and write into one journal.
type Journal struct {
	content // as it was opened; what is appended is not added
	file    *os.File
	path    string
	sign    Key // of the run; that of the file may be one of before

	mu     sync.Mutex
	last   Entry // whose number, checksum and time the next line follows
	broken error // of the write after which nothing is taken any more
}

// errLocked says that another process holds the journal.
var errLocked = errors.New("another run holds the journal")

// Open opens the file to write, making it if it is not there, readable for its
// owner alone, and reads what it holds. It fails if another process has it open, if a whole line is damaged,
// or if it is signed by none of the keys; an unfinished last line, left by a
// crash, is cut off. A journal that a previous key signed is signed anew.
func Open(path string, keys Keys) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fault.Errorf(fault.Input, "make the journal's directory: %w", err)
	}
	if err := regular(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Errorf(fault.Input, "open the journal: %w", err)
	}
	j := &Journal{file: f, path: path, sign: keys.Sign}
	if err := j.load(keys); err != nil {
		_ = f.Close()
		return nil, err
	}
	return j, nil
}

// take locks the file, which must still be the one of the name: a run that wrote the
// journal anew since it was opened has put another there, and what was appended to
// this one would be lost.
func (j *Journal) take() error {
	err := lock(j.file)
	if err == nil {
		mine, err1 := j.file.Stat()
		there, err2 := os.Stat(j.path)
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return nil
		}
		err = errLocked // somebody has put another in its place, or is about to
	}
	if errors.Is(err, errLocked) {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: %w", j.path, err), "wait for it to end, or give this run a journal of its own with --journal")
	}
	return fault.WithHint(fault.Errorf(fault.Input, "lock %s: %w", j.path, err),
		"the file system may have no locks, as some network file systems have not: without one two runs could write at once, so keep the journal on another")
}

// load locks the file before it reads it: what is read stays true, for nobody else
// writes until the lock is let go.
func (j *Journal) load(keys Keys) error {
	if err := j.take(); err != nil {
		return err
	}
	text, err := io.ReadAll(j.file)
	if err != nil {
		return fault.Errorf(fault.Input, "read the journal: %w", err)
	}
	if j.content, err = parse(j.path, text, keys); err != nil {
		return err
	}
	switch {
	case len(j.entries) == 0: // new, or not even its first line is whole
		if err := j.cut(0); err != nil {
			return err
		}
		j.key = keys.Sign
		if err := j.Append(head(j.key)); err != nil {
			return err
		}
		syncDir(filepath.Dir(j.path))
		return nil
	case !j.verified || j.key.ID() != keys.Sign.ID() && !j.key.Empty():
		return j.rewrite(j.entries[1:])
	default:
		j.last = j.entries[len(j.entries)-1]
		return j.cut(len(text) - j.torn)
	}
}

// cut leaves the whole lines of the file, and writes on behind them: half a line
// in the middle would make all behind it unreadable.
func (j *Journal) cut(whole int) error {
	if err := j.file.Truncate(int64(whole)); err != nil {
		return fault.Errorf(fault.Input, "cut the journal off behind its last whole line: %w", err)
	}
	if _, err := j.file.Seek(int64(whole), io.SeekStart); err != nil {
		return fault.Errorf(fault.Input, "%s: %w", j.path, err)
	}
	return nil
}

// head is the first line. It says so to people who open the file to mend it.
func head(k Key) Entry {
	note := headNote
	if k.Empty() {
		note = headNote + " It is not signed: keep it where nobody else can write."
	}
	return Entry{Kind: Head, At: time.Now().UTC().Truncate(time.Second), Version: version, Key: k.ID(), Reason: note}
}

// Session returns the journal in use: what it held when it was opened, to be
// written on. The caller must not change the entries.
func (j *Journal) Session() Session {
	return Session{Entries: j.entries, Log: j, Genuine: j.genuine()}
}

// Torn is how many bytes of an unfinished last line Open cut off.
func (j *Journal) Torn() int { return j.torn }

// Append sets the entry's number and checksum and returns once it is on disk.
// After a failure the journal takes nothing more: what is not written down must
// not be done, and what was half written would hide every line behind it.
func (j *Journal) Append(e Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	line, err := j.next(&e)
	if err != nil {
		return err
	}
	if err := j.write(line); err != nil {
		j.broken = fault.WithHint(fault.Errorf(fault.Input, "write the journal: %w", err),
			"nothing more is done without a journal; free the disk and run it again")
		return j.broken
	}
	j.last = e
	return nil
}

// next makes the entry the one after the last, and returns its line.
func (j *Journal) next(e *Entry) (line []byte, err error) {
	e.Seq = j.last.Seq + 1
	if e.At.Before(j.last.At) { // the clock went back; the order of the lines is the truth
		e.At = j.last.At
	}
	line, e.Sum, err = encode(j.key, *e, j.last.Sum)
	return line, err
}

// write puts text on disk: without fsync a machine that loses its power forgets
// what it was told that others did.
func (j *Journal) write(line []byte) error {
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	return j.file.Sync()
}

// PositionOf names the last line: what a plan remembers to see whether anything
// happened since. The checksum covers all lines before it.
func PositionOf(entries []Entry) string {
	if len(entries) == 0 {
		return ""
	}
	last := entries[len(entries)-1]
	return fmt.Sprintf("%d:%s", last.Seq, last.Sum)
}

// Path is where the file is.
func (j *Journal) Path() string { return j.path }

// Close lets the next run have the file.
func (j *Journal) Close() error { return j.file.Close() }

// syncDir makes the name of a new file last as its content does (fsync(2): a file's
// sync does not cover its entry in the directory). Where a directory cannot be
// opened or synced, as on Windows, the file itself still is.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
