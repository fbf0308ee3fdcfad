package codeant

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
)

// analysisBody is what start and results take. Every forge has a field of its
// own for its address.
type analysisBody struct {
	Repo         string `json:"repo"`
	CommitID     string `json:"commit_id"`
	AccessToken  string `json:"access_token"`
	Service      string `json:"service"`
	Branch       string `json:"branch"`
	IncludeFiles string `json:"include_files"`
	ExcludeFiles string `json:"exclude_files"`
	Scanners     string `json:"scanners"`
	GitHubURL    string `json:"github_base_url"`
	GitLabURL    string `json:"gitlab_base_url"`
	AzureURL     string `json:"azure_devops_base_url"`
	BitbucketURL string `json:"bitbucket_base_url"`
}

// resultPaths are the scanners; the path of iac is inferred.
func resultPaths() map[string]string {
	return map[string]string{
		"sast":         "/api/analysis/results",
		"sca":          "/api/analysis/results/sca",
		"secrets":      "/api/analysis/results/secrets",
		"antipatterns": "/api/analysis/results/antipatterns",
		"iac":          "/api/analysis/results/iac",
	}
}

func (c *call) startScan() {
	var in analysisBody
	if !c.decode(&in) {
		return
	}
	if !knownService(in.Service) {
		c.fail(http.StatusBadRequest, "service must be one of github, azuredevops, gitlab, bitbucket")
		return
	}
	r, ok := c.admit(in.AccessToken, in.Repo, in.CommitID)
	switch {
	case !ok:
		return
	case in.Scanners != "" && c.s.w.Quirk(NoScannersKey):
		c.fail(http.StatusBadRequest, "Unknown field: scanners")
		return
	case !c.commit(r, in.CommitID, in.Branch):
		return
	}
	sc := c.s.newScan()
	sc.include, sc.exclude = in.IncludeFiles, in.ExcludeFiles
	if in.IncludeFiles != "" && !c.s.w.Quirk(BothFilters) {
		sc.exclude = ""
	}
	c.s.scans[commitKey{in.Repo, in.CommitID}] = sc
	c.JSON(http.StatusOK, obj{"message": "Analysis started"})
}

func (s *Server) newScan() *scan { return &scan{polls: map[string]int{}} }

// ready counts a question for a result. The first ones are answered "not yet",
// as many as the world says an analysis takes.
func (s *Server) ready(sc *scan, what string) (ready, begun bool) {
	n := sc.polls[what]
	sc.polls[what]++
	return n >= s.w.Gates.AnalysisPolls, n > 0
}

func (c *call) results(scanner string) {
	var in analysisBody
	if !c.decode(&in) {
		return
	}
	switch {
	case in.Branch+in.IncludeFiles+in.ExcludeFiles+in.Scanners != "":
		c.fail(http.StatusBadRequest, "results take no branch, filters or scanners")
		return
	case in.Service == "gitlab" && in.GitLabURL == "":
		c.fail(http.StatusBadRequest, "gitlab_base_url is required for GitLab")
		return
	case !knownService(in.Service):
		c.fail(http.StatusBadRequest, "service must be one of github, azuredevops, gitlab, bitbucket")
		return
	}
	if _, ok := c.admit(in.AccessToken, in.Repo, in.CommitID); !ok {
		return
	}
	sc := c.s.scans[commitKey{in.Repo, in.CommitID}]
	if sc == nil || scanner == "iac" && c.s.w.Quirk(NoIaC) {
		c.fail(http.StatusNotFound, "No results found for this commit")
		return
	}
	ready, begun := c.s.ready(sc, scanner)
	switch {
	case !ready && !begun:
		c.fail(http.StatusNotFound, "No results found for this commit")
	case !ready:
		c.JSON(http.StatusOK, obj{"status": "pending", "results": obj{}, "commit_id": in.CommitID})
	default:
		status := "done"
		if c.s.w.Quirk(PartialScans) {
			status = "partial_success"
		}
		found := c.found(scanner, in)
		for name := range found {
			if file := strings.TrimPrefix(name, in.Repo+"/"+in.CommitID+"/"); file != name && !sc.covers(path.Dir(file)) {
				delete(found, name)
			}
		}
		c.JSON(http.StatusOK, obj{"status": status, "results": found, "commit_id": in.CommitID})
	}
}

// covers reports whether the scan is about a file. An asterisk in a pattern
// stands for slashes too.
func (sc *scan) covers(file string) bool {
	fits := func(patterns string) bool {
		return slices.ContainsFunc(strings.Split(patterns, ","), func(p string) bool {
			ok, _ := path.Match(strings.ReplaceAll(p, "/", "\x00"), strings.ReplaceAll(file, "/", "\x00"))
			return ok
		})
	}
	return (sc.include == "" || fits(sc.include)) && (sc.exclude == "" || !fits(sc.exclude))
}

func (s *Server) fails(gate string) bool { return slices.Contains(s.w.Gates.FailingGates, gate) }

// found is what a scanner found, in the shape of its own endpoint.
func (c *call) found(scanner string, in analysisBody) obj {
	dir := fmt.Sprintf("/mnt/lambda/%s/%s/", in.Repo, in.CommitID)
	switch scanner {
	case "sast":
		issues := []obj{{
			"line_number": 42, "issue_text": "The value of a header is written to the log", "severity": "Medium",
			"test_id": "log-injection", "cwe": "CWE-117", "issue_confidence": "HIGH",
		}}
		if c.s.fails("sast") {
			issues = append(issues, obj{"line_number": 7, "issue_text": "A query is put together from user input", "severity": "Critical", "test_id": "sql-injection", "cwe": "CWE-89"})
		}
		return obj{strings.TrimPrefix(dir, "/mnt/lambda/") + "src/server.go/security_issues.json": issues}
	case "sca":
		return obj{"all_vulnerabilities": []obj{{
			"vulnerability_id": "CVE-2024-45338", "package_name": "golang.org/x/net", "version": "0.30.0", "fix_version": "0.33.0",
			"severity": "High", "cvss_score": 8.7,
		}}, "healthy_packages": []string{}}
	case "secrets":
		secrets := []obj{{"type": "Secret Keyword", "filename": dir + "src/config_test.go", "hashed_secret": "9d4e1e23", "is_verified": false, "line_number": 14, "confidence_score": "FALSE_POSITIVE"}}
		if c.s.fails("secret") {
			secrets = append(secrets, obj{"type": "AWS Access Key", "filename": dir + "src/config.go", "hashed_secret": "1f2e3d4c", "is_verified": true, "line_number": 3, "confidence_score": "HIGH"})
		}
		return obj{"secrets": secrets, "secretsCount": len(secrets)}
	case "iac":
		return obj{"failed_checks": []obj{}}
	default:
		return obj{strings.TrimPrefix(dir, "/mnt/lambda/") + "src/server.go/anti_patterns.json": []obj{{
			"line_number": 42, "endLine": nil, "issue_text": "TODO left in the code", "type": "CODE_SMELL", "message-id": "W0511",
			"fixAvailable": false, "symbol": "fixme", "column": 9, "endColumn": nil, "severity": "Minor", "context_code_block": "",
		}}}
	}
}

// gateBody is what the quality gates take; the token is in the header alone.
type gateBody struct {
	Repo     string `json:"repo"`
	Service  string `json:"service"`
	CommitID string `json:"commit_id"`
	BaseURL  string `json:"base_url"`
}

func (c *call) gateRequest() (commitKey, bool) {
	var in gateBody
	if !c.decode(&in) {
		return commitKey{}, false
	}
	if !knownService(in.Service) {
		c.fail(http.StatusBadRequest, "service must be one of github, azuredevops, gitlab, bitbucket")
		return commitKey{}, false
	}
	r, ok := c.admit(c.bearer(), in.Repo, in.CommitID)
	return commitKey{in.Repo, in.CommitID}, ok && c.commit(r, in.CommitID, "")
}

func (c *call) startGates() {
	key, ok := c.gateRequest()
	if !ok {
		return
	}
	c.s.gates[key] = c.s.newScan()
	c.JSON(http.StatusOK, obj{"scan_id": fmt.Sprintf("qg-%d", c.s.w.NextID()), "message": "Quality gate scan started"})
}

func (c *call) gateResults() {
	key, ok := c.gateRequest()
	if !ok {
		return
	}
	sc := c.s.gates[key]
	if sc == nil {
		c.fail(http.StatusNotFound, "No quality gate scan found for this commit")
		return
	}
	ready, begun := c.s.ready(sc, "gates")
	switch {
	case !ready && !begun:
		c.fail(http.StatusNotFound, "The quality gate scan has no results yet")
	case !ready:
		c.JSON(http.StatusOK, obj{"status": "PENDING"})
	default:
		c.JSON(http.StatusOK, c.judged())
	}
}

// judged answers with the two gates that are documented, and every further one
// that the world lets fail.
func (c *call) judged() obj {
	gates := []string{"secret", "duplicate"}
	for _, g := range c.s.w.Gates.FailingGates {
		if !slices.Contains(gates, g) {
			gates = append(gates, g)
		}
	}
	out := obj{"status": "COMPLETED"}
	if c.s.w.Quirk(PartialGates) {
		out["status"] = "PARTIAL_SUCCESS"
	}
	if c.s.w.Quirk(NoGates) {
		return out
	}
	for _, g := range gates {
		status := "PASSED"
		if c.s.fails(g) {
			status = "FAILED"
		}
		out[g+"_quality_gate"] = obj{"status": status}
	}
	return out
}
