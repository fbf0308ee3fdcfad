package world

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is one way for a stand-in to misbehave, asked for by a test.
type Fault struct {
	System string // "codacy", "github", …; "" any
	Method string // "" any
	Path   string // glob over the request's path; "" any
	Skip   int    // let so many matching requests pass first
	Times  int    // then misbehave so often; 0 is once, -1 always

	Status   int               // answer with this status instead of serving
	Header   map[string]string // of that answer; without a Status, beside the true one
	Body     string            // of that answer
	Delay    time.Duration     // wait first, or until the client stops waiting
	Reset    When              // cut the connection before or after the effect
	Truncate bool              // serve, but cut the body in half
	Met      func()            // told of each request that it is for; may be nil
}

// When is the moment a connection is cut.
type When int

// The moments.
const (
	NotReset When = iota
	BeforeEffect
	AfterEffect
)

// Faults are the misbehaviours still to come. Safe for concurrent use.
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Add asks for a misbehaviour.
func (f *Faults) Add(fault Fault) {
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
}

// Clear forgets all misbehaviours still to come.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

func (f *Faults) take(system string, r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.list {
		if !c.matches(system, r) || c.Times == 0 {
			continue
		}
		if c.Skip > 0 {
			c.Skip--
			continue
		}
		if c.Times > 0 {
			c.Times--
		}
		return c
	}
	return nil
}

func (c *Fault) matches(system string, r *http.Request) bool {
	if (c.System != "" && c.System != system) || (c.Method != "" && c.Method != r.Method) {
		return false
	}
	if c.Path == "" {
		return true
	}
	if prefix, ok := strings.CutSuffix(c.Path, "**"); ok {
		return strings.HasPrefix(r.URL.Path, prefix)
	}
	ok, _ := path.Match(c.Path, r.URL.Path)
	return ok
}

// Wrap puts the misbehaviours in front of a stand-in.
func (f *Faults) Wrap(system string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := f.take(system, r)
		if c == nil {
			next.ServeHTTP(w, r)
			return
		}
		c.serve(w, r, next)
	})
}

func (c *Fault) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if c.Met != nil {
		c.Met()
	}
	if c.Delay > 0 {
		// Read the body first: the server notices a client that went away only then.
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		select {
		case <-time.After(c.Delay):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case c.Reset == BeforeEffect:
		panic(http.ErrAbortHandler)
	case c.Reset == AfterEffect:
		Record(next, r)
		panic(http.ErrAbortHandler)
	case c.Truncate:
		rec := Record(next, r)
		maps.Copy(w.Header(), rec.header)
		w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()))
		w.WriteHeader(rec.Status)
		_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
		panic(http.ErrAbortHandler)
	case c.Status != 0:
		for k, v := range c.Header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(c.Status)
		_, _ = io.WriteString(w, c.Body)
	default: // headers beside the true answer
		for k, v := range c.Header {
			w.Header().Set(k, v)
		}
		next.ServeHTTP(w, r)
	}
}

// Recorder keeps an answer, to be looked at before it is sent.
type Recorder struct {
	Status int
	Body   bytes.Buffer
	header http.Header
}

// Record returns what h answers.
func Record(h http.Handler, r *http.Request) *Recorder {
	rec := &Recorder{Status: http.StatusOK, header: http.Header{}}
	h.ServeHTTP(rec, r)
	return rec
}

// Header returns the answer's headers.
func (r *Recorder) Header() http.Header { return r.header }

// WriteHeader keeps the status.
func (r *Recorder) WriteHeader(status int) { r.Status = status }

// Write keeps a part of the body.
func (r *Recorder) Write(part []byte) (int, error) { return r.Body.Write(part) }
