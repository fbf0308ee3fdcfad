package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// job is one run of a spec.
type job struct {
	id    int
	name  string
	token string
	spec
	trace   []byte
	archive []byte     // what later jobs download
	dotenv  []variable // what later jobs have as variables
	Result  result
}

// result is how the runner says the job ended, and the number GitLab would show.
type result struct {
	State    string `json:"state"`
	Reason   string `json:"failure_reason"`
	ExitCode int    `json:"exit_code"`
	Coverage string `json:"coverage"`
}

type variable struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Public bool   `json:"public"`
	Masked bool   `json:"masked"`
}

func secret(prefix string) string { return prefix + strings.ToLower(rand.Text()) }

// queue adds a job to those that are handed out.
func (s *server) queue(name string) error {
	sp, ok := s.pipeline.specs[name]
	if !ok {
		return fmt.Errorf("the pipeline has no job %q", name)
	}
	s.jobs = append(s.jobs, &job{id: 1000 + len(s.jobs), name: name, token: secret("glcbt-"), spec: sp})
	return nil
}

// answer is what a runner gets for its request.
func (s *server) answer(j *job) (map[string]any, error) {
	head, err := s.git("rev-parse", "HEAD")
	if err != nil {
		return nil, err
	}
	artifacts, err := j.artifacts()
	if err != nil {
		return nil, err
	}
	dependencies, outputs := s.received(j)
	variables := s.predefined(j, head)
	for _, from := range []map[string]string{s.pipeline.variables, j.Variables} {
		for _, key := range slices.Sorted(maps.Keys(from)) {
			variables = append(variables, variable{Key: key, Value: from[key], Public: true})
		}
	}
	// What the project and the pipeline say comes last and wins.
	variables = slices.Concat(variables, outputs, s.project)
	steps := []map[string]any{{"name": "script", "script": slices.Concat(j.BeforeScript, j.Script), "timeout": 600, "when": "on_success", "allow_failure": false}}
	if len(j.AfterScript) > 0 {
		steps = append(steps, map[string]any{"name": "after_script", "script": j.AfterScript, "timeout": 600, "when": "always", "allow_failure": true})
	}
	return map[string]any{
		"id": j.id, "token": j.token, "allow_git_fetch": true,
		"job_info":    map[string]any{"name": j.name, "stage": j.Stage, "project_id": 1, "project_name": "api"},
		"runner_info": map[string]any{"timeout": 600},
		"git_info": map[string]any{
			"repo_url": fmt.Sprintf("http://gitlab-ci-token:%s@%s/acme/api.git", j.token, s.address), "ref": "main", "ref_type": "branch", "sha": head,
			"before_sha": strings.Repeat("0", 40), "refspecs": []string{"+refs/heads/main:refs/remotes/origin/main"}, "depth": 50,
		},
		"variables": variables, "steps": steps, "image": j.Image, "artifacts": artifacts, "dependencies": dependencies,
		"services": []any{}, "cache": []any{}, "credentials": []any{},
		"features": map[string]any{"trace_sections": true, "failure_reasons": []string{"script_failure", "runner_system_failure", "job_execution_timeout"}},
	}, nil
}

// received are the archives and the variables that earlier jobs left for this one.
func (s *server) received(j *job) (dependencies []map[string]any, outputs []variable) {
	from := s.pipeline.sources(j.name)
	dependencies = []map[string]any{}
	for _, other := range s.jobs {
		if !slices.Contains(from, other.name) || other.Result.State != "success" {
			continue
		}
		outputs = append(outputs, other.dotenv...)
		if len(other.archive) > 0 {
			dependencies = append(dependencies, map[string]any{
				"id": other.id, "name": other.name, "token": other.token,
				"artifacts_file": map[string]any{"filename": "artifacts.zip", "size": len(other.archive)},
			})
		}
	}
	return dependencies, outputs
}

// predefined are GitLab's own variables, as far as a job could look at them.
func (s *server) predefined(j *job, head string) []variable {
	base := "http://" + s.address
	all := []variable{{Key: "CI_JOB_TOKEN", Value: j.token, Masked: true}}
	for _, pair := range [][2]string{
		{"CI", "true"},
		{"GITLAB_CI", "true"},
		{"CI_SERVER_URL", base},
		{"CI_API_V4_URL", base + "/api/v4"},
		{"CI_JOB_ID", fmt.Sprint(j.id)},
		{"CI_JOB_NAME", j.name},
		{"CI_JOB_STAGE", j.Stage},
		{"CI_PIPELINE_ID", "1"},
		{"CI_PROJECT_ID", "1"},
		{"CI_PROJECT_NAME", "api"},
		{"CI_PROJECT_PATH", "acme/api"},
		{"CI_PROJECT_NAMESPACE", "acme"},
		{"CI_PROJECT_URL", base + "/acme/api"},
		{"CI_COMMIT_SHA", head},
		{"CI_COMMIT_BRANCH", "main"},
		{"CI_COMMIT_REF_NAME", "main"},
		{"CI_DEFAULT_BRANCH", "main"},
		{"CI_PIPELINE_SOURCE", "push"},
	} {
		all = append(all, variable{Key: pair[0], Value: pair[1], Public: true})
	}
	return all
}

func (s *server) git(args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", s.repo}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

// coverage is the last number of the last line that the job's regex matches. A runner of today puts 32 bytes of time and
// stream before each line, which are no part of it.
func (j *job) coverage() (string, error) {
	if j.Coverage == "" {
		return "", nil
	}
	wanted, err := regexp.Compile(strings.Trim(j.Coverage, "/"))
	if err != nil {
		return "", err
	}
	timed := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[EO][+ ]`)
	all := strings.Split(string(j.trace), "\n")
	skip := len(timed.FindString(all[0]))
	for _, line := range slices.Backward(all) {
		found := wanted.FindStringSubmatch(line[min(skip, len(line)):])
		if number := regexp.MustCompile(`\d+(\.\d+)?`).FindString(strings.Join(found[min(1, len(found)):], " ")); number != "" {
			return number, nil
		}
	}
	return "", nil
}

// finish keeps how the job ended.
func (s *server) finish(j *job) error {
	var err error
	if j.Result.Coverage, err = j.coverage(); err != nil {
		return err
	}
	text, err := json.Marshal(j.Result)
	return errors.Join(err, s.keep(j, "trace", j.trace), s.keep(j, "result.json", text))
}
