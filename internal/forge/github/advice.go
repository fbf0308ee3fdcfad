package github

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/rest"
)

// advice says what to do next, for the refusals that people meet. The messages
// are GitHub's own, as captured:
// 403 {"message":"Resource not accessible by integration"}
// 403 {"message":"Resource not accessible by personal access token"}
// 403 {"message":"Must have admin rights to Repository."}
// 403 {"message":"You must be an org admin or have the actions secrets fine-grained permission."}
// 403 {"message":"Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."}
// 403 {"message":"Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."}
// 403 {"message":"Max number of login attempts exceeded. Please try again later."}
// 403 {"message":"Repository was archived so is read-only."}
func advice(e *rest.StatusError) []rest.Advice {
	const signOn = "authorise the token for the organization's single sign-on"
	authorise := signOn + ", on the page of your tokens at GitHub"
	if sso := e.Header.Get("X-Github-Sso"); e.Status == 403 && sso != "" { // "required; url=https://…"
		_, address, _ := strings.Cut(sso, "url=")
		if u, err := url.Parse(address); err == nil && u.Scheme == "https" {
			authorise = signOn + ": " + address
		}
		return []rest.Advice{{Status: 403, Text: authorise}}
	}
	return []rest.Advice{
		{Status: 401, Text: "the token is wrong, revoked or expired: set GH_TOKEN to a valid one"},
		{Status: 403, Words: "SAML", Text: authorise},
		{Status: 403, Words: "IP allow list", Text: "run where the organization's IP allow list lets requests come from"},
		{Status: 403, Words: "login attempt", Text: "a wrong token was sent too often, and GitHub refuses right ones as well for a while: set GH_TOKEN to a valid one, and wait some minutes"},
		{Status: 403, Words: "archived", Text: "unarchive the repository or leave it out"},
		{Status: 403, Words: "not accessible by integration", Text: permissionHint(e, true)},
		{Status: 403, Words: "not accessible by", Text: permissionHint(e, false)},
		{Status: 403, Words: "admin rights", Text: permissionHint(e, false)},
		{Status: 403, Words: "org admin", Text: permissionHint(e, false)},
		{Status: 404, Path: "/environments/", Text: "check that the repository has the environment; an old Enterprise Server may not know environments by their names"},
		{Status: 404, Text: "check the name; GitHub also says 404 for what the token may not see (scope repo, for an organization admin:org)"},
	}
}

// permissionHint names the permission that a refused request needs, as GitHub
// does in a header where it knows ("secrets=write"). A job that runs code of
// strangers must never be given more than it needs, so whoever asked for a
// comment is not told to use an App that writes secrets.
func permissionHint(e *rest.StatusError, integration bool) string {
	needs := e.Header.Get("X-Accepted-Github-Permissions")
	if !strings.HasSuffix(e.URL, "/actions/runs") { // which are only ever read
		needs = strings.ReplaceAll(needs, "=read", "=write")
	}
	needs = strings.ReplaceAll(needs, "=", ": ")
	secrets := strings.Contains(e.URL, "/secrets")
	switch {
	case secrets && integration:
		return "a workflow's own GITHUB_TOKEN cannot reach secrets: use a GitHub App with the permission " + cmp.Or(needs, "secrets: write") + ", or a personal access token"
	case secrets:
		return "give the token the permission " + cmp.Or(needs, "secrets: write") + " (a classic one the scope repo, for an organization admin:org), and its user administration rights"
	case integration:
		return "give the job these permissions in its workflow: " + cmp.Or(needs, "pull-requests: write for comments, statuses: write for statuses") +
			"; the run of a fork's pull request has a token that may only read, so comment from a workflow_run"
	default:
		return "give the token the permission " + cmp.Or(needs, "for what was asked")
	}
}
