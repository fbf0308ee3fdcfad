package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// server is the coordinator of one pipeline and one runner.
type server struct {
	pipeline    *pipeline
	repo        string // a checkout
	out         string
	project     []variable
	address     string
	runnerToken string

	mu   sync.Mutex
	jobs []*job
	next int // in jobs
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v4/jobs/request", s.request)
	mux.HandleFunc("PATCH /api/v4/jobs/{id}/trace", s.of(s.appendTrace))
	mux.HandleFunc("PUT /api/v4/jobs/{id}", s.of(s.update))
	mux.HandleFunc("POST /api/v4/jobs/{id}/artifacts", s.of(s.upload))
	mux.HandleFunc("GET /api/v4/jobs/{id}/artifacts", s.of(s.download))
	mux.HandleFunc("/acme/api.git/", s.clone)
	return mux
}

// request hands out the next job, once the one before it has ended.
func (s *server) request(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var asked struct{ Token string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Token != s.runnerToken {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if s.next == len(s.jobs) || s.next > 0 && s.jobs[s.next-1].Result.State == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer, err := s.answer(s.jobs[s.next])
	if err != nil {
		s.fail(w, err)
		return
	}
	s.next++
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(answer)
}

// of finds the job of a request; only its own token opens it, which an old runner writes into an update's body.
func (s *server) of(handle func(http.ResponseWriter, *http.Request, *job)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		token := r.Header.Get("JOB-TOKEN")
		if token == "" && r.Method == http.MethodPut {
			body, _ := io.ReadAll(r.Body)
			var said struct{ Token string }
			_ = json.Unmarshal(body, &said)
			token, r.Body = said.Token, io.NopCloser(bytes.NewReader(body))
		}
		for _, j := range s.jobs[:s.next] {
			if strconv.Itoa(j.id) == r.PathValue("id") && token == j.token {
				handle(w, r, j)
				return
			}
		}
		w.WriteHeader(http.StatusForbidden)
	}
}

// appendTrace takes a piece of the trace that begins where the last one ended.
func (s *server) appendTrace(w http.ResponseWriter, r *http.Request, j *job) {
	piece, err := io.ReadAll(r.Body)
	if err != nil {
		s.fail(w, err)
		return
	}
	status := http.StatusAccepted
	if from, _, _ := strings.Cut(r.Header.Get("Content-Range"), "-"); from == strconv.Itoa(len(j.trace)) {
		j.trace = append(j.trace, piece...)
	} else {
		status = http.StatusRequestedRangeNotSatisfiable
	}
	w.Header().Set("Job-Status", "running")
	w.Header().Set("Range", fmt.Sprintf("0-%d", len(j.trace)))
	w.WriteHeader(status)
}

// update hears how the job goes. A runner of today also says what the trace must be.
func (s *server) update(w http.ResponseWriter, r *http.Request, j *job) {
	var said struct {
		result
		Output struct{ Checksum string }
	}
	if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
		s.fail(w, err)
		return
	}
	if said.State == "running" {
		return
	}
	if sum := fmt.Sprintf("crc32:%08x", crc32.ChecksumIEEE(j.trace)); said.Output.Checksum != "" && said.Output.Checksum != sum {
		s.fail(w, fmt.Errorf("%s: the trace is %s, not %s", j.name, sum, said.Output.Checksum))
		return
	}
	j.Result = said.result
	if err := s.finish(j); err != nil {
		s.fail(w, err)
	}
}

// upload keeps an artifact as it is once unpacked.
func (s *server) upload(w http.ResponseWriter, r *http.Request, j *job) {
	file, header, err := r.FormFile("file")
	if err != nil {
		s.fail(w, err)
		return
	}
	content, err := io.ReadAll(file)
	if err == nil {
		q := r.URL.Query()
		err = s.unpack(j, uploaded{q.Get("artifact_type"), q.Get("artifact_format"), header.Filename, content})
	}
	if err != nil {
		s.fail(w, err)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// uploaded is what a runner sent: its kind, archive or a report's, and the
// format that its content is in.
type uploaded struct {
	kind, format, name string
	content            []byte
}

func (s *server) unpack(j *job, a uploaded) error {
	switch a.format {
	case "zip":
		j.archive = a.content
		archive, err := zip.NewReader(bytes.NewReader(a.content), int64(len(a.content)))
		if err != nil {
			return err
		}
		return os.CopyFS(filepath.Join(s.out, j.name, a.kind), archive)
	case "gzip":
		unzipped, err := gzip.NewReader(bytes.NewReader(a.content)) // of all files, one after the other
		if err != nil {
			return err
		}
		if a.content, err = io.ReadAll(unzipped); err != nil {
			return err
		}
	case "raw":
	default:
		return fmt.Errorf("%s: %s in the format %q", j.name, a.kind, a.format)
	}
	if a.kind == "dotenv" {
		for line := range strings.Lines(string(a.content)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			j.dotenv = append(j.dotenv, variable{Key: key, Value: value, Public: true})
		}
	}
	return s.keep(j, filepath.Join(a.kind, filepath.Base(a.name)), a.content)
}

func (s *server) download(w http.ResponseWriter, _ *http.Request, j *job) {
	if len(j.archive) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write(j.archive)
}

// clone serves the repository, by git's own server, to whoever has a job's token.
func (s *server) clone(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != "gitlab-ci-token" || !s.issued(password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="GitLab"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	git, err := exec.LookPath("git")
	if err != nil {
		s.fail(w, err)
		return
	}
	(&cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Root: "/acme/api.git",
		Env: []string{"GIT_HTTP_EXPORT_ALL=1", "GIT_PROJECT_ROOT=" + filepath.Join(s.repo, ".git"), "GIT_PROTOCOL=" + r.Header.Get("Git-Protocol")},
	}).ServeHTTP(w, r)
}

// issued reports whether a job that runs has this token.
func (s *server) issued(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs[:s.next] {
		if j.token == token {
			return true
		}
	}
	return false
}

// keep writes a file into the job's folder.
func (s *server) keep(j *job, name string, content []byte) error {
	file := filepath.Join(s.out, j.name, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}

// fail says what the test will want to know, here and to the runner.
func (s *server) fail(w http.ResponseWriter, err error) {
	fmt.Fprintln(os.Stderr, "coordinator:", err)
	http.Error(w, err.Error(), http.StatusBadRequest)
}
