package rest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Caller sends a request and decodes its answer, as Client.Call does. Providers
// whose requests need more put their own in its place.
type Caller func(ctx context.Context, r Request, out any) (*Response, error)

// Place is where in a list a page stands.
type Place struct {
	*Response            // that holds the page
	Query     url.Values // that it was asked for with
	Number    int        // of the page, from 1
	Seen      int        // rows of the pages before it
}

// Numbered returns the query of the next page where pages are asked for by number.
func (p Place) Numbered() url.Values { return Query(p.Query, "page", strconv.Itoa(p.Number+1)) }

// Pages reads a list to its end, one page when the rows of the one before have
// been taken. split returns the rows of a page and the query that the next one
// is asked for with, nil after the last, or why that cannot be told. The sequence
// ends after the first error: a list that breaks off is never one that is over. Nor
// is one that goes round, by a query that was asked before or by a page that came
// before under whatever query, as from a server that knows no pages and sends the
// first one always: it is an error, since what stands behind it is never seen.
func Pages[P, T any](ctx context.Context, call Caller, r Request, split func(page P, at Place) (rows []T, next url.Values, err error)) iter.Seq2[T, error] {
	begin := walking(ctx, call, r)
	return func(yield func(T, error) bool) {
		w := begin() // a sequence may be run again, from the first page
		for page := new(P); w.next(page); page = new(P) {
			rows, next, err := split(*page, w.at)
			if len(rows) > 0 && w.again(rows) {
				break
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			w.turn(len(rows), next, err)
		}
		if w.err != nil {
			yield(*new(T), w.err)
		}
	}
}

// walk is where Pages is: what is alike for every type of row, and so is compiled
// once.
type walk struct {
	call  func(r Request, out any) (*Response, error)
	ask   Request
	at    Place
	asked map[string]bool
	first any                        // rows of the first page that has some, until there is another
	known map[[sha256.Size]byte]bool // the pages that had rows
	over  bool
	err   error
}

func walking(ctx context.Context, call Caller, r Request) func() *walk {
	return func() *walk {
		return &walk{call: func(r Request, out any) (*Response, error) { return call(ctx, r, out) }, ask: r}
	}
}

// next reads the next page into page, and reports whether there was one.
func (w *walk) next(page any) bool {
	if !w.over {
		w.at.Query = w.ask.Query
		w.at.Number++
		w.at.Response, w.err = w.call(w.ask, page)
	}
	return !w.over && w.err == nil
}

// again reports whether a page with these rows came before, which is an error. Two
// without rows may be alike, and are not asked about.
func (w *walk) again(rows any) bool {
	if w.first == nil && w.known == nil {
		w.first = rows
		return false
	}
	if w.known == nil {
		w.known, w.first = map[[sha256.Size]byte]bool{pageKey(w.first): true}, nil
	}
	key := pageKey(rows)
	if w.known[key] {
		w.err = w.round()
	}
	w.known[key] = true
	return w.err != nil
}

// pageKey is a page's key, made of its rows: of what was read from JSON into their
// exported fields. Times that no calendar has cannot be written again.
func pageKey(rows any) [sha256.Size]byte {
	text, err := json.Marshal(rows)
	if err != nil {
		text = fmt.Append(nil, rows)
	}
	return sha256.Sum256(text)
}

// turn goes on from a page of n rows to the one that next asks for; with an error, or
// without a next page, the list is over.
func (w *walk) turn(n int, next url.Values, err error) {
	w.at.Seen += n
	if w.asked == nil {
		w.asked = map[string]bool{}
	}
	w.asked[w.ask.Query.Encode()] = true
	w.over, w.err, w.ask.Query = next == nil || err != nil, err, next
	if !w.over && w.asked[next.Encode()] {
		w.over, w.err = true, w.round()
	}
}

func (w *walk) round() error {
	return fault.Errorf(fault.Service, "%s: the server sent the same page twice", w.ask.Op)
}

// Next returns the query of the next page, as the answer's links name it (the Link
// header, RFC 8288), nil where they name none: where requests go is not for an answer
// to decide. The error is that it cannot be read.
func (r *Response) Next() (url.Values, error) {
	for links := joined(r.Header, "Link"); ; {
		_, after, _ := strings.Cut(links, "<")
		address, after, whole := strings.Cut(after, ">")
		if !whole {
			return nil, nil
		}
		words, _, _ := strings.Cut(after, "<")
		links = after
		if !strings.Contains(words, `rel="next"`) {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.RawQuery == "" {
			return nil, r.Unusable("%s answered with a link to the next page that cannot be read", r.what())
		}
		return u.Query(), nil
	}
}

// joined returns a header's value, which may stand in several lines (RFC 9110, section
// 5.3).
func joined(h http.Header, name string) string { return strings.Join(h.Values(name), ", ") }

// Query returns a copy of q, which may be nil, in which each of the names has the
// value that follows it. Pages ask with a query each and share none: a list that is
// begun again, or read twice at once, would go on where the other is.
func Query(q url.Values, set ...string) url.Values {
	out := url.Values{}
	maps.Copy(out, q)
	for pair := range slices.Chunk(set, 2) {
		out.Set(pair[0], pair[1])
	}
	return out
}

// Failed returns a list that could not be read at all.
func Failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) { yield(*new(T), err) }
}

// Select returns, row by row, what pick makes of the rows, without those that it leaves out.
func Select[T, U any](rows iter.Seq2[T, error], pick func(T) (u U, ok bool)) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(*new(U), err)
				return
			}
			if u, ok := pick(row); ok && !yield(u, nil) {
				return
			}
		}
	}
}

// Collect reads a list to its end and returns what pick makes of its rows, never
// nil; after an error nothing.
func Collect[T, U any](rows iter.Seq2[T, error], pick func(T) (u U, ok bool)) ([]U, error) {
	all := []U{}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		if u, ok := pick(row); ok {
			all = append(all, u)
		}
	}
	return all, nil
}

// Or returns the first list, or the second where the first is one of something
// that is not there (404): what a name stands for, many servers show only so.
func Or[T any](first, second iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		begun := false
		for row, err := range first {
			if !begun && Status(err) == StatusNotFound {
				second(yield)
				return
			}
			begun = true
			if !yield(row, err) {
				return
			}
		}
	}
}
