package answer

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Artifact is a file that a run of a CI left at its forge.
type Artifact struct {
	ID     int64
	Run    int64
	Repo   *world.Repository
	Name   string // of the artifact
	File   string // the one that it holds
	Branch string // of the run
	Commit string
	Event  string // what started the run: push, pull_request
	From   string // owner of the fork that the run's commit comes from
	Gone   bool   // it has expired
	Text   []byte
	At     time.Time
}

// Artifacts are those of one stand-in, guarded by the world's lock. A job keeps
// one, whatever step does it, by PUT /_artifacts/OWNER/REPO/NAME/FILE with the
// run's branch, commit, event and from in the query.
type Artifacts struct{ list []*Artifact }

// Add keeps an artifact as that of a new run.
func (a *Artifacts) Add(w *world.World, x Artifact) *Artifact {
	x.ID, x.Run, x.At = w.NextID(), w.NextID(), w.Now()
	a.list = append(a.list, &x)
	return &x
}

// Of returns those of a repository, newest first.
func (a *Artifacts) Of(repo *world.Repository) []*Artifact {
	out := []*Artifact{}
	for _, x := range slices.Backward(a.list) {
		if x.Repo == repo {
			out = append(out, x)
		}
	}
	return out
}

// Find returns the artifact of a repository for which is holds, or nil.
func (a *Artifacts) Find(repo *world.Repository, is func(*Artifact) bool) *Artifact {
	for _, x := range a.Of(repo) {
		if is(x) {
			return x
		}
	}
	return nil
}

// Drop forgets an artifact.
func (a *Artifacts) Drop(x *Artifact) {
	a.list = slices.DeleteFunc(a.list, func(y *Artifact) bool { return y == x })
}

// Zip is the artifact as it is downloaded, in a folder if dir is not "".
func (x *Artifact) Zip(dir string) []byte {
	var text bytes.Buffer
	z := zip.NewWriter(&text)
	f, err := z.Create(dir + x.File)
	if err == nil {
		_, err = f.Write(x.Text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil // a Buffer never fails
	}
	return text.Bytes()
}

// Serve answers what is no part of a forge's API: a job that keeps an artifact,
// and the storage that downloads are redirected to, which is another origin and
// refuses whoever sends a credential there.
func (a *Artifacts) Serve(world *world.World, w http.ResponseWriter, r *http.Request) bool {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodPut && parts[0] == "_artifacts" && len(parts) == 5:
		text, err := io.ReadAll(r.Body)
		world.Lock()
		defer world.Unlock()
		repo, q := world.Repository(parts[1], parts[2]), r.URL.Query()
		if err != nil || repo == nil {
			w.WriteHeader(http.StatusNotFound)
			return true
		}
		a.Add(world, Artifact{Repo: repo, Name: parts[3], File: parts[4], Branch: q.Get("branch"), Commit: q.Get("commit"), Event: q.Get("event"), From: q.Get("from"), Text: text})
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodGet && parts[0] == "_storage" && len(parts) == 2:
		world.Lock()
		defer world.Unlock()
		i := slices.IndexFunc(a.list, func(x *Artifact) bool { return strconv.FormatInt(x.ID, 10) == parts[1] })
		if r.Header.Get("Authorization") != "" || r.URL.Query().Get("sig") != "signed" || i < 0 {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "Server failed to authenticate the request.")
			return true
		}
		if x := a.list[i]; x.Name == x.File { // kept as it is
			_, _ = w.Write(x.Text)
		} else {
			_, _ = w.Write(x.Zip(""))
		}
	default:
		return false
	}
	return true
}

// Storage is the signed address of an artifact at another origin.
func (x *Artifact) Storage(r *http.Request) string {
	origin := Origin(r)
	switch {
	case strings.Contains(origin, "//127.0.0.1"):
		origin = strings.Replace(origin, "127.0.0.1", "localhost", 1)
	case strings.Contains(origin, "//localhost"):
		origin = strings.Replace(origin, "localhost", "127.0.0.1", 1)
	default:
		origin = strings.Replace(origin, "//", "//storage.", 1)
	}
	return fmt.Sprintf("%s/_storage/%d?sig=signed", origin, x.ID)
}

// ActionsRoutes adds the artifacts of a CI that answers as GitHub Actions do.
// full says whether an artifact names the branch and the repositories of its run.
func (f *Forge) ActionsRoutes(base string, full bool) {
	ids := func(x *Artifact) (own, head int64) {
		own = x.Repo.ID
		if x.From != "" {
			return own, own + 1_000_000
		}
		return own, own
	}
	f.Handle("GET "+base+"/actions/artifacts", f.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		q := r.URL.Query()
		all := slices.DeleteFunc(f.Artifacts.Of(repo), func(x *Artifact) bool { return q.Get("name") != "" && q.Get("name") != x.Name })
		n := len(all)
		if page := q.Get("page"); page != "" && page != "1" {
			all = nil
		}
		JSON(w, 200, map[string]any{"total_count": n, "artifacts": Rows(all, func(x *Artifact) map[string]any {
			own, head := ids(x)
			run := map[string]any{"id": x.Run, "repository_id": own, "head_sha": x.Commit}
			if full {
				run["head_repository_id"], run["head_branch"] = head, x.Branch
			}
			at := fmt.Sprintf("%s%s/%d", Origin(r), r.URL.Path, x.ID)
			return map[string]any{
				"id": x.ID, "name": x.Name, "size_in_bytes": len(x.Text), "url": at, "archive_download_url": at + "/zip", "expired": x.Gone,
				"created_at": x.At.Format(time.RFC3339), "updated_at": x.At.Format(time.RFC3339), "expires_at": x.At.Add(90 * 24 * time.Hour).Format(time.RFC3339), "workflow_run": run,
			}
		})})
	}))
	f.Handle("GET "+base+"/actions/artifacts/{artifact}/zip", f.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		x := f.Artifacts.Find(repo, func(x *Artifact) bool { return strconv.FormatInt(x.ID, 10) == r.PathValue("artifact") })
		switch {
		case x == nil:
			JSON(w, 404, map[string]string{"message": "Not Found"})
		case x.Gone:
			JSON(w, 410, map[string]string{"message": "Artifact has expired"})
		default:
			http.Redirect(w, r, x.Storage(r), http.StatusFound)
		}
	}))
	f.Handle("GET "+base+"/actions/runs/{run}", f.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		x := f.Artifacts.Find(repo, func(x *Artifact) bool { return strconv.FormatInt(x.Run, 10) == r.PathValue("run") })
		if x == nil {
			JSON(w, 404, map[string]string{"message": "Not Found"})
			return
		}
		own, head := ids(x)
		out := map[string]any{
			"id": x.Run, "name": "CI", "event": x.Event, "head_branch": x.Branch, "head_sha": x.Commit, "status": "completed", "conclusion": "success", "run_number": 1, "run_attempt": 1,
			"path": ".github/workflows/ci.yml", "repository": map[string]any{"id": own, "name": repo.Name, "full_name": repo.Owner + "/" + repo.Name},
		}
		if full {
			out["head_repository"] = map[string]any{"id": head, "name": repo.Name, "full_name": cmp.Or(x.From, repo.Owner) + "/" + repo.Name}
		}
		JSON(w, 200, out)
	}))
}
