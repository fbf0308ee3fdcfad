package main

import (
	"os"
	"slices"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go"
)

func status(r *gitlab.Response) int {
	if r == nil {
		return 0
	}
	return r.StatusCode
}

// scopes are those of the variable that is played with.
func scopes(list []*gitlab.ProjectVariable) string {
	var out []string
	for _, v := range list {
		if v.Key == "SDK" {
			out = append(out, v.EnvironmentScope)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func gitlabClient(t *tally) {
	t.client = "gitlab.com/gitlab-org/api/client-go"
	c, err := gitlab.NewClient(os.Getenv("GITLAB_TOKEN"), gitlab.WithBaseURL(os.Getenv("GITLAB_URL")), gitlab.WithCustomRetryMax(0))
	if err != nil {
		t.call("NewClient", err, false)
		return
	}
	const api = "acme/api"
	user, _, err := c.Users.CurrentUser()
	t.call("Users.CurrentUser", err, err == nil && user.Username == "robin")
	version, _, err := c.Version.GetVersion()
	t.call("Version.GetVersion", err, err == nil && version.Version != "")
	group, _, err := c.Groups.GetGroup("acme", nil)
	t.call("Groups.GetGroup", err, err == nil && group.FullPath == "acme")
	list, resp, err := c.Groups.ListGroupProjects("acme", &gitlab.ListGroupProjectsOptions{ListOptions: gitlab.ListOptions{PerPage: 10}})
	t.call("Groups.ListGroupProjects", err, err == nil && len(list) == 10 && resp.TotalItems == 25 && resp.NextPage == 2)
	all, _, err := c.Projects.ListProjects(&gitlab.ListProjectsOptions{ListOptions: gitlab.ListOptions{PerPage: 50}})
	t.call("Projects.ListProjects", err, err == nil && len(all) == 25 && all[0].LastActivityAt != nil)
	project, _, err := c.Projects.GetProject(api, nil)
	t.call("Projects.GetProject", err, err == nil && project.PathWithNamespace == api && project.Permissions.GroupAccess.AccessLevel == gitlab.OwnerPermissions)
	_, resp, _ = c.Projects.GetProject("acme/nowhere", nil)
	t.refused("Projects.GetProject of one that is not there", status(resp), 404)
	languages, _, err := c.Projects.GetProjectLanguages(api)
	t.call("Projects.GetProjectLanguages", err, err == nil && len(*languages) > 0)

	made, _, err := c.ProjectVariables.CreateVariable(api, &gitlab.CreateProjectVariableOptions{Key: ptr("SDK"), Value: ptr("value-12345"), Masked: ptr(true), Raw: ptr(true), Description: ptr("made by a test")})
	t.call("ProjectVariables.CreateVariable", err, err == nil && made.Masked && made.Raw && made.EnvironmentScope == "*" && made.VariableType == gitlab.EnvVariableType)
	_, resp, _ = c.ProjectVariables.CreateVariable(api, &gitlab.CreateProjectVariableOptions{Key: ptr("SDK"), Value: ptr("value-12345")})
	t.refused("ProjectVariables.CreateVariable again", status(resp), 400)
	_, _, err = c.ProjectVariables.CreateVariable(api, &gitlab.CreateProjectVariableOptions{Key: ptr("SDK"), Value: ptr("x"), EnvironmentScope: ptr("production"), VariableType: ptr(gitlab.FileVariableType)})
	t.call("ProjectVariables.CreateVariable of another scope", err, true)
	filter := &gitlab.VariableFilter{EnvironmentScope: "production"}
	one, _, err := c.ProjectVariables.GetVariable(api, "SDK", &gitlab.GetProjectVariableOptions{Filter: filter})
	t.call("ProjectVariables.GetVariable", err, err == nil && one.EnvironmentScope == "production" && one.VariableType == gitlab.FileVariableType)
	_, resp, _ = c.ProjectVariables.GetVariable(api, "SDK", nil)
	t.refused("ProjectVariables.GetVariable of two", status(resp), 409)
	one, _, err = c.ProjectVariables.UpdateVariable(api, "SDK", &gitlab.UpdateProjectVariableOptions{Value: ptr("y"), Filter: filter})
	t.call("ProjectVariables.UpdateVariable", err, err == nil && one.Value == "y" && one.VariableType == gitlab.FileVariableType)
	variables, _, err := c.ProjectVariables.ListVariables(api, nil)
	t.call("ProjectVariables.ListVariables", err, err == nil && scopes(variables) == "* production")
	_, err = c.ProjectVariables.RemoveVariable(api, "SDK", &gitlab.RemoveProjectVariableOptions{Filter: filter})
	t.call("ProjectVariables.RemoveVariable", err, true)
	variables, _, err = c.ProjectVariables.ListVariables(api, nil)
	t.call("ProjectVariables.ListVariables after it", err, err == nil && scopes(variables) == "*")
	hidden, _, err := c.ProjectVariables.CreateVariable(api, &gitlab.CreateProjectVariableOptions{Key: ptr("SDK_HIDDEN"), Value: ptr("value-12345"), MaskedAndHidden: ptr(true), Raw: ptr(true)})
	t.call("ProjectVariables.CreateVariable hidden", err, err == nil && hidden.Hidden)
	groupVariable, _, err := c.GroupVariables.CreateVariable("acme", &gitlab.CreateGroupVariableOptions{Key: ptr("SDK"), Value: ptr("value-12345")})
	t.call("GroupVariables.CreateVariable", err, err == nil && groupVariable.Key == "SDK")
	groupVariables, _, err := c.GroupVariables.ListVariables("acme", nil)
	t.call("GroupVariables.ListVariables", err, err == nil && len(groupVariables) == 1)
	groupVariable, _, err = c.GroupVariables.UpdateVariable("acme", "SDK", &gitlab.UpdateGroupVariableOptions{Value: ptr("other-12345"), Protected: ptr(true)})
	t.call("GroupVariables.UpdateVariable", err, err == nil && groupVariable.Protected)
	_, err = c.GroupVariables.RemoveVariable("acme", "SDK", nil)
	t.call("GroupVariables.RemoveVariable", err, true)

	requests, _, err := c.MergeRequests.ListProjectMergeRequests(api, &gitlab.ListProjectMergeRequestsOptions{State: ptr("opened"), SourceBranch: ptr("retry-payments")})
	t.call("MergeRequests.ListProjectMergeRequests", err, err == nil && len(requests) == 1 && requests[0].IID == 7)
	request, _, err := c.MergeRequests.GetMergeRequest(api, 7, nil)
	t.call("MergeRequests.GetMergeRequest", err, err == nil && request.SHA != "" && request.DiffRefs.HeadSha == request.SHA)
	note, _, err := c.Notes.CreateMergeRequestNote(api, 7, &gitlab.CreateMergeRequestNoteOptions{Body: ptr("Words.")})
	t.call("Notes.CreateMergeRequestNote", err, err == nil && note.Body == "Words." && note.Author.Username == "robin")
	if err != nil || request == nil {
		return
	}
	note, _, err = c.Notes.UpdateMergeRequestNote(api, 7, note.ID, &gitlab.UpdateMergeRequestNoteOptions{Body: ptr("Other words.")})
	t.call("Notes.UpdateMergeRequestNote", err, err == nil && note.Body == "Other words.")
	notes, _, err := c.Notes.ListMergeRequestNotes(api, 7, nil)
	t.call("Notes.ListMergeRequestNotes", err, err == nil && len(notes) > 0)
	_, _, err = c.Notes.GetMergeRequestNote(api, 7, note.ID)
	t.call("Notes.GetMergeRequestNote", err, true)
	_, err = c.Notes.DeleteMergeRequestNote(api, 7, note.ID)
	t.call("Notes.DeleteMergeRequestNote", err, true)
	set, _, err := c.Commits.SetCommitStatus(api, request.SHA, &gitlab.SetCommitStatusOptions{State: gitlab.Success, Name: ptr("sdk"), Description: ptr("passed"), TargetURL: ptr("https://ci.example/1")})
	t.call("Commits.SetCommitStatus", err, err == nil && set.Status == "success" && set.Author.Username == "robin")
	_, resp, _ = c.Commits.SetCommitStatus(api, request.SHA, &gitlab.SetCommitStatusOptions{State: "nonsense", Name: ptr("sdk")})
	t.refused("Commits.SetCommitStatus of no state", status(resp), 400)
	statuses, _, err := c.Commits.GetCommitStatuses(api, request.SHA, nil)
	t.call("Commits.GetCommitStatuses", err, err == nil && len(statuses) > 0)
	stranger, err := gitlab.NewClient("glpat-0000", gitlab.WithBaseURL(os.Getenv("GITLAB_URL")), gitlab.WithCustomRetryMax(0))
	if err == nil {
		_, resp, _ = stranger.Users.CurrentUser()
	}
	t.refused("a wrong token", status(resp), 401)
}
