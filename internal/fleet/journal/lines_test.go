package journal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// golden is a journal as version 1 writes it, signed with the key of signed: files of earlier releases stay readable.
const golden = `{"seq":1,"at":"2026-11-21T12:00:00Z","kind":"journal","reason":"Gatewright's fleet journal.","version":1,"key":"f751386e","sum":"28117dfe896d0e1f"}
{"seq":2,"at":"2026-11-21T12:00:07Z","kind":"minted","subject":"github:1","token":"7","sum":"466df93b8e1fa809"}
`

func TestFilesOfEarlierReleasesAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	if err := os.WriteFile(path, []byte(golden), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Read(path, signed())
	if err != nil {
		t.Fatal(err)
	}
	want := Entry{Seq: 2, At: at(7), Kind: Minted, Subject: "github:1", Token: "7", Sum: s.Entries[1].Sum}
	if diff := cmp.Diff(want, s.Entries[1]); diff != "" || !s.Genuine || !s.Signed() {
		t.Errorf("genuine %v, signed %v, %s", s.Genuine, s.Signed(), diff)
	}
}

// sealedLines are the lines of a journal whose sums fit what they hold, true or not.
func sealedLines(t *testing.T, k Key, bodies ...string) string {
	t.Helper()
	var text strings.Builder
	sum := ""
	for _, body := range bodies {
		sum = checksum(k, sum, []byte(body))
		text.WriteString(body + `,"sum":"` + sum + "\"}\n")
	}
	return text.String()
}

// TestLinesThatDoNotBelong: a line is refused for what it is, also where no checksum is compared because the operator says
// that the file is to be believed.
func TestLinesThatDoNotBelong(t *testing.T) {
	const (
		time  = `"at":"2026-11-21T12:00:00Z",`
		sum   = `,"sum":"0123456789abcdef"}` + "\n"
		first = `{"seq":1,` + time + `"kind":"journal","version":1`
		lost  = `{"seq":1,` + time + `"kind":"journal","version":1,"key":"01234567"` + sum // signed with a key that is gone
		done  = `{"seq":2,` + time + `"kind":"done"`
	)
	believed := signed()
	believed.Unsigned = true
	for name, tt := range map[string]struct {
		keys Keys
		text string
		want string
	}{
		"no first line":         {Keys{}, sealedLines(t, Key{}, `{"seq":1,`+time+`"kind":"done"`), "entry 1 (done) does not belong here"},
		"two first lines":       {Keys{}, sealedLines(t, Key{}, first, `{"seq":2,`+time+`"kind":"journal","version":1`), "entry 2 (journal) does not belong here"},
		"a number left out":     {Keys{}, sealedLines(t, Key{}, first, `{"seq":3,`+time+`"kind":"done"`), "entry 3 (done) does not belong here"},
		"a later version":       {Keys{}, sealedLines(t, Key{}, `{"seq":1,`+time+`"kind":"journal","version":2`), "has version 2; this program reads version 1"},
		"a field of a later":    {Keys{}, sealedLines(t, Key{}, first, done+`,"undo":true`), "undo"},
		"one in the first line": {Keys{}, sealedLines(t, Key{}, first+`,"undo":true`), "undo"},
		"lost key, no sum":      {believed, lost + `{"seq":2,"kind":"done"}` + "\n", "line 2: not a journal line"},
		"lost key, empty":       {believed, lost + "\n" + done + sum, "line 2: not a journal line"},
		"lost key, two values":  {believed, lost + `{"seq":2,"kind":"done"} {"seq":3` + sum, "line 2: not a journal line"},
		"lost key, no object":   {believed, lost + `["seq"` + sum, "line 2: not a journal line"},
		"lost key, no JSON":     {believed, lost + `{"seq":2,` + sum, "line 2: "},
		"lost key, wrong type":  {believed, lost + `{"seq":2,` + time + `"kind":"done","places":1` + sum, "line 2: "},
		"signed, without key":   {Keys{}, golden, "is signed with key"},
	} {
		_, err := parse("j", []byte(tt.text), tt.keys)
		if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if c, err := parse("j", []byte(lost+done+sum), believed); err != nil || len(c.entries) != 2 || c.verified {
		t.Errorf("believed: %d entries, verified %v, %v", len(c.entries), c.verified, err)
	}
}

func TestUnsignedFilesSaySo(t *testing.T) {
	for name, tt := range map[string]struct {
		keys Keys
		want bool
	}{"unsigned": {Keys{}, true}, "signed": {signed(), false}} {
		path := filepath.Join(t.TempDir(), "j")
		j := mustOpen(t, path, tt.keys)
		j.Close()
		text := mustRead(t, path)
		if strings.Contains(string(text), "It is not signed") != tt.want {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestWhatCannotBeWrittenLeavesTheFileAsItIs: a time without a form in JSON is the one thing an entry cannot say.
func TestWhatCannotBeWrittenLeavesTheFileAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	write(t, path, 1)
	before := mustRead(t, path)
	j := mustOpen(t, path, signed())
	defer j.Close()
	never := Entry{At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), Kind: Done}
	if err := j.Append(never); fault.Of(err) != fault.Bug {
		t.Errorf("append: %v", err)
	}
	if err := j.Rewrite([]Entry{never}); fault.Of(err) != fault.Bug {
		t.Errorf("rewrite: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("%v\n%s", err, after)
	}
}

func TestVerifySaysWhatIsWrong(t *testing.T) {
	k := signed()
	for want, signature := range map[string]string{
		"is not signed":  "",
		"is not genuine": Keys{Sign: KeyFrom(secret.New("another"))}.Sign.Sign("plan", nil),
	} {
		if err := k.Verify("p", "plan", nil, signature); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestPositionOf(t *testing.T) {
	if p := PositionOf(nil); p != "" {
		t.Errorf("of nothing: %q", p)
	}
	if p := PositionOf([]Entry{{Seq: 1, Sum: "a"}, {Seq: 2, Sum: "b"}}); p != "2:b" {
		t.Errorf("%q", p)
	}
}

// encoded is compared instead of the entries themselves where only what the file says counts.
func encoded(t *testing.T, entries []Entry) string {
	t.Helper()
	text, err := json.MarshalIndent(entries, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
