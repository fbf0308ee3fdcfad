package github

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
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

// expired reports whether an installation token's hour is over.
func (s *Server) expired(token string) bool {
	s.appsMu.Lock()
	defer s.appsMu.Unlock()
	at, ok := s.expires[token]
	return ok && !s.world.Now().Before(at)
}

func (s *Server) appRoutes() {
	s.handle("GET /app", s.withApp(func(w http.ResponseWriter, _ *http.Request, a *app) {
		answer.JSON(w, 200, map[string]any{"id": a.id, "slug": "gatewright"})
	}))
	s.handle("GET /orgs/{org}/installation", s.withApp(func(w http.ResponseWriter, r *http.Request, a *app) {
		o := s.world.Organization(r.PathValue("org"))
		if o == nil {
			refuse(w, 404, "Not Found")
			return
		}
		answer.JSON(w, 200, map[string]any{"id": installationBase + o.ID, "app_id": a.id, "target_type": "Organization"})
	}))
	s.handle("POST /app/installations/{id}/access_tokens", s.withApp(s.installationToken))
}

func (s *Server) installationToken(w http.ResponseWriter, r *http.Request, a *app) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	for _, o := range s.world.Organizations {
		if installationBase+o.ID != id {
			continue
		}
		token := s.tokens.Issue("ghs_", a.right)
		s.appsMu.Lock()
		s.expires[token] = s.world.Now().Add(time.Hour)
		s.appsMu.Unlock()
		access := "write"
		if a.right != Full {
			access = "read"
		}
		answer.JSON(w, 201, map[string]any{
			"token": token, "expires_at": stamp(s.world.Now().Add(time.Hour)), "repository_selection": "all",
			"permissions": map[string]string{"secrets": access, "metadata": "read"},
		})
		return
	}
	refuse(w, 404, "Not Found")
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
	now := s.world.Now().Unix()
	if claims.Iat > now {
		return nil, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	}
	if claims.Exp <= now || claims.Exp > now+600 {
		return nil, "'Expiration time' claim ('exp') is too far in the future"
	}
	return a, ""
}

func decodePart(part string, v any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, v) == nil
}
