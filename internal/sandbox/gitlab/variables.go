package gitlab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type variable struct {
	Key         string  `json:"key"`
	Value       *string `json:"value"` // null if hidden
	Type        string  `json:"variable_type"`
	Protected   bool    `json:"protected"`
	Masked      bool    `json:"masked"`
	Hidden      bool    `json:"hidden"`
	Raw         bool    `json:"raw"`
	Scope       string  `json:"environment_scope"`
	Description *string `json:"description"`

	value string
}

// id is what a variable is kept under: a key may be there once in each scope.
func (v *variable) id() string { return v.Key + " " + v.Scope }

func (s *Server) variableRoutes(of string) {
	base := "/api/v4/" + of + "/{id}/variables"
	s.Handle("GET "+base, s.at(of, func(w http.ResponseWriter, r *http.Request, place string) {
		paged(w, r, s.variables.All(place))
	}))
	s.Handle("POST "+base, s.at(of, s.createVariable))
	s.Handle("GET "+base+"/{key}", s.at(of, func(w http.ResponseWriter, r *http.Request, place string) {
		if v := s.one(w, r, place, nil); v != nil {
			answer.JSON(w, 200, v)
		}
	}))
	s.Handle("PUT "+base+"/{key}", s.at(of, s.updateVariable))
	s.Handle("DELETE "+base+"/{key}", s.at(of, func(w http.ResponseWriter, r *http.Request, place string) {
		in, err := fields(r) // clients send the filter in the body, too
		if err != nil {
			in = nil
		}
		if v := s.one(w, r, place, in); v != nil {
			s.variables.Delete(place, v.id())
			w.WriteHeader(204)
		}
	}))
}

func (s *Server) at(of string, next func(w http.ResponseWriter, r *http.Request, place string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		place := ""
		if of == "projects" {
			p := s.project(w, r)
			if p == nil {
				return
			}
			place = "projects/" + p.Owner + "/" + p.Name
			if p.Archived && r.Method != "GET" || p.NoCI {
				message(w, 403, "403 Forbidden")
				return
			}
		} else {
			g := s.group(w, r)
			if g == nil {
				return
			}
			place = "groups/" + g.Name
		}
		if s.right(r) != Owner {
			message(w, 403, "403 Forbidden")
			return
		}
		next(w, r, place)
	}
}

// one finds the variable that the request names, with the words GitLab has for
// none and for several.
func (s *Server) one(w http.ResponseWriter, r *http.Request, place string, in map[string]any) *variable {
	scope, given := r.URL.Query().Get("filter[environment_scope]"), r.URL.Query().Has("filter[environment_scope]")
	if f, ok := in["filter"].(map[string]any); ok {
		scope, given = text(f["environment_scope"]), true
	}
	if v, ok := in["filter[environment_scope]"]; ok {
		scope, given = text(v), true
	}
	var found []*variable
	for _, v := range s.variables.All(place) {
		if v.Key == r.PathValue("key") && (!given || v.Scope == scope) {
			found = append(found, s.variables.Find(place, v.id()))
		}
	}
	switch len(found) {
	case 0:
		message(w, 404, "404 Variable Not Found")
		return nil
	case 1:
		return found[0]
	default:
		message(w, 409, "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'.")
		return nil
	}
}

// fields reads a body in either form that GitLab takes.
func fields(r *http.Request) (map[string]any, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		err = json.Unmarshal(body, &out)
		return out, err
	}
	form, err := url.ParseQuery(string(body))
	for k := range form {
		out[k] = form.Get(k)
	}
	return out, err
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func truth(v any) bool { return v == true || v == "true" || v == "1" }

// scopeless reports whether variables of the place have no environments.
func (s *Server) scopeless(place string) bool {
	return s.World.Quirk(Free) && strings.HasPrefix(place, "groups/")
}

func (s *Server) createVariable(w http.ResponseWriter, r *http.Request, place string) {
	in, err := fields(r)
	if err != nil {
		message(w, 400, "400 Bad request - "+err.Error())
		return
	}
	v := &variable{Key: text(in["key"]), Type: "env_var", Scope: "*"}
	if !answer.Fits(`^[A-Za-z0-9_]{1,255}$`, v.Key) {
		message(w, 400, map[string][]string{"key": {"can contain only letters, digits and '_'."}})
		return
	}
	if most := map[bool]int{true: 8000, false: 30000}[strings.HasPrefix(place, "projects/")]; s.variables.Len(place) >= most {
		message(w, 400, map[string][]string{"base": {fmt.Sprintf("Maximum number of ci variables (%d) exceeded", most)}})
		return
	}
	if scope := text(in["environment_scope"]); scope != "" && !s.scopeless(place) {
		v.Scope = scope
	}
	if kind := text(in["variable_type"]); kind != "" {
		v.Type = kind
	}
	if s.variables.Find(place, v.id()) != nil {
		message(w, 400, map[string][]string{"key": {"(" + v.Key + ") has already been taken"}})
		return
	}
	if truth(in["masked_and_hidden"]) {
		v.Hidden, in["masked"] = true, true
	}
	if !v.set(w, in, s.World) {
		return
	}
	s.variables.Put(place, v.id(), *v)
	answer.JSON(w, 201, v)
}

func (s *Server) updateVariable(w http.ResponseWriter, r *http.Request, place string) {
	in, err := fields(r)
	if err != nil {
		message(w, 400, "400 Bad request - "+err.Error())
		return
	}
	v := s.one(w, r, place, in)
	if v == nil {
		return
	}
	if _, asked := in["masked_and_hidden"]; asked {
		message(w, 400, map[string][]string{"base": {"Only new variables can be set as masked and hidden"}})
		return
	}
	if masked, asked := in["masked"]; asked && v.Hidden && !truth(masked) {
		message(w, 400, map[string][]string{"base": {"The visibility setting cannot be changed for masked and hidden variables."}})
		return
	}
	changed := *v // a refused change leaves no trace
	if changed.set(w, in, s.World) {
		if changed.id() != v.id() {
			s.variables.Delete(place, v.id())
		}
		s.variables.Put(place, changed.id(), changed)
		answer.JSON(w, 200, changed)
	}
}

// set takes over what the request says and refuses what cannot be stored or
// masked. What the request leaves out stays, the type as well.
func (v *variable) set(w http.ResponseWriter, in map[string]any, by *world.World) bool {
	if value, ok := in["value"]; ok {
		v.value = text(value)
	}
	if utf8.RuneCountInString(v.value) > 10_000 {
		message(w, 400, map[string][]string{"value": {"is too long (maximum is 10000 characters)"}})
		return false
	}
	for name, field := range map[string]*bool{"masked": &v.Masked, "protected": &v.Protected, "raw": &v.Raw} {
		if x, ok := in[name]; ok {
			*field = truth(x)
		}
	}
	if d, ok := in["description"]; ok {
		t := text(d)
		v.Description = &t
	}
	if scope := text(in["environment_scope"]); scope != "" && !by.Quirk(Free) {
		v.Scope = scope
	}
	pattern := `^\S{8,}$`
	if by.Quirk(Strict) || !v.Raw {
		pattern = `^[A-Za-z0-9_+=/@:.~-]{8,}$`
	}
	if v.Masked && !answer.Fits(pattern, v.value) {
		message(w, 400, map[string][]string{"value": {"is invalid"}})
		return false
	}
	v.Value = nil
	if shown := v.value; !v.Hidden {
		v.Value = &shown
	}
	return true
}

// Variable is a CI variable as it is kept.
type Variable struct {
	Value                          string
	Masked, Hidden, Protected, Raw bool
}

// Variable returns what is kept at "projects/acme/api" or "groups/acme" for a scope.
func (s *Server) Variable(place, key, scope string) (Variable, bool) {
	v, ok := answer.Peek(s.World, &s.variables, place, (&variable{Key: key, Scope: scope}).id())
	return Variable{v.value, v.Masked, v.Hidden, v.Protected, v.Raw}, ok
}
