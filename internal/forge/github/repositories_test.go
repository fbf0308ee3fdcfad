package github_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func listed(t *testing.T, c forge.Forge, owner string) (names []string, last error) {
	t.Helper()
	for r, err := range c.Repositories(t.Context(), owner, forge.Filter{}) {
		if err != nil {
			return names, err
		}
		names = append(names, r.Name)
	}
	return names, nil
}

// One repository that was never pushed to ends no listing (GitHub's description
// says that pushed_at may be null).
func TestNeverPushed(t *testing.T) {
	scene(t, func(t *testing.T, w *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.World.Turn(true, standin.NeverPushed)
		names, err := listed(t, open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{}), "acme")
		if err != nil || len(names) != len(w.Organization("acme").Repositories) {
			t.Errorf("%d repositories, %v", len(names), err)
		}
	})
}

// A user's private repositories are in no public list.
func TestUsersPrivateRepositories(t *testing.T) {
	w := world.New(world.Seed{Organizations: []world.SeedOrganization{
		{Name: "acme", Repositories: []world.SeedRepository{{Name: "api"}}},
		{Name: "robin", User: true, Repositories: []world.SeedRepository{{Name: "open"}, {Name: "secret", Private: true}}},
	}})
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "github", stand)
	names, err := listed(t, open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{}), "robin")
	if err != nil || !slices.Equal(names, []string{"open", "secret"}) {
		t.Errorf("%v, %v", names, err)
	}
	_, err = listed(t, open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{}), "nobody")
	if fault.Of(err) != fault.Input {
		t.Errorf("nobody: %v", err)
	}
}

// A list from which GitHub left repositories out is no list.
func TestPartOfAList(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		stand.World.Turn(true, standin.PartialSSO)
		if names, err := listed(t, c, "acme"); fault.Of(err) != fault.Auth || len(names) > 0 || !strings.Contains(fault.Hint(err), "single sign-on") {
			t.Errorf("%v, %v (hint %q)", names, err, fault.Hint(err))
		}
		stand.World.Turn(true, standin.RequiredSSO)
		err := c.CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"})
		if fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "https://github.com/orgs/acme/sso?") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
	})
}

// A renamed repository is followed; one that another owner has now is not.
func TestMovedRepositories(t *testing.T) {
	seed := world.DefaultSeed()
	seed.Organizations = append(seed.Organizations, world.SeedOrganization{Name: "elsewhere"})
	w := world.New(seed)
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "github", stand)
	w.Move("acme", "api", "acme", "core")
	w.Move("acme", "web", "elsewhere", "web")
	c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
	ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
	if err := c.CanWrite(t.Context(), ref); err != nil {
		t.Error(err)
	}
	forgetest.Put(t, c, ref, "some-value")
	if v, _ := stand.Value("actions/acme/core", "TOKEN"); v != "some-value" {
		t.Errorf("the renamed repository holds %q", v)
	}
	ref.Repo = "web"
	if err := c.CanWrite(t.Context(), ref); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "elsewhere/web now") {
		t.Errorf("transferred: %v", err)
	}
}

// Who asks for a comment is never told to use what can write secrets.
func TestCommentRefused(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		pr := forge.PullRequest{Owner: "acme", Repo: "api", Number: 7}
		c := open(t, wire, stand.Token("ghs_", standin.Read), forge.WriteOptions{})
		err := c.Comment(t.Context(), pr, "marker", "body")
		hint := fault.Hint(err)
		if fault.Of(err) != fault.Auth || !strings.Contains(hint, "pull_requests: write") || strings.Contains(hint, "secrets") {
			t.Errorf("%v (hint %q)", err, hint)
		}
		if err := open(t, wire, stand.Token("ghs_", standin.Job), forge.WriteOptions{}).Comment(t.Context(), pr, "marker", "body"); err != nil {
			t.Error(err)
		}
	})
}

// The pull request of a branch is found by its owner, branch and commit.
func TestFindPullRequest(t *testing.T) {
	seed := world.DefaultSeed()
	api := &seed.Organizations[0].Repositories[0]
	api.PullRequests = append(api.PullRequests, world.SeedPullRequest{Number: 8, Branch: "retry-payments", From: "contributor"})
	w := world.New(seed)
	stand := standin.New(w)
	c := open(t, forgetest.NewWire(w, "github", stand), stand.Token("ghp_", standin.Job), forge.WriteOptions{})
	for want, head := range map[int]forge.Head{
		7: {Branch: "retry-payments"},
		8: {Owner: "contributor", Branch: "retry-payments", Commit: w.Repository("acme", "api").PullRequest(8).Head},
		0: {Owner: "contributor", Branch: "retry-payments", Commit: world.SHA("another")},
	} {
		if n, err := c.FindPullRequest(t.Context(), "acme", "api", head); n != want || err != nil {
			t.Errorf("%+v: %d, %v; want %d", head, n, err, want)
		}
	}
}

// A branch that is proposed to several others: no first one is taken.
func TestFindPullRequestOfSeveral(t *testing.T) {
	seed := world.DefaultSeed()
	api := &seed.Organizations[0].Repositories[0]
	api.PullRequests = append(api.PullRequests, world.SeedPullRequest{Number: 8, Branch: "retry-payments"})
	w := world.New(seed)
	stand := standin.New(w)
	c := open(t, forgetest.NewWire(w, "github", stand), stand.Token("ghp_", standin.Job), forge.WriteOptions{})
	n, err := c.FindPullRequest(t.Context(), "acme", "api", forge.Head{Branch: "retry-payments"})
	if n != 0 || fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "several open pull requests have the head retry-payments") {
		t.Errorf("%d, %v", n, err)
	}
}

// Keys of several places share one id, on old servers a number with more
// digits than a float holds; a replaced key keeps it.
func TestKeyIDs(t *testing.T) {
	for _, numeric := range []bool{false, true} {
		scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
			stand.World.Turn(numeric, standin.NumericKeys)
			c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
			for _, ref := range []forge.Ref{{Owner: "acme", Repo: "api"}, {Owner: "acme", Repo: "api", Environment: "production"}, {Owner: "acme"}, {Owner: "acme", Repo: "web"}} {
				ref.Name = "TOKEN"
				forgetest.Put(t, c, ref, "value-1")
			}
			stand.RotateKey("actions/acme/api")
			forgetest.Put(t, c, forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, "value-2")
			if v, _ := stand.Value("actions/acme/api", "TOKEN"); v != "value-2" {
				t.Errorf("holds %q", v)
			}
		})
	}
}

// GitHub's refusals, as captured.
func TestCapturedRefusals(t *testing.T) {
	says := func(message string, header map[string]string) world.Fault {
		return world.Fault{Status: 403, Header: header, Body: `{"message":"` + message + `","documentation_url":"https://docs.github.com/rest"}`}
	}
	forgetest.Refusals(t, subject, []forgetest.Refusal{
		{To: "store", Answer: says("Must have admin rights to Repository.", nil), Hint: "administration rights"},
		{To: "store", Answer: says("You must be an org admin or have the actions secrets fine-grained permission.", nil), Hint: "admin:org"},
		{To: "store", Answer: says("Repository was archived so is read-only.", nil), Hint: "unarchive"},
		{To: "store", Answer: says("Resource not accessible by personal access token", map[string]string{"X-Accepted-GitHub-Permissions": "secrets=write"}), Hint: "secrets: write"},
		{To: "list", Answer: says("Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.", nil), Hint: "single sign-on, on the page"},
		{
			To: "list", Hint: "https://github.com/orgs/acme/sso?authorization_request=A",
			Answer: says("Resource protected by organization SAML enforcement.", map[string]string{"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?authorization_request=A"}),
		},
		{
			To: "repositories", Hint: "IP allow list",
			Answer: says("Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.", nil),
		},
		{To: "comment", Answer: says("Resource not accessible by integration", nil), Hint: "pull-requests: write", Never: "secrets"},
		{To: "status", Answer: says("Resource not accessible by integration", map[string]string{"X-Accepted-GitHub-Permissions": "statuses=write"}), Hint: "statuses: write", Never: "secrets"},
		{To: "repositories", Answer: says("Max number of login attempts exceeded. Please try again later.", nil), Hint: "wait"},
		{To: "list", Answer: world.Fault{Status: 401, Body: `{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}`}, Hint: "GH_TOKEN"},
	})
}
