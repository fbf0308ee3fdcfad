package github

import (
	"net/http"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// graphql answers who asks, and what is asked about a comment: whether it is
// hidden, and that it shall be or shall not. A refusal is 200 with errors, as GitHub has it.
func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Query     string `json:"query"`
		Variables struct {
			ID         string `json:"id"`
			Classifier string `json:"classifier"`
		} `json:"variables"`
	}
	switch err := answer.Decode(r, &in); {
	case strings.Contains(in.Query, "viewer"):
		answer.JSON(w, 200, map[string]any{"data": map[string]any{"viewer": map[string]any{"login": "robin"}}})
		return
	case in.Query != "" && !strings.Contains(in.Query, "inimize"): // a question about something else
		refuse(w, 501, answer.Lacks(r))
		return
	case err != nil || in.Query == "":
		refuse(w, 400, "Problems parsing JSON")
		return
	}
	no := func(kind, message string) {
		answer.JSON(w, 200, map[string]any{"data": map[string]any{"node": nil}, "errors": []any{map[string]any{"type": kind, "path": []string{"node"}, "message": message}}})
	}
	c := s.Notes.First(func(c *answer.Comment) bool { return nodeID("IssueComment", c.ID) == in.Variables.ID })
	write := strings.HasPrefix(strings.TrimSpace(in.Query), "mutation")
	switch {
	case c == nil:
		no("NOT_FOUND", "Could not resolve to a node with the global id of '"+in.Variables.ID+"'")
		return
	case write && s.Right(r) == Read:
		no("FORBIDDEN", "Resource not accessible by integration")
		return
	}
	var key, inner string
	switch {
	case strings.Contains(in.Query, "unminimizeComment"):
		key, inner, c.Folded = "unminimizeComment", "unminimizedComment", ""
	case strings.Contains(in.Query, "minimizeComment"):
		key, inner, c.Folded = "minimizeComment", "minimizedComment", strings.ToLower(in.Variables.Classifier)
	}
	state := map[string]any{"isMinimized": c.Folded != "", "minimizedReason": answer.OrNull(c.Folded)}
	if !write {
		answer.JSON(w, 200, map[string]any{"data": map[string]any{"node": state}})
		return
	}
	answer.JSON(w, 200, map[string]any{"data": map[string]any{key: map[string]any{inner: state}}})
}
