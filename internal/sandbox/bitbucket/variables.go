package bitbucket

import (
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

type variable struct {
	Type    string  `json:"type"`
	UUID    string  `json:"uuid"`
	Key     string  `json:"key"`
	Value   *string `json:"value,omitempty"` // absent if secured
	Secured bool    `json:"secured"`

	value string
}

type variableBody struct {
	Type    string `json:"type"`
	UUID    string `json:"uuid"`
	Key     string `json:"key"`
	Value   string `json:"value"`
	Secured bool   `json:"secured"`
}

// variableRoutes adds the routes of one kind of place.
func (s *Server) variableRoutes(base string) {
	s.handle("GET "+base, s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		paged(w, r, s.variables.All(place))
	}))
	s.handle("POST "+base, s.at(s.createVariable))
	s.handle("GET "+base+"/{uuid}", s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		if v := s.variable(w, r, place); v != nil {
			answer.JSON(w, 200, v)
		}
	}))
	s.handle("PUT "+base+"/{uuid}", s.at(s.updateVariable))
	s.handle("DELETE "+base+"/{uuid}", s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		if v := s.variable(w, r, place); v != nil {
			s.variables.Delete(place, v.Key)
			w.WriteHeader(204)
		}
	}))
}

func (s *Server) at(next func(w http.ResponseWriter, r *http.Request, place string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		place := r.PathValue("ws")
		if r.PathValue("repo") != "" {
			repo := s.repository(w, r)
			if repo == nil {
				return
			}
			place += "/" + repo.Name
			if env := r.PathValue("env"); env != "" {
				i := slices.IndexFunc(repo.Environments, func(name string) bool { return environmentID(repo, slices.Index(repo.Environments, name)) == env })
				if i < 0 {
					refuse(w, 404, "Environment not found")
					return
				}
				place += "/" + repo.Environments[i]
			}
		} else if s.World.Organization(place) == nil {
			refuse(w, 404, "No workspace with identifier '"+place+"'.")
			return
		}
		if s.Right(r) != Full {
			refuse(w, 403, "Your credentials lack one or more required privilege scopes.")
			return
		}
		next(w, r, place)
	}
}

func readVariable(w http.ResponseWriter, r *http.Request) (in variableBody, ok bool) {
	if err := answer.Decode(r, &in); err != nil {
		refuse(w, 400, "Bad request: "+err.Error())
		return in, false
	}
	if !answer.Fits(`^[A-Za-z_][A-Za-z0-9_]*$`, in.Key) || in.Value == "" {
		refuse(w, 400, "The key must contain only letters, digits and underscores and not begin with a digit; the value must not be empty.")
		return in, false
	}
	return in, true
}

func (s *Server) createVariable(w http.ResponseWriter, r *http.Request, place string) {
	in, ok := readVariable(w, r)
	if !ok {
		return
	}
	if s.variables.Find(place, in.Key) != nil {
		refuse(w, 409, "A variable with the key provided already exists.")
		return
	}
	s.variables.Put(place, in.Key, variable{Type: "pipeline_variable", UUID: uuid(s.World.NextID())})
	v := s.variables.Find(place, in.Key)
	v.set(in)
	answer.JSON(w, 201, v)
}

func (v *variable) set(in variableBody) {
	v.Key, v.value, v.Secured, v.Value = in.Key, in.Value, in.Secured, nil
	if !v.Secured {
		text := in.Value
		v.Value = &text
	}
}

func (s *Server) variable(w http.ResponseWriter, r *http.Request, place string) *variable {
	for _, v := range s.variables.All(place) {
		if v.UUID == r.PathValue("uuid") {
			return s.variables.Find(place, v.Key)
		}
	}
	refuse(w, 404, "Variable not found")
	return nil
}

func (s *Server) updateVariable(w http.ResponseWriter, r *http.Request, place string) {
	v := s.variable(w, r, place)
	if v == nil {
		return
	}
	if in, ok := readVariable(w, r); ok {
		v.set(in)
		answer.JSON(w, 200, v)
	}
}

// Value returns what a variable holds at "acme", "acme/api" or "acme/api/production".
func (s *Server) Value(place, key string) (text string, secured, ok bool) {
	v, ok := answer.Peek(s.World, &s.variables, place, key)
	return v.value, v.Secured, ok
}
