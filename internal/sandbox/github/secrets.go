package github

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/box"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// place is the key pair of one secret store of a repository, an environment or
// an organization.
type place struct{ pub, priv *[32]byte }

type entry struct {
	name, value      string
	created, updated time.Time
	visibility       string
	selected         []int64
}

func (s *Server) place(key string) *place {
	p := s.places[key]
	if p == nil {
		p = &place{}
		s.places[key] = p
		p.newKey()
	}
	return p
}

func (p *place) newKey() {
	pub, priv, err := box.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	p.pub, p.priv = pub, priv
}

// Value opens what a secret holds. A place is "actions/acme/api",
// "actions/acme" for an organization, "actions/acme/api/production" for an
// environment.
func (s *Server) Value(place, name string) (string, bool) {
	e, ok := answer.Peek(s.World, &s.secrets, place, name)
	return e.value, ok
}

// Selected returns an organization secret's visibility and selected repositories.
func (s *Server) Selected(place, name string) (visibility string, ids []int64) {
	e, _ := answer.Peek(s.World, &s.secrets, place, name)
	return e.visibility, slices.Clone(e.selected)
}

// RotateKey replaces the key pair of a place, as GitHub does now and then. The
// id stays that of all places.
func (s *Server) RotateKey(place string) {
	s.World.Lock()
	defer s.World.Unlock()
	s.place(place).newKey()
}

// site is where a request points: the place, and whether it belongs to an organization.
type site struct {
	*place
	key  string // "actions/acme/api"
	org  *world.Organization
	repo *world.Repository
}

type siteHandler func(w http.ResponseWriter, r *http.Request, at site)

func (s *Server) secretRoutes() {
	for _, store := range []string{"actions", "dependabot", "codespaces"} {
		s.secretRoutesAt(store, "/repos/{owner}/{repo}/"+store+"/secrets")
		s.secretRoutesAt(store, "/repositories/{id}/"+store+"/secrets") // where redirects lead
		s.secretRoutesAt(store, "/orgs/{org}/"+store+"/secrets")
		s.Handle("GET /orgs/{org}/"+store+"/secrets/{name}/repositories", s.at(store, s.getSelected))
		s.Handle("PUT /orgs/{org}/"+store+"/secrets/{name}/repositories", s.at(store, s.putSelected))
	}
	s.secretRoutesAt("actions", "/repos/{owner}/{repo}/environments/{environment}/secrets")
	s.secretRoutesAt("actions", "/repositories/{id}/environments/{environment}/secrets") // older clients
}

func (s *Server) secretRoutesAt(store, path string) {
	s.Handle("GET "+path, s.at(store, s.listSecrets))
	s.Handle("GET "+path+"/public-key", s.at(store, func(w http.ResponseWriter, _ *http.Request, at site) {
		out := map[string]any{"key_id": s.keyID, "key": base64.StdEncoding.EncodeToString(at.pub[:])}
		if s.World.Quirk(NumericKeys) {
			out["key_id"] = json.Number(s.keyID)
		}
		answer.JSON(w, 200, out)
	}))
	s.Handle("GET "+path+"/{name}", s.at(store, func(w http.ResponseWriter, r *http.Request, at site) {
		if e := s.secrets.Find(at.key, r.PathValue("name")); e != nil {
			answer.JSON(w, 200, e.show(r, at))
			return
		}
		refuse(w, 404, "Not Found")
	}))
	s.Handle("PUT "+path+"/{name}", s.at(store, s.putSecret))
	s.Handle("DELETE "+path+"/{name}", s.at(store, func(w http.ResponseWriter, r *http.Request, at site) {
		if !s.secrets.Delete(at.key, r.PathValue("name")) {
			refuse(w, 404, "Not Found")
			return
		}
		w.WriteHeader(204)
	}))
}

// at finds the request's place and checks that its token may use it.
func (s *Server) at(store string, next siteHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var at site
		key := store + "/" + r.PathValue("org")
		if at.org = s.World.Organization(r.PathValue("org")); at.org == nil {
			if r.PathValue("org") != "" {
				refuse(w, 404, "Not Found")
				return
			}
			if at.repo = s.repository(w, r); at.repo == nil {
				return
			}
			key = store + "/" + at.repo.Owner + "/" + at.repo.Name
			if env := r.PathValue("environment"); env != "" {
				if !slices.Contains(at.repo.Environments, env) || s.World.Quirk(NoNamed) && r.PathValue("repo") != "" {
					refuse(w, 404, "Not Found")
					return
				}
				key += "/" + env
			}
		}
		if s.World.Quirk(RequiredSSO) {
			w.Header().Set("X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?authorization_request=AZSCKtL4U8yX1H3sCQIVnVgmjmon5fWxks5YrqhJgah0b2tlbl9pZM4EuMz4")
			refuse(w, 403, "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.")
			return
		}
		if s.Right(r) != Full {
			needs := map[bool]string{true: "organization_secrets", false: "secrets"}[at.org != nil] + map[bool]string{true: "=read", false: "=write"}[r.Method == "GET"]
			if token := answer.Credential(r); at.org != nil && strings.HasPrefix(token, "ghp_") {
				refuse(w, 403, "You must be an org admin or have the actions secrets fine-grained permission.")
			} else {
				forbid(w, token, needs)
			}
			return
		}
		if at.repo != nil && at.repo.Archived && r.Method != "GET" && !s.World.Quirk(ArchivedTakes) {
			refuse(w, 403, "Repository was archived so is read-only.")
			return
		}
		at.place, at.key = s.place(key), key
		next(w, r, at)
	}
}

func (e *entry) show(r *http.Request, at site) map[string]any {
	out := map[string]any{"name": e.name, "created_at": stamp(e.created), "updated_at": stamp(e.updated)}
	if at.org != nil {
		out["visibility"] = e.visibility
		if e.visibility == "selected" {
			out["selected_repositories_url"] = answer.Origin(r) + strings.TrimSuffix(r.URL.Path, "/"+e.name) + "/" + e.name + "/repositories"
		}
	}
	return out
}

func (s *Server) listSecrets(w http.ResponseWriter, r *http.Request, at site) {
	all := s.secrets.All(at.key)
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	list := answer.Rows(answer.Cut(w, r, all, pages()), func(e entry) map[string]any { return e.show(r, at) })
	answer.JSON(w, 200, map[string]any{"total_count": len(all), "secrets": list})
}

type secretBody struct {
	EncryptedValue string `json:"encrypted_value"`
	KeyID          string `json:"key_id"`
	Visibility     string `json:"visibility"`
	Selected       []any  `json:"selected_repository_ids"`
}

func validName(name string) bool {
	return answer.Fits(`^[A-Za-z_][A-Za-z0-9_]*$`, name)
}

// check returns the words of a 422, or "".
func (b *secretBody) check(at site, name string, full bool) string {
	switch {
	case !validName(name):
		return "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_)."
	case strings.HasPrefix(strings.ToUpper(name), "GITHUB_"):
		return "Secret names must not start with GITHUB_."
	case b.KeyID == "":
		return "Invalid request.\n\n\"key_id\" wasn't supplied."
	case full && at.org == nil:
		return "Secrets limit exceeded: a repository can have at most 100 secrets."
	case full:
		return "Secrets limit exceeded: an organization can have at most 1000 secrets."
	case at.org != nil && !slices.Contains([]string{"all", "private", "selected"}, b.Visibility):
		return "visibility is required: all, private or selected."
	case b.Visibility != "selected" && len(b.Selected) > 0:
		return "selected_repository_ids can only be given with visibility selected."
	}
	return ""
}

func (s *Server) putSecret(w http.ResponseWriter, r *http.Request, at site) {
	var body secretBody
	if err := answer.Decode(r, &body); err != nil {
		refuse(w, 400, "Problems parsing JSON: "+err.Error())
		return
	}
	name, e := strings.ToUpper(r.PathValue("name")), s.secrets.Find(at.key, r.PathValue("name"))
	full := e == nil && s.secrets.Len(at.key) >= map[bool]int{true: 100, false: 1000}[at.org == nil]
	words := body.check(at, name, full)
	if words != "" && s.World.Quirk(OtherWords) {
		words = "Validation Failed"
	}
	if words == "" && s.World.Quirk(StrictIDs) {
		words = strictly(body.Selected, strings.Contains(r.URL.Path, "/dependabot/"))
	}
	if words != "" {
		refuse(w, 422, words)
		return
	}
	sealed, err := base64.StdEncoding.DecodeString(body.EncryptedValue)
	if err != nil {
		refuse(w, 422, "Invalid request.\n\n"+body.EncryptedValue[:min(len(body.EncryptedValue), 20)]+" does not match /^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=|[A-Za-z0-9+\\/]{4})$/.")
		return
	}
	text, ok := box.OpenAnonymous(nil, sealed, at.pub, at.priv)
	if !ok || body.KeyID != s.keyID {
		refuse(w, 422, "Bad request - validation failed due to an improperly encrypted secret")
		return
	}
	if len(text) > 48<<10 {
		refuse(w, 422, "Secrets are limited to 48 KB.")
		return
	}
	now := s.World.Now()
	made := e == nil
	if made {
		s.secrets.Put(at.key, name, entry{name: name, created: now})
		e = s.secrets.Find(at.key, name)
	}
	e.value, e.updated = string(text), now
	if at.org != nil {
		e.visibility, e.selected = body.Visibility, ids(body.Selected) // none given: none selected
	}
	if made {
		answer.JSON(w, 201, struct{}{})
		return
	}
	w.WriteHeader(204)
}
