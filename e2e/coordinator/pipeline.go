package main

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// A pipeline is what .gitlab-ci.yml says once includes, inputs and extends are resolved.
type pipeline struct {
	stages    []string
	variables map[string]string
	specs     map[string]spec
}

// spec is a job as it is written.
type spec struct {
	Stage        string
	Image        image
	Variables    map[string]string
	BeforeScript lines `yaml:"before_script"`
	Script       lines
	AfterScript  lines `yaml:"after_script"`
	Coverage     string
	Needs        []struct{ Job string }
	Artifacts    struct {
		Name, When string
		ExpireIn   string `yaml:"expire_in"`
		Paths      []string
		Reports    map[string]report
	}
}

type image struct {
	Name       string   `json:"name"`
	Entrypoint []string `json:"entrypoint,omitempty"`
}

// UnmarshalYAML takes the name alone as well.
func (i *image) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&i.Name)
	}
	type whole image
	return n.Decode((*whole)(i))
}

// lines is a script: one line, or a list.
type lines []string

// UnmarshalYAML takes both.
func (l *lines) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = lines{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// report is where one kind of report lies.
type report struct {
	paths  lines
	format string // of a coverage_report
}

// UnmarshalYAML takes a path, a list of them, and the mapping of a coverage_report.
func (r *report) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return r.paths.UnmarshalYAML(n)
	}
	var coverage struct {
		Format string `yaml:"coverage_format"`
		Path   string
	}
	err := n.Decode(&coverage)
	r.paths, r.format = lines{coverage.Path}, coverage.Format
	return err
}

func readPipeline(file string) (*pipeline, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var top map[string]yaml.Node
	if err := yaml.Unmarshal(text, &top); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p := &pipeline{specs: map[string]spec{}}
	for name, node := range top {
		switch name {
		case "stages":
			err = node.Decode(&p.stages)
		case "variables":
			err = node.Decode(&p.variables)
		default:
			var s spec
			err = node.Decode(&s)
			p.specs[name] = s
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, name, err)
		}
	}
	return p, nil
}

// sources are the jobs whose artifacts a job gets: those it needs, or else all of earlier stages.
func (p *pipeline) sources(name string) []string {
	s := p.specs[name]
	var from []string
	for _, need := range s.Needs {
		from = append(from, need.Job)
	}
	if len(from) > 0 {
		return from
	}
	stage := slices.Index(p.stages, s.Stage)
	for _, other := range slices.Sorted(maps.Keys(p.specs)) {
		if slices.Index(p.stages, p.specs[other].Stage) < stage {
			from = append(from, other)
		}
	}
	return from
}

// artifact is one thing the runner shall upload.
type artifact struct {
	Name     string   `json:"name,omitempty"`
	Paths    []string `json:"paths"`
	When     string   `json:"when,omitempty"`
	ExpireIn string   `json:"expire_in,omitempty"`
	Type     string   `json:"artifact_type"`
	Format   string   `json:"artifact_format"`
}

// kinds says how GitLab wants each kind of report.
func kinds() map[string]artifact {
	return map[string]artifact{
		"codequality": {Name: "gl-code-quality-report.json", Format: "raw"},
		"cobertura":   {Name: "cobertura-coverage.xml", Format: "gzip"},
		"dotenv":      {Name: ".env", Format: "gzip"},
		"junit":       {Name: "junit.xml", Format: "gzip"},
	}
}

// artifacts are the archive of the job's paths, and each report by itself, which is uploaded even when the job fails.
func (s spec) artifacts() ([]artifact, error) {
	var all []artifact
	if a := s.Artifacts; len(a.Paths) > 0 {
		all = append(all, artifact{Name: a.Name, Paths: a.Paths, When: a.When, ExpireIn: a.ExpireIn, Type: "archive", Format: "zip"})
	}
	for _, kind := range slices.Sorted(maps.Keys(s.Artifacts.Reports)) {
		r := s.Artifacts.Reports[kind]
		if kind == "coverage_report" {
			kind = r.format
		}
		a, ok := kinds()[kind]
		if !ok {
			return nil, fmt.Errorf("a report of the kind %q", kind)
		}
		a.Type, a.Paths, a.When, a.ExpireIn = kind, r.paths, "always", s.Artifacts.ExpireIn
		all = append(all, a)
	}
	return all, nil
}
