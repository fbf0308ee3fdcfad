package rest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
)

// rows are those of a list and what it ends with, taken up to most.
func rows[T any](list iter.Seq2[T, error], most int) (got []T, err error) {
	for row, e := range list {
		if e != nil {
			err = e
			continue
		}
		if got = append(got, row); len(got) == most {
			break
		}
	}
	return got, err
}

func TestPages(t *testing.T) {
	broken := errors.New("broken")
	var asked []string
	list := func(failAt string) iter.Seq2[string, error] {
		call := func(_ context.Context, r Request, out any) (*Response, error) {
			asked = append(asked, r.Query.Get("page"))
			if r.Query.Get("page") == failAt {
				return nil, broken
			}
			*out.(*string) = "row" + r.Query.Get("page")
			return nil, nil
		}
		return Pages(t.Context(), call, Request{Query: url.Values{"page": {"1"}}}, func(page string, _ Place) ([]string, url.Values, error) {
			if page == "row3" {
				return []string{page}, nil, nil
			}
			return []string{page, page + "b"}, url.Values{"page": {map[string]string{"row1": "2", "row2": "3"}[page]}}, nil
		})
	}
	for _, tt := range []struct {
		name, failAt string
		most         int
		want, asked  string
		err          error
	}{
		{"to its end", "", 0, "row1 row1b row2 row2b row3", "1 2 3", nil},
		{"no further than is wanted", "", 1, "row1", "1", nil},
		{"broken off", "2", 0, "row1 row1b", "1 2", broken},
	} {
		all := list(tt.failAt)
		for range 2 { // it begins again with the first page
			asked = nil
			got, err := rows(all, tt.most)
			if strings.Join(got, " ") != tt.want || strings.Join(asked, " ") != tt.asked || !errors.Is(err, tt.err) {
				t.Errorf("%s: %v, asked for %v, %v", tt.name, got, asked, err)
			}
		}
	}
}

// TestPlace: a page knows its number, the query that it was asked for with, and how
// many rows came before it, each time that the list is read.
func TestPlace(t *testing.T) {
	call := func(_ context.Context, r Request, out any) (*Response, error) {
		*out.(*[]string) = slices.Repeat([]string{"row of " + r.Query.Get("page")}, 3)
		return nil, nil
	}
	var places []string
	all := Pages(t.Context(), call, Request{Query: url.Values{"page": {"1"}, "per_page": {"3"}}}, func(page []string, at Place) ([]string, url.Values, error) {
		places = append(places, fmt.Sprint(at.Number, " ", at.Query.Encode(), " ", at.Seen))
		if at.Number == 3 {
			return page, nil, nil
		}
		return page, at.Numbered(), nil
	})
	want := []string{"1 page=1&per_page=3 0", "2 page=2&per_page=3 3", "3 page=3&per_page=3 6"}
	for range 2 {
		places = nil
		if got, err := rows(all, 0); err != nil || len(got) != 9 || !slices.Equal(places, want) {
			t.Errorf("%v, %v, want %v (%v)", got, places, want, err)
		}
	}
}

// TestNext: of an answer's links the next one's query counts, whatever else it holds.
func TestNext(t *testing.T) {
	for link, want := range map[string]string{
		"": "", `<https://x.example/a?page=1>; rel="prev", <https://x.example/a?page=1>; rel="first"`: "", `no link; rel="next"`: "", `<https://x.example/a?page=2`: "",
		`<https://x.example/a?page=2>; rel="next", <https://x.example/a?page=9>; rel="last"`: "page=2",
		`<https://x.example/a?page=1>; rel="prev",<https://y.example/b?page=3>;rel="next"`:   "page=3",
		`<https://x.example/a?topics=a,b&after=Y3Vyc29y%3D%3D&per_page=100>; rel="next"`:     "after=Y3Vyc29y%3D%3D&per_page=100&topics=a%2Cb",
		`<https://x.example/a?page=9>; title="the rel next one", </a?page=2>; rel="next"`:    "page=2",
		`<https://x.example/%zz?page=2>; rel="next"`:                                         "error", `<https://x.example/a>; rel="next"`: "error",
	} {
		next, err := (&Response{Header: http.Header{"Link": {link}}, url: "https://x.example/a"}).Next()
		if (err != nil) != (want == "error") || err == nil && next.Encode() != want || want == "" && next != nil {
			t.Errorf("%s: %v, %v", link, next, err)
		}
	}
	lines := http.Header{"Link": {`<https://x.example/a?page=1>; rel="first"`, `<https://x.example/a?page=2>; rel="next"`}}
	if next, err := (&Response{Header: lines}).Next(); err != nil || next.Encode() != "page=2" {
		t.Errorf("in lines of their own: %v, %v", next, err)
	}
}

func TestQuery(t *testing.T) {
	q := url.Values{"a": {"1"}, "b": {"2"}}
	if diff := cmp.Diff(url.Values{"a": {"1"}, "b": {"3"}, "c": {"4"}}, Query(q, "b", "3", "c", "4")); diff != "" || q.Get("b") != "2" {
		t.Errorf("%s, and %v", diff, q)
	}
}

// of is a list of numbers that ends with err, if there is one.
func of(err error, numbers ...int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for _, n := range numbers {
			if !yield(n, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

func TestLists(t *testing.T) {
	broken, absent := errors.New("broken"), &StatusError{Status: 404}
	even := func(n int) (int, bool) { return n * 10, n%2 == 0 }
	for _, tt := range []struct {
		name string
		list iter.Seq2[int, error]
		most int
		want []int
		err  error
	}{
		{"selected", Select(of(nil, 1, 2, 3, 4), even), 0, []int{20, 40}, nil},
		{"selected, the first", Select(of(nil, 1, 2, 3, 4), even), 1, []int{20}, nil},
		{"selected of a broken one", Select(of(broken, 2), even), 0, []int{20}, broken},
		{"failed", Failed[int](broken), 0, nil, broken},
		{"the first that is there", Or(of(nil, 1, 2), of(nil, 3)), 0, []int{1, 2}, nil},
		{"the first of that", Or(of(nil, 1, 2), of(nil, 3)), 1, []int{1}, nil},
		{"the second", Or(of(absent), of(nil, 3)), 0, []int{3}, nil},
		{"broken, and not absent", Or(of(broken), of(nil, 3)), 0, nil, broken},
		{"absent in the middle is broken", Or(of(absent, 1), of(nil, 3)), 0, []int{1}, absent},
	} {
		got, err := rows(tt.list, tt.most)
		if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, %s", tt.name, err, diff)
		}
	}
	if got, err := Collect(of(nil, 1, 2), even); err != nil || cmp.Diff([]int{20}, got) != "" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := Collect(of(nil), even); err != nil || got == nil || len(got) != 0 {
		t.Errorf("of nothing: %v, %v", got, err)
	}
	if got, err := Collect(of(broken, 2), even); !errors.Is(err, broken) || got != nil {
		t.Errorf("of a broken one: %v, %v", got, err)
	}
}

// TestLibraryFollowsItsOwnRules: a redirect that this client refuses is refused to a library too, and the library's own
// client follows none.
func TestLibraryFollowsItsOwnRules(t *testing.T) {
	s := &server{steps: []step{{status: 304, header: map[string]string{"Location": "https://y.example/"}}, {status: 302, header: map[string]string{"Location": "https://y.example/"}}}}
	lib := s.client(t).HTTP()
	if resp, err := lib.Get("https://x.example/a"); err != nil || resp.StatusCode != 304 {
		t.Errorf("%v", err)
	}
	if _, err := lib.Get("https://x.example/a"); err == nil || len(s.sent) != 2 {
		t.Errorf("%v, %q", err, s.sent)
	}
}

func TestMessagesAtTheirLimits(t *testing.T) {
	for body, want := range map[string]string{
		strings.Repeat("x", 300):        strings.Repeat("x", 300),
		strings.Repeat("x", 301):        strings.Repeat("x", 300) + "…",
		strings.Repeat("x", 299) + "ää": strings.Repeat("x", 299) + "…",
		`{"message":"no","errors":[{"message":"a"},{"code":"b"},{"message":"c"}]}`: "no; a; c",
	} {
		_, err := (&server{steps: []step{{status: 400, body: body}}}).client(t).Call(t.Context(), Request{}, nil)
		var e *StatusError
		if !errors.As(err, &e) || e.Message != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for most, fits := range map[int64]bool{10: true, 9: false} {
		_, err := (&server{steps: []step{{status: 200, body: "0123456789"}}}).client(t, func(cfg *Config) { cfg.MaxBody = most }).Call(t.Context(), Request{}, nil)
		if (err == nil) != fits {
			t.Errorf("10 bytes of at most %d: %v", most, err)
		}
	}
}

// TestPagesBreakOff: rows that came are taken, and that others may have been lost
// is an error.
func TestPagesBreakOff(t *testing.T) {
	lost := errors.New("no address of the next page")
	call := func(_ context.Context, _ Request, out any) (*Response, error) {
		*out.(*string) = "row"
		return nil, nil
	}
	got, err := rows(Pages(t.Context(), call, Request{}, func(page string, _ Place) ([]string, url.Values, error) { return []string{page}, nil, lost }), 0)
	if len(got) != 1 || !errors.Is(err, lost) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestPagesGoRound: a list that never ends is an error, whichever way it goes
// round, and a list whose pages are alike but for one row is none.
func TestPagesGoRound(t *testing.T) {
	for name, tt := range map[string]struct {
		pages []([]int)
		next  func(n int) string // the query after the nth page
		want  []int
		ends  bool
	}{
		"ends":                      {[][]int{{1, 2}, {1, 3}, {4}}, strconv.Itoa, []int{1, 2, 1, 3, 4}, true},
		"empty pages in between":    {[][]int{{1}, {}, {}, {2}}, strconv.Itoa, []int{1, 2}, true},
		"the same query again":      {[][]int{{1}, {2}, {3}}, func(int) string { return "1" }, []int{1, 2}, false},
		"a server without pages":    {[][]int{{1, 2}, {1, 2}, {1, 2}}, strconv.Itoa, []int{1, 2}, false},
		"a circle of new queries":   {[][]int{{1}, {}, {2}, {3}, {1}, {4}}, strconv.Itoa, []int{1, 2, 3}, false},
		"a circle that began later": {[][]int{{1}, {2}, {3}, {2}, {4}}, strconv.Itoa, []int{1, 2, 3}, false},
		"back to where it started":  {[][]int{{1}, {2}, {3}}, func(n int) string { return []string{"1", "", "1"}[n-1] }, []int{1, 2}, false},
	} {
		n := 0
		call := func(_ context.Context, _ Request, out any) (*Response, error) {
			*out.(*[]int) = tt.pages[n]
			n++
			return nil, nil
		}
		var got []int
		var failed error
		for row, err := range Pages(t.Context(), call, Request{Op: "list", Query: url.Values{"page": {""}}}, func(page []int, _ Place) ([]int, url.Values, error) {
			if n == len(tt.pages) {
				return page, nil, nil
			}
			return page, url.Values{"page": {tt.next(n)}}, nil
		}) {
			if err != nil {
				failed = err
				continue
			}
			got = append(got, row)
		}
		if !slices.Equal(got, tt.want) || tt.ends != (failed == nil) || !tt.ends && fault.Of(failed) != fault.Service {
			t.Errorf("%s: %v, %v; want %v, ended %v", name, got, failed, tt.want, tt.ends)
		}
	}
}

// TestPagesOfOddRows: rows that cannot be written as JSON are told apart as well.
func TestPagesOfOddRows(t *testing.T) {
	for _, second := range []int{10_000, 10_001} {
		years, n := []int{10_000, second}, 0
		call := func(_ context.Context, _ Request, out any) (*Response, error) {
			*out.(*time.Time) = time.Date(years[n], 1, 1, 0, 0, 0, 0, time.UTC)
			n++
			return nil, nil
		}
		got, err := rows(Pages(t.Context(), call, Request{}, func(page time.Time, _ Place) ([]time.Time, url.Values, error) {
			if n == 1 {
				return []time.Time{page}, url.Values{"page": {"2"}}, nil
			}
			return []time.Time{page}, nil, nil
		}), 0)
		if same := second == years[0]; (err != nil) != same || !same && len(got) != 2 {
			t.Errorf("%v: %v, %v", years, got, err)
		}
	}
}
