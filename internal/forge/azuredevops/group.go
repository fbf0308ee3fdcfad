package azuredevops

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// group is a variable group as it is read and written. The parts that are not
// changed here are kept as they came.
type group struct {
	ID          int64                      `json:"id,omitempty" rest:"required"`
	Name        string                     `json:"name" rest:"required"`
	Description string                     `json:"description"`
	Type        string                     `json:"type"`
	Provider    json.RawMessage            `json:"providerData,omitempty"`
	Variables   map[string]json.RawMessage `json:"variables" rest:"required"`
	References  []reference                `json:"variableGroupProjectReferences"`
}

// reference says in which project a group is seen, and under which name: a
// shared one has several. A write without any is refused.
type reference struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Project     named  `json:"projectReference"`
}

func groupsPath(project string) string {
	return rest.Path(project, "_apis", "distributedtask", "variablegroups")
}

// openGroup finds a group by its name, whose case does not count. One that is
// not there is made by the first save.
func (c *Client) openGroup(ctx context.Context, project, name string) (*container, error) {
	found, err := rows[group](ctx, c, rest.Request{
		Op:   fmt.Sprintf("look for the variable group %s in %s", name, project),
		Path: groupsPath(project), Query: url.Values{"groupName": {name}},
	})
	if err != nil {
		return nil, err
	}
	// The name may have held a wildcard. Should names differ by case after all,
	// the exact one is meant.
	found = slices.DeleteFunc(found, func(g group) bool { return !strings.EqualFold(g.Name, name) })
	if i := slices.IndexFunc(found, func(g group) bool { return g.Name == name }); i > 0 {
		found[0], found[i] = found[i], found[0]
	}
	for _, g := range found {
		if g.Type != "Vsts" {
			return nil, fault.Errorf(fault.Input, "the variable group %s of %s takes its values from elsewhere (%s); write them there", name, project, g.Type)
		}
		// The list leaves out the projects that share the group, and a PUT
		// without them would take it away from these.
		whole, err := c.readGroup(ctx, project, g)
		if err != nil {
			return nil, err
		}
		if whole.ID != 0 {
			return c.containerOf(ctx, project, whole)
		}
	}
	return c.containerOf(ctx, project, group{Name: name, Description: forge.Mark, Type: "Vsts", Variables: map[string]json.RawMessage{}})
}

// readGroup reads a group that was listed. One that has been deleted since has
// no id: Azure DevOps answers 200 with null.
func (c *Client) readGroup(ctx context.Context, project string, g group) (group, error) {
	var whole *group
	op := fmt.Sprintf("read the variable group %s of %s", g.Name, project)
	_, err := c.call(ctx, rest.Request{Op: op, Path: groupsPath(project) + rest.Path(strconv.FormatInt(g.ID, 10))}, &whole)
	switch {
	case rest.Status(err) == 404, err == nil && whole == nil:
		return group{}, nil
	case err != nil:
		return group{}, err
	case whole.ID != g.ID || whole.Name != g.Name:
		return group{}, fault.Errorf(fault.Service, "%s: the answer is the group %s", op, whole.Name)
	}
	return *whole, nil
}

// containerOf makes a group the container of its variables. One without an id is
// made by the first save.
func (c *Client) containerOf(ctx context.Context, project string, g group) (*container, error) {
	if len(g.References) == 0 {
		id, err := c.projectID(ctx, project)
		if err != nil {
			return nil, err
		}
		g.References = []reference{{g.Name, g.Description, named{id, project}}}
	}
	const groups = "/_apis/distributedtask/variablegroups"
	at := groups + rest.Path(strconv.FormatInt(g.ID, 10))
	h := &container{made: g.ID == 0, shared: len(g.References) > 1, vars: g.Variables}
	one := project
	if h.shared {
		one = ""
	}
	h.save = func(ctx context.Context, op string, vars map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		r := rest.Request{Op: op, Method: "PUT", Path: at}
		switch {
		case h.made:
			r.Method, r.Path = "POST", groups
		case len(vars) == 0:
			return nil, c.deleteGroup(ctx, one, rest.Request{Op: op, Path: at}, g)
		}
		sent := g
		sent.ID, sent.Variables = 0, vars // the path says which it is
		r.JSON = sent
		var saved group
		err := c.writeGroup(ctx, one, r, &saved)
		if err == nil && h.made {
			c.authorise(ctx, project, h.repository, saved)
		}
		return saved.Variables, err
	}
	return h, nil
}

// writeGroup changes a group at the organization's address, or at that of its one
// project, "" if it has several, where the first is refused to a token: what a personal
// one with all scopes for variable groups was given 401 at, it could do at the other.
func (c *Client) writeGroup(ctx context.Context, project string, r rest.Request, out any) error {
	_, err := c.call(ctx, r, out)
	if rest.Status(err) == 401 && project != "" {
		lost := !rest.Refused(err)
		r.Path = rest.Path(project) + r.Path
		_, err = c.call(ctx, r, out)
		err = rest.AfterLost(lost, err)
	}
	return err
}

// deleteGroup deletes a group that this tool made, with its last variable:
// Azure DevOps keeps no empty groups.
func (c *Client) deleteGroup(ctx context.Context, project string, r rest.Request, g group) error {
	if g.Description != forge.Mark {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: it is the last variable of the group %s, and Azure DevOps keeps no empty groups", r.Op, g.Name),
			"delete the group by hand if nobody needs it; it was not made by this tool")
	}
	r.Method, r.Query = "DELETE", url.Values{}
	for _, in := range g.References {
		r.Query.Add("projectIds", in.Project.ID)
	}
	err := c.writeGroup(ctx, project, r, nil)
	if err == nil {
		c.say(fmt.Sprintf("deleted the variable group %s, which this tool had made, with its last variable", g.Name))
	}
	return err
}

// authorise lets the pipelines of a repository use the new group that was made
// for it: a group that nobody authorised stops every run that names it. What
// could not be done is said; the variable is stored all the same.
func (c *Client) authorise(ctx context.Context, project, repository string, g group) {
	why := "it belongs to no one repository"
	if repository != "" {
		ids, err := c.pipelinesOf(ctx, project, repository)
		if err == nil && len(ids) > 0 {
			_, err = c.call(ctx, rest.Request{
				Op: "authorise pipelines for the variable group " + g.Name, Method: "PATCH", Repeat: rest.Always,
				Path: rest.Path(project, "_apis", "pipelines", "pipelinePermissions", "variablegroup", strconv.FormatInt(g.ID, 10)),
				JSON: map[string]any{"pipelines": ids},
			}, nil)
			if err == nil {
				c.say(fmt.Sprintf("authorised %d of the repository's pipelines for the new variable group %s", len(ids), g.Name))
				return
			}
		}
		why = "the repository has no pipeline yet"
		if err != nil {
			why = err.Error()
		}
	}
	c.say(fmt.Sprintf("the new variable group %s is not authorised for any pipeline (%s): permit it under Pipelines, Library, %s, Pipeline permissions", g.Name, why, g.Name))
}

// authorised is a pipeline that may use a group.
type authorised struct {
	ID         int64 `json:"id"`
	Authorized bool  `json:"authorized"`
}

func (c *Client) pipelinesOf(ctx context.Context, project, repository string) (ids []authorised, err error) {
	found, err := rows[definition](ctx, c, rest.Request{
		Op: "list the pipelines of the repository", Path: rest.Path(project, "_apis", "build", "definitions"),
		Query: url.Values{"repositoryId": {repository}, "repositoryType": {"TfsGit"}},
	})
	for _, d := range found {
		ids = append(ids, authorised{d.ID, true})
	}
	return ids, err
}
