package formats

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/scan"
)

// text is a report as UTF-8, its first bytes in head.
type text struct {
	head    []byte
	r       io.Reader
	entries []*zip.File // of a zip archive, which has no text of its own
}

func (t *text) Read(p []byte) (int, error) { return t.r.Read(p) }

// open steps through containers and encodings until there is text. No more
// than limit bytes come out of a container.
func open(r io.Reader, limit int64) (*text, error) {
	for depth := 0; ; depth++ {
		head, err := peek(&r, sniffed)
		if err != nil {
			return nil, err
		}
		switch {
		case bytes.HasPrefix(head, []byte("\x1f\x8b")):
			if depth == 2 {
				return nil, errors.New("gzip in gzip in gzip; not opened further")
			}
			z, err := gzip.NewReader(r)
			if err != nil {
				return nil, fmt.Errorf("gzip: %w", err)
			}
			r = &limited{r: z, left: limit, limit: limit}
			continue
		case bytes.HasPrefix(head, []byte("PK\x03\x04")):
			entries, err := unzip(r, limit)
			return &text{entries: entries}, err
		}
		if r, err = decode(r, head); err != nil {
			return nil, err
		}
		if head, err = peek(&r, sniffed); err != nil {
			return nil, err
		}
		return &text{head: head, r: r}, nil
	}
}

// peek reads up to n bytes and puts them back before r.
func peek(r *io.Reader, n int) ([]byte, error) {
	head := make([]byte, 0, n)
	for len(head) < n {
		m, err := (*r).Read(head[len(head):n])
		head = head[:len(head)+m]
		if err == io.EOF {
			*r = bytes.NewReader(head)
			return head, nil
		}
		if err != nil {
			return nil, err
		}
	}
	*r = io.MultiReader(bytes.NewReader(head), *r)
	return head, nil
}

// limited is a reader that fails once more than its limit has come.
type limited struct {
	r           io.Reader
	left, limit int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.limit > 0 {
		if l.left -= int64(n); l.left < 0 {
			return 0, fault.WithHint(fmt.Errorf("more than %d bytes once unpacked", l.limit), "--max-size raises the limit")
		}
	}
	return n, err
}

// unzip lists a zip archive, which has to be read whole for that.
func unzip(r io.Reader, limit int64) ([]*zip.File, error) {
	data, err := io.ReadAll(&limited{r: r, left: limit, limit: limit})
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	return archive.File, nil
}

// parseEntries reads the reports of a zip archive and merges them. What is no
// report is passed over; an archive without any is an error.
func parseEntries(name string, t *text, o Options) (*coverage.Report, string, error) {
	var reads []Read // of each format
	var entries []coverage.Entry
	format := ""
	left := o.limit()
	for _, e := range t.entries {
		if e.FileInfo().IsDir() || e.UncompressedSize64 == 0 {
			continue
		}
		inner := name + "!" + e.Name
		if left > 0 && e.UncompressedSize64 > uint64(left) {
			return nil, "", fault.WithHint(fault.Errorf(fault.Input, "%s: more than %d bytes once unpacked", inner, o.limit()), "--max-size raises the limit")
		}
		report, f, err := parseEntry(inner, e, left, o)
		if err != nil {
			return nil, f, err
		}
		if left > 0 {
			left = max(left-int64(e.UncompressedSize64), 1)
		}
		if report == nil {
			continue
		}
		format = f
		entries = append(entries, coverage.Entry{Path: e.Name, Format: f, Report: report})
		at := slices.IndexFunc(reads, func(r Read) bool { return r.Format == f })
		if at < 0 {
			at = len(reads)
			reads = append(reads, Read{Format: f, Report: coverage.New()})
		}
		reads[at].Report.Merge(report)
	}
	if format == "" {
		return nil, "", fault.Errorf(fault.Input, "%s: a zip archive without any coverage report; known: %s", name, names())
	}
	merged := Union(reads)
	merged.Settle()
	if merged.Entries = nil; len(entries) > 1 {
		merged.Entries = entries
	}
	return merged, format, nil
}

// parseEntry reads one file of an archive; the report is nil if it is none.
func parseEntry(inner string, e *zip.File, left int64, o Options) (*coverage.Report, string, error) {
	f, err := e.Open()
	if err != nil {
		return nil, "", fault.Errorf(fault.Input, "%s: %w", inner, err)
	}
	defer f.Close()
	entry, err := open(&limited{r: f, left: left, limit: left}, left)
	if err != nil {
		return nil, "", fault.As(fault.Input, fmt.Errorf("%s: %w", inner, err))
	}
	if entry.entries != nil || o.Format == "" && entry.sniff() == nil {
		return nil, "", nil
	}
	return parseText(inner, entry, o)
}

// decode returns r as UTF-8 without a byte order mark.
func decode(r io.Reader, head []byte) (io.Reader, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")), bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return scan.UTF8(r), nil
	case bytes.HasPrefix(head, []byte("<\x00")), bytes.HasPrefix(head, []byte("{\x00")), bytes.HasPrefix(head, []byte("m\x00o\x00")):
		return fromUTF16(r, unicode.LittleEndian), nil
	case bytes.HasPrefix(head, []byte("\x00<")), bytes.HasPrefix(head, []byte("\x00{")):
		return fromUTF16(r, unicode.BigEndian), nil
	}
	switch name := declared(head); name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16":
		return r, nil // a UTF-16 without any mark was read as bytes so far: it is UTF-8
	default:
		if e := latin(name); e != nil {
			return e.NewDecoder().Reader(r), nil
		}
		return nil, fmt.Errorf("the report is encoded as %q; expected utf-8, utf-16, or one byte for each character such as iso-8859-1 and windows-1252", name)
	}
}

// fromUTF16 reads UTF-16 as UTF-8. Half a pair becomes U+FFFD.
func fromUTF16(r io.Reader, order unicode.Endianness) io.Reader {
	return unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Reader(r)
}

// declared is the encoding in an XML declaration, in lower case.
func declared(head []byte) string {
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	_, after, ok := bytes.Cut(declaration, []byte("encoding"))
	after = bytes.TrimLeft(after, " \t\r\n=")
	if !ok || len(after) == 0 {
		return ""
	}
	value, _, _ := bytes.Cut(after[1:], after[:1])
	return strings.ToLower(string(value))
}

// latin returns the encoding of a name as XML has it, nil if it is none with a
// byte for each character: iso-8859-1 to 16, windows-1250 to 1258 and cp125x,
// latin1 to latin10, koi8-r, ibm850 and others.
func latin(name string) encoding.Encoding {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ToLower(s))
	}
	name = plain(name)
	if part, ok := strings.CutPrefix(name, "latin"); ok {
		// The tenth of the Latin alphabets is part 16 of ISO 8859, and so on.
		parts := map[string]string{"5": "9", "6": "10", "7": "13", "8": "14", "9": "15", "10": "16"}
		name = "iso8859" + cmp.Or(parts[part], part)
	}
	for _, alias := range [...][2]string{{"cp125", "windows125"}, {"ibm", "ibmcodepage"}, {"cp", "ibmcodepage"}} {
		if number, ok := strings.CutPrefix(name, alias[0]); ok {
			name = alias[1] + number
			break
		}
	}
	for _, e := range charmap.All {
		if c, ok := e.(fmt.Stringer); ok && plain(c.String()) == name {
			return e
		}
	}
	return nil
}
