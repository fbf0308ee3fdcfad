// The runner's shell executor as one program, for the test of the GitLab component.
module github.com/gatewright/gatewright/e2e/gitlab-runner

go 1.26

require gitlab.com/gitlab-org/gitlab-runner v1.11.1-0.20260903214710-fc1f1862bd91

// These five cannot be had from the module proxy. What takes their place has the names the runner compiles with and no
// behaviour; the shell executor runs bash scripts without any of it.
replace (
	gitlab.com/ajwalker/phrasestream => ./absent/phrasestream
	gitlab.com/gitlab-org/gitlab-runner/helpers/runner_wrapper/api => ./absent/wrapper
	gitlab.com/gitlab-org/labkit/v2 => ./absent/labkit
	gitlab.com/gitlab-org/moa => ./absent/moa
	gitlab.com/gitlab-org/step-runner => ./absent/step-runner
)
