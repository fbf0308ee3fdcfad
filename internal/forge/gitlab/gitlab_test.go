package gitlab_test

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/gitlab"
	standin "github.com/gatewright/gatewright/internal/sandbox/gitlab"
	standinwire "github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string, o forge.WriteOptions) forge.Forge {
	return forgetest.Open(t, gitlab.Descriptor(), forgetest.Site{Wire: w, Base: "https://gitlab.example/api/v4"}, forge.Opening{Token: secret.New(token), Write: o})
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	return subjectBehind(t, seed, func(h http.Handler) http.Handler { return h })
}

// subjectBehind puts a handler in front of the stand-in.
func subjectBehind(t *testing.T, seed world.Seed, front func(http.Handler) http.Handler) *forgetest.Subject {
	stand := standin.New(world.New(seed))
	wire := forgetest.NewWire(stand.World, "gitlab", front(stand))
	o := forge.WriteOptions{Masked: true}
	reset := strconv.FormatInt(time.Now().Add(31*time.Second).Unix(), 10)
	s := forgetest.On(&stand.Forge, "gitlab", wire)
	s.Token, s.Events = stand.Token(standin.Owner), [2]string{"push", "merge_request_event"}
	s.Forge, s.ReadOnly, s.Stranger = open(t, wire, s.Token, o), open(t, wire, stand.Token(standin.Developer), o), open(t, wire, "glpat-00000000000000000000", o)
	s.Unknown, s.States = []string{"properties"}, map[string]string{"failure": "failed", "error": "failed"}
	s.Intrude = func(body string) { stand.Intrude("acme", "api", 7, body) }
	s.Limits = []world.Fault{
		{Status: 429, Header: map[string]string{"Retry-After": "30", "RateLimit-Limit": "2000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset}, Body: "Retry later"},
		{Status: 429, Header: map[string]string{"RateLimit-Limit": "2000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset}, Body: "Retry later"},
		{Status: 429, Body: "Retry later"},
	}
	for _, p := range []struct {
		name, at, scope string
		ref             forge.Ref
	}{
		{"project", "projects/acme/api", "*", forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api"}},
		{"project environment", "projects/acme/api", "production", forge.Ref{Owner: "acme", Repo: "api", Environment: "production"}},
		{"group", "groups/acme", "*", forge.Ref{Owner: "acme"}},
	} {
		s.Places = append(s.Places, forgetest.Place{Name: p.name, Ref: p.ref, Value: func(name string) (string, bool) {
			v, ok := stand.Variable(p.at, name, p.scope)
			return v.Value, ok
		}})
	}
	return s
}

// scene runs a test in virtual time, on a stand-in of its own and with a token of an owner.
func scene(t *testing.T, run func(t *testing.T, stand *standin.Server, c forge.Forge)) {
	synctest.Test(t, func(t *testing.T) {
		stand := standin.New(world.New(world.DefaultSeed()))
		run(t, stand, open(t, forgetest.NewWire(stand.World, "gitlab", stand), stand.Token(standin.Owner), forge.WriteOptions{}))
	})
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

func TestChangedAnswers(t *testing.T) { forgetest.Changed(t, subject) }

// A variable that people can read becomes hidden only by delete and create;
// that is planned as such, and others with the same key stay.
func TestHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		wire := forgetest.NewWire(w, "gitlab", stand)
		token := stand.Token(standin.Owner)
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		plain, hidden := open(t, wire, token, forge.WriteOptions{Masked: true}), open(t, wire, token, forge.WriteOptions{Hidden: true})
		put := func(f forge.Forge, ref forge.Ref, value string, want forge.Written) {
			t.Helper()
			if got, err := f.Put(t.Context(), ref, secret.New(value)); err != nil || got != want {
				t.Fatalf("put: %v, %v; want %v", got, err, want)
			}
		}
		plan := func(f forge.Forge, want forge.Change) {
			t.Helper()
			if got, err := f.Plan(t.Context(), ref); err != nil || got != want {
				t.Errorf("plan: %v, %v; want %v", got, err, want)
			}
		}
		other := ref
		other.Environment = "production"
		put(plain, other, "value-of-production", forge.Created)
		put(plain, ref, "first-value-12345", forge.Created)
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "*"); v != (standin.Variable{Value: "first-value-12345", Masked: true, Raw: true}) {
			t.Errorf("made as %+v", v)
		}
		plan(hidden, forge.Recreate)
		put(hidden, ref, "second-value-12345", forge.Replaced)
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "*"); !v.Hidden || v.Value != "second-value-12345" {
			t.Errorf("made as %+v", v)
		}
		plan(hidden, forge.Replace)
		plan(plain, forge.Replace)
		put(plain, ref, "third-value-12345", forge.Replaced)
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "*"); !v.Hidden || v.Value != "third-value-12345" {
			t.Errorf("replaced as %+v", v)
		}
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "production"); v.Value != "value-of-production" {
			t.Errorf("production holds %+v", v)
		}
	})
}

// What GitLab cannot mask is refused before anything is sent.
func TestMaskedValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		wire := forgetest.NewWire(w, "gitlab", stand)
		token := stand.Token(standin.Owner)
		masked, bare := open(t, wire, token, forge.WriteOptions{Masked: true}), open(t, wire, token, forge.WriteOptions{})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		for _, value := range []string{"short", "with space inside", "with\nlines inside"} {
			if _, err := masked.Put(t.Context(), ref, secret.New(value)); fault.Of(err) != fault.Input {
				t.Errorf("%q: %v", value, err)
			}
		}
		if sent := wire.Sent(); len(sent) != 0 {
			t.Errorf("sent %v", sent)
		}
		forgetest.Put(t, bare, ref, "short")
	})
}

// GitLab Free stores a group's variable of one environment for every
// environment, and answers 201: it is taken back and refused.
func TestGroupScopeWithoutPremium(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		stand.World.Turn(true, standin.Free)
		c := open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Owner), forge.WriteOptions{Masked: true})
		ref := forge.Ref{Owner: "acme", Environment: "production", Name: "TOKEN"}
		_, err := c.Put(t.Context(), ref, secret.New("some-value-12345"))
		if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "Premium") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
		if _, there := stand.Variable("groups/acme", "TOKEN", "*"); there {
			t.Error("it is stored for every environment")
		}
		ref.Environment = ""
		forgetest.Put(t, c, ref, "some-value-12345")
	})
}

// A status that is set already is no error; one that may not follow the present
// one is.
func TestRefusedTransition(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		head := stand.World.Repository("acme", "api").PullRequest(7).Head
		for _, tc := range []struct {
			state string
			fine  bool
		}{{"running", true}, {"running", true}, {"pending", false}, {"success", true}, {"success", true}, {"failure", true}, {"failure", true}} {
			err := c.SetStatus(t.Context(), forge.Commit{Owner: "acme", Repo: "api", SHA: head}, forge.Status{Context: "gatewright/gate", State: tc.state})
			if (err == nil) != tc.fine {
				t.Errorf("%s: %v", tc.state, err)
			}
		}
	})
}

// On a protected branch a developer sets no status.
func TestStatusOfProtectedBranch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		commit := forge.Commit{Owner: "acme", Repo: "api", SHA: w.Repository("acme", "api").PullRequest(7).Head}
		c := open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Developer), forge.WriteOptions{})
		set := func() error {
			return c.SetStatus(t.Context(), commit, forge.Status{Context: "gatewright/gate", State: "success"})
		}
		if err := set(); err != nil {
			t.Error(err)
		}
		stand.Protected = []string{w.Repository("acme", "api").Commit(commit.SHA).Branch}
		if err := set(); fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "Maintainer") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
	})
}

// A variable of the type file stays one, longer values than GitLab takes are
// never sent, and a transferred project is not written to under its old name.
func TestOddVariables(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seed := world.DefaultSeed()
		seed.Organizations = append(seed.Organizations, world.SeedOrganization{Name: "elsewhere"})
		w := world.New(seed)
		stand := standin.New(w)
		token := stand.Token(standin.Owner)
		wire := forgetest.NewWire(w, "gitlab", stand)
		c := open(t, wire, token, forge.WriteOptions{})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		standinwire.Want(t, standinwire.Ask(stand, "POST /api/v4/projects/acme%2Fapi/variables", `{"key":"TOKEN","value":"x","variable_type":"file"}`, "Private-Token: "+token, "Content-Type: application/json"), standinwire.Wanted{Status: 201, Part: `"file"`}, "POST /api/v4/projects/acme%2Fapi/variables")
		forgetest.Put(t, c, ref, "some-value-12345")
		standinwire.Want(t, standinwire.Ask(stand, "GET /api/v4/projects/acme%2Fapi/variables/TOKEN", "", "Private-Token: "+token), standinwire.Wanted{Status: 200, Part: `"file"`}, "GET /api/v4/projects/acme%2Fapi/variables/TOKEN")
		if stat, err := c.Stat(t.Context(), ref); err != nil || !strings.HasPrefix(stat.Note, "a file: jobs see a path") {
			t.Errorf("nothing is said of the file: %+v, %v", stat, err)
		}
		before := len(wire.Sent())
		if _, err := c.Put(t.Context(), ref, secret.New(strings.Repeat("x", 10_001))); fault.Of(err) != fault.Input || len(wire.Sent()) != before {
			t.Errorf("too long: %v, %d requests", err, len(wire.Sent())-before)
		}
		w.Move("acme", "web", "elsewhere", "web")
		if err := c.CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "web", Name: "TOKEN"}); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "transferred") {
			t.Errorf("transferred: %v", err)
		}
	})
}

// Before 15.7 GitLab masks only some characters, and refuses the rest without
// saying why: the refusal keeps its words and its kind.
func TestStrictMasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seed := world.DefaultSeed()
		seed.Quirks = []string{"gitlab-strict-masks"}
		w := world.New(seed)
		stand := standin.New(w)
		c := open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Owner), forge.WriteOptions{Masked: true})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		forgetest.Put(t, c, ref, "codacy-0123456789abcdef")
		_, err := c.Put(t.Context(), ref, secret.New("with{braces}#and%more"))
		if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "--no-masked") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
	})
}

// Beyond 50,000 projects GitLab refuses to list: a part is never taken for all. Nor
// is it where a proxy takes away the header that says that more follow.
func TestMoreThanGitLabLists(t *testing.T) {
	for _, c := range []struct {
		name   string
		offset int
		front  func(http.Handler) http.Handler
		whole  bool
	}{
		{"all", 50_000, func(h http.Handler) http.Handler { return h }, true},
		{"refused", 100, func(h http.Handler) http.Handler { return h }, false},
		{"header taken away", 50_000, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(headless{w}, r) })
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seed := world.DefaultSeed()
				for i := range 150 {
					seed.Organizations[0].Repositories = append(seed.Organizations[0].Repositories, world.SeedRepository{Name: "p" + strconv.Itoa(i)})
				}
				w := world.New(seed)
				stand := standin.New(w)
				stand.MaxOffset = c.offset
				f := open(t, forgetest.NewWire(w, "gitlab", c.front(stand)), stand.Token(standin.Owner), forge.WriteOptions{})
				n, last := 0, error(nil)
				for _, err := range f.Repositories(t.Context(), "acme", forge.Filter{}) {
					if last = err; err == nil {
						n++
					}
				}
				want := map[bool]int{true: len(seed.Organizations[0].Repositories), false: 100}[c.whole]
				if n != want || (last == nil) != c.whole || !c.whole && (fault.Of(last) != fault.Input || !strings.Contains(fault.Hint(last), "subgroups")) {
					t.Errorf("%d listed, %v (hint %q)", n, last, fault.Hint(last))
				}
			})
		})
	}
}

// TestTopicsInAnyCase: GitLab has one topic for all spellings, and its list knows only the one that was first.
func TestTopicsInAnyCase(t *testing.T) {
	seed := world.DefaultSeed()
	seed.Organizations[0].Repositories[0].Topics = []string{"Backend"}
	for topic, f := range map[string]forge.Filter{"of all": {Topics: []string{"backend"}}, "of some": {AnyTopics: []string{"BACKEND", "x"}}} {
		n := 0
		for r, err := range subject(t, seed).Forge.Repositories(t.Context(), "acme", f) {
			if err != nil || r.Topics[0] != "Backend" {
				t.Fatal(r, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%s: %d", topic, n)
		}
	}
}

// TestJobBeingCanceled: its after_script still has the old value. A GitLab that does not
// know the state refuses the word, and has no such job.
func TestJobBeingCanceled(t *testing.T) {
	for _, knows := range []bool{true, false} {
		s := subjectBehind(t, world.DefaultSeed(), func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch asked := slices.Contains(r.URL.Query()["scope[]"], "canceling"); {
				case asked && !knows:
					w.WriteHeader(400)
					_, _ = io.WriteString(w, `{"error":"scope does not have a valid value"}`)
				case asked:
					_, _ = io.WriteString(w, `[{"id":7,"status":"canceling","created_at":"2026-01-01T00:00:00Z"}]`)
				default:
					_, _ = io.WriteString(w, "[]")
				}
			})
		})
		run, err := s.Forge.Runs.OpenRun(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, time.Now())
		if err != nil || (run != nil) != knows {
			t.Errorf("known %v: %v, %v", knows, run, err)
		}
	}
}

// headless sends no X-Next-Page.
type headless struct{ http.ResponseWriter }

// WriteHeader sends the others.
func (h headless) WriteHeader(status int) {
	h.Header().Del("X-Next-Page")
	h.ResponseWriter.WriteHeader(status)
}

func TestForgeOtherwise(t *testing.T) {
	forgetest.Quirks(t, subject, "gitlab-listed-permissions gitlab-moved-404", "gitlab-strict-masks")
}

// Whether a list of projects has permissions, and whether a project's old path
// is followed, no source settles: nothing is refused for lack of a level, and a
// transferred project is never written to under its old name.
func TestProjectsEitherWay(t *testing.T) {
	for _, other := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			seed := world.DefaultSeed()
			seed.Organizations = append(seed.Organizations, world.SeedOrganization{Name: "elsewhere"})
			w := world.New(seed)
			stand := standin.New(w)
			stand.World.Turn(other, standin.Listed, standin.Moved404)
			c := open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Owner), forge.WriteOptions{})
			for r, err := range c.Repositories(t.Context(), "acme", forge.Filter{}) {
				if err != nil || r.Writable == r.Archived {
					t.Errorf("listed %v: %s writable %v, %v", other, r.Name, r.Writable, err)
				}
			}
			developer := open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Developer), forge.WriteOptions{})
			if err := developer.CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}); fault.Of(err) != fault.Auth {
				t.Errorf("listed %v: a developer: %v", other, err)
			}
			anew := func() forge.Forge { // as a later run
				return open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Owner), forge.WriteOptions{})
			}
			w.Faults.Add(world.Fault{Path: "/api/v4/projects/acme/docs", Status: 200, Body: `{"id":1,"path":"docs","path_with_namespace":"acme/docs","permissions":{"project_access":null,"group_access":null}}`})
			if err := anew().CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "docs", Name: "TOKEN"}); err != nil {
				t.Errorf("listed %v: an administrator, who has no level: %v", other, err)
			}
			w.Faults.Clear()
			w.Faults.Add(world.Fault{Path: "/api/v4/projects/acme/docs", Status: 200, Body: `{"id":1,"path":"docs","path_with_namespace":"acme/docs","permissions":{"project_access":{"access_level":10},"group_access":null}}`})
			if err := anew().CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "docs", Name: "TOKEN"}); err != nil {
				t.Errorf("listed %v: a guest of a custom role that manages variables: %v", other, err)
			}
			w.Faults.Clear()
			w.Move("acme", "web", "elsewhere", "web")
			ref := forge.Ref{Owner: "acme", Repo: "web", Name: "TOKEN"}
			if err := anew().CanWrite(t.Context(), ref); fault.Of(err) != fault.Input {
				t.Errorf("followed %v: %v", !other, err)
			}
			if _, there := stand.Variable("projects/elsewhere/web", "TOKEN", "*"); there {
				t.Error("written at another owner's")
			}
		})
	}
}

// GitLab's refusals, as captured: of a job's own token, of one that was revoked,
// and of one that may too little.
func TestCapturedRefusals(t *testing.T) {
	forgetest.Refusals(t, subject, []forgetest.Refusal{
		{To: "comment", Answer: world.Fault{Status: 401, Body: `{"message":"401 Unauthorized"}`}, Hint: "CI_JOB_TOKEN"},
		{To: "store", Answer: world.Fault{Status: 401, Body: `{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}`}, Hint: "GITLAB_TOKEN"},
		{To: "store", Answer: world.Fault{Status: 403, Body: `{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}`}, Hint: "scope api"},
		{To: "store", Answer: world.Fault{Status: 403, Body: `{"error":"insufficient_granular_scope","error_description":"Access denied: This operation requires a fine-grained personal access token with the following project permissions: [Project: Read]."}`}, Hint: "permissions that GitLab names", Never: "scope api"},
		{To: "status", Answer: world.Fault{Status: 403, Body: `{"message":"403 Forbidden"}`}, Hint: "protected branches", Never: "variables"},
	})
}

// A project whose CI/CD is switched off, or its repository with it, has no
// variables: that is no lack of rights.
func TestSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seed := world.DefaultSeed()
		seed.Organizations[0].Repositories[0].NoCI = true
		w := world.New(seed)
		stand := standin.New(w)
		anew := func() forge.Forge {
			return open(t, forgetest.NewWire(w, "gitlab", stand), stand.Token(standin.Owner), forge.WriteOptions{})
		}
		name := seed.Organizations[0].Repositories[0].Name
		for r, err := range anew().Repositories(t.Context(), "acme", forge.Filter{}) {
			if err != nil || r.NoCI != (r.Name == name) || r.NoCI && !r.Writable {
				t.Errorf("%+v, %v", r, err)
			}
		}
		ref := forge.Ref{Owner: "acme", Repo: name, Name: "TOKEN"}
		if err := anew().CanWrite(t.Context(), ref); fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "switch it on") {
			t.Errorf("%v, hint %q", err, fault.Hint(err))
		}
		if _, err := anew().Put(t.Context(), ref, secret.New("a-value-of-some-length")); fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "switched off") {
			t.Errorf("%v, hint %q", err, fault.Hint(err))
		}
		w.Faults.Add(world.Fault{Path: "/api/v4/projects/acme/docs", Status: 200, Body: `{"id":1,"path":"docs","path_with_namespace":"acme/docs","builds_access_level":"enabled","repository_access_level":"disabled"}`})
		if err := anew().CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "docs", Name: "TOKEN"}); fault.Of(err) != fault.Auth {
			t.Error(err)
		}
	})
}
