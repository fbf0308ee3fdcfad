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

// Journal is a file open for appending. It is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	file    *os.File
	path    string
	key     Key // of the file
	sign    Key // of the run
	seq     int64
	sum     string
	last    time.Time
	broken  error
	entries []Entry
	torn    int
	genuine bool
}

// ErrLocked says that another process holds the journal.
var ErrLocked = errors.New("another run holds the journal")

// Open opens the file to write, making it if it is not there, and reads what
// it holds. It fails if another process has it open, if a whole line is damaged,
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
	if err := j.load(path, keys); err != nil {
		_ = f.Close()
		return nil, err
	}
	return j, nil
}

func (j *Journal) load(path string, keys Keys) error {
	if err := lock(j.file); err != nil {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: %w", path, ErrLocked), "wait for it to end, or give this run a journal of its own with --journal")
	}
	text, err := io.ReadAll(j.file)
	if err != nil {
		return fault.Errorf(fault.Input, "read the journal: %w", err)
	}
	c, err := parse(path, text, keys)
	if err != nil {
		return err
	}
	j.entries, j.torn, j.key = c.entries, c.torn, c.key
	whole := int64(len(text) - j.torn)
	switch {
	case len(j.entries) == 0: // new, or not even its first line is whole
		return j.begin(path, keys.Sign)
	case !c.verified || c.key.ID() != keys.Sign.ID() && !c.key.Empty():
		return j.rewrite(path, keys.Sign, j.entries[1:])
	case j.torn > 0:
		if err := j.file.Truncate(whole); err != nil {
			return fault.Errorf(fault.Input, "cut the journal's unfinished last line: %w", err)
		}
	}
	if _, err := j.file.Seek(whole, io.SeekStart); err != nil {
		return fault.Errorf(fault.Input, "%s: %w", path, err)
	}
	last := j.entries[len(j.entries)-1]
	j.seq, j.sum, j.last, j.genuine = last.Seq, last.Sum, last.At, !j.key.Empty()
	return nil
}

// begin writes the first line of an empty file.
func (j *Journal) begin(path string, k Key) error {
	if err := j.file.Truncate(0); err != nil {
		return fault.Errorf(fault.Input, "begin the journal: %w", err)
	}
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return fault.Errorf(fault.Input, "%s: %w", path, err)
	}
	j.key, j.genuine = k, !k.Empty()
	if err := j.Append(head(k)); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

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
	return Session{Entries: j.entries, Log: j, Genuine: j.genuine}
}

// Torn is how many bytes of an unfinished last line Open cut off.
func (j *Journal) Torn() int { return j.torn }

// Append sets the entry's number and checksum and returns once it is on disk. After a failure the journal takes nothing more: what is not written
// down must not be done.
func (j *Journal) Append(e Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	e.Seq = j.seq + 1
	if e.At.Before(j.last) { // the clock went back; the order of the lines is the truth
		e.At = j.last
	}
	line, sum, err := encode(j.key, e, j.sum)
	if err != nil {
		return err
	}
	if err := j.write(line); err != nil {
		j.broken = fault.WithHint(fault.Errorf(fault.Input, "write the journal: %w", err),
			"nothing more is done without a journal; free the disk and run it again")
		return j.broken
	}
	j.seq, j.sum, j.last = e.Seq, sum, e.At
	return nil
}

func (j *Journal) write(line []byte) error {
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	return j.file.Sync()
}

// PositionOf names the last line: what a plan remembers to see whether anything
// happened since.
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

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil // a directory that cannot be opened cannot be synced; the file itself is
	}
	defer func() { _ = d.Close() }()
	_ = d.Sync() // not every file system syncs directories
	return nil
}
