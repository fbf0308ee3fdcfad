package rest

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Cache keeps answers from run to run, so that a later request asks only whether
// anything changed: at GitHub the answer that nothing did, 304, costs none of the
// hour's quota. Only requests whose context Conditional made take part. What it
// holds is as confidential as the answers, and believed as they are: whoever can
// write it decides what is read. A nil *Cache keeps nothing. It is safe for
// concurrent use.
type Cache struct {
	mu   sync.Mutex
	kept map[string]kept // by address
	news bool            // something is not as Load read it
}

// kept is one answer.
type kept struct {
	Tag    string            `json:"tag"`              // the server's ETag
	Hashed bool              `json:"hashed,omitempty"` // Tag was found to be what hashTag computes
	Header map[string]string `json:"header,omitempty"` // those that a 304 may leave out
	Body   []byte            `json:"body"`
	Packed bool              `json:"packed,omitempty"` // Body is deflated
	Size   int               `json:"size,omitempty"`   // of the body, if it is
	Used   time.Time         `json:"used"`
}

const (
	cacheVersion = 1
	largestKept  = 4 << 20             // bytes of an answer that is kept
	packFrom     = 4 << 10             // bytes from which on it is deflated
	unusedFor    = 40 * 24 * time.Hour // what was not asked for as long is dropped
	usedWithin   = 7 * 24 * time.Hour  // a use that was noted so lately need not be noted again
)

// keptHeaders are those of an answer that its reader needs and a 304 may lack.
func keptHeaders() []string { return []string{"Content-Type", "Link", "X-Github-Sso"} }

type conditionalKey struct{}

// Conditional returns a context whose reading requests the client's Cache, if it
// has one, answers where the server says that nothing changed.
func Conditional(ctx context.Context) context.Context {
	return context.WithValue(ctx, conditionalKey{}, true)
}

// asked is a request on its way that the cache takes part in.
type asked struct {
	from kept // what a 304 stands for; Tag "" if there is nothing
	body []byte
}

// ask adds the condition to a request that is signed and ready to go: at GitHub
// the tag depends on the credential. It returns nil for one that is no business of
// the cache's.
func (c *Cache) ask(req *http.Request) *asked {
	if c == nil || req.Method != http.MethodGet || req.Context().Value(conditionalKey{}) == nil {
		return nil
	}
	c.mu.Lock()
	k, ok := c.kept[req.URL.String()]
	c.mu.Unlock()
	body, err := k.unpack()
	if !ok || err != nil { // a damaged one is as good as none
		return &asked{}
	}
	tag := k.Tag
	if k.Hashed {
		tag = `"` + hashTag(req, body) + `"`
	}
	req.Header.Set("If-None-Match", tag)
	return &asked{from: k, body: body}
}

// answer returns what the caller is to see of an answer: for a 304 what was kept,
// else the answer itself, which is kept once it was read to its end.
func (c *Cache) answer(req *http.Request, a *asked, resp *http.Response) *http.Response {
	switch {
	case a == nil || resp == nil:
	case resp.StatusCode == http.StatusNotModified && a.from.Tag != "":
		_ = resp.Body.Close()
		for name, value := range a.from.Header {
			if resp.Header.Get(name) == "" {
				resp.Header.Set(name, value)
			}
		}
		resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
		if time.Since(a.from.Used) > usedWithin {
			a.from.Used = time.Now().UTC()
			c.keep(req, a.from)
		}
	case resp.StatusCode == http.StatusOK && resp.Header.Get("Etag") != "":
		resp.Body = &keptBody{ReadCloser: resp.Body, cache: c, req: req, resp: resp}
	}
	return resp
}

func (c *Cache) keep(req *http.Request, k kept) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]kept{}
	}
	c.kept[req.URL.String()] = k
	c.news = true
}

// keptBody keeps an answer when it has been read to its end.
type keptBody struct {
	io.ReadCloser
	cache *Cache
	req   *http.Request
	resp  *http.Response
	read  bytes.Buffer
}

// Read notes what it returns. An answer that is cut short is never kept: its
// reader sees another error than EOF.
func (b *keptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.read.Len() <= largestKept {
		b.read.Write(p[:n])
	}
	if err == io.EOF && b.read.Len() <= largestKept {
		tag := b.resp.Header.Get("Etag")
		k := kept{Tag: tag, Hashed: bare(tag) == hashTag(b.req, b.read.Bytes()), Header: map[string]string{}, Used: time.Now().UTC()}
		for _, name := range keptHeaders() {
			if value := joined(b.resp.Header, name); value != "" {
				k.Header[name] = value
			}
		}
		k.pack(b.read.Bytes())
		b.cache.keep(b.req, k)
	}
	return n, err
}

// hashTag computes an ETag as api.github.com was seen to (github.com/bored-engineer/
// github-conditional-http-transport, February 2025; undocumented): the hash of the
// request's Accept and Authorization and of the body. With it an answer that
// another token got is asked for by the next one, as an App's is every hour. It is
// used only for answers whose ETag it explained; should GitHub's change, each such
// request costs what it would without a cache.
func hashTag(req *http.Request, body []byte) string {
	h := sha256.New()
	for _, name := range []string{"Accept", "Authorization", "Cookie"} {
		if value := req.Header.Get(name); value != "" {
			_, _ = io.WriteString(h, value+":")
		}
	}
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// bare is an ETag without its quotes and its mark of weakness.
func bare(tag string) string { return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) }

// pack takes the body, smaller if it is long: thousands of pages are held in
// memory for a whole run.
func (k *kept) pack(body []byte) {
	k.Body = bytes.Clone(body)
	if len(body) < packFrom {
		return
	}
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestSpeed) // the level is a legal one
	if _, err := w.Write(body); err == nil && w.Close() == nil {
		k.Body, k.Packed, k.Size = packed.Bytes(), true, len(body)
	}
}

func (k kept) unpack() ([]byte, error) {
	if !k.Packed {
		return k.Body, nil
	}
	return readBounded(flate.NewReader(bytes.NewReader(k.Body)), int64(k.Size), largestKept)
}

// cacheFile is how a Cache is kept, compressed.
type cacheFile struct {
	Version int             `json:"version"`
	Kept    map[string]kept `json:"kept"`
}

// Save returns the cache for Load, without what was not used for long; nil if it
// is empty, or still is what Load read. No credential can be found from it.
func (c *Cache) Save() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.news {
		return nil, nil
	}
	file := cacheFile{Version: cacheVersion, Kept: map[string]kept{}}
	for address, k := range c.kept {
		if time.Since(k.Used) < unusedFor {
			file.Kept[address] = k
		}
	}
	if len(file.Kept) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // a legal one
	err := errors.Join(json.NewEncoder(w).Encode(file), w.Close())
	return out.Bytes(), err
}

// Load replaces what the cache holds by what Save returned. After an error it
// holds nothing.
func (c *Cache) Load(saved []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.news = nil, false
	r, err := gzip.NewReader(bytes.NewReader(saved))
	if err != nil {
		return err
	}
	var file cacheFile
	if err := json.NewDecoder(io.LimitReader(r, largestCache)).Decode(&file); err != nil {
		return err
	}
	if file.Version == cacheVersion {
		c.kept = file.Kept
	}
	return nil
}

// largestCache bounds what is read of a saved cache, unpacked.
const largestCache = 1 << 30
