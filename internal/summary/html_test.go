package summary

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// pages writes the HTML report of a page into memory.
func pages(t *testing.T, h HTML) map[string]string {
	t.Helper()
	var mu sync.Mutex
	out := map[string]string{}
	h.Store = func(name string, page []byte) error {
		mu.Lock()
		defer mu.Unlock()
		out[name] = string(page)
		return nil
	}
	if err := WriteHTML(context.Background(), h); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHTML(t *testing.T) {
	r := coverage.New()
	f := r.File("src/a.go")
	f.Hit(1, 3)
	f.SetBranches(1, coverage.Branches{Covered: 1, Total: 2})
	f.Hit(2, 0)
	f.Hit(4, 1)
	r.Settle()
	out := pages(t, HTML{
		Page: sample(), Report: r, Changed: map[string][]int{"src/a.go": {2, 3}},
		Source: func(string) ([]byte, error) { return []byte("one<b>&\"\r\ntwo\u202e\n\x1b[31mthree\xff"), nil },
	})
	page := out["files/0.html"]
	for _, want := range []string{
		"<tr id=L1 class=p><td>1<td>3× 1/2<td><td>one&lt;b&gt;&amp;&#34;<i>1 of 2 branches never ran</i>\n",
		"<tr id=L2 class=u><td>2<td>0×<td>+<td>two<span class=x>U+202e</span>\n",
		"<tr id=L3><td>3<td><td>+<td><span class=x>U+1b</span>[31mthree<span class=x>U+ff</span>\n",
		"<tr id=L4 class=c><td>4<td>1×<td><td>\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page[strings.Index(page, "<tbody>"):])
		}
	}
	if !strings.Contains(out["index.html"], "✘ failed") {
		t.Error("no verdict on the first page")
	}
}

// TestHTMLHoldsHostileText checks that no text makes an element or an
// attribute of its own. That a browser sees it so too is checked by
// e2e/suites/pages.
func TestHTMLHoldsHostileText(t *testing.T) {
	tag := regexp.MustCompile(`<[!/a-zA-Z][^<>]*>|<|>`)
	value := regexp.MustCompile(`="[^"]*"`)
	shape := func(text string) string {
		start := strings.Index(text, `id="data">`) + len(`id="data">`)
		if start > len(`id="data">`) {
			size := strings.Index(text[start:], "</script>")
			var data any
			if err := json.Unmarshal([]byte(text[start:start+size]), &data); err != nil {
				t.Errorf("the data is no JSON: %v", err)
			}
			text = text[:start] + text[start+size:]
		}
		return value.ReplaceAllString(strings.Join(tag.FindAllString(text, -1), "\n"), "")
	}
	made := func(s string) map[string]string {
		r := coverage.New()
		r.File(s).Hit(1, 1)
		r.Settle()
		p := hostilePage(s)
		return pages(t, HTML{Page: p, Report: r, Source: func(string) ([]byte, error) { return nil, errors.New(s) }})
	}
	plain := func(s string) string { // as many folders, and a link where s is one
		scheme := regexp.MustCompile(`^https?://`).FindString(s)
		return scheme + regexp.MustCompile(`[^/]`).ReplaceAllString(s[len(scheme):], "x")
	}
	for _, s := range hostile() {
		got, want := made(s), made(plain(s))
		for _, name := range []string{"index.html", "files/0.html"} {
			if shape(got[name]) != shape(want[name]) {
				t.Errorf("%.40q changes the structure of %s", s, name)
			}
		}
	}
}

func TestTrend(t *testing.T) {
	got := trendSVG([]Point{{"Mon", 70}, {"Tue", 80.5}})
	for _, want := range []string{
		"Line coverage went from 70.0 % (Mon) to 80.5 % (Tue)", `<text x="0" y="14.0">80.5 %</text><text x="0" y="104.0">70.0 %</text>`,
		`points="45.0,100.0 590.0,10.0"`, `<circle cx="590.0" cy="10.0"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if flat := trendSVG([]Point{{"Mon", 70}, {"Tue", 70}}); strings.Count(flat, "<text") != 1 || strings.Contains(flat, "%!") {
		t.Error(flat)
	}
	if trendSVG([]Point{{"Mon", 70}}) != "" {
		t.Error("one point is no line")
	}
}

func TestBadgeAndTrendHoldHostileText(t *testing.T) {
	for _, s := range hostile() {
		svg := trendSVG([]Point{{s, 1}, {s, 2}})
		if strings.Contains(svg, "<script") || strings.Count(svg, "<svg") != 1 {
			t.Errorf("%.40q: %s", s, svg)
		}
	}
	for _, c := range []*Coverage{nil, {}, {Totals: coverage.Totals{Lines: coverage.Count{Covered: 1, Coverable: 3}}}} {
		var b strings.Builder
		if err := Badge(&b, c); err != nil {
			t.Fatal(err)
		}
		want := "unknown"
		if c != nil && c.Totals.Lines.Coverable > 0 {
			want = "33.3 %"
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("badge: %s", b.String())
		}
	}
}

func TestHTMLTellsOfWhatIsMissing(t *testing.T) {
	r := coverage.New()
	r.File("gone.go").Hit(7, 0)
	r.Settle()
	out := pages(t, HTML{Report: r, Source: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
	if page := out["files/0.html"]; !strings.Contains(page, "The source is not here: file does not exist") || !strings.Contains(page, "<tr id=L7 class=u>") {
		t.Error(page)
	}
	boom := errors.New("disk full")
	err := WriteHTML(context.Background(), HTML{Report: r, Source: func(string) ([]byte, error) { return nil, nil }, Store: func(string, []byte) error { return boom }})
	if !errors.Is(err, boom) {
		t.Errorf("err = %v", err)
	}
}

// TestHotspots: uncovered lines times commits; none where the table of files
// would say the same.
func TestHotspots(t *testing.T) {
	r := coverage.New()
	for name, lines := range map[string]int{"a.go": 2, "b.go": 5, "c.go": 1} {
		for n := 1; n <= lines; n++ {
			r.File(name).Hit(n, 0)
		}
	}
	names := func(touched map[string]int) (out []string) {
		h := HTML{Report: r, History: History{Touched: touched}}
		for _, s := range h.hotspots(r.Files()) {
			out = append(out, s.Name)
		}
		return out
	}
	if got := names(map[string]int{"a.go": 4, "b.go": 1, "c.go": 1}); strings.Join(got, " ") != "a.go b.go c.go" {
		t.Error(got)
	}
	if got := names(map[string]int{"a.go": 3, "b.go": 3, "c.go": 3}); got != nil {
		t.Error(got)
	}
}
