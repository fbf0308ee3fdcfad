package github

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// redirect answers a request that names a repository by a name it had before:
// 301 for reading, 307 for everything else, to its address by number (octokit
// fixtures, rename-repository).
func (s *Server) redirect(w http.ResponseWriter, r *http.Request) bool {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/", 4)
	if len(parts) < 3 || parts[0] != "repos" {
		return false
	}
	owner, _ := url.PathUnescape(parts[1])
	name, _ := url.PathUnescape(parts[2])
	s.World.Lock()
	repo := s.World.Moved(owner, name)
	if s.World.Repository(owner, name) != nil {
		repo = nil // the old name was taken by another one
	}
	s.World.Unlock()
	if repo == nil {
		return false
	}
	prefix := ""
	if strings.HasPrefix(r.RequestURI, "/api/v3/") {
		prefix = "/api/v3"
	}
	at := answer.Origin(r) + prefix + "/repositories/" + strconv.FormatInt(repo.ID, 10)
	if len(parts) == 4 {
		at += "/" + parts[3]
	}
	if r.URL.RawQuery != "" {
		at += "?" + r.URL.RawQuery
	}
	status, words := http.StatusTemporaryRedirect, "Temporary Redirect"
	if r.Method == http.MethodGet {
		status, words = http.StatusMovedPermanently, "Moved Permanently"
	}
	w.Header().Set("Location", at)
	answer.JSON(w, status, map[string]string{"message": words, "url": at, "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects"})
	return true
}
