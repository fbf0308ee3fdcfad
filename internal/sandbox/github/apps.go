package github

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// app is a GitHub App, installed in every organization.
type app struct {
	id    string
	key   *rsa.PublicKey
	right string
}

// installationBase plus an organization's id is the id of its installation.
const installationBase = 50_000_000

// AddApp registers an App whose requests are signed by the key. Its
// installation tokens have the right.
func (s *Server) AddApp(id string, key *rsa.PublicKey, right string) {
	s.appsMu.Lock()
	defer s.appsMu.Unlock()
	s.apps[id] = &app{id, key, right}
}

// asApp reports whether the request is one that an App makes as itself.
func asApp(r *http.Request) bool {
	p := r.URL.Path
	return p == "/app" || strings.HasPrefix(p, "/app/") || strings.HasSuffix(p, "/installation")
}

// hour is how long an installation token lives.
const hour = time.Hour

// alive reports whether an installation token's hour is not over, and whether
// it is old enough to be known everywhere.
func (s *Server) alive(token string) bool {
	s.appsMu.Lock()
	defer s.appsMu.Unlock()
	end, ok := s.expires[token]
	now, unknown := s.World.Now(), time.Duration(0)
	if s.World.Quirk(YoungTokens) {
		unknown = 5 * time.Second
	}
	return !ok || now.Before(end) && !now.Before(end.Add(unknown-hour))
}

// appKey is the key of every App that newApp registers. One serves all the
// stand-ins of a process, and it is short: nothing hangs on it.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	pair, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return pair
})

// newApp registers an App, and returns its key as PEM in one line.
func (s *Server) newApp(right string) (id, key string) {
	pair := appKey()
	s.World.Lock()
	id = strconv.FormatInt(s.World.NextID(), 10)
	s.World.Unlock()
	s.AddApp(id, &pair.PublicKey, right)
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(pair)})
	return id, strings.ReplaceAll(string(text), "\n", `\n`)
}

func (s *Server) appRoutes() {
	s.Handle("GET /app", s.withApp(func(w http.ResponseWriter, r *http.Request, a *app) {
		answer.JSON(w, 200, map[string]any{
			"id": a.number(), "client_id": "Iv1." + a.id, "slug": "gatewright", "node_id": nodeID("Integration", a.number()), "name": "Gatewright", "description": "Stores tokens.",
			"owner": simpleUser(answer.Origin(r), "acme", 1, "Organization"), "external_url": answer.Origin(r), "html_url": answer.Origin(r) + "/apps/gatewright",
			"created_at": "2020-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "permissions": a.permissions(), "events": []string{}, "installations_count": len(s.World.Organizations),
		})
	}))
	s.Handle("GET /app/installations", s.withApp(func(w http.ResponseWriter, r *http.Request, a *app) {
		list := []map[string]any{}
		for _, o := range s.World.Organizations {
			list = append(list, showInstallation(r, a, o))
		}
		answer.JSON(w, 200, list)
	}))
	s.Handle("GET /app/installations/{id}", s.withApp(func(w http.ResponseWriter, r *http.Request, a *app) {
		if o := s.installedIn(r); o != nil {
			answer.JSON(w, 200, showInstallation(r, a, o))
			return
		}
		refuse(w, 404, "Not Found")
	}))
	for path, user := range map[string]bool{"/orgs/{owner}/installation": false, "/users/{owner}/installation": true} {
		s.Handle("GET "+path, s.withApp(func(w http.ResponseWriter, r *http.Request, a *app) {
			if o := s.World.Organization(r.PathValue("owner")); o != nil && o.User == user {
				answer.JSON(w, 200, showInstallation(r, a, o))
				return
			}
			refuse(w, 404, "Not Found")
		}))
	}
	s.Handle("GET /repos/{owner}/{repo}/installation", s.withApp(func(w http.ResponseWriter, r *http.Request, a *app) {
		if repo := s.repository(w, r); repo != nil {
			answer.JSON(w, 200, showInstallation(r, a, s.World.Organization(repo.Owner)))
		}
	}))
	s.Handle("GET /installation/repositories", func(w http.ResponseWriter, r *http.Request) {
		token := answer.Credential(r)
		if !strings.HasPrefix(token, "ghs_") {
			refuse(w, 403, "You must authenticate with an installation access token in order to list repositories for an installation.")
			return
		}
		var all []*world.Repository
		for _, o := range s.World.Organizations {
			if of := s.installed[token]; of == nil || of == o {
				all = append(all, o.Repositories...)
			}
		}
		rows := s.page(w, r, all)
		answer.JSON(w, 200, map[string]any{"total_count": len(all), "repository_selection": "all", "repositories": rows})
	})
	s.Handle("POST /app/installations/{id}/access_tokens", s.withApp(s.installationToken))
}

// installedIn is the organization whose installation a request names, or nil.
func (s *Server) installedIn(r *http.Request) *world.Organization {
	for _, o := range s.World.Organizations {
		if strconv.FormatInt(installationBase+o.ID, 10) == r.PathValue("id") {
			return o
		}
	}
	return nil
}

// installationToken mints a token, for fewer permissions than the App has where
// the body names some.
func (s *Server) installationToken(w http.ResponseWriter, r *http.Request, a *app) {
	var in struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	granted, o := a.permissions(), s.installedIn(r)
	switch err := answer.Decode(r, &in); {
	case o == nil:
		refuse(w, 404, "Not Found")
		return
	case err != nil && !errors.Is(err, io.EOF):
		refuse(w, 400, "Problems parsing JSON")
		return
	case len(in.Permissions) > 0:
		for name, level := range in.Permissions {
			if had := granted[name]; had != level && had != "write" {
				refuse(w, 422, "The permissions requested are not granted to this installation.")
				return
			}
		}
		granted = in.Permissions
	}
	token := s.Tokens.Issue("ghs_", a.right)
	s.appsMu.Lock()
	s.expires[token] = s.World.Now().Add(hour)
	s.appsMu.Unlock()
	s.installed[token] = o
	answer.JSON(w, 201, map[string]any{
		"token": token, "expires_at": stamp(s.World.Now().Add(hour)), "repository_selection": "all", "permissions": granted,
	})
}

// permissions are what the App may do, by name.
func (a *app) permissions() map[string]string {
	out := map[string]string{"metadata": "read", "administration": "read"}
	access := "read"
	if a.right == Full {
		access = "write"
	}
	for _, name := range []string{"secrets", "dependabot_secrets", "codespaces_secrets", "environments", "organization_secrets", "organization_dependabot_secrets", "organization_codespaces_secrets"} {
		out[name] = access
	}
	for _, name := range []string{"issues", "pull_requests", "statuses"} {
		if a.right == Full || a.right == Job {
			out[name] = "write"
		}
	}
	return out
}

// number is the App's id, which is a number everywhere but in its tokens.
func (a *app) number() int64 {
	n, err := strconv.ParseInt(a.id, 10, 64)
	if err != nil {
		return 1
	}
	return n
}

func showInstallation(r *http.Request, a *app, o *world.Organization) map[string]any {
	kind := "Organization"
	if o.User {
		kind = "User"
	}
	id := installationBase + o.ID
	at := answer.Origin(r) + "/app/installations/" + strconv.FormatInt(id, 10)
	return map[string]any{
		"id": id, "account": simpleUser(answer.Origin(r), o.Name, o.ID, kind), "access_tokens_url": at + "/access_tokens",
		"repositories_url": answer.Origin(r) + "/installation/repositories", "html_url": at, "app_id": a.number(), "app_slug": "gatewright",
		"target_id": o.ID, "target_type": kind, "permissions": a.permissions(), "events": []string{}, "repository_selection": "all",
		"created_at": "2020-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "single_file_name": nil, "has_multiple_single_files": false,
		"single_file_paths": []string{}, "suspended_by": nil, "suspended_at": nil,
	}
}

func (s *Server) withApp(next func(http.ResponseWriter, *http.Request, *app)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, words := s.verify(answer.Credential(r))
		if a == nil {
			refuse(w, 401, words)
			return
		}
		next(w, r, a)
	}
}

// verify checks a JSON Web Token as GitHub does: RS256, issued by a known App,
// not issued in the future, no longer than ten minutes ahead.
func (s *Server) verify(token string) (*app, string) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, "A JSON web token could not be decoded"
	}
	var head struct{ Alg string }
	var claims struct {
		Iss      string
		Iat, Exp int64
	}
	if !decodePart(parts[0], &head) || !decodePart(parts[1], &claims) || head.Alg != "RS256" {
		return nil, "A JSON web token could not be decoded"
	}
	s.appsMu.Lock()
	a := s.apps[claims.Iss]
	s.appsMu.Unlock()
	if a == nil {
		return nil, "Integration not found"
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(a.key, crypto.SHA256, sum[:], sig) != nil {
		return nil, "A JSON web token could not be decoded"
	}
	now := s.World.Now().Unix()
	if claims.Iat > now {
		return nil, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	}
	if claims.Exp <= now {
		return nil, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
	}
	if claims.Exp > now+600 {
		return nil, "'Expiration time' claim ('exp') is too far in the future"
	}
	return a, ""
}

func decodePart(part string, v any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, v) == nil
}
