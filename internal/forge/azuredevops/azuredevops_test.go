package azuredevops_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/azuredevops"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/azuredevops"
	standinwire "github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string) forge.Forge {
	return forgetest.Open(t, azuredevops.Descriptor(), forgetest.Site{Wire: w, Base: "https://azure.example/acme"}, forge.Opening{Token: secret.New(token)})
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	return subjectBehind(t, seed, func(h http.Handler) http.Handler { return h })
}

// subjectBehind puts a handler in front of the stand-in.
func subjectBehind(t *testing.T, seed world.Seed, front func(http.Handler) http.Handler) *forgetest.Subject {
	stand := standin.New(world.New(seed))
	stand.AddGroup("acme", "shared", map[string]string{"REGION": "eu"})
	wire := forgetest.NewWire(stand.World, "azuredevops", front(stand))
	value := func(text string, secret, ok bool) (string, bool) {
		if ok && !secret {
			return "in clear: " + text, true
		}
		return text, ok
	}
	s := forgetest.On(&stand.Forge, "azuredevops", wire)
	s.Token, s.Events = stand.Token(standin.Full), [2]string{"individualCI", "pullRequest"}
	s.Forge, s.ReadOnly, s.Stranger = open(t, wire, s.Token), open(t, wire, stand.Token(standin.Code)), open(t, wire, "0000000000000000000000000000000000000000")
	s.Shown, s.PullRequest.Owner = "acme/platform", "acme/platform"
	s.Unknown, s.BadNames = []string{"topics", "properties", "language", "archived", "visibility"}, []string{"system.debug", "Path"}
	s.States = map[string]string{"success": "succeeded", "failure": "failed"}
	s.Limits = []world.Fault{
		{Header: map[string]string{"Retry-After": "30", "X-RateLimit-Delay": "29"}},
		{Status: 429, Header: map[string]string{"Retry-After": "30"}, Body: `{"message":"TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency' in namespace 'User ID.'"}`},
		{Status: 429, Header: map[string]string{"Retry-After": time.Now().Add(31 * time.Second).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}},
		{Status: 503, Header: map[string]string{"Retry-After": "30"}},
	}
	s.Places = []forgetest.Place{
		{
			Name: "group of the repository", Ref: forge.Ref{Owner: "acme/platform", Repo: "api"}, Many: 40,
			Value: func(name string) (string, bool) { return value(stand.Value("acme", "api", name)) },
		},
		{
			Name: "group by name", Ref: forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "shared-secrets"}, Many: 40,
			Value: func(name string) (string, bool) { return value(stand.Value("acme", "shared-secrets", name)) },
		},
		{
			Name: "pipeline", Ref: forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "api"}, Many: 40,
			Value: func(name string) (string, bool) { return value(stand.PipelineValue("acme", "api", name)) },
		},
	}
	return s
}

// scene runs a test in virtual time, on a stand-in of its own and with a token that may do everything.
func scene(t *testing.T, run func(t *testing.T, stand *standin.Server, c forge.Forge)) {
	synctest.Test(t, func(t *testing.T) {
		stand := standin.New(world.New(world.DefaultSeed()))
		run(t, stand, open(t, forgetest.NewWire(stand.World, "azuredevops", stand), stand.Token(standin.Full)))
	})
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

func TestChangedAnswers(t *testing.T) { forgetest.Changed(t, subject) }

// A group that people made keeps its description, its variables in clear and
// in secret, and its place in the project.
func TestGroupMadeByHand(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		stand.AddGroup("acme", "shared", map[string]string{"REGION": "eu", "TIER": "1"})
		ref := forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "shared", Name: "TOKEN"}
		for _, v := range []string{"first-value-12345", "second-value-12345"} {
			forgetest.Put(t, c, ref, v)
		}
		if v, hidden, ok := stand.Value("acme", "shared", "REGION"); v != "eu" || hidden || !ok {
			t.Errorf("REGION is %q, secret %v, there %v", v, hidden, ok)
		}
		if v, hidden, ok := stand.Value("acme", "shared", "TOKEN"); v != "second-value-12345" || !hidden || !ok {
			t.Errorf("TOKEN is %q, secret %v, there %v", v, hidden, ok)
		}
		lower := ref
		lower.Name = "token" // the same variable: names do not differ by case
		if written, err := c.Put(t.Context(), lower, secret.New("third-value-12345")); err != nil || written != forge.Replaced {
			t.Errorf("put in lower case: %v, %v", written, err)
		}
		if v, _, _ := stand.Value("acme", "shared", "TOKEN"); v != "third-value-12345" {
			t.Errorf("TOKEN is %q", v)
		}
	})
}

// Somebody edits the pipeline between our reading and our writing: both edits stay.
func TestPipelineConflict(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, one forge.Forge) {
		other := open(t, forgetest.NewWire(stand.World, "azuredevops", stand), stand.Token(standin.Full)) // as two processes
		done := make(chan error)
		ref := forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "api"}
		for i, c := range []forge.Forge{one, other, one, other} {
			ref := ref
			ref.Name = string(rune('A' + i))
			go func() {
				_, err := c.Put(t.Context(), ref, secret.New("value-of-"+ref.Name))
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for _, name := range []string{"A", "B", "C", "D"} {
			if v, _, _ := stand.PipelineValue("acme", "api", name); v != "value-of-"+name {
				t.Errorf("%s holds %q", name, v)
			}
		}
	})
}

// A group that several projects share stays in all of them: the list does not
// say which these are.
func TestSharedGroup(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		stand.AddProject("acme", "website")
		stand.AddProject("acme", "ops")
		stand.AddGroup("acme", "Shared", map[string]string{"REGION": "eu"}, "website", "ops")
		ref := forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "shared", Name: "TOKEN"} // case does not count
		for _, v := range []string{"first-value-12345", "second-value-12345"} {
			forgetest.Put(t, c, ref, v)
		}
		if run, err := c.Runs.OpenRun(t.Context(), ref, time.Now()); run != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("the runs of the others are not seen: %v, %v", run, err)
		}
		if projects, _ := stand.Group("acme", "Shared"); !slices.Equal(projects, []string{"platform", "website", "ops"}) {
			t.Errorf("seen in %v", projects)
		}
	})
}

// Azure DevOps keeps no empty groups: one that this tool made goes with its
// last variable, one that people made cannot lose it.
func TestLastVariable(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		stand.AddGroup("acme", "theirs", map[string]string{"TOKEN": "x"})
		ours := forge.Ref{Owner: "acme/platform", Repo: "api", Name: "TOKEN"}
		forgetest.Put(t, c, ours, "some-value-12345")
		if err := c.Delete(t.Context(), ours); err != nil {
			t.Error(err)
		}
		if projects, _ := stand.Group("acme", "api"); projects != nil {
			t.Error("our empty group is still there")
		}
		theirs := forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "theirs", Name: "TOKEN"}
		err := c.Delete(t.Context(), theirs)
		if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "by hand") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
		if _, _, ok := stand.Value("acme", "theirs", "TOKEN"); !ok {
			t.Error("their variable is gone")
		}
	})
}

// A new group is authorised for the pipelines of its repository; where there
// is none, that is said.
func TestNewGroupIsAuthorised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		var said []string
		o := forge.Opening{Token: secret.New(stand.Token(standin.Full))}
		o.Rest.Notify = func(text string) { said = append(said, text) }
		c := forgetest.Open(t, azuredevops.Descriptor(), forgetest.Site{Wire: forgetest.NewWire(w, "azuredevops", stand), Base: "https://azure.example/acme"}, o)
		forgetest.Put(t, c, forge.Ref{Owner: "acme/platform", Repo: "api", Name: "TOKEN"}, "some-value-12345")
		if _, pipelines := stand.Group("acme", "api"); len(pipelines) != 1 {
			t.Errorf("authorised: %v", pipelines)
		}
		forgetest.Put(t, c, forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "all", Name: "TOKEN"}, "some-value-12345")
		if n := len(said); n != 2 || !strings.Contains(said[0], "authorised 1") || !strings.Contains(said[1], "not authorised") {
			t.Errorf("said %q", said)
		}
	})
}

// Azure DevOps Server 2022 takes 7.0 at most, and wants variable groups as a
// preview; it says so when it refuses.
func TestOlderServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		stand.World.Turn(true, standin.Server2022)
		wire := forgetest.NewWire(w, "azuredevops", stand)
		c := open(t, wire, stand.Token(standin.Full))
		ref := forge.Ref{Owner: "acme/platform", Repo: "api", Name: "TOKEN"}
		if err := c.CanWrite(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		forgetest.Put(t, c, ref, "some-value-12345")
		before := len(wire.Sent())
		forgetest.Put(t, c, ref, "other-value-12345")
		if n := len(wire.Sent()) - before; n != 3 { // what was learnt is kept: list, read, write
			t.Errorf("%d requests", n)
		}
	})
}

// TestManyProjects: all are listed, by tokens, and where the server, or what is on the way, has none.
func TestManyProjects(t *testing.T) { synctest.Test(t, manyProjects) }

func manyProjects(t *testing.T) {
	for _, tokens := range []bool{true, false} {
		for _, n := range []int{100, 230} {
			s := subjectBehind(t, world.DefaultSeed(), func(http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasSuffix(r.URL.Path, "/_apis/projects") {
						_, _ = io.WriteString(w, `{"value":[{"id":"`+r.URL.Path+`","name":"api"}]}`)
						return
					}
					from, _ := strconv.Atoi(cmp.Or(r.URL.Query().Get("continuationToken"), r.URL.Query().Get("$skip")))
					rows := []string{}
					for i := from; i < min(from+100, n); i++ {
						rows = append(rows, fmt.Sprintf(`{"id":"%d","name":"p%d"}`, i, i))
					}
					if tokens && from+100 < n {
						w.Header().Set("X-Ms-Continuationtoken", strconv.Itoa(from+100))
					}
					_, _ = io.WriteString(w, `{"value":[`+strings.Join(rows, ",")+`]}`)
				})
			})
			got := 0
			for _, err := range s.Forge.Repositories(t.Context(), "acme", forge.Filter{}) {
				if err != nil {
					t.Fatal(err)
				}
				got++
			}
			if got != n {
				t.Errorf("tokens %v: %d of %d", tokens, got, n)
			}
		}
	}
}

// A redirect to the sign-in page is a refused token, like the page itself.
func TestSignInPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		stand.World.Turn(true, standin.SignIn)
		c := open(t, forgetest.NewWire(w, "azuredevops", stand), "wrong")
		ref := forge.Ref{Owner: "acme/platform", Repo: "api", Name: "TOKEN"}
		if _, err := c.List(t.Context(), ref); fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "token is") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
	})
}

// Branch policies read the statuses of a pull request and not those of its commits.
func TestPullRequestStatus(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		head := stand.World.Repository("acme", "api").PullRequest(7).Head
		s := forge.Status{Context: "gatewright/gate", State: "success", Description: "passed", PullRequest: 7}
		if err := c.SetStatus(t.Context(), forge.Commit{Owner: "acme/platform", Repo: "api", SHA: head}, s); err != nil {
			t.Fatal(err)
		}
		for _, place := range []string{head, "!7"} {
			if state, _ := stand.Status("acme", "api", place, "gatewright/gate"); state != "succeeded" {
				t.Errorf("%s is %q", place, state)
			}
		}
	})
}

// A token for all organizations ends; a job's own is none.
func TestTokensForAllOrganizations(t *testing.T) {
	d := azuredevops.Descriptor()
	if text := d.Notice("AZURE_DEVOPS_EXT_PAT"); !strings.Contains(text, "1 December 2026") {
		t.Errorf("a personal token: %q", text)
	}
	if text := d.Notice("SYSTEM_ACCESSTOKEN"); text != "" {
		t.Errorf("a job's own: %q", text)
	}
	s := subject(t, world.DefaultSeed())
	if _, err := s.Stranger.List(t.Context(), s.Places[0].Ref); fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "1 December 2026") {
		t.Errorf("%v (hint %q)", err, fault.Hint(err))
	}
}

// Whether a group may lose its last variable is inferred: the client ends well
// under both answers.
func TestLastVariableEitherWay(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
			stand.World.Turn(allowed, standin.EmptyGroups)
			ref := forge.Ref{Owner: "acme/platform", Repo: "api", Name: "TOKEN"}
			for range 2 { // once it is gone it can be made again
				forgetest.Put(t, c, ref, "some-value-12345")
				if err := c.Delete(t.Context(), ref); err != nil {
					t.Fatal(err)
				}
				if _, err := c.Stat(t.Context(), ref); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("empty groups allowed %v: %v", allowed, err)
				}
			}
		})
	}
}

func TestForgeOtherwise(t *testing.T) {
	forgetest.Quirks(t, subject, "azuredevops-empty-groups azuredevops-kept-references azuredevops-case-names", "azuredevops-project-writes")
}

// A group that several projects share is not written at the address of one of them,
// which may know of no other.
func TestSharedGroupAtOneAddress(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		stand.World.Turn(true, standin.InProjects)
		stand.AddProject("acme", "website")
		stand.AddGroup("acme", "Shared", map[string]string{"REGION": "eu"}, "website")
		_, err := c.Put(t.Context(), forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "Shared", Name: "TOKEN"}, secret.New("some-value-12345"))
		if fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "lacks a scope (Variable Groups: read, create, and manage)") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
		if _, _, there := stand.Value("acme", "Shared", "TOKEN"); there {
			t.Error("it was written")
		}
	})
}

// The name of a pipeline is one and no pattern, which is what Azure DevOps takes it for.
func TestPipelineNameIsNoPattern(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		_, err := c.Put(t.Context(), forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "ap*", Name: "TOKEN"}, secret.New("some-value-12345"))
		if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "there is no pipeline ap*") {
			t.Errorf("%v", err)
		}
		if _, _, there := stand.PipelineValue("acme", "api", "TOKEN"); there {
			t.Error("it was written into the pipeline api")
		}
	})
}

// Whether a write with fewer references takes a group away from projects, and
// whether names differ by case, no source settles: all references are sent, and
// of two groups the one whose name is exact is written.
func TestGroupsEitherWay(t *testing.T) {
	for _, other := range []bool{false, true} {
		scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
			stand.World.Turn(other, standin.KeptRefs, standin.CaseNames)
			stand.AddProject("acme", "website")
			stand.AddGroup("acme", "Shared", map[string]string{"REGION": "eu"}, "website")
			if other {
				stand.AddGroup("acme", "shared", map[string]string{"REGION": "eu"}, "website")
			}
			written := map[bool]string{false: "Shared", true: "shared"}[other]
			forgetest.Put(t, c, forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "shared", Name: "TOKEN"}, "some-value-12345")
			if v, _, _ := stand.Value("acme", written, "TOKEN"); v != "some-value-12345" {
				t.Errorf("names differ by case %v: %s holds %q", other, written, v)
			}
			if projects, _ := stand.Group("acme", written); !slices.Equal(projects, []string{"platform", "website"}) {
				t.Errorf("seen in %v", projects)
			}
		})
	}
}

// A group that is deleted between the list and the look is 200 with null: it
// is made anew.
func TestGroupDeletedMeanwhile(t *testing.T) {
	scene(t, func(t *testing.T, stand *standin.Server, c forge.Forge) {
		stand.AddGroup("acme", "api", map[string]string{"REGION": "eu"})
		stand.World.Faults.Add(world.Fault{System: "azuredevops", Method: "GET", Path: "/acme/platform/_apis/distributedtask/variablegroups/*", Status: 200, Header: map[string]string{"Content-Type": "application/json"}, Body: "null"})
		_, err := c.Put(t.Context(), forge.Ref{Owner: "acme/platform", Repo: "api", Name: "TOKEN"}, secret.New("some-value-12345"))
		if err != nil { // the stand-in has it still, and says so; a second look finds it
			t.Error(err)
		}
		if v, _, _ := stand.Value("acme", "api", "TOKEN"); v != "some-value-12345" {
			t.Errorf("holds %q", v)
		}
	})
}

// Azure DevOps' refusals, as captured: who asks for a comment is told of the
// repository's security, who asks for a variable of the library's.
func TestCapturedRefusals(t *testing.T) {
	says := func(words string) world.Fault {
		return world.Fault{Status: 403, Body: `{"$id":"1","message":"` + words + `","typeKey":"GitNeedsPermissionException","errorCode":0}`}
	}
	forgetest.Refusals(t, subject, []forgetest.Refusal{
		{To: "comment", Answer: says("TF401027: You need the Git 'PullRequestContribute' permission to perform this action."), Hint: "Contribute to pull requests", Never: "Variable Groups"},
		{To: "status", Answer: says("TF401027: You need the Git 'GenericContribute' permission to perform this action."), Hint: "Code (status)", Never: "Variable Groups"},
		{To: "store", Answer: says("You do not have permissions to perform this operation on the variable group."), Hint: "Variable Groups"},
		{To: "list", Answer: world.Fault{Status: 401, Body: `{"count":0,"value":[]}`}, Hint: "the project is gone"},
	})
}

// What a pipeline's variable has beside its value stays: whether it may be set
// when a run is queued, for one.
func TestFlagsOfVariablesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		token := stand.Token(standin.Full)
		login := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(":"+token))
		read := func(path string, out any) {
			t.Helper()
			if rec := standinwire.Ask(stand, "GET /acme/platform/_apis/build/definitions"+path, "", login, "Accept: application/json; api-version=7.1"); json.Unmarshal(rec.Body.Bytes(), out) != nil {
				t.Fatal(rec.Code, rec.Body)
			}
		}
		var found struct{ Value []struct{ ID int64 } }
		read("?name=api", &found)
		at := "/" + strconv.FormatInt(found.Value[0].ID, 10)
		whole := map[string]any{}
		read(at, &whole)
		whole["variables"] = map[string]any{"TOKEN": map[string]any{"value": "old", "allowOverride": true}}
		body, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		rec := standinwire.Ask(stand, "PUT /acme/platform/_apis/build/definitions"+at, string(body), login, "Content-Type: application/json", "Accept: application/json; api-version=7.1")
		if rec.Code != 200 {
			t.Fatal(rec.Code, rec.Body)
		}
		c := open(t, forgetest.NewWire(w, "azuredevops", stand), token)
		ref := forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "api", Name: "TOKEN"}
		forgetest.Put(t, c, ref, "new-value")
		var now struct {
			Variables map[string]struct{ AllowOverride, IsSecret bool }
		}
		if read(at, &now); !now.Variables["TOKEN"].AllowOverride || !now.Variables["TOKEN"].IsSecret {
			t.Errorf("%+v", now.Variables)
		}
	})
}

// Variables that this cannot read are not written over: they would be gone. A
// pipeline without any says so with null.
func TestVariablesThatCannotBeRead(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{`{"id":7,"name":"api","variables":["LEVEL"]}`, "read the variables of the pipeline 7 of platform"},
		{`{"id":7,"name":"api","variables":null}`, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := world.New(world.DefaultSeed())
			wrote := ""
			c := open(t, forgetest.NewWire(w, "azuredevops", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				answer := tc.body
				if r.Method == "PUT" {
					raw, _ := io.ReadAll(r.Body)
					wrote, answer = string(raw), string(raw)
				}
				rw.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(rw, answer)
			})), "a-token")
			_, err := c.Put(t.Context(), forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "7", Name: "TOKEN"}, secret.New("new-value"))
			if refused := err != nil; refused != (wrote == "") || refused != (tc.want != "") || refused && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: %v, wrote %s", tc.body, err, wrote)
			}
		})
	}
}
