package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ktrysmt/go-bitbucket"
)

// refusal is the status of the client's own error.
func refusal(err error) int {
	var u *bitbucket.UnexpectedResponseStatusError
	status := 0
	if errors.As(err, &u) {
		_, _ = fmt.Sscan(u.Status, &status)
	}
	return status
}

// id is the "id" of an answer without a type of its own.
func id(answer any) string {
	fields, _ := answer.(map[string]any)
	if n, ok := fields["id"].(float64); ok {
		return fmt.Sprintf("%.0f", n)
	}
	return ""
}

func bitbucketClient(t *tally) {
	t.client = "github.com/ktrysmt/go-bitbucket"
	base := strings.TrimSuffix(os.Getenv("BITBUCKET_API_URL"), "/2.0") + "/2.0"
	c, err := bitbucket.NewOAuthbearerTokenWithBaseUrlStr(os.Getenv("BITBUCKET_TOKEN"), base)
	if err != nil {
		t.call("NewOAuthbearerTokenWithBaseUrlStr", err, false)
		return
	}
	const owner, name = "acme", "api"
	user, err := c.User.Profile()
	t.call("User.Profile", err, err == nil && user.Uuid != "")
	list, err := c.Repositories.ListForAccount(&bitbucket.RepositoriesOptions{Owner: owner})
	t.call("Repositories.ListForAccount", err, err == nil && len(list.Items) == 25 && list.Items[0].Slug != "")
	repo, err := c.Repositories.Repository.Get(&bitbucket.RepositoryOptions{Owner: owner, RepoSlug: name})
	t.call("Repository.Get", err, err == nil && repo.Full_name == "acme/api" && repo.Mainbranch.Name == "main")
	_, err = c.Repositories.Repository.Get(&bitbucket.RepositoryOptions{Owner: owner, RepoSlug: "nowhere"})
	t.refused("Repository.Get of one that is not there", refusal(err), 404)
	r := c.Repositories.Repository
	made, err := r.AddPipelineVariable(&bitbucket.RepositoryPipelineVariableOptions{Owner: owner, RepoSlug: name, Key: "SDK", Value: "x", Secured: true})
	t.call("AddPipelineVariable", err, err == nil && made.Secured && made.Uuid != "")
	if err != nil {
		return
	}
	_, err = r.AddPipelineVariable(&bitbucket.RepositoryPipelineVariableOptions{Owner: owner, RepoSlug: name, Key: "SDK", Value: "x"})
	t.refused("AddPipelineVariable again", refusal(err), 409)
	variables, err := r.ListPipelineVariables(&bitbucket.RepositoryPipelineVariablesOptions{Owner: owner, RepoSlug: name})
	t.call("ListPipelineVariables", err, err == nil && len(variables.Variables) > 0)
	one, err := r.GetPipelineVariable(&bitbucket.RepositoryPipelineVariableOptions{Owner: owner, RepoSlug: name, Uuid: made.Uuid})
	t.call("GetPipelineVariable", err, err == nil && one.Key == "SDK" && one.Value == "")
	one, err = r.UpdatePipelineVariable(&bitbucket.RepositoryPipelineVariableOptions{Owner: owner, RepoSlug: name, Uuid: made.Uuid, Key: "SDK", Value: "y"})
	t.call("UpdatePipelineVariable", err, err == nil && one.Value == "y")
	_, err = r.DeletePipelineVariable(&bitbucket.RepositoryPipelineVariableDeleteOptions{Owner: owner, RepoSlug: name, Uuid: made.Uuid})
	t.call("DeletePipelineVariable", err, true)
	environments, err := r.ListEnvironments(&bitbucket.RepositoryEnvironmentsOptions{Owner: owner, RepoSlug: name})
	t.call("ListEnvironments", err, err == nil && len(environments.Environments) == 1)
	if err == nil && len(environments.Environments) == 1 {
		at := &environments.Environments[0]
		deployed, err := r.AddDeploymentVariable(&bitbucket.RepositoryDeploymentVariableOptions{Owner: owner, RepoSlug: name, Environment: at, Key: "SDK", Value: "x", Secured: true})
		t.call("AddDeploymentVariable", err, err == nil && deployed.Uuid != "")
		all, err := r.ListDeploymentVariables(&bitbucket.RepositoryDeploymentVariablesOptions{Owner: owner, RepoSlug: name, Environment: at})
		t.call("ListDeploymentVariables", err, err == nil && len(all.Variables) == 1)
		if deployed != nil {
			_, err = r.UpdateDeploymentVariable(&bitbucket.RepositoryDeploymentVariableOptions{Owner: owner, RepoSlug: name, Environment: at, Uuid: deployed.Uuid, Key: "SDK", Value: "y", Secured: true})
			t.call("UpdateDeploymentVariable", err, true)
			_, err = r.DeleteDeploymentVariable(&bitbucket.RepositoryDeploymentVariableDeleteOptions{Owner: owner, RepoSlug: name, Environment: at, Uuid: deployed.Uuid})
			t.call("DeleteDeploymentVariable", err, true)
		}
	}
	pulls := c.Repositories.PullRequests
	_, err = pulls.List(&bitbucket.PullRequestsOptions{Owner: owner, RepoSlug: name})
	t.call("PullRequests.List", err, true)
	pull, err := pulls.Get(&bitbucket.PullRequestsOptions{Owner: owner, RepoSlug: name, ID: "7"})
	t.call("PullRequests.Get", err, id(pull) == "7")
	comment, err := pulls.AddComment(&bitbucket.PullRequestCommentOptions{Owner: owner, RepoSlug: name, PullRequestID: "7", Content: "Words."})
	t.call("PullRequests.AddComment", err, id(comment) != "")
	_, err = pulls.UpdateComment(&bitbucket.PullRequestCommentOptions{Owner: owner, RepoSlug: name, PullRequestID: "7", CommentId: id(comment), Content: "Other words."})
	t.call("PullRequests.UpdateComment", err, true)
	_, err = pulls.GetComments(&bitbucket.PullRequestsOptions{Owner: owner, RepoSlug: name, ID: "7"})
	t.call("PullRequests.GetComments", err, true)
	_, err = pulls.GetComment(&bitbucket.PullRequestsOptions{Owner: owner, RepoSlug: name, ID: "7", CommentID: id(comment)})
	t.call("PullRequests.GetComment", err, true)
	_, err = pulls.DeleteComment(&bitbucket.PullRequestCommentOptions{Owner: owner, RepoSlug: name, PullRequestID: "7", CommentId: id(comment)})
	t.call("PullRequests.DeleteComment", err, true)
	head := head(pull)
	at := &bitbucket.CommitsOptions{Owner: owner, RepoSlug: name, Revision: head}
	_, err = c.Repositories.Commits.CreateCommitStatus(at, &bitbucket.CommitStatusOptions{Key: "sdk", State: "SUCCESSFUL", Name: "sdk", Url: "https://ci.example/1", Description: "passed"})
	t.call("Commits.CreateCommitStatus", err, true)
	_, err = c.Repositories.Commits.GetCommitStatuses(at)
	t.call("Commits.GetCommitStatuses", err, true)
	_, err = c.Repositories.Commits.GetCommitStatus(at, "sdk")
	t.call("Commits.GetCommitStatus", err, true)
	stranger, err := bitbucket.NewOAuthbearerTokenWithBaseUrlStr("0000", base)
	if err == nil {
		_, err = stranger.User.Profile()
	}
	t.refused("a wrong token", refusal(err), 401)
}

// head is the commit of a pull request, as far as Bitbucket shows it.
func head(pull any) string {
	at := pull
	for _, key := range []string{"source", "commit", "hash"} {
		fields, _ := at.(map[string]any)
		at = fields[key]
	}
	text, _ := at.(string)
	return text
}
