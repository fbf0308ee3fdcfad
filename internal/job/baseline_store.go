package job

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/summary"
)

// errNoStore says that nobody named a baseline, and the CI has no place for one.
var errNoStore = fault.Errorf(fault.Input, "no baseline to compare with; --baseline or --baseline-store names one")

const storeChoices = "artifact, cache, cache:DIR, branch:NAME, notes, file, none"

// checkStore returns an error for what is no store of baselines.
func checkStore(text string) error {
	kind, rest, with := strings.Cut(text, ":")
	switch kind {
	case "", "artifact", "notes", "file", "none":
		if !with {
			return nil
		}
	case "cache":
		if !with || rest != "" {
			return nil
		}
	case "branch":
		// What git would read as an option, a range or a pattern is no branch.
		if with && rest != "" && !strings.HasPrefix(rest, "-") && !strings.ContainsAny(rest, " ~^:?*[\\") && !strings.Contains(rest, "..") {
			return nil
		}
	}
	return fault.Errorf(fault.Input, "%q is no store of baselines; known: %s", text, storeChoices)
}

// store opens the store of baselines, or returns why there is none.
func (j *Job) store() (baseline.Store, error) {
	kind, rest, _ := strings.Cut(j.Facts.BaselineStore, ":")
	switch kind {
	// "file" is --baseline, which is read without any store.
	case "none", "file":
		return nil, errNoStore
	case "cache":
		dir := j.Console.Path(cmp.Or(rest, ".gatewright-baseline"))
		return baseline.Folder(filepath.Join(dir, j.slug(""))), nil
	case "branch":
		return j.ref("refs/heads/" + rest)
	case "notes":
		return j.ref("refs/notes/" + j.slug("gatewright"))
	}
	system := j.run.System.Forge()
	switch {
	case j.Sources.Forge == nil, system == "" && kind == "":
		return nil, errNoStore
	// A Jenkins that builds a repository at GitHub leaves its artifacts in Jenkins:
	// looking for them at the forge would never find any.
	case system == "" || system != j.run.Forge:
		return nil, fault.WithHint(fault.Errorf(fault.Input, "no baseline to compare with: runs here leave no artifacts at the repository's forge"), "name another with --baseline-store: branch:NAME, notes or cache")
	}
	f, err := j.Sources.Forge(j.run)
	if err != nil {
		// A run that only keeps needs no token: the CI takes the file up itself.
		if j.keeps() {
			return &artifactStore{job: j}, nil // that is written without a token
		}
		return nil, err
	}
	if f.Artifacts == nil {
		return nil, fault.Errorf(fault.Input, "%s has no artifacts to read", f.Title)
	}
	return &artifactStore{job: j, reader: f.Artifacts, writer: f.Keeps}, nil
}

// ref opens a reference of the repository.
func (j *Job) ref(name string) (baseline.Store, error) {
	if j.Sources.Forge == nil {
		return nil, fault.Errorf(fault.Input, "%s: no forge is known", name)
	}
	f, err := j.Sources.Forge(j.run)
	if err != nil {
		return nil, err
	}
	// The checkout's own remote is not used: a pull request may have written it.
	if f.Git.URL == "" {
		return nil, fault.Errorf(fault.Input, "%s: the repository's address at %s is not known", name, f.Title)
	}
	r := baseline.Ref{Access: f.Git, Name: name}
	// A web page can show files of a branch, and none of a note.
	if strings.HasPrefix(name, "refs/heads/") {
		r.Also = j.badges
	}
	return r, nil
}

// badges are the files that a web page shows from a branch.
func (j *Job) badges(*baseline.Baseline) map[string][]byte {
	var svg, shield bytes.Buffer
	if summary.Badge(&svg, j.coverage()) != nil || summary.Shield(&shield, j.coverage()) != nil {
		return nil // a Buffer never fails
	}
	return map[string][]byte{"badge.svg": svg.Bytes(), "badge.json": shield.Bytes()}
}

// artifactStore is what runs of the CI leave at the forge. A run writes a file,
// and the CI takes it up: by the package's own step, by a command, or by what
// its configuration says; where a CI has no such thing the forge's API takes it.
type artifactStore struct {
	job    *Job
	reader forge.Artifacts      // nil without a token
	writer forge.ArtifactWriter // nil but where there is no other way
}

func (s *artifactStore) query(branch string) forge.ArtifactQuery {
	j := s.job
	return forge.ArtifactQuery{Owner: j.run.Owner, Repo: j.run.Name, Branch: branch, Name: j.artifactName(), File: j.baselineFileName(), Limit: baseline.MaxPacked}
}

func (s *artifactStore) List(ctx context.Context, branch string) ([]baseline.Entry, error) {
	// Said when it is read from, because to keep one takes no token.
	if s.reader == nil {
		return nil, fault.Errorf(fault.Auth, "there is no token to ask the forge with")
	}
	list, err := s.reader.Artifacts(ctx, s.query(branch))
	var all []baseline.Entry
	for _, a := range list {
		all = append(all, baseline.Entry{ID: a.ID + " " + a.Run, Commit: a.Commit})
	}
	return all, err
}

func (s *artifactStore) Open(ctx context.Context, branch string, e baseline.Entry) ([]byte, error) {
	id, run, _ := strings.Cut(e.ID, " ")
	return s.reader.ReadArtifact(ctx, s.query(branch), forge.Artifact{ID: id, Run: run, Commit: e.Commit})
}

func (s *artifactStore) Keep(ctx context.Context, b *baseline.Baseline) (string, error) {
	j := s.job
	// Pipelines hand artifacts on to later steps of the run and to no other run; the
	// repository's downloads stay.
	if j.run.System == ci.Bitbucket {
		if s.writer == nil {
			return "", fault.WithHint(fault.Errorf(fault.Auth, "no token to keep the baseline with"), "set BITBUCKET_TOKEN, or keep baselines in the cache with --baseline-store cache")
		}
		var text bytes.Buffer
		if err := b.Write(&text); err != nil {
			return "", err
		}
		return "the repository's downloads", s.writer.PutArtifact(ctx, s.query(b.Branch), b.Commit, text.Bytes())
	}
	dir, err := j.artifactFolder()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, j.baselineFileName())
	if err := j.Console.WriteFile(name, b.Write); err != nil {
		return "", err
	}
	j.keptFile = name
	j.Console.CI.Artifact(j.artifactName(), name)
	return "the artifact " + j.artifactName() + ", from " + name, nil
}

// artifactFolder returns the folder that the CI takes the artifact from. It is
// absolute: the CI reads it from another folder than the one worked in.
func (j *Job) artifactFolder() (string, error) {
	temp := cmp.Or(j.Console.Env("RUNNER_TEMP"), j.Console.Env("AGENT_TEMPDIRECTORY"))
	// GitLab takes files of the project's folder alone, by their names from there.
	if j.run.System == ci.GitLab || temp == "" {
		return reports.Workspace(j.Console, j.run.Workspace)
	}
	// A folder that later steps see and no commit of theirs takes in.
	dir := filepath.Join(temp, j.artifactName())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fault.Errorf(fault.Input, "keep the baseline: %w", err)
	}
	return dir, nil
}
