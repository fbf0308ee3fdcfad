package codacy

import (
	"encoding/base64"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (c *call) user() {
	c.ok(obj{"data": obj{
		"id": 1, "name": "Robin Doe", "mainEmail": "robin@example.com", "otherEmails": []string{},
		"isAdmin": false, "isActive": true, "created": "2024-01-02T03:04:05Z",
	}})
}

func (c *call) showOrganization(o *world.Organization, provider string) obj {
	return obj{
		"identifier": o.ID, "remoteIdentifier": strconv.FormatInt(o.ID, 10), "name": o.Name, "provider": provider,
		"type": "Organization", "joinStatus": "member", "singleProviderLogin": false, "hasDastAccess": false, "hasScaEnabled": false,
	}
}

func (c *call) organizations() { c.listOrganizations("gh") }

func (c *call) listOrganizations(provider string) {
	page(c, answer.Rows(c.s.w.Organizations, func(o *world.Organization) obj { return c.showOrganization(o, provider) }))
}

func (c *call) organization() {
	o := *c.organizationsIn(c.R.PathValue("organization"))[0]
	o.Name = c.R.PathValue("organization")
	c.ok(obj{"data": obj{
		"organization":                           c.showOrganization(&o, c.R.PathValue("provider")),
		"membership":                             obj{"userRole": "admin"},
		"analysisConfigurationMinimumPermission": "write",
		"subscriptions":                          []obj{},
	}})
}

func (c *call) showRepository(r *world.Repository, provider string) obj {
	visibility, state := "Public", "Added"
	if r.Private {
		visibility = "Private"
	}
	if !c.s.isAdded(r) {
		state = "NotAdded"
	}
	o := obj{
		"provider": provider, "owner": ownerAt(provider, r), "name": r.Name, "fullPath": r.Owner + "/" + r.Name,
		"visibility": visibility, "remoteIdentifier": strconv.FormatInt(r.ID, 10), "lastUpdated": stamp(r.PushedAt), "permission": "admin",
		"problems": []obj{}, "languages": []string{r.Language}, "standards": []obj{}, "addedState": state,
		"defaultBranch": c.showBranch(r),
	}
	if state != "NotAdded" {
		o["repositoryId"] = r.ID
	}
	return o
}

func (c *call) showBranch(r *world.Repository) obj {
	return obj{"id": r.ID, "name": r.DefaultBranch, "isDefault": true, "isEnabled": true, "branchType": "Branch", "lastUpdated": stamp(r.PushedAt)}
}

func (c *call) repositories() {
	q := c.R.URL.Query()
	data := []obj{}
	for _, r := range c.repositoriesIn(c.R.PathValue("organization")) {
		if !strings.Contains(r.Name, q.Get("search")) {
			continue
		}
		if strings.HasSuffix(q.Get("filter"), "Synced") && q.Get("filter") != "NotSynced" && !c.s.isAdded(r) {
			continue // NotSynced are all that the forge has, added or not
		}
		data = append(data, c.showRepository(r, c.R.PathValue("provider")))
	}
	page(c, data)
}

func (c *call) getRepository() {
	c.ok(obj{"data": c.showRepository(c.repo, c.R.PathValue("provider"))})
}

func (c *call) addRepository() {
	var in struct {
		FullPath string `json:"repositoryFullPath"`
		Provider string `json:"provider"`
	}
	if !c.decode(&in) {
		return
	}
	r := c.s.w.Repository(path.Dir(in.FullPath), path.Base(in.FullPath)) // the whole path, subgroups and all
	switch {
	case !slices.Contains(providers(), in.Provider):
		c.fail(http.StatusBadRequest, "Unknown provider")
	case r == nil:
		c.fail(http.StatusNotFound, "Repository not found")
	case c.s.isAdded(r):
		c.fail(http.StatusConflict, "The repository was added before")
	default:
		c.s.added[r.ID] = true
		c.ok(c.showRepository(r, in.Provider))
	}
}

// page answers with a page of a list. Cursors are opaque, and for Bitbucket
// they hold characters that must be escaped; that list also returns more than
// the limit, which the document warns of.
func page(c *call, data []obj) { pageWith(c, data, obj{}) }

// pageWith is page with further fields beside the list.
func pageWith(c *call, data []obj, answer obj) {
	q := c.R.URL.Query()
	limit, size := 100, 100
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			c.fail(http.StatusBadRequest, "limit must be between 1 and 100")
			return
		}
		limit, size = n, n
	}
	bitbucket := strings.HasPrefix(c.R.PathValue("provider"), "bb")
	if bitbucket {
		size++
	}
	start := 0
	if text := q.Get("cursor"); text != "" {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "after=&"))
		n, err2 := strconv.Atoi(string(raw))
		if err != nil || err2 != nil || n < 0 || n > len(data) || bitbucket != strings.HasPrefix(text, "after=&") {
			c.fail(http.StatusBadRequest, "The cursor is not valid")
			return
		}
		start = n
	}
	end := min(start+size, len(data))
	p := obj{"limit": limit, "total": len(data)}
	if end < len(data) {
		cursor := base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(end)))
		if bitbucket {
			cursor = "after=&" + cursor
		}
		p["cursor"] = cursor
	}
	answer["data"], answer["pagination"] = data[start:end], p
	c.ok(answer)
}

func (c *call) analysisSettings() {
	c.ok(obj{"buildServerAnalysisSetting": c.s.buildServer[c.repo.ID]})
}

func (c *call) setAnalysisSettings() {
	var in struct {
		On *bool `json:"buildServerAnalysisSetting"`
	}
	if !c.decode(&in) {
		return
	}
	if in.On == nil {
		c.fail(http.StatusBadRequest, "buildServerAnalysisSetting is missing")
		return
	}
	c.s.buildServer[c.repo.ID] = *in.On
	c.analysisSettings()
}

// qualityGate has a rule for coverage for pull requests alone: the stand-in judges
// a commit's by none.
func (c *call) qualityGate() {
	gate := obj{"issueThreshold": obj{"threshold": c.s.w.Gates.MaxIssues}}
	if strings.HasSuffix(c.R.URL.Path, "/pull-requests") {
		gate["diffCoverageThreshold"] = int(c.s.w.Gates.DiffCoverage)
	}
	c.ok(obj{"data": obj{"qualityGate": gate}})
}

// groups reports whether the provider has groups in groups: of those, Codacy
// makes one organization, named like the top one.
func groups(provider string) bool { return strings.HasPrefix(provider, "gl") }

// ownerAt is the organization of a repository at Codacy.
func ownerAt(provider string, r *world.Repository) string {
	if !groups(provider) {
		return r.Owner
	}
	top, _, _ := strings.Cut(r.Owner, "/")
	return top
}

// organizationsIn are those of the world that are one organization at Codacy.
func (c *call) organizationsIn(name string) []*world.Organization {
	var out []*world.Organization
	nested := groups(c.R.PathValue("provider"))
	name = c.spelt(name)
	for _, o := range c.s.w.Organizations {
		have := c.spelt(o.Name)
		if have == name && (!nested || !strings.Contains(name, "/")) || nested && strings.HasPrefix(have, name+"/") && !strings.Contains(name, "/") {
			out = append(out, o)
		}
	}
	return out
}

// spelt is a name as names are told apart.
func (c *call) spelt(name string) string {
	if c.s.w.Quirk(LooseNames) {
		return strings.ToLower(name)
	}
	return name
}

func (c *call) repositoriesIn(organization string) []*world.Repository {
	var out []*world.Repository
	for _, o := range c.organizationsIn(organization) {
		out = append(out, o.Repositories...)
	}
	return out
}

// named finds the repository of the path, nil if there is none.
func (c *call) named() *world.Repository {
	name := c.R.PathValue("repository")
	for _, o := range c.organizationsIn(c.R.PathValue("organization")) {
		if r := o.Repository(name); r != nil && c.spelt(r.Name) == c.spelt(name) {
			return r
		}
	}
	return nil
}
