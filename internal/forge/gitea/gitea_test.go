package gitea_test

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/gitea"
	standin "github.com/gatewright/gatewright/internal/sandbox/gitea"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string) forge.Forge {
	return forgetest.Open(t, gitea.Descriptor(), forgetest.Site{Wire: w, Base: "https://gitea.example/api/v1"}, forge.Opening{Token: secret.New(token)})
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	return subjectBehind(t, seed, func(h http.Handler) http.Handler { return h })
}

// subjectBehind puts a handler in front of the stand-in.
func subjectBehind(t *testing.T, seed world.Seed, front func(http.Handler) http.Handler) *forgetest.Subject {
	stand := standin.New(world.New(seed))
	wire := forgetest.NewWire(stand.World, "gitea", front(stand))
	s := forgetest.On(&stand.Forge, "gitea", wire)
	s.Token, s.Events = stand.Token(standin.Owner), [2]string{"push", "pull_request"}
	s.Forge, s.ReadOnly, s.Stranger = open(t, wire, s.Token), open(t, wire, stand.Token(standin.Reader)), open(t, wire, "0000000000000000000000000000000000000000")
	s.Unknown, s.BadNames = []string{"properties"}, []string{"1ST", "GITEA_TOKEN", "github_x"}
	s.Intrude = func(body string) { stand.Intrude("acme", "api", 7, body) }
	s.Limits = []world.Fault{
		{Status: 429},
		{Status: 429, Header: map[string]string{"Retry-After": "30"}},
		{Status: 503, Header: map[string]string{"Retry-After": "30"}},
	}
	for _, p := range []struct {
		name, at string
		ref      forge.Ref
	}{
		{"repository", "acme/api", forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api"}},
		{"organization", "acme", forge.Ref{Owner: "acme"}},
	} {
		s.Places = append(s.Places, forgetest.Place{Name: p.name, Ref: p.ref, Value: func(name string) (string, bool) { return stand.Value(p.at, name) }})
	}
	return s
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

func TestChangedAnswers(t *testing.T) { forgetest.Changed(t, subject) }

// Secrets need an owner: an administrator's repositories are listed as not
// writable, and asking says why.
func TestAdministratorIsNoOwner(t *testing.T) {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	c := open(t, forgetest.NewWire(w, "gitea", stand), stand.Token(standin.Admin))
	for r, err := range c.Repositories(t.Context(), "acme", forge.Filter{}) {
		if err != nil || r.Writable {
			t.Fatalf("%s writable %v, %v", r.Name, r.Writable, err)
		}
	}
	err := c.CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"})
	if fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "owner") {
		t.Errorf("%v (hint %q)", err, fault.Hint(err))
	}
}

// A server from before 1.22 cannot list: that is said, and not taken for a
// repository that is not there.
func TestServerWithoutLists(t *testing.T) {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	w.Turn(true, standin.NoList)
	err := open(t, forgetest.NewWire(w, "gitea", stand), stand.Token(standin.Owner)).CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"})
	if err == nil || !strings.Contains(fault.Hint(err), "1.22") {
		t.Errorf("%v (hint %q)", err, fault.Hint(err))
	}
}

// A full page that does not say how many runs there are may not be all of them: the
// run that may hold the old token is behind it.
func TestRunsWithoutACount(t *testing.T) {
	w := world.New(world.DefaultSeed())
	now := time.Now()
	w.SetClock(func() time.Time { return now })
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "gitea", forgetest.Countless(stand))
	w.StartRun("acme", "api", world.Running)
	stored := now.Add(time.Minute)
	now = now.Add(time.Hour)
	look := func() (*forge.Run, error) {
		return open(t, wire, stand.Token(standin.Owner)).Runs.OpenRun(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, stored)
	}
	if run, err := look(); err != nil || run == nil {
		t.Errorf("of one run %+v, %v", run, err)
	}
	for range 60 {
		w.StartRun("acme", "api", world.Running)
	}
	if run, err := look(); fault.Of(err) != fault.Service || run != nil {
		t.Errorf("of many %+v, %v", run, err)
	}
}

func TestForgeOtherwise(t *testing.T) { forgetest.Quirks(t, subject, "gitea-forgejo") }

// Forgejo refuses more names than Gitea: what one refuses and the other takes
// is left to the server, and a refusal is one.
func TestForgejo(t *testing.T) {
	for _, forgejo := range []bool{false, true} {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		w.Turn(forgejo, standin.Forgejo)
		c := open(t, forgetest.NewWire(w, "gitea", stand), stand.Token(standin.Owner))
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "FORGEJO_TOKEN"}
		_, err := c.Put(t.Context(), ref, secret.New("value"))
		_, there := stand.Value("acme/api", ref.Name)
		if refused := fault.Of(err) == fault.Input; err != nil && !refused || refused == there || forgejo && there {
			t.Errorf("forgejo %v: %v, and the secret is there: %v", forgejo, err, there)
		}
		forgetest.Put(t, c, forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, "value")
	}
}

// Gitea's refusals, as a real one makes them: its words name the scope.
func TestCapturedRefusals(t *testing.T) {
	says := func(status int, words string) world.Fault {
		return world.Fault{Status: status, Body: `{"message":"` + words + `","url":"https://gitea.example/api/swagger"}`}
	}
	forgetest.Refusals(t, subject, []forgetest.Refusal{
		{To: "store", Answer: says(403, "user should be the owner of the repo"), Hint: "must be an owner"},
		{To: "comment", Answer: says(403, "token does not have at least one of required scope(s): [write:issue]"), Hint: "write:issue", Never: "an owner"},
		{To: "status", Answer: says(403, "token does not have at least one of required scope(s): [write:repository]"), Hint: "write:repository", Never: "an owner"},
		{To: "list", Answer: says(401, "invalid username, password or token"), Hint: "GITEA_TOKEN"},
		{To: "comment", Answer: says(423, "Repo is archived."), Hint: "unarchive"},
	})
}

// TestListThatEndsEarly: secrets that the server counts and does not list are not
// known not to be there.
func TestListThatEndsEarly(t *testing.T) {
	f := lists(t, func(int) (rows, link string) { return "[]", "" })
	if _, err := f.Stat(t.Context(), forge.Ref{Owner: "acme", Name: "TOKEN"}); fault.Of(err) != fault.Service {
		t.Error(err)
	}
}

// TestHiddenRepositories: of repositories the count takes in those that the token may
// not see, which may fill a page in the middle.
func TestHiddenRepositories(t *testing.T) {
	for name, pages := range map[string][]string{
		"in the middle": {`[{"id":1,"name":"a"}]`, "[]", `[{"id":2,"name":"b"}]`, "[]"},
		"at the end":    {`[{"id":1,"name":"a"},{"id":2,"name":"b"}]`, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			f := lists(t, func(page int) (rows, link string) {
				if page < len(pages)-1 {
					link = `</api/v1/orgs/acme/repos?page=1>; rel="first",</api/v1/orgs/acme/repos?page=9>; rel="next"`
				}
				return pages[min(page, len(pages))-1], link
			})
			var names []string
			for r, err := range f.Repositories(t.Context(), "acme", forge.Filter{}) {
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, r.Name)
			}
			if !slices.Equal(names, []string{"a", "b"}) {
				t.Error(names)
			}
		})
	}
}

// TestTeamOfManyAlike: the team that is meant stands behind a page of others whose
// names hold its name.
func TestTeamOfManyAlike(t *testing.T) {
	seed := world.DefaultSeed()
	org := &seed.Organizations[0]
	for i := range 60 {
		org.Repositories = append(org.Repositories, world.SeedRepository{Name: "r" + strconv.Itoa(i), Teams: []string{"mobile-" + strconv.Itoa(i)}})
	}
	org.Repositories = append(org.Repositories, world.SeedRepository{Name: "app", Teams: []string{"mobile"}})
	var names []string
	for r, err := range subject(t, seed).Forge.Teams.TeamRepositories(t.Context(), "acme", "Mobile") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, r.Name)
	}
	if !slices.Equal(names, []string{"app"}) {
		t.Error(names)
	}
}

// lists is a Gitea whose every list has the pages, of 3 rows in all as it says.
func lists(t *testing.T, page func(number int) (rows, link string)) forge.Forge {
	return subjectBehind(t, world.DefaultSeed(), func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			number, _ := strconv.Atoi(r.URL.Query().Get("page"))
			rows, link := page(max(number, 1))
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Total-Count", "3")
			if link != "" {
				w.Header().Set("Link", link)
			}
			_, _ = io.WriteString(w, rows)
		})
	}).Forge
}

// Secrets of a repository whose Actions are switched off are not there at Forgejo:
// neither the token's rights nor the server's age are amiss.
func TestSwitchedOff(t *testing.T) {
	for _, forgejo := range []bool{false, true} {
		seed := world.DefaultSeed()
		seed.Organizations[0].Repositories[0].NoCI = true
		name := seed.Organizations[0].Repositories[0].Name
		w := world.New(seed)
		stand := standin.New(w)
		w.Turn(forgejo, standin.Forgejo)
		c := open(t, forgetest.NewWire(w, "gitea", stand), stand.Token(standin.Owner))
		for r, err := range c.Repositories(t.Context(), "acme", forge.Filter{}) {
			if err != nil || r.NoCI != (r.Name == name) || r.NoCI && !r.Writable {
				t.Errorf("%+v, %v", r, err)
			}
		}
		err := c.CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: name, Name: "TOKEN"})
		if off := fault.Of(err) == fault.Auth && strings.Contains(fault.Hint(err), "Actions are switched off"); off != forgejo || !forgejo && err != nil {
			t.Errorf("forgejo %v: %v, hint %q", forgejo, err, fault.Hint(err))
		}
	}
}
