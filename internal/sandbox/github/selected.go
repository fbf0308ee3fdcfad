package github

import (
	"fmt"
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// ids reads repository ids, which Dependabot's clients send as text.
func ids(list []any) []int64 {
	var out []int64
	for _, v := range list {
		var id int64
		if f, ok := v.(float64); ok {
			id = int64(f)
		} else if _, err := fmt.Sscan(fmt.Sprint(v), &id); err != nil {
			continue
		}
		out = append(out, id)
	}
	return out
}

// strictly returns the words of a 422 for ids that are not all texts, or all numbers;
// "" if they are.
func strictly(list []any, texts bool) string {
	for _, v := range list {
		if _, text := v.(string); text != texts {
			return fmt.Sprintf("Invalid request.\n\nInvalid property /selected_repository_ids/0: `%v` is of another type.", v)
		}
	}
	return ""
}

func (s *Server) getSelected(w http.ResponseWriter, r *http.Request, at site) {
	e := s.secrets.Find(at.key, r.PathValue("name"))
	if e == nil {
		refuse(w, 404, "Not Found")
		return
	}
	list := []map[string]any{}
	for _, id := range answer.Cut(w, r, e.selected, pages()) {
		for _, repo := range at.org.Repositories {
			if repo.ID == id {
				list = append(list, s.show(r, repo))
			}
		}
	}
	answer.JSON(w, 200, map[string]any{"total_count": len(e.selected), "repositories": list})
}

func (s *Server) putSelected(w http.ResponseWriter, r *http.Request, at site) {
	var body struct {
		IDs []any `json:"selected_repository_ids"`
	}
	if err := answer.Decode(r, &body); err != nil {
		refuse(w, 400, "Problems parsing JSON: "+err.Error())
		return
	}
	e := s.secrets.Find(at.key, r.PathValue("name"))
	switch {
	case e == nil:
		refuse(w, 404, "Not Found")
	case e.visibility != "selected":
		refuse(w, 409, "Conflict: the visibility of the secret is not selected.")
	default:
		e.selected = ids(body.IDs)
		w.WriteHeader(204)
	}
}
