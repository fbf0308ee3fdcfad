package bitbucket

import (
	"maps"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// report is a Code Insights report of a commit.
type report struct {
	Kind       string `json:"type"`
	ExternalID string `json:"external_id"`
	Title      string `json:"title"`
	Details    string `json:"details"`
	Type       string `json:"report_type"`
	Reporter   string `json:"reporter"`
	Result     string `json:"result"`
	Link       string `json:"link,omitempty"`
	Data       []struct {
		Title string  `json:"title"`
		Type  string  `json:"type"`
		Value float64 `json:"value"`
	} `json:"data"`

	repo        *world.Repository
	sha         string
	annotations map[string]Annotation
}

// Annotation is a remark of a report.
type Annotation struct {
	Kind       string `json:"type"`
	ExternalID string `json:"external_id"`
	Type       string `json:"annotation_type"`
	Path       string `json:"path"`
	Line       int    `json:"line"`
	Summary    string `json:"summary"`
	Severity   string `json:"severity"`
}

func (s *Server) reportRoutes() {
	const base = "/2.0/repositories/{ws}/{repo}/commit/{sha}/reports/{report}"
	s.handle("GET "+base, s.onReport(func(w http.ResponseWriter, _ *http.Request, r *report) { answer.JSON(w, 200, r) }))
	s.handle("DELETE "+base, s.onReport(func(w http.ResponseWriter, _ *http.Request, r *report) {
		s.reports = slices.DeleteFunc(s.reports, func(x *report) bool { return x == r })
		w.WriteHeader(204)
	}))
	s.handle("PUT "+base, s.OnRepository(s.putReport))
	s.handle("GET /2.0/repositories/{ws}/{repo}/commit/{sha}/reports", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		paged(w, r, slices.DeleteFunc(slices.Clone(s.reports), func(x *report) bool { return x.repo != repo || x.sha != r.PathValue("sha") }))
	}))
	s.handle("GET "+base+"/annotations", s.onReport(func(w http.ResponseWriter, r *http.Request, found *report) {
		rows := []Annotation{}
		for _, id := range slices.Sorted(maps.Keys(found.annotations)) {
			rows = append(rows, found.annotations[id])
		}
		paged(w, r, rows)
	}))
	s.handle("POST "+base+"/annotations", s.onReport(s.annotate))
}

func (s *Server) findReport(repo *world.Repository, sha, id string) *report {
	for _, r := range s.reports {
		if r.repo == repo && r.sha == sha && r.ExternalID == id {
			return r
		}
	}
	return nil
}

func (s *Server) onReport(next func(http.ResponseWriter, *http.Request, *report)) http.HandlerFunc {
	return s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		if found := s.findReport(repo, r.PathValue("sha"), r.PathValue("report")); found != nil {
			next(w, r, found)
			return
		}
		refuse(w, 404, "Report not found")
	})
}

func (s *Server) putReport(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	in := &report{}
	err := answer.Decode(r, in)
	types := []string{"SECURITY", "COVERAGE", "TEST", "BUG"}
	if err != nil || in.Title == "" || len([]rune(in.Details)) > 2000 || in.Details == "" || len(in.Data) > 10 ||
		!slices.Contains(types, in.Type) || !slices.Contains([]string{"PASSED", "FAILED", "PENDING"}, in.Result) {
		refuse(w, 400, "report-service.general.bad-request: title, details, report_type and result are required, with at most 10 data")
		return
	}
	in.Kind = "report"
	in.ExternalID, in.repo, in.sha, in.annotations = r.PathValue("report"), repo, r.PathValue("sha"), map[string]Annotation{}
	if old := s.findReport(repo, in.sha, in.ExternalID); old != nil {
		in.annotations = old.annotations
		s.reports = slices.DeleteFunc(s.reports, func(x *report) bool { return x == old })
	}
	s.reports = append(s.reports, in)
	answer.JSON(w, 200, in)
}

func (s *Server) annotate(w http.ResponseWriter, r *http.Request, found *report) {
	var in []Annotation
	if err := answer.Decode(r, &in); err != nil || len(in) == 0 || len(in) > 100 {
		refuse(w, 400, "report-service.general.bad-request: 1 to 100 annotations at once")
		return
	}
	for i, a := range in {
		a.Kind = "report_annotation"
		in[i] = a
		switch {
		case a.ExternalID == "", a.Summary == "", a.Path == "",
			!slices.Contains([]string{"VULNERABILITY", "CODE_SMELL", "BUG"}, a.Type),
			!slices.Contains([]string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}, a.Severity):
			refuse(w, 400, "report-service.general.bad-request: an annotation needs external_id, annotation_type, path, summary and severity")
			return
		case len([]rune(a.Summary)) > 450:
			refuse(w, 400, "The summary field cannot contain more than 450 characters.")
			return
		}
		found.annotations[a.ExternalID] = a
	}
	if len(found.annotations) > 1000 {
		refuse(w, 400, "report-service.general.bad-request: at most 1000 annotations in a report")
		return
	}
	answer.JSON(w, 200, in)
}

// Report returns the result of a commit's report, and its remarks by their ids.
func (s *Server) Report(owner, repo, sha, id string) (result string, remarks map[string]Annotation) {
	s.World.Lock()
	defer s.World.Unlock()
	r := s.findReport(s.World.Repository(owner, repo), sha, id)
	if r == nil {
		return "", nil
	}
	return r.Result, r.annotations
}
