package match

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
)

func TestCountLines(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a": 1, "a\n": 1, "a\nb": 2, "\n\n": 2, "a\r\nb\r\n": 2, "a\rb": 2, "a\rb\r": 2, "a\r\rb": 3, "a\r\n\rb\n": 3,
	} {
		for name, least := range map[string]int{"all": 1000, "enough": 1} {
			n, err := CountLines(strings.NewReader(text), least)
			if err != nil || n != want && (name == "all" || n < 1 && want > 0) {
				t.Errorf("%q: %d, %v; want %d", text, n, err, want)
			}
			if n, _ := CountLines(iotest.OneByteReader(strings.NewReader(text)), 1000); n != want {
				t.Errorf("%q byte by byte: %d, want %d", text, n, want)
			}
		}
	}
	if n, err := CountLines(iotest.OneByteReader(strings.NewReader("a\nb\nc\n")), 2); n != 2 || err != nil {
		t.Errorf("two lines are enough: %d, %v", n, err)
	}
	if _, err := CountLines(iotest.ErrReader(io.ErrUnexpectedEOF), 2); err != io.ErrUnexpectedEOF {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// TestShortFiles has paths that were inferred: of a file that is too short, that of Kotlin's package alone keeps it, because
// Kotlin numbers the lines of inlined functions on.
func TestShortFiles(t *testing.T) {
	r := coverage.New()
	for _, p := range []string{"c/J.java", "c/K.kt", "/w/src/L.kt", "/w/src/empty.c", "/w/src/one.c"} {
		r.File(p).Hit(1, 1)
		if p != "/w/src/one.c" {
			r.File(p).Hit(5, 1)
		}
	}
	r.Settle()
	asked := map[string]int{}
	lines := func(want []Want) []int {
		n := make([]int, len(want))
		for i, w := range want {
			if asked[w.Path] = w.Least; w.Path != "b/src/empty.c" {
				n[i] = 3
			}
		}
		return n
	}
	tree := NewTree([]string{"app/src/main/java/c/J.java", "app/src/main/java/c/K.kt", "b/src/L.kt", "b/src/empty.c", "b/src/one.c"})
	for _, explain := range []bool{false, true} {
		_, found := tree.Report(r, Options{Lines: lines, Explain: explain})
		var got []string
		for _, m := range found {
			got = append(got, fmt.Sprintf("%s %s %s %d %v", m.Report, m.Path, m.How, m.Past(), m.Others()))
			if rules := m.Rules(); (rules != nil) != explain || m.How == Doubtful && explain && rules[len(rules)-1] != (Answer{"lines", m.Note}) {
				t.Errorf("%s: %v", m.Report, rules)
			}
		}
		if diff := cmp.Diff([]string{
			"/w/src/L.kt  doubtful 0 [b/src/L.kt]", "/w/src/empty.c  doubtful 0 [b/src/empty.c]", "/w/src/one.c b/src/one.c beginning 0 []",
			"c/J.java  doubtful 0 [app/src/main/java/c/J.java]", "c/K.kt app/src/main/java/c/K.kt package 1 []",
		}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"b/src/L.kt": 4, "b/src/empty.c": 4, "app/src/main/java/c/J.java": 4, "app/src/main/java/c/K.kt": 4}, asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

// TestLinesBeyondTheEnd has files of ten lines each, but for one that is not at
// hand.
func TestLinesBeyondTheEnd(t *testing.T) {
	lines := func(want []Want) []int {
		n := make([]int, len(want))
		for i, w := range want {
			if n[i] = 10; w.Path == "src/unknown.c" {
				n[i] = -1
			}
		}
		return n
	}
	r := coverage.New()
	for path, last := range map[string]int{
		"/repo/src/exact.c": 500, "/repo/src/last.c": 11, "/repo/src/unknown.c": 500, "/map/m.c": 500,
	} {
		r.File(path).Hit(1, 1)
		r.File(path).Hit(last, 1)
		r.File(path).Branch(last, 1, 1)
	}
	commit := NewTree([]string{"src/exact.c", "src/last.c", "src/unknown.c", "src/m.c", "src/guess.c", "src/short.c"})
	out, found := commit.Report(r, Options{Checkout: "/repo", Lines: lines, PathMaps: []PathMap{{"/map", "src"}}})
	last, past := map[string]int{}, map[string]int{}
	for _, f := range out.Files() {
		last[f.Path] = f.LastLine()
	}
	for _, m := range found {
		past[m.Path] = m.Past()
	}
	if diff := cmp.Diff(map[string]int{"src/exact.c": 1, "src/last.c": 11, "src/unknown.c": 500, "src/m.c": 500}, last); diff != "" {
		t.Errorf("last lines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"src/exact.c": 1, "src/last.c": 0, "src/unknown.c": 0, "src/m.c": 0}, past); diff != "" {
		t.Errorf("lines left out (-want +got):\n%s", diff)
	}
	if r.Lookup("/repo/src/exact.c").LastLine() != 500 {
		t.Error("the report that was matched has changed")
	}

	r = coverage.New()
	r.File("/app/src/guess.c").Hit(12, 1)
	r.File("/app/src/short.c").Hit(3, 1)
	out, found = commit.Report(r, Options{Lines: lines})
	if m := found[0]; m.How != Doubtful || m.Path != "" || !m.Unclear() || m.Flag() != "--path-map /app/src/guess.c=src/guess.c" ||
		!strings.HasSuffix(m.Reason(), "line 12 is beyond the end of src/guess.c, which has 10 lines") {
		t.Errorf("%+v: %s, %s", m, m.Reason(), m.Flag())
	}
	if out.Len() != 1 || out.Lookup("src/short.c") == nil {
		t.Errorf("%d files", out.Len())
	}
}
