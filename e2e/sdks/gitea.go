package main

import (
	"os"

	"code.gitea.io/sdk/gitea"
)

func code(r *gitea.Response) int {
	if r == nil || r.Response == nil {
		return 0
	}
	return r.StatusCode
}

func giteaClient(t *tally) {
	t.client = "code.gitea.io/sdk/gitea"
	c, err := gitea.NewClient(os.Getenv("GITEA_URL"), gitea.SetToken(os.Getenv("GITEA_TOKEN")))
	if err != nil {
		t.call("NewClient", err, false)
		return
	}
	const owner, name = "acme", "api"
	user, _, err := c.GetMyUserInfo()
	t.call("GetMyUserInfo", err, err == nil && user.UserName == "robin")
	version, _, err := c.ServerVersion()
	t.call("ServerVersion", err, version != "")
	org, _, err := c.GetOrg(owner)
	t.call("GetOrg", err, err == nil && org.Name == owner)
	rights, _, err := c.GetOrgPermissions(owner, "robin")
	t.call("GetOrgPermissions", err, err == nil && rights.IsOwner)
	repos, _, err := c.ListOrgRepos(owner, gitea.ListOrgReposOptions{ListOptions: gitea.ListOptions{PageSize: 50}})
	t.call("ListOrgRepos", err, len(repos) == 25)
	mine, _, err := c.ListMyRepos(gitea.ListReposOptions{})
	t.call("ListMyRepos", err, len(mine) > 0)
	repo, _, err := c.GetRepo(owner, name)
	t.call("GetRepo", err, err == nil && repo.Permissions.Admin && repo.DefaultBranch == "main" && repo.Owner.UserName == owner)
	_, resp, _ := c.GetRepo(owner, "nowhere")
	t.refused("GetRepo of one that is not there", code(resp), 404)

	resp, err = c.CreateRepoActionSecret(owner, name, "SDK", gitea.CreateOrUpdateSecretOption{Data: "x"})
	t.call("CreateRepoActionSecret", err, code(resp) == 201)
	resp, err = c.CreateRepoActionSecret(owner, name, "SDK", gitea.CreateOrUpdateSecretOption{Data: "y"})
	t.call("CreateRepoActionSecret again", err, code(resp) == 204)
	resp, _ = c.CreateRepoActionSecret(owner, name, "GITHUB_X", gitea.CreateOrUpdateSecretOption{Data: "y"})
	t.refused("CreateRepoActionSecret of a name that is taken", code(resp), 400)
	secrets, _, err := c.ListRepoActionSecret(owner, name, gitea.ListRepoActionSecretOption{})
	t.call("ListRepoActionSecret", err, len(secrets) == 1 && secrets[0].Name == "SDK" && !secrets[0].Created.IsZero())
	_, err = c.DeleteRepoActionSecret(owner, name, "SDK")
	t.call("DeleteRepoActionSecret", err, true)
	resp, _ = c.DeleteRepoActionSecret(owner, name, "SDK")
	t.refused("DeleteRepoActionSecret again", code(resp), 404)
	resp, err = c.CreateOrgActionSecret(owner, "SDK", gitea.CreateOrUpdateSecretOption{Data: "x"})
	t.call("CreateOrgActionSecret", err, code(resp) == 201)
	secrets, _, err = c.ListOrgActionSecret(owner, gitea.ListOrgActionSecretOption{})
	t.call("ListOrgActionSecret", err, len(secrets) == 1)
	_, err = c.DeleteOrgActionSecret(owner, "SDK")
	t.call("DeleteOrgActionSecret", err, true)
	_, err = c.CreateRepoActionVariable(owner, name, "SDK", "x")
	t.call("CreateRepoActionVariable", err, true)
	variable, _, err := c.GetRepoActionVariable(owner, name, "SDK")
	t.call("GetRepoActionVariable", err, err == nil && variable.Value == "x")
	_, err = c.UpdateRepoActionVariable(owner, name, "SDK", "y")
	t.call("UpdateRepoActionVariable", err, true)
	variables, _, err := c.ListRepoActionVariable(owner, name, gitea.ListRepoActionVariableOption{})
	t.call("ListRepoActionVariable", err, len(variables) > 0)
	_, err = c.DeleteRepoActionVariable(owner, name, "SDK")
	t.call("DeleteRepoActionVariable", err, true)

	pulls, _, err := c.ListRepoPullRequests(owner, name, gitea.ListPullRequestsOptions{State: gitea.StateOpen})
	t.call("ListRepoPullRequests", err, len(pulls) == 1 && pulls[0].Index == 7)
	pull, _, err := c.GetPullRequest(owner, name, 7)
	t.call("GetPullRequest", err, err == nil && pull.Head.Sha != "")
	comment, _, err := c.CreateIssueComment(owner, name, 7, gitea.CreateIssueCommentOption{Body: "Words."})
	t.call("CreateIssueComment", err, err == nil && comment.Body == "Words." && comment.Poster.UserName == "robin")
	if err != nil || pull == nil {
		return
	}
	comments, _, err := c.ListIssueComments(owner, name, 7, gitea.ListIssueCommentOptions{})
	t.call("ListIssueComments", err, len(comments) > 0)
	comment, _, err = c.EditIssueComment(owner, name, comment.ID, gitea.EditIssueCommentOption{Body: "Other words."})
	t.call("EditIssueComment", err, err == nil && comment.Body == "Other words.")
	_, _, err = c.GetIssueComment(owner, name, comment.ID)
	t.call("GetIssueComment", err, true)
	_, err = c.DeleteIssueComment(owner, name, comment.ID)
	t.call("DeleteIssueComment", err, true)
	status, _, err := c.CreateStatus(owner, name, pull.Head.Sha, gitea.CreateStatusOption{State: gitea.StatusSuccess, Context: "sdk", Description: "passed"})
	t.call("CreateStatus", err, err == nil && status.State == gitea.StatusSuccess)
	statuses, _, err := c.ListStatuses(owner, name, pull.Head.Sha, gitea.ListStatusesOption{})
	t.call("ListStatuses", err, len(statuses) > 0)
	combined, _, err := c.GetCombinedStatus(owner, name, pull.Head.Sha)
	t.call("GetCombinedStatus", err, err == nil && combined.State == gitea.StatusSuccess)
	commit, _, err := c.GetSingleCommit(owner, name, pull.Head.Sha)
	t.call("GetSingleCommit", err, err == nil && commit.SHA == pull.Head.Sha)
	stranger, err := gitea.NewClient(os.Getenv("GITEA_URL"), gitea.SetToken("0000"))
	if err == nil {
		_, resp, _ = stranger.GetMyUserInfo()
	}
	t.refused("a wrong token", code(resp), 401)
}
