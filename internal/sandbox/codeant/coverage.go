package codeant

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type coverageBody struct {
	Repo        string `json:"repo"`
	CommitID    string `json:"commit_id"`
	AccessToken string `json:"access_token"`
	Platform    string `json:"platform"`
	Module      string `json:"module"`
	ModulePath  string `json:"module_path"`
	Branch      string `json:"branch"`
	VCSBaseURL  string `json:"vcs_base_url"`
}

func (b coverageBody) key() string {
	key := b.Repo + "/" + b.CommitID
	if b.Module != "" {
		key += "/" + b.Module
	}
	return key + "/coverage.xml"
}

// upload is one object of the storage.
type upload struct {
	signature string
	expires   time.Time
	body      []byte
	completed int
}

func (c *call) coverageRequest() (coverageBody, bool) {
	var in coverageBody
	if !c.decode(&in) {
		return in, false
	}
	if !knownService(in.Platform) {
		c.fail(http.StatusBadRequest, "platform must be one of github, azuredevops, gitlab, bitbucket")
		return in, false
	}
	r, ok := c.admit(in.AccessToken, in.Repo, in.CommitID)
	return in, ok && c.commit(r, in.CommitID, in.Branch)
}

func (c *call) presign() {
	in, ok := c.coverageRequest()
	if !ok {
		return
	}
	u := c.s.uploads[in.key()]
	if u == nil {
		u = &upload{}
		c.s.uploads[in.key()] = u
	}
	u.signature, u.expires = world.NewToken(""), c.s.w.Now().Add(expiry)
	address := url.URL{Path: "/coverage-storage/" + in.key()}
	c.JSON(http.StatusOK, obj{"coverage_url": answer.Origin(c.R) + address.String() + fmt.Sprintf(
		"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=%s&X-Amz-Expires=%d&X-Amz-SignedHeaders=content-type%%3Bhost&X-Amz-Signature=%s",
		c.s.w.Now().Format("20060102T150405Z"), int(expiry.Seconds()), u.signature)})
}

// store is the storage behind the presigned address. Like S3 it answers in XML,
// checks nothing but the signature, and refuses two ways to authenticate.
func (s *Server) store(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.w.Lock()
	defer s.w.Unlock()
	u := s.uploads[r.PathValue("key")]
	q := r.URL.Query()
	switch {
	case r.Header.Get("Authorization") != "":
		storageError(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified")
	case r.ContentLength < 0:
		storageError(w, http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	case u == nil || q.Get("X-Amz-Signature") != u.signature || r.Header.Get("Content-Type") != "application/xml":
		storageError(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
	case !s.w.Now().Before(u.expires):
		storageError(w, http.StatusForbidden, "AccessDenied", "Request has expired")
	default:
		u.body = body
		w.WriteHeader(http.StatusOK)
	}
}

func storageError(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: text})
}

func (c *call) complete() {
	in, ok := c.coverageRequest()
	if !ok {
		return
	}
	u := c.s.uploads[in.key()]
	if u == nil || len(u.body) == 0 {
		c.fail(http.StatusBadRequest, "No coverage file was uploaded for this commit")
		return
	}
	u.completed++
	c.JSON(http.StatusOK, obj{"message": "Coverage processed"})
}

// Coverage is the document that was uploaded and completed for a commit and
// module, and how often it was completed, for tests.
func (s *Server) Coverage(repo, sha, module string) (body []byte, completed int) {
	s.w.Lock()
	defer s.w.Unlock()
	u := s.uploads[coverageBody{Repo: repo, CommitID: sha, Module: module}.key()]
	if u == nil {
		return nil, 0
	}
	return u.body, u.completed
}
