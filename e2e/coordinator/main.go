// Command coordinator is the side of GitLab that a runner talks to, for tests: it hands the named jobs of one pipeline
// to the runner it starts, one after the other, and keeps what the runner sends back.
//
//	gitlab-ci-local --preview >pipeline.yml
//	go run ./coordinator --pipeline pipeline.yml --repo DIR --out OUT --variable K=V --masked K=V unit-tests coverage \
//	  -- gitlab-runner run-single --executor shell --max-builds 2
//
// The runner finds its coordinator in CI_SERVER_URL and its token in CI_SERVER_TOKEN. OUT/JOB then holds the trace,
// result.json, and what was uploaded, unpacked, by type: OUT/JOB/dotenv. The rules are those of GitLab's own
// Ci::BuildRunnerPresenter, Ci::JobArtifact and Ci::Trace::Stream, as read in their source.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "coordinator:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	command := slices.Index(args, "--")
	if command < 0 || command == len(args)-1 {
		return errors.New("no runner after --")
	}
	flags := flag.NewFlagSet("coordinator", flag.ExitOnError)
	file := flags.String("pipeline", "", "the pipeline, with its includes resolved")
	repo := flags.String("repo", "", "the git repository to check out, its HEAD")
	out := flags.String("out", "", "where to put what the runner sends")
	var project []variable
	for name, masked := range map[string]bool{"variable": false, "masked": true} {
		flags.Func(name, "a variable of the project, as KEY=VALUE", func(text string) error {
			key, value, _ := strings.Cut(text, "=")
			project = append(project, variable{Key: key, Value: value, Public: !masked, Masked: masked})
			return nil
		})
	}
	if err := flags.Parse(args[:command]); err != nil {
		return err
	}
	p, err := readPipeline(*file)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &server{pipeline: p, repo: *repo, out: *out, project: project, address: listener.Addr().String(), runnerToken: secret("glrt-")}
	for _, name := range flags.Args() {
		if err := s.queue(name); err != nil {
			return err
		}
	}
	go func() { _ = http.Serve(listener, s.handler()) }()
	return s.start(args[command+1:])
}

// start runs the runner until it ends; a job that it did not finish is an error.
func (s *server) start(command []string) error {
	runner := exec.Command(command[0], command[1:]...)
	runner.Env = append(os.Environ(), "CI_SERVER_URL=http://"+s.address+"/", "CI_SERVER_TOKEN="+s.runnerToken)
	runner.Stdout, runner.Stderr = os.Stderr, os.Stderr
	if err := runner.Run(); err != nil {
		return fmt.Errorf("%s: %w", command[0], err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.Result.State == "" {
			return fmt.Errorf("the runner did not finish %s", j.name)
		}
	}
	return nil
}
