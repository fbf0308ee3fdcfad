package github

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Code coverage (GitHub Code Quality), as actions/upload-code-coverage uses it.
// Nothing of it is documented as an API; what users report is played by quirks.
const (
	// NoCodeQuality is a plan or a repository without the feature: 404.
	NoCodeQuality = "github-no-code-quality"
	// CodeQualityOff is a repository in which the feature is switched off: 403.
	CodeQualityOff = "github-code-quality-off"
	// NoCodeQualityWrite is a token without the permission code-quality: 403.
	NoCodeQualityWrite = "github-no-code-quality-write"
	// OldCommit takes no report, because the branch has a newer commit: 200.
	OldCommit = "github-old-commit"
	// FailedReports ends the processing of every report with an error.
	FailedReports = "github-failed-reports"
	// NoRepeats refuses a report of a label and language once more: 409.
	NoRepeats = "github-no-repeats"
)

// coverageReport is one upload; its processing ends at the third question.
type coverageReport struct {
	id       string
	repo     int64
	key      string // label and language
	document []byte
	asked    int
}

func (s *Server) codeCoverageRoutes() {
	s.Handle("PUT /repos/{owner}/{repo}/code-coverage/report", s.OnRepository(s.putCoverage))
	s.Handle("GET /repos/{owner}/{repo}/code-coverage/reports/{report}", s.OnRepository(s.coverageStatus))
}

func (s *Server) putCoverage(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	var in struct {
		Commit      string `json:"commit_oid"`
		Report      string `json:"coverage_report"`
		Language    string `json:"language_name"`
		Label       string `json:"label"`
		PullRequest int    `json:"pull_request_number"`
		Ref         string `json:"ref"`
	}
	switch {
	case s.World.Quirk(NoCodeQuality):
		refuse(w, 404, "Not Found")
		return
	case s.World.Quirk(CodeQualityOff):
		refuse(w, 403, "Code quality is not enabled for this repository.")
		return
	case s.World.Quirk(NoCodeQualityWrite), s.Right(r) == Read:
		refuse(w, 403, "This token is not authorized to upload coverage.")
		return
	case json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Commit) != 40 || in.Language == "" || in.Label == "":
		refuse(w, 400, "commit_oid, coverage_report, language_name and label are required")
		return
	case in.PullRequest == 0 && in.Ref != "refs/heads/"+repo.DefaultBranch:
		refuse(w, 400, "Only default branch is allowed if no pull_request_number is provided")
		return
	}
	document, err := unpack(in.Report)
	switch {
	case err != nil || !bytes.Contains(document, []byte("<coverage ")):
		refuse(w, 422, "coverage_report is no gzip of a Cobertura document in base64")
		return
	case s.World.Quirk(OldCommit):
		answer.JSON(w, 200, map[string]string{"message": "A newer commit of the branch exists"})
		return
	}
	// The newest report of a label and a language is all there is of it.
	report := &coverageReport{id: fmt.Sprintf("00000000-0000-4000-8000-%012d", s.World.NextID()), repo: repo.ID, key: in.Label + "\x00" + in.Language, document: document}
	kept := s.coverage[:0]
	for _, old := range s.coverage {
		if old.repo == report.repo && old.key == report.key && s.World.Quirk(NoRepeats) {
			refuse(w, 409, "A report of this commit exists already.")
			return
		}
		if old.repo != report.repo || old.key != report.key {
			kept = append(kept, old)
		}
	}
	s.coverage = append(kept, report)
	answer.JSON(w, 201, map[string]string{"id": report.id})
}

func unpack(text string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, 64<<20))
}

func (s *Server) coverageStatus(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	for _, report := range s.coverage {
		if report.id != r.PathValue("report") || report.repo != repo.ID {
			continue
		}
		status := map[string]any{"id": report.id, "processing_status": []string{"pending", "processing", "succeeded"}[min(report.asked, 2)]}
		if report.asked++; report.asked > 2 && s.World.Quirk(FailedReports) {
			status["processing_status"], status["errors"] = "failed", []string{"the report has no lines of the commit"}
		}
		answer.JSON(w, 200, status)
		return
	}
	refuse(w, 404, "Not Found")
}

// CodeCoverage returns the documents that a repository's coverage consists of,
// for tests.
func (s *Server) CodeCoverage(repo *world.Repository) []string {
	s.World.Lock()
	defer s.World.Unlock()
	var out []string
	for _, report := range s.coverage {
		if report.repo == repo.ID {
			out = append(out, report.key+"\x00"+string(report.document))
		}
	}
	return out
}
