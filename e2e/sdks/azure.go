package main

import (
	"context"
	"errors"
	"os"

	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/build"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/core"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/git"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/taskagent"
)

// wrapped is the status of the client's own error.
func wrapped(err error) int {
	var w azuredevops.WrappedError
	var p *azuredevops.WrappedError
	switch {
	case errors.As(err, &p) && p.StatusCode != nil:
		return *p.StatusCode
	case errors.As(err, &w) && w.StatusCode != nil:
		return *w.StatusCode
	}
	return 0
}

func azureClient(t *tally) {
	t.client = "github.com/microsoft/azure-devops-go-api/azuredevops/v7"
	ctx := context.Background()
	way := azuredevops.NewPatConnection(os.Getenv("SYSTEM_COLLECTIONURI"), os.Getenv("AZURE_DEVOPS_EXT_PAT"))
	cores, err := core.NewClient(ctx, way)
	if err != nil {
		t.call("core.NewClient", err, false)
		return
	}
	platform := ptr("platform")
	projects, err := cores.GetProjects(ctx, core.GetProjectsArgs{})
	t.call("GetProjects", err, err == nil && len(projects.Value) == 1)
	project, err := cores.GetProject(ctx, core.GetProjectArgs{ProjectId: platform})
	t.call("GetProject", err, err == nil && *project.Name == "platform" && project.Id != nil)
	if err != nil {
		return
	}
	_, err = cores.GetProject(ctx, core.GetProjectArgs{ProjectId: ptr("nowhere")})
	t.refused("GetProject of one that is not there", wrapped(err), 404)

	repositories, err := git.NewClient(ctx, way)
	if err != nil {
		t.call("git.NewClient", err, false)
		return
	}
	list, err := repositories.GetRepositories(ctx, git.GetRepositoriesArgs{Project: platform})
	t.call("GetRepositories", err, err == nil && len(*list) == 25)
	repo, err := repositories.GetRepository(ctx, git.GetRepositoryArgs{Project: platform, RepositoryId: ptr("api")})
	t.call("GetRepository", err, err == nil && *repo.DefaultBranch == "refs/heads/main" && *repo.Project.Name == "platform")
	groups(ctx, t, way, project)
	definitions(ctx, t, way, platform)
	if repo == nil {
		return
	}
	id := ptr(repo.Id.String())
	pulls, err := repositories.GetPullRequests(ctx, git.GetPullRequestsArgs{Project: platform, RepositoryId: id, SearchCriteria: &git.GitPullRequestSearchCriteria{}})
	t.call("GetPullRequests", err, err == nil && len(*pulls) == 1)
	pull, err := repositories.GetPullRequest(ctx, git.GetPullRequestArgs{Project: platform, RepositoryId: id, PullRequestId: ptr(7)})
	t.call("GetPullRequest", err, err == nil && *pull.Status == git.PullRequestStatusValues.Active)
	thread, err := repositories.CreateThread(ctx, git.CreateThreadArgs{Project: platform, RepositoryId: id, PullRequestId: ptr(7), CommentThread: &git.GitPullRequestCommentThread{
		Comments: &[]git.Comment{{Content: ptr("Words."), CommentType: &git.CommentTypeValues.Text, ParentCommentId: ptr(0)}}, Status: &git.CommentThreadStatusValues.Closed,
	}})
	t.call("CreateThread", err, err == nil && thread.Id != nil && *(*thread.Comments)[0].Content == "Words.")
	if err != nil || pull == nil {
		return
	}
	threads, err := repositories.GetThreads(ctx, git.GetThreadsArgs{Project: platform, RepositoryId: id, PullRequestId: ptr(7)})
	t.call("GetThreads", err, err == nil && len(*threads) > 0)
	comment, err := repositories.UpdateComment(ctx, git.UpdateCommentArgs{Project: platform, RepositoryId: id, PullRequestId: ptr(7), ThreadId: thread.Id, CommentId: ptr(1), Comment: &git.Comment{Content: ptr("Other words.")}})
	t.call("UpdateComment", err, err == nil && *comment.Content == "Other words.")
	err = repositories.DeleteComment(ctx, git.DeleteCommentArgs{Project: platform, RepositoryId: id, PullRequestId: ptr(7), ThreadId: thread.Id, CommentId: ptr(1)})
	t.call("DeleteComment", err, true)
	sha := pull.LastMergeSourceCommit.CommitId
	named := &git.GitStatusContext{Name: ptr("sdk"), Genre: ptr("gatewright")}
	status, err := repositories.CreateCommitStatus(ctx, git.CreateCommitStatusArgs{Project: platform, RepositoryId: id, CommitId: sha, GitCommitStatusToCreate: &git.GitStatus{State: &git.GitStatusStateValues.Succeeded, Context: named, Description: ptr("passed")}})
	t.call("CreateCommitStatus", err, err == nil && *status.State == git.GitStatusStateValues.Succeeded)
	statuses, err := repositories.GetStatuses(ctx, git.GetStatusesArgs{Project: platform, RepositoryId: id, CommitId: sha})
	t.call("GetStatuses", err, err == nil && len(*statuses) > 0)
	judged, err := repositories.CreatePullRequestStatus(ctx, git.CreatePullRequestStatusArgs{Project: platform, RepositoryId: id, PullRequestId: ptr(7), Status: &git.GitPullRequestStatus{State: &git.GitStatusStateValues.Succeeded, Context: named}})
	t.call("CreatePullRequestStatus", err, err == nil && judged.Id != nil)
	stranger, err := core.NewClient(ctx, azuredevops.NewPatConnection(os.Getenv("SYSTEM_COLLECTIONURI"), "0000"))
	if err == nil {
		_, err = stranger.GetProjects(ctx, core.GetProjectsArgs{})
	}
	t.call("a wrong token", nil, err != nil)
}

func groups(ctx context.Context, t *tally, way *azuredevops.Connection, project *core.TeamProject) {
	c, err := taskagent.NewClient(ctx, way)
	if err != nil {
		t.call("taskagent.NewClient", err, false)
		return
	}
	platform, name := project.Name, ptr("sdk-group")
	body := func(variables map[string]interface{}) *taskagent.VariableGroupParameters {
		return &taskagent.VariableGroupParameters{Name: name, Type: ptr("Vsts"), Variables: &variables, VariableGroupProjectReferences: &[]taskagent.VariableGroupProjectReference{
			{Name: name, Description: ptr("made by a test"), ProjectReference: &taskagent.ProjectReference{Id: project.Id, Name: platform}},
		}}
	}
	made, err := c.AddVariableGroup(ctx, taskagent.AddVariableGroupArgs{VariableGroupParameters: body(map[string]interface{}{
		"A": taskagent.VariableValue{Value: ptr("b")}, "S": taskagent.VariableValue{Value: ptr("c"), IsSecret: ptr(true)},
	})})
	t.call("AddVariableGroup", err, err == nil && made.Id != nil && len(*made.Variables) == 2)
	if err != nil {
		return
	}
	_, err = c.AddVariableGroup(ctx, taskagent.AddVariableGroupArgs{VariableGroupParameters: body(map[string]interface{}{"A": taskagent.VariableValue{Value: ptr("b")}})})
	t.refused("AddVariableGroup again", wrapped(err), 409)
	_, err = c.AddVariableGroup(ctx, taskagent.AddVariableGroupArgs{VariableGroupParameters: &taskagent.VariableGroupParameters{Name: ptr("x"), Type: ptr("Vsts")}})
	t.refused("AddVariableGroup of no project", wrapped(err), 400)
	list, err := c.GetVariableGroups(ctx, taskagent.GetVariableGroupsArgs{Project: platform, GroupName: name})
	t.call("GetVariableGroups", err, err == nil && len(*list) == 1 && (*list)[0].VariableGroupProjectReferences == nil)
	one, err := c.GetVariableGroup(ctx, taskagent.GetVariableGroupArgs{Project: platform, GroupId: made.Id})
	t.call("GetVariableGroup", err, err == nil && one.VariableGroupProjectReferences != nil && len(*one.VariableGroupProjectReferences) == 1)
	one, err = c.UpdateVariableGroup(ctx, taskagent.UpdateVariableGroupArgs{GroupId: made.Id, VariableGroupParameters: body(map[string]interface{}{"A": taskagent.VariableValue{Value: ptr("d")}})})
	t.call("UpdateVariableGroup", err, err == nil && len(*one.Variables) == 1)
	_, err = c.UpdateVariableGroup(ctx, taskagent.UpdateVariableGroupArgs{GroupId: made.Id, VariableGroupParameters: body(map[string]interface{}{})})
	t.refused("UpdateVariableGroup to nothing", wrapped(err), 400)
	err = c.DeleteVariableGroup(ctx, taskagent.DeleteVariableGroupArgs{GroupId: made.Id, ProjectIds: &[]string{project.Id.String()}})
	t.call("DeleteVariableGroup", err, true)
}

func definitions(ctx context.Context, t *tally, way *azuredevops.Connection, platform *string) {
	c, err := build.NewClient(ctx, way)
	if err != nil {
		t.call("build.NewClient", err, false)
		return
	}
	list, err := c.GetDefinitions(ctx, build.GetDefinitionsArgs{Project: platform, Name: ptr("api")})
	t.call("GetDefinitions", err, err == nil && len(list.Value) == 1)
	if err != nil {
		return
	}
	whole, err := c.GetDefinition(ctx, build.GetDefinitionArgs{Project: platform, DefinitionId: list.Value[0].Id})
	t.call("GetDefinition", err, err == nil && whole.Repository != nil)
	if err != nil {
		return
	}
	whole.Variables = &map[string]build.BuildDefinitionVariable{"SDK": {Value: ptr("x"), IsSecret: ptr(true)}}
	was := *whole.Revision
	now, err := c.UpdateDefinition(ctx, build.UpdateDefinitionArgs{Project: platform, DefinitionId: whole.Id, Definition: whole})
	t.call("UpdateDefinition", err, err == nil && *now.Revision == was+1)
	_, err = c.UpdateDefinition(ctx, build.UpdateDefinitionArgs{Project: platform, DefinitionId: whole.Id, Definition: whole})
	t.refused("UpdateDefinition of a revision that is past", wrapped(err), 409)
}
