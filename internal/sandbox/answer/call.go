package answer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Call is one request to the stand-in of a service, read to its end.
type Call struct {
	W    http.ResponseWriter
	R    *http.Request
	Body []byte
}

// Read serves a request under the world's lock. Of its body at most one byte
// more than max is read.
func Read(world *world.World, max int64, serve func(Call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, max+1))
		if err != nil {
			return // the client went away
		}
		world.Lock()
		defer world.Unlock()
		serve(Call{w, r, body})
	}
}

// JSON answers with v.
func (c Call) JSON(status int, v any) {
	c.W.Header().Set("Content-Type", "application/json")
	c.W.WriteHeader(status)
	_ = json.NewEncoder(c.W).Encode(v) // the client may be gone
}

// IsJSON reports whether the request says that its body is JSON.
func (c Call) IsJSON() bool {
	t, _, err := mime.ParseMediaType(c.R.Header.Get("Content-Type"))
	return err == nil && t == "application/json"
}

// Decode reads the body into v, refusing fields that v lacks: what no contract
// names, no client may send.
func (c Call) Decode(v any) error {
	dec := json.NewDecoder(bytes.NewReader(c.Body))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// Page answers with a page of HTML, as what stands before a service does.
func (c Call) Page(status int, title, below string) {
	c.W.Header().Set("Content-Type", "text/html")
	c.W.WriteHeader(status)
	_, _ = fmt.Fprintf(c.W, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n%s</body>\r\n</html>\r\n", title, title, below)
}
