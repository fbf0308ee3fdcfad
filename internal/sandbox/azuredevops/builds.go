package azuredevops

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// buildStates are Azure DevOps' words.
func buildStates() map[string]string {
	return map[string]string{world.Queued: "notStarted", world.Running: "inProgress", world.Ended: "completed"}
}

// openBuilds lists the builds of the world's runs.
func (s *Server) openBuilds(w http.ResponseWriter, r *http.Request, o *world.Organization) {
	q := r.URL.Query()
	var rows []map[string]any
	for _, repo := range o.Repositories {
		for _, run := range repo.Runs {
			d := s.definitionOf(o, repo)
			status := buildStates()[run.State]
			wanted := q.Get("statusFilter") == "" || q.Get("statusFilter") == "all" || slices.Contains(strings.Split(q.Get("statusFilter"), ","), status)
			if wanted && d != nil && (q.Get("definitions") == "" || slices.Contains(strings.Split(q.Get("definitions"), ","), strconv.FormatInt(d.ID, 10))) {
				rows = append(rows, showBuild(o, d, run))
			}
		}
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i]["queueTime"].(string) < rows[j]["queueTime"].(string) })
	if q.Get("queryOrder") != "queueTimeAscending" {
		slices.Reverse(rows)
	}
	if top, err := strconv.Atoi(q.Get("$top")); err == nil {
		rows = rows[:min(top, len(rows))]
	}
	values(w, rows)
}

func (s *Server) definitionOf(o *world.Organization, repo *world.Repository) *definition {
	for _, d := range s.definitions {
		if d.Org == o.Name && d.Name == repo.Name {
			return d
		}
	}
	return nil
}

func showBuild(o *world.Organization, d *definition, run *world.Run) map[string]any {
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }
	url := fmt.Sprintf("https://dev.azure.com/%s/_apis/build/Builds/%d", o.Name, run.ID)
	out := map[string]any{
		"id": run.ID, "buildNumber": fmt.Sprintf("20260101.%d", run.Number), "status": buildStates()[run.State], "queueTime": at(run.QueuedAt), "url": url,
		"definition": map[string]any{"id": d.ID, "name": d.Name, "revision": d.Revision, "type": "build"}, "sourceBranch": "refs/heads/main", "reason": "individualCI", "priority": "normal",
		"uri": fmt.Sprintf("vstfs:///Build/Build/%d", run.ID), "_links": map[string]any{"web": map[string]string{"href": fmt.Sprintf("https://dev.azure.com/%s/%s/_build/results?buildId=%d", o.Name, Project, run.ID)}},
	}
	if !run.BeganAt.IsZero() {
		out["startTime"] = at(run.BeganAt)
	}
	if run.State == world.Ended {
		out["finishTime"], out["result"] = at(run.EndedAt), "succeeded"
	}
	return out
}
