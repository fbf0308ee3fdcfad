package gitea_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/gitea"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// real is a Gitea that runs beside the test: e2e/suites/gitea starts one and
// says where. Everything in it may be thrown away.
type real struct {
	url   string
	admin string // token of the server's administrator
}

func realGitea(t *testing.T) real {
	t.Helper()
	r := real{os.Getenv("GATEWRIGHT_REAL_GITEA"), os.Getenv("GATEWRIGHT_REAL_GITEA_TOKEN")}
	if r.url == "" {
		t.Skip("GATEWRIGHT_REAL_GITEA names no server: e2e/suites/gitea starts one")
	}
	return r
}

// transport has no connections that outlive a request, which a bubble of
// virtual time would wait for.
func transport() *http.Transport { return &http.Transport{DisableKeepAlives: true} }

// ask sends a request as the administrator, or with the header given, and
// demands one of the statuses.
func (r real) ask(t testing.TB, method, path, body string, header http.Header, statuses ...int) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "token "+r.admin)
	maps.Copy(req.Header, header)
	resp, err := transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(statuses, resp.StatusCode) {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	return text
}

// user makes a user and returns a token of it.
func (r real) user(t testing.TB, name string) string {
	t.Helper()
	r.ask(t, "POST", "/admin/users", fmt.Sprintf(`{"username":%q,"email":"%s@example.invalid","password":"throw-away-1","must_change_password":false}`, name, name), nil, 201)
	req, err := http.NewRequest("GET", r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(name, "throw-away-1")
	var out struct {
		Token string `json:"sha1"`
	}
	text := r.ask(t, "POST", "/users/"+name+"/tokens", `{"name":"suite","scopes":["all"]}`, req.Header, 201)
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out.Token
}

// as is the header of another token.
func as(token string) http.Header { return http.Header{"Authorization": {"token " + token}} }

var count atomic.Int64 // names differ from case to case

// scene is an organization with the repository api and its pull request, an
// owner, and an administrator of the repository who is none.
type scene struct {
	org, owner, ownerToken, adminToken string
	number                             int
	head                               string
}

func (r real) scene(t testing.TB) scene {
	t.Helper()
	id := fmt.Sprintf("%d-%d", os.Getpid(), count.Add(1))
	s := scene{org: "org-" + id, owner: "owner-" + id}
	s.ownerToken, s.adminToken = r.user(t, s.owner), r.user(t, "admin-"+id)
	r.ask(t, "POST", "/orgs", fmt.Sprintf(`{"username":%q}`, s.org), as(s.ownerToken), 201)
	r.ask(t, "POST", "/orgs/"+s.org+"/repos", `{"name":"api","auto_init":true,"default_branch":"main"}`, as(s.ownerToken), 201)
	at := "/repos/" + s.org + "/api"
	r.ask(t, "PUT", at+"/collaborators/admin-"+id, `{"permission":"admin"}`, as(s.ownerToken), 204)
	r.ask(t, "POST", at+"/contents/new.txt", `{"content":"eA==","message":"Retry lost payments","new_branch":"retry-payments"}`, as(s.ownerToken), 201)
	var pull struct {
		Number int
		Head   struct{ SHA string }
	}
	text := r.ask(t, "POST", at+"/pulls", `{"head":"retry-payments","base":"main","title":"Retry lost payments"}`, as(s.ownerToken), 201)
	if err := json.Unmarshal(text, &pull); err != nil {
		t.Fatal(err)
	}
	s.number, s.head = pull.Number, pull.Head.SHA
	return s
}

// front carries requests to the real server, so that the suite can put faults
// in between.
func (r real) front() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		out, err := http.NewRequestWithContext(in.Context(), in.Method, r.url+in.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		out.Header = in.Header.Clone()
		resp, err := transport().RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer func() { _ = resp.Body.Close() }()
		maps.Copy(w.Header(), resp.Header)
		w.Header().Del("Date") // a bubble has a time of its own
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
}

func (r real) open(t testing.TB, w *forgetest.Wire, token string) forge.Forge {
	return forgetest.Open(t, gitea.Descriptor(), forgetest.Site{Wire: w, Base: r.url + "/api/v1"}, forge.Opening{Token: secret.New(token)})
}

// clear takes out what an earlier case left.
func (r real) clear(t testing.TB, s scene) {
	t.Helper()
	for _, at := range []string{"/repos/" + s.org + "/api", "/orgs/" + s.org} {
		for {
			var list []struct{ Name string }
			if err := json.Unmarshal(r.ask(t, "GET", at+"/actions/secrets?limit=50", "", as(s.ownerToken), 200), &list); err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				r.ask(t, "DELETE", at+"/actions/secrets/"+e.Name, "", as(s.ownerToken), 204)
			}
			if len(list) == 0 {
				break
			}
		}
	}
	var comments []struct{ ID int64 }
	at := "/repos/" + s.org + "/api/issues"
	if err := json.Unmarshal(r.ask(t, "GET", fmt.Sprintf("%s/%d/comments", at, s.number), "", nil, 200), &comments); err != nil {
		t.Fatal(err)
	}
	for _, c := range comments {
		r.ask(t, "DELETE", fmt.Sprintf("%s/comments/%d", at, c.ID), "", as(s.ownerToken), 204)
	}
}

func (r real) subject(t *testing.T, seed world.Seed, s scene) *forgetest.Subject {
	r.clear(t, s)
	w := world.New(seed)
	wire := forgetest.NewWire(w, "gitea", r.front())
	at := "/repos/" + s.org + "/api"
	sub := &forgetest.Subject{
		Forge: r.open(t, wire, s.ownerToken), Wire: wire, World: w, System: "gitea", Token: s.ownerToken, Missed: func() []string { return nil },
		ReadOnly: r.open(t, wire, s.adminToken), Stranger: r.open(t, wire, "0000000000000000000000000000000000000000"),
		Owner: s.org, Shown: s.org, Unknown: []string{"properties"},
		PullRequest: forge.PullRequest{Owner: s.org, Repo: "api", Number: s.number}, Commit: s.head,
		BadNames: []string{"1ST", "GITEA_TOKEN", "github_x", "CI"},
		Comments: func() (bodies []string) {
			var list []struct{ Body string }
			if err := json.Unmarshal(r.ask(t, "GET", fmt.Sprintf("%s/issues/%d/comments", at, s.number), "", nil, 200), &list); err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				bodies = append(bodies, c.Body)
			}
			return bodies
		},
		Status: func(context string) (string, string) {
			var list []struct {
				ID                           int64
				Status, Context, Description string
			}
			if err := json.Unmarshal(r.ask(t, "GET", at+"/commits/"+s.head+"/statuses", "", nil, 200), &list); err != nil {
				t.Fatal(err)
			}
			newest := int64(0)
			state, what := "", ""
			for _, st := range list {
				if st.Context == context && st.ID > newest {
					newest, state, what = st.ID, st.Status, st.Description
				}
			}
			return state, what
		},
		Limits: []world.Fault{{Status: 429, Header: map[string]string{"Retry-After": "30"}}},
	}
	for name, place := range map[string]struct {
		path string
		ref  forge.Ref
	}{
		"repository":   {at, forge.Ref{Store: forge.Actions, Owner: s.org, Repo: "api"}},
		"organization": {"/orgs/" + s.org, forge.Ref{Owner: s.org}},
	} {
		sub.Places = append(sub.Places, forgetest.Place{Name: name, Ref: place.ref, Blind: true, Many: 60, Value: func(secretName string) (string, bool) {
			var list []struct{ Name string }
			if err := json.Unmarshal(r.ask(t, "GET", place.path+"/actions/secrets?limit=50", "", as(s.ownerToken), 200), &list); err != nil {
				t.Fatal(err)
			}
			return "", slices.ContainsFunc(list, func(e struct{ Name string }) bool { return e.Name == secretName })
		}})
	}
	slices.SortFunc(sub.Places, func(a, b forgetest.Place) int { return strings.Compare(b.Name, a.Name) })
	return sub
}

// TestRealGitea points the conformance suite at a real Gitea: all cases but
// those that list the stand-ins' seed.
func TestRealGitea(t *testing.T) {
	r := realGitea(t)
	s := r.scene(t)
	forgetest.RunSome(t, func(t *testing.T, seed world.Seed) *forgetest.Subject { return r.subject(t, seed, s) }, func(name string) bool {
		return !strings.HasPrefix(name, "repositories:") && !strings.HasPrefix(name, "runs:")
	})
}

// TestRealGiteaRepositories lists what was made: over pages, archived ones and
// private ones, as an owner and as an administrator who owns nothing.
func TestRealGiteaRepositories(t *testing.T) {
	r := realGitea(t)
	s := r.scene(t)
	for i := range 60 {
		r.ask(t, "POST", "/orgs/"+s.org+"/repos", fmt.Sprintf(`{"name":"crowd-%02d","private":%v}`, i, i%2 == 0), as(s.ownerToken), 201)
	}
	r.ask(t, "PATCH", "/repos/"+s.org+"/crowd-00", `{"archived":true}`, as(s.ownerToken), 200)
	r.ask(t, "PUT", "/repos/"+s.org+"/crowd-01/topics", `{"topics":["tier-1"]}`, as(s.ownerToken), 204)
	wire := forgetest.NewWire(world.New(world.Seed{}), "gitea", r.front())
	wire.Latency = 0
	list := func(token string, f forge.Filter) (names []string, writable int) {
		for repo, err := range r.open(t, wire, token).Repositories(t.Context(), s.org, f) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, repo.Name)
			if repo.Writable {
				writable++
			}
		}
		return names, writable
	}
	yes := true
	if all, writable := list(s.ownerToken, forge.Filter{}); len(all) != 61 || writable != 60 {
		t.Errorf("the owner sees %d repositories, %d writable", len(all), writable)
	}
	if all, writable := list(s.adminToken, forge.Filter{}); len(all) != 31 || writable != 0 { // its own and the public ones
		t.Errorf("an administrator of api sees %d repositories, %d writable: secrets need an owner", len(all), writable)
	}
	if all, _ := list(s.ownerToken, forge.Filter{Archived: &yes}); !slices.Equal(all, []string{"crowd-00"}) {
		t.Errorf("archived: %v", all)
	}
	if all, _ := list(s.ownerToken, forge.Filter{Topics: []string{"tier-1"}}); !slices.Equal(all, []string{"crowd-01"}) {
		t.Errorf("with the topic: %v", all)
	}
	owner := r.open(t, wire, s.ownerToken)
	if n, err := owner.FindPullRequest(t.Context(), s.org, "api", forge.Head{Branch: "retry-payments", Commit: s.head}); n != s.number || err != nil {
		t.Errorf("found pull request %d, %v", n, err)
	}
	// A name that the real one refuses is refused before; what it takes is taken.
	for _, name := range []string{"CI", "GITHUB_X", "GITEA_X", "1ST", "A-B"} {
		ref := forge.Ref{Owner: s.org, Repo: "api", Name: name}
		if _, err := owner.Put(t.Context(), ref, secret.New("x")); fault.Of(err) != fault.Input {
			t.Errorf("%s: %v", name, err)
		}
		r.ask(t, "PUT", "/repos/"+s.org+"/api/actions/secrets/"+name, `{"data":"x"}`, as(s.ownerToken), 400)
	}
	// Transferred away.
	r.ask(t, "POST", "/orgs", fmt.Sprintf(`{"username":"to-%s"}`, s.org), as(s.ownerToken), 201)
	r.ask(t, "POST", "/repos/"+s.org+"/crowd-02/transfer", fmt.Sprintf(`{"new_owner":"to-%s"}`, s.org), as(s.ownerToken), 202, 201)
	err := owner.CanWrite(t.Context(), forge.Ref{Owner: s.org, Repo: "crowd-02", Name: "TOKEN"})
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "transferred") {
		t.Errorf("transferred: %v", err)
	}
	_, err = owner.Put(t.Context(), forge.Ref{Owner: s.org, Repo: "api", Name: "BIG"}, secret.New(strings.Repeat("x", 65537)))
	if err == nil || rest.Ambiguous(err) {
		t.Errorf("a value that is too long: %v", err)
	}
}

// TestRealGiteaRuns looks for runs that no runner takes: a push queues one, and
// the next push cancels it and queues another.
func TestRealGiteaRuns(t *testing.T) {
	r := realGitea(t)
	s := r.scene(t)
	c := r.open(t, forgetest.NewWire(world.New(world.DefaultSeed()), "gitea", r.front()), s.ownerToken)
	ref := forge.Ref{Store: forge.Actions, Owner: s.org, Repo: "api", Name: "TOKEN"}
	look := func() *forge.Run {
		t.Helper()
		run, err := c.Runs.OpenRun(t.Context(), ref, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	if run := look(); run != nil {
		t.Errorf("without a workflow there is %+v", run)
	}
	at := "/repos/" + s.org + "/api/contents/"
	workflow := base64.StdEncoding.EncodeToString([]byte("on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n"))
	r.ask(t, "POST", at+".gitea/workflows/ci.yml", `{"content":"`+workflow+`","message":"CI","branch":"main"}`, as(s.ownerToken), 201)
	wait := func(not string) *forge.Run {
		t.Helper()
		for range 1200 {
			if run := look(); run != nil && run.ID != not {
				return run
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("no run but %q within two minutes", not)
		return nil
	}
	first := wait("")
	if first.State != "queued" || !first.QueuedAt.IsZero() {
		t.Errorf("the first run is %+v", first)
	}
	r.ask(t, "POST", at+"more.txt", `{"content":"eA==","message":"More","branch":"main"}`, as(s.ownerToken), 201)
	if second := wait(first.ID); second.State != "queued" {
		t.Errorf("the second run is %+v", second)
	}
	var all struct {
		Runs []struct {
			ID     int64
			Status string
		} `json:"workflow_runs"`
	}
	if err := json.Unmarshal(r.ask(t, "GET", "/repos/"+s.org+"/api/actions/runs", "", as(s.ownerToken), 200), &all); err != nil || len(all.Runs) != 2 {
		t.Errorf("%+v, %v; want the cancelled run as well", all, err)
	}
	ref.Repo = "nowhere"
	if run, err := c.Runs.OpenRun(t.Context(), ref, time.Now()); run != nil || fault.Of(err) != fault.Input {
		t.Errorf("of an unknown repository: %+v, %v", run, err)
	}
	ref.Repo = "api"
	r.ask(t, "PATCH", "/repos/"+s.org+"/api", `{"has_actions":false}`, as(s.ownerToken), 200)
	if run := look(); run == nil { // it may be switched on again
		t.Error("with Actions switched off the queued run is no more")
	}
}
