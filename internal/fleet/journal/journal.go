// Package journal is the memory of the fleet: an append-only file of JSON
// lines that says what was about to be done and what was done, for people to
// read and for the next run to go on from. It holds names, numbers, times and
// sealed texts that only a forge can open; never a token.
//
// Every line ends in a checksum that covers the line and the checksum before
// it, so that a line changed, removed or swapped is noticed. A line is on disk
// (fsync) before Append returns. A file that was cut at any byte opens with all
// whole lines before the cut. One process at a time may hold it open to write.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// Kind says what an entry tells.
type Kind string

// The kinds. Of one repository's token they come in the order of this list.
const (
	Head     Kind = "journal"  // first line of a file
	Begin    Kind = "begin"    // a run starts
	Planned  Kind = "planned"  // a token of this name is about to be minted
	Minted   Kind = "minted"   // the service made it; Sealed holds what may be stored
	Storing  Kind = "storing"  // from here on a place may hold it
	Stored   Kind = "stored"   // Place holds it
	Verified Kind = "verified" // every place holds it and the service accepts it
	Retiring Kind = "retiring" // Token is to be revoked, not before NotBefore
	Revoked  Kind = "revoked"  // Token is gone
	Done     Kind = "done"     // nothing is left to do for the repository
	Failed   Kind = "failed"   // this try ended, Reason says why
	Adopted  Kind = "adopted"  // Token was found in use and is ours from now on
	Observed Kind = "observed" // the forge says Place was written at UpdatedAt
	Absent   Kind = "absent"   // no token of that name was found
	End      Kind = "end"      // a run ends
)

// Sealed is a token encrypted for one place; only its forge can open it.
type Sealed struct {
	Place string `json:"place"`
	KeyID string `json:"keyId"`
	Text  string `json:"text"`
}

// Entry is one line. Seq and Sum are given by Append.
type Entry struct {
	Seq       int64      `json:"seq"`
	At        time.Time  `json:"at"`
	Kind      Kind       `json:"kind"`
	Run       string     `json:"run,omitempty"`
	Subject   string     `json:"subject,omitempty"` // what the entry is about, stable under renaming
	Repo      string     `json:"repository,omitempty"`
	Token     string     `json:"token,omitempty"` // the service's id, never the value
	Name      string     `json:"name,omitempty"`
	Place     string     `json:"place,omitempty"`
	Places    []string   `json:"places,omitempty"`
	Known     []string   `json:"known,omitempty"` // ids that were there before a mint
	Sealed    []Sealed   `json:"sealed,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
	NotBefore *time.Time `json:"notBefore,omitempty"`
	UpdatedAt *time.Time `json:"updatedAt,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Plan      string     `json:"plan,omitempty"`    // digest of the plan a run follows
	Version   int        `json:"version,omitempty"` // of the file, in Head
	Sum       string     `json:"sum"`
}

// version of the format, in the first line.
const version = 1

const headNote = "Gatewright's fleet journal. It holds no secret. Do not edit: each line's sum covers the one before."

// Journal is a file open for appending. It is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	file    *os.File
	seq     int64
	sum     string
	last    time.Time
	broken  error
	entries []Entry
	torn    int
}

// ErrLocked says that another process holds the journal.
var ErrLocked = errors.New("another run holds the journal")

// Open opens the file to write, making it if it is not there, and reads what
// it holds. It fails if another process has it open, or if a whole line is
// damaged; an unfinished last line, left by a crash, is cut off.
func Open(path string) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fault.Errorf(fault.Input, "make the journal's directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Errorf(fault.Input, "open the journal: %w", err)
	}
	j := &Journal{file: f}
	if err := j.load(path); err != nil {
		_ = f.Close()
		return nil, err
	}
	return j, nil
}

func (j *Journal) load(path string) error {
	if err := lock(j.file); err != nil {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: %w", path, ErrLocked), "wait for it to end, or give this run a journal of its own with --journal")
	}
	text, err := io.ReadAll(j.file)
	if err != nil {
		return fault.Errorf(fault.Input, "read the journal: %w", err)
	}
	j.entries, j.torn, err = parse(path, text)
	if err != nil {
		return err
	}
	whole := int64(len(text) - j.torn)
	if j.torn > 0 {
		if err := j.file.Truncate(whole); err != nil {
			return fault.Errorf(fault.Input, "cut the journal's unfinished last line: %w", err)
		}
	}
	if _, err := j.file.Seek(whole, io.SeekStart); err != nil {
		return fault.Errorf(fault.Input, "%s: %w", path, err)
	}
	if n := len(j.entries); n > 0 {
		last := j.entries[n-1]
		j.seq, j.sum, j.last = last.Seq, last.Sum, last.At
		return nil
	}
	if err := j.Append(Entry{Kind: Head, At: time.Now().UTC().Truncate(time.Second), Version: version, Reason: headNote}); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Read reads a journal without holding it. A file that is not there is empty.
func Read(path string) ([]Entry, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Errorf(fault.Input, "read the journal: %w", err)
	}
	entries, _, err := parse(path, text)
	return entries, err
}

// Entries gives what the file held when it was opened. The caller must not change it.
func (j *Journal) Entries() []Entry { return j.entries }

// Torn is how many bytes of an unfinished last line Open cut off.
func (j *Journal) Torn() int { return j.torn }

// Append gives the entry its number and checksum and returns once it is on
// disk. After a failure the journal takes nothing more: what is not written
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
	line, sum, err := encode(e, j.sum)
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

// Position names the last line: what a plan remembers to see whether anything
// happened since.
func (j *Journal) Position() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return position(j.seq, j.sum)
}

// PositionOf is Position for entries that were read.
func PositionOf(entries []Entry) string {
	if len(entries) == 0 {
		return ""
	}
	last := entries[len(entries)-1]
	return position(last.Seq, last.Sum)
}

func position(seq int64, sum string) string { return fmt.Sprintf("%d:%s", seq, sum) }

// Path is where the file is.
func (j *Journal) Path() string { return j.file.Name() }

// Close lets the next run have the file.
func (j *Journal) Close() error { return j.file.Close() }

const sumLen = 16

// encode renders the line with its checksum as the last member.
func encode(e Entry, before string) (line []byte, sum string, err error) {
	e.Sum = ""
	text, err := json.Marshal(e)
	if err != nil {
		return nil, "", fault.Errorf(fault.Bug, "journal entry: %w", err)
	}
	body := bytes.TrimSuffix(text, []byte(`,"sum":""}`))
	sum = checksum(before, body)
	return fmt.Appendf(nil, "%s,\"sum\":\"%s\"}\n", body, sum), sum, nil
}

func checksum(before string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(before))
	h.Write([]byte{'\n'})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))[:sumLen]
}

// parse reads all whole lines. torn is how many bytes at the end are no line.
func parse(path string, text []byte) (entries []Entry, torn int, err error) {
	sum := ""
	for n := 1; len(text) > 0; n++ {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return entries, len(text), nil
		}
		e, err := decode(text[:end], sum)
		if err != nil {
			return nil, 0, fault.WithHint(fault.Errorf(fault.Input, "journal %s, line %d: %w", path, n, err),
				"restore the file from a copy; or start without it (another --journal): tokens are then found again by their names")
		}
		if e.Seq != int64(n) || (n == 1) != (e.Kind == Head) {
			return nil, 0, fault.Errorf(fault.Input, "journal %s, line %d: entry %d (%s) does not belong here", path, n, e.Seq, e.Kind)
		}
		if n == 1 && e.Version != version {
			return nil, 0, fault.Errorf(fault.Input, "journal %s has version %d; this program reads version %d", path, e.Version, version)
		}
		entries = append(entries, e)
		sum = e.Sum
		text = text[end+1:]
	}
	return entries, 0, nil
}

func decode(line []byte, before string) (Entry, error) {
	const open, end = `,"sum":"`, `"}`
	tail := len(open) + sumLen + len(end)
	if len(line) < tail || string(line[len(line)-tail:len(line)-tail+len(open)]) != open {
		return Entry{}, errors.New("not a journal line")
	}
	body := line[:len(line)-tail]
	want := string(line[len(line)-len(end)-sumLen : len(line)-len(end)])
	if checksum(before, body) != want {
		return Entry{}, errors.New("the checksum does not fit: the line, or one before it, was changed or removed")
	}
	var e Entry
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return Entry{}, err
	}
	return e, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil // a directory that cannot be opened cannot be synced; the file itself is
	}
	defer func() { _ = d.Close() }()
	_ = d.Sync() // not every file system syncs directories
	return nil
}
