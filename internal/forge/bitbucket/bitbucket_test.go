package bitbucket_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/bitbucket"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/bitbucket"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string) forge.Forge {
	return forgetest.Open(t, bitbucket.Descriptor(), forgetest.Site{Wire: w, Base: "https://bitbucket.example/2.0"}, forge.Opening{Token: secret.New(token)})
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	return subjectBehind(t, seed, func(h http.Handler) http.Handler { return h })
}

// subjectBehind puts a handler in front of the stand-in.
func subjectBehind(t *testing.T, seed world.Seed, front func(http.Handler) http.Handler) *forgetest.Subject {
	stand := standin.New(world.New(seed))
	wire := forgetest.NewWire(stand.World, "bitbucket", front(stand))
	s := forgetest.On(&stand.Forge, "bitbucket", wire)
	s.Token = stand.Token(standin.Full)
	s.Forge, s.ReadOnly, s.Stranger = open(t, wire, s.Token), open(t, wire, stand.Token(standin.Read)), open(t, wire, "ATCTT3x00000000000000000000")
	s.Unknown, s.BadNames = []string{"topics", "properties", "archived"}, []string{"1ST"}
	s.Fold, s.Folded = func(reason string) { stand.Fold("acme", "api", 7, reason) }, func() []string { return stand.Folded("acme", "api", 7) }
	s.States = map[string]string{"pending": "INPROGRESS", "success": "SUCCESSFUL", "failure": "FAILED", "error": "FAILED"}
	s.Limits = []world.Fault{
		{Status: 429, Body: "Rate limit for this resource has been exceeded"},
		{Status: 429, Header: map[string]string{"Retry-After": "30", "X-RateLimit-Limit": "1000", "X-RateLimit-Resource": "api", "X-RateLimit-NearLimit": "true"}},
	}
	for _, p := range []struct {
		name, at string
		ref      forge.Ref
	}{
		{"repository", "acme/api", forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api"}},
		{"deployment", "acme/api/production", forge.Ref{Owner: "acme", Repo: "api", Environment: "production"}},
		{"workspace", "acme", forge.Ref{Owner: "acme"}},
	} {
		s.Places = append(s.Places, forgetest.Place{Name: p.name, Ref: p.ref, Many: 210, Value: func(name string) (string, bool) {
			text, secured, ok := stand.Value(p.at, name)
			return text, ok && secured
		}})
	}
	return s
}

// scene runs a test in virtual time, on a stand-in of its own and with a token that may do everything.
func scene(t *testing.T, run func(t *testing.T, stand *standin.Server, c forge.Forge)) {
	synctest.Test(t, func(t *testing.T) {
		stand := standin.New(world.New(world.DefaultSeed()))
		run(t, stand, open(t, forgetest.NewWire(stand.World, "bitbucket", stand), stand.Token(standin.Full)))
	})
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

func TestChangedAnswers(t *testing.T) { forgetest.Changed(t, subject) }

// An API token is sent with its user's e-mail address, an access token as a
// bearer; either is refused in the other's form.
func TestTokenForms(t *testing.T) {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "bitbucket", stand)
	ref := forge.Ref{Owner: "acme", Repo: "api"}
	api := stand.APIToken(standin.Full)
	if _, err := open(t, wire, "robin@acme.example:"+api).List(t.Context(), ref); err != nil {
		t.Errorf("with the address: %v", err)
	}
	_, err := bitbucket.Descriptor().Open(forge.Opening{Token: secret.New(api), TokenFrom: "BITBUCKET_TOKEN"})
	if fault.Of(err) != fault.Auth || !strings.Contains(err.Error(), "e-mail") || strings.Contains(err.Error(), api) {
		t.Errorf("alone: %v", err)
	}
	if _, err := open(t, wire, "robin:"+stand.Token(standin.Full)).List(t.Context(), ref); fault.Of(err) != fault.Auth {
		t.Errorf("an access token as a password: %v", err)
	}
}

// Bitbucket's limit is a line of text without a header that says how long.
func TestPlainLimit(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		stand.World.Turn(true, standin.Limited)
		time.AfterFunc(90*time.Second, func() { stand.World.Turn(false, standin.Limited) })
		start := time.Now()
		if _, err := c.List(t.Context(), forge.Ref{Owner: "acme", Repo: "api"}); err != nil || time.Since(start) < time.Minute {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// TestListsWithoutNext: where an answer counts more rows than it has come to, and names no next page, there is one.
func TestListsWithoutNext(t *testing.T) {
	for name, tt := range map[string]struct {
		pages []string
		want  bool
	}{
		"more follow":          {[]string{`"size":3,"page":1,"pagelen":2,"values":[{"uuid":"{1}","key":"A"},{"uuid":"{2}","key":"B"}]`, `"size":3,"page":2,"pagelen":2,"values":[{"uuid":"{3}","key":"TOKEN"}]`}, true},
		"all in full pages":    {[]string{`"size":2,"page":1,"pagelen":2,"values":[{"uuid":"{1}","key":"A"},{"uuid":"{2}","key":"B"}]`, `"values":[{"uuid":"{3}","key":"TOKEN"}]`}, false},
		"a count of who knows": {[]string{`"size":9,"page":1,"pagelen":2,"values":[{"uuid":"{1}","key":"A"}]`, `"values":[{"uuid":"{3}","key":"TOKEN"}]`}, false},
		"no number of page":    {[]string{`"size":9,"pagelen":1,"values":[{"uuid":"{1}","key":"A"}]`, `"values":[{"uuid":"{3}","key":"TOKEN"}]`}, false},
		"no count":             {[]string{`"values":[{"uuid":"{1}","key":"A"}]`, `"values":[{"uuid":"{3}","key":"TOKEN"}]`}, false},
	} {
		s := subjectBehind(t, world.DefaultSeed(), func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(r.URL.Query().Get("page"))
				_, _ = io.WriteString(w, "{"+tt.pages[max(n, 1)-1]+"}")
			})
		})
		if _, err := s.Forge.Stat(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}); (err == nil) != tt.want || err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Bitbucket's refusals: which scopes an access token needs and which an API
// token, whose scopes to write do not imply those to read.
func TestCapturedRefusals(t *testing.T) {
	denied := world.Fault{Status: 403, Body: `{"type":"error","error":{"message":"Your credentials lack one or more required privilege scopes.","detail":{"granted":["repository"],"required":["pipeline:variable"]}}}`}
	forgetest.Refusals(t, subject, []forgetest.Refusal{
		{To: "store", Answer: denied, Hint: "read:pipeline:bitbucket and admin:pipeline:bitbucket"},
		{To: "comment", Answer: denied, Hint: "read:pullrequest:bitbucket and write:pullrequest:bitbucket", Never: "pipeline"},
		{To: "status", Answer: denied, Hint: "read:repository:bitbucket and write:repository:bitbucket", Never: "pipeline"},
		{To: "list", Answer: world.Fault{Status: 401, Body: `{"type":"error","error":{"message":"Token is invalid, expired, or not supported for this endpoint."}}`}, Hint: "app passwords ended"},
	})
}

// TestProjectThatIsNotFiltered: a server that does not know the filter lists
// everything, which is not the project.
func TestProjectThatIsNotFiltered(t *testing.T) {
	seed := world.DefaultSeed()
	seed.Organizations[0].Repositories[0].Teams = []string{"mobile"}
	whole := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.RawQuery = "pagelen=100"
			h.ServeHTTP(w, r)
		})
	}
	for _, tt := range []struct {
		s    *forgetest.Subject
		fine bool
	}{{subject(t, seed), true}, {subjectBehind(t, seed, whole), false}} {
		n, failed := 0, error(nil)
		for r, err := range tt.s.Forge.Teams.TeamRepositories(t.Context(), "acme", "mobile") {
			if n++; err != nil {
				failed = err
			} else if r.Name != seed.Organizations[0].Repositories[0].Name && tt.fine {
				t.Errorf("%s is listed", r.Name)
			}
		}
		if n == 0 || (failed == nil) != tt.fine || !tt.fine && fault.Of(failed) != fault.Service {
			t.Errorf("%d, %v", n, failed)
		}
	}
}

// TestNextThatCannotBeRead: the rest of the list would seem not to be there.
func TestNextThatCannotBeRead(t *testing.T) {
	s := subjectBehind(t, world.DefaultSeed(), func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"values":[{"uuid":"{1}","slug":"api"}],"next":"https://api.bitbucket.org/%zz"}`)
		})
	})
	var failed error
	for _, err := range s.Forge.Repositories(t.Context(), "acme", forge.Filter{}) {
		failed = err
	}
	if fault.Of(failed) != fault.Service {
		t.Error(failed)
	}
}
