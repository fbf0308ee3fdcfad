package codacy

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// access says who may call an operation.
type access int

const (
	account    access = iota
	free              // no token at all
	repository        // also the repository's own token
	public            // also nobody, for public repositories
	either            // repository and public
)

const (
	org   = "/organizations/{provider}/{organization}"
	repo  = org + "/repositories/{repository}"
	v2acc = "/2.0/{provider}/{organization}/{repository}"
)

// routes are those of every stand-in: which of them is asked comes with the request.
var routes = sync.OnceValue(func() *http.ServeMux {
	mux := http.NewServeMux()
	for _, o := range operations() {
		mux.HandleFunc(o.method+" /api/v3"+o.path, v3(o.access, o.serve))
	}
	for path, serve := range map[string]func(*call){
		"POST /commit/{commit}/coverageFinal":            (*call).coverageFinal,
		"POST /commit/{commit}/issuesRemoteResults":      (*call).issuesResults,
		"POST /commit/{commit}/metricsRemoteResults":     (*call).otherResults,
		"POST /commit/{commit}/duplicationRemoteResults": (*call).otherResults,
		"POST /commit/{commit}/resultsFinal":             (*call).resultsFinal,
	} {
		mux.HandleFunc(path[:5]+"/2.0"+path[5:], v2(serve))
		mux.HandleFunc(path[:5]+v2acc+path[5:], v2(serve))
	}
	mux.HandleFunc("POST /2.0/coverage/{commit}/{language}", v2((*call).coverage))
	mux.HandleFunc("POST "+v2acc+"/commit/{commit}/coverage/{language}", v2((*call).coverage))
	mux.HandleFunc("GET /2.0/project/analysis/configuration", v2((*call).configuration))
	mux.HandleFunc("GET "+v2acc+"/analysis/configuration", v2((*call).configuration))
	return mux
})

type operation struct {
	method, path string
	access       access
	serve        func(*call)
}

// operations are those of the v3 API. Which of them a repository token may call
// is documented by name (docs.codacy.com, "Repository API tokens").
func operations() []operation {
	return []operation{
		{"GET", "/health", free, func(c *call) { c.ok(obj{"data": obj{"message": "Codacy is up"}}) }},
		{"GET", "/version", free, func(c *call) { c.ok(obj{"data": "57.4.17"}) }},
		{"GET", "/tools", free, (*call).listTools},
		{"GET", "/tools/{tool}/patterns", free, ofTool((*call).listPatterns)},
		{"GET", "/tools/{tool}/patterns/{pattern}", free, ofTool((*call).getPattern)},
		{"GET", repo + "/files", account, (*call).listFiles},
		{"GET", repo + "/files/{file}", account, ofFile((*call).fileAnalysis)},
		{"GET", repo + "/files/{file}/coverage", account, ofFile((*call).fileCoverage)},
		{"GET", repo + "/files/{file}/issues", account, ofFile((*call).fileIssues)},
		{"GET", repo + "/files/{file}/duplication", account, ofFile((*call).fileClones)},
		{"GET", "/analysis" + repo + "/issues/{issue}", account, (*call).oneIssue},
		{"GET", "/coverage" + repo + "/pull-requests/{number}/diff", account, ofPull((*call).pullRequestDiff)},
		{"GET", "/analysis" + repo + "/pull-requests/{number}/files", account, ofPull((*call).changedFiles)},
		{"POST", org + "/security/items/search", account, (*call).securityItems},
		{"PATCH", "/analysis" + repo + "/tools/{tool}", repository, ofTool((*call).configureTool)},
		{"GET", "/user", account, (*call).user},
		{"GET", "/user/organizations", account, (*call).organizations},
		{"GET", "/user/organizations/{provider}", account, (*call).organizationsOf},
		{"GET", "/user/tokens", account, (*call).listTokens},
		{"POST", "/user/tokens", account, (*call).createAccountToken},
		{"DELETE", "/user/tokens/{id}", account, (*call).deleteToken},
		{"GET", org, account, (*call).organization},
		{"GET", org + "/repositories", account, (*call).repositories},
		{"POST", "/repositories", account, (*call).addRepository},
		{"GET", repo, either, (*call).getRepository},
		{"POST", repo + "/follow", account, (*call).follow},
		{"GET", repo + "/tokens", account, (*call).listTokens},
		{"POST", repo + "/tokens", account, (*call).createRepositoryToken},
		{"DELETE", repo + "/tokens/{id}", account, (*call).deleteToken},
		{"POST", repo + "/tokens/delete", account, (*call).deleteTokens},
		{"GET", repo + "/settings/analysis", account, (*call).analysisSettings},
		{"PATCH", repo + "/settings/analysis", account, (*call).setAnalysisSettings},
		{"GET", repo + "/settings/quality/pull-requests", account, (*call).qualityGate},
		{"GET", repo + "/settings/quality/commits", account, (*call).qualityGate},
		{"GET", repo + "/coverage/status", account, (*call).coverageStatus},
		{"POST", repo + "/reanalyzeCommit", repository, (*call).reanalyze},
		{"GET", "/analysis" + repo, either, (*call).repositoryAnalysis},
		{"GET", "/analysis" + org + "/repositories", account, (*call).repositoriesAnalysis},
		{"POST", "/search/analysis" + org + "/repositories", account, (*call).repositoriesAnalysis},
		{"GET", "/analysis" + repo + "/tools", repository, (*call).repositoryTools},
		{"GET", "/analysis" + repo + "/tools/{tool}/patterns", repository, ofTool((*call).repositoryPatterns)},
		{"POST", "/analysis" + repo + "/issues/overview", either, (*call).issuesOverview},
		{"GET", "/analysis" + repo + "/commits", either, (*call).listCommits},
		{"GET", "/analysis" + repo + "/commits/{commit}", account, ofCommit((*call).getCommit)},
		{"GET", "/analysis" + repo + "/commits/{commit}/logs", account, ofCommit((*call).commitLogs)},
		{"GET", "/analysis" + repo + "/pull-requests/{number}/logs", account, ofPull((*call).pullRequestLogs)},
		{"GET", "/analysis" + repo + "/commits/{commit}/deltaStatistics", account, ofCommit((*call).deltaStatistics)},
		{"GET", "/analysis" + repo + "/commits/{commit}/deltaIssues", account, ofCommit((*call).commitIssues)},
		{"GET", "/analysis" + repo + "/pull-requests", public, (*call).listPullRequests},
		{"GET", "/analysis" + repo + "/pull-requests/{number}", public, ofPull((*call).getPullRequest)},
		{"GET", "/analysis" + repo + "/pull-requests/{number}/commits", account, ofPull((*call).pullRequestCommits)},
		{"GET", "/analysis" + repo + "/pull-requests/{number}/issues", public, ofPull((*call).pullRequestIssues)},
		{"GET", "/analysis" + repo + "/pull-requests/{number}/coverage/status", account, ofPull((*call).pullRequestReports)},
		{"POST", "/analysis" + repo + "/issues/search", either, (*call).searchIssues},
		{"GET", "/coverage" + repo + "/pull-requests/{number}", public, ofPull((*call).pullRequestCoverage)},
		{"GET", "/coverage" + repo + "/pull-requests/{number}/files", public, ofPull((*call).pullRequestFiles)},
		{"GET", "/coverage" + repo + "/pull-requests/{number}/reanalyze", account, ofPull((*call).reanalyzeCoverage)},
	}
}

// providers are Codacy's codes for the forges, in the cloud and self-hosted.
func providers() []string { return []string{"gh", "ghe", "gl", "gle", "bb", "bbe", "manual"} }

// v3 serves an operation of the v3 API after its access has been checked.
func v3(a access, serve func(*call)) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		c := r.Context().Value(callKey{}).(*call)
		c.R = r
		if c.admit(a) {
			serve(c)
		}
	}
}

// admit finds out who calls and whether they may. A token that is wrong is
// refused even where none is needed; a repository's token where it may not be
// used counts as none.
func (c *call) admit(a access) bool {
	if a == free {
		return true
	}
	if !c.identify(a) {
		return false
	}
	if c.R.PathValue("repository") == "" {
		return c.admitOrganization()
	}
	repo := c.named()
	known := repo != nil && slices.Contains(providers(), c.R.PathValue("provider"))
	switch {
	case c.who == nil && known && !repo.Private && (a == public || a == either):
	case c.who == nil:
		c.fail(http.StatusUnauthorized, "You need to be authenticated to use this operation")
		return false
	case !known, c.who.repo != nil && c.who.repo != repo:
		c.fail(http.StatusNotFound, "Repository not found")
		return false
	}
	c.repo = repo
	return true
}

func (c *call) identify(a access) bool {
	if value := c.R.Header.Get("api-token"); value != "" {
		t := c.s.token(value)
		if t == nil || t.repo != nil || t.expired(c.s.w.Now()) {
			c.fail(http.StatusUnauthorized, "The API token is not valid")
			return false
		}
		c.who = t
		return true
	}
	if value := c.R.Header.Get("project-token"); value != "" && (a == repository || a == either) && !c.s.w.Quirk(SelfHosted) {
		t := c.s.token(value)
		switch {
		case t == nil || t.repo == nil:
			c.fail(http.StatusUnauthorized, "The repository API token is not valid")
			return false
		case t.expired(c.s.w.Now()):
			c.expired(http.StatusUnauthorized, "The repository API token is not valid")
			return false
		}
		c.who = t
	}
	return true
}

// expired refuses a token that has ended. That there is a text of its own is
// documented; its status is not, so there are quirks: one refuses as it does a
// token that never was.
func (c *call) expired(unknown int, words string) {
	switch {
	case c.s.w.Quirk(ExpiredUnknown):
		c.fail(unknown, words)
	case c.s.w.Quirk(ExpiredForbidden):
		c.fail(http.StatusForbidden, "Token expired")
	default:
		c.fail(http.StatusUnauthorized, "Token expired")
	}
}

func (c *call) admitOrganization() bool {
	if c.who == nil {
		c.fail(http.StatusUnauthorized, "You need to be authenticated to use this operation")
		return false
	}
	name := c.R.PathValue("organization")
	if name == "" {
		return true
	}
	if len(c.organizationsIn(name)) == 0 || !slices.Contains(providers(), c.R.PathValue("provider")) {
		c.fail(http.StatusNotFound, "Organization not found")
		return false
	}
	return true
}

// v2 serves an operation of the v2 API. A token that is wrong, or right for
// another repository, is answered like an unknown repository: "not found".
func v2(serve func(*call)) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		c := r.Context().Value(callKey{}).(*call)
		c.R = r
		if c.admitV2() {
			serve(c)
		}
	}
}

func (c *call) admitV2() bool {
	t := c.s.token(c.R.Header.Get("project-token"))
	if t == nil || t.repo == nil {
		t = c.s.token(c.R.Header.Get("api-token"))
		if t != nil && t.repo != nil {
			t = nil
		}
	}
	if t == nil {
		c.fail(http.StatusNotFound, "not found")
		return false
	}
	if t.expired(c.s.w.Now()) {
		c.expired(http.StatusNotFound, "not found")
		return false
	}
	c.who, c.repo = t, t.repo
	if c.R.PathValue("repository") != "" {
		named := c.named()
		if t.repo != nil && t.repo != named || !slices.Contains(providers(), c.R.PathValue("provider")) {
			named = nil
		}
		c.repo = named
	}
	if c.repo == nil || !c.s.isAdded(c.repo) {
		c.fail(http.StatusNotFound, "not found")
		return false
	}
	return true
}

func (s *Server) isAdded(r *world.Repository) bool { return !r.NotAdded || s.added[r.ID] }
