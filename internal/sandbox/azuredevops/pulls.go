package azuredevops

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) pullRoutes() {
	const base = "/{org}/{project}/_apis/git/repositories/{repo}"
	for _, spelt := range []string{"pullRequests", "pullrequests"} { // paths do not differ by case
		s.handle("GET "+base+"/"+spelt, func(w http.ResponseWriter, r *http.Request) {
			o, repo := s.repository(w, r)
			if repo == nil {
				return
			}
			q := r.URL.Query()
			rows := []any{}
			for _, p := range repo.PullRequests {
				source, status := q.Get("searchCriteria.sourceRefName"), q.Get("searchCriteria.status")
				if (source == "" || source == "refs/heads/"+p.Branch) && (status == "all" || status == shownState(p) || status == "" && p.State == "open") {
					rows = append(rows, s.showPull(r, o, repo, p))
				}
			}
			values(w, rows)
		})
		s.handle("GET "+base+"/"+spelt+"/{number}", s.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
			answer.JSON(w, 200, s.showPull(r, s.World.Organization(repo.Owner), repo, p))
		}))
	}
	s.handle("GET /{org}/_apis/git/pullRequests/{number}", func(w http.ResponseWriter, r *http.Request) {
		o := s.World.Organization(r.PathValue("org"))
		n, _ := strconv.Atoi(r.PathValue("number"))
		if o != nil {
			for _, repo := range o.Repositories {
				if p := repo.PullRequest(n); p != nil {
					answer.JSON(w, 200, s.showPull(r, o, repo, p))
					return
				}
			}
		}
		s.NoPull(w, r)
	})
}

func shownState(p *world.PullRequest) string {
	return map[string]string{"open": "active", "closed": "abandoned", "merged": "completed"}[p.State]
}

func (s *Server) showPull(r *http.Request, o *world.Organization, repo *world.Repository, p *world.PullRequest) map[string]any {
	shown := showRepository(r, o, repo)
	at := fmt.Sprintf("%s/pullRequests/%d", shown["url"], p.Number)
	commit := func(sha string) map[string]any {
		who := map[string]any{"name": "Robin Doe", "email": "robin@acme.example", "date": repo.PushedAt}
		return map[string]any{"commitId": sha, "url": fmt.Sprintf("%s/commits/%s", shown["url"], sha), "author": who, "committer": who, "comment": p.Title}
	}
	links := map[string]any{}
	for _, name := range strings.Fields("self createdBy iterations repository sourceBranch sourceCommit statuses targetBranch targetCommit workItems") {
		links[name] = map[string]string{"href": at}
	}
	return map[string]any{
		"pullRequestId": p.Number, "codeReviewId": p.Number, "status": shownState(p), "title": p.Title, "description": p.Title, "isDraft": false,
		"sourceRefName": "refs/heads/" + p.Branch, "targetRefName": "refs/heads/" + p.Target, "createdBy": robin(), "creationDate": repo.PushedAt,
		"lastMergeSourceCommit": commit(p.Head), "lastMergeTargetCommit": commit(p.Base), "lastMergeCommit": commit(world.SHA("merge " + p.Head)),
		"mergeStatus": "succeeded", "mergeId": uuid(p.ID), "repository": shown, "reviewers": []any{}, "supportsIterations": true, "url": at, "_links": links,
		"artifactId": "vstfs:///Git/PullRequestId/" + uuid(o.ID) + "%2f" + uuid(repo.ID) + "%2f" + strconv.Itoa(p.Number),
	}
}
