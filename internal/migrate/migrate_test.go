package migrate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
)

func least(v float64) *gate.Threshold { return &gate.Threshold{Value: v} }

func TestConvert(t *testing.T) {
	no := false
	for _, tt := range []struct {
		name, text string
		want       gate.Config
		left       []string // beginnings of what is said
	}{
		{
			".codecov.yml", `
codecov: {require_ci_to_pass: true}
ignore: ["tests/**/*", "gen/", "^vendor.*"]
fixes: ["/app/::services/api/", "^x::y"]
coverage:
  precision: 2
  status:
    project:
      default: {target: 80%, threshold: 1%}
      web: {target: 60, paths: [web/]}
    patch: {default: {target: 75, informational: true}}
comment: {layout: "diff", require_changes: true}
github_checks: {annotations: false}
component_management:
  individual_components: [{component_id: c, name: core, paths: [core/**]}]
`,
			gate.Config{
				Rules: gate.Rules{
					Total: least(79), Patch: &gate.Threshold{Value: 75, Level: gate.Warn},
					Components: []gate.Component{{Name: "web", Paths: []string{"web/**"}, Total: least(60)}, {Name: "core", Paths: []string{"core/**"}}},
				},
				Settings: gate.Settings{Ignore: []string{"tests/**/*", "gen/**"}, PathMap: []gate.PathMap{{From: "/app", To: "services/api"}}, Comment: "on-change", Annotations: &no},
			},
			[]string{`"^vendor.*" is a regular`, `fixes: "^x::y"`, "codecov: has no", "coverage.round and precision", "partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: {project: {default: {target: auto, threshold: 0.5}}, patch: off}}\ncomment: false\n",
			gate.Config{Rules: gate.Rules{Drop: least(0.5)}, Settings: gate.Settings{Comment: "never"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "",
			gate.Config{Rules: gate.Rules{Drop: least(0)}, Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{ // the words of YAML 1.1, which Codecov reads
			"codecov.yml", "coverage: {status: {project: on, patch: no}}\ncomment: true\n",
			gate.Config{Rules: gate.Rules{Drop: least(0)}, Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: {project: no}}\ncomment: off\ngithub_checks: off\n",
			gate.Config{Settings: gate.Settings{Comment: "never", Annotations: &no}},
			[]string{"partly covered"},
		},
		{ // a status that is off is none, and one that is on compares with the base
			"codecov.yml", "coverage: {status: {project: {default: {enabled: no, target: 80}, web: off}, patch: {default: {enabled: no}}}}\n",
			gate.Config{Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: {project: {default: on}}}\n",
			gate.Config{Rules: gate.Rules{Drop: least(0)}, Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: off}\ncomment: {require_changes: no}\n",
			gate.Config{Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{
			".octocov.yml", "coverage: {paths: [cover.out], exclude: ['*_gen.go'], acceptable: current >= 60% && diff >= -0.5%}\ncodeToTestRatio: {code: ['**/*.go']}\ntestExecutionTime: {acceptable: 1min}\ncomment:\n  if: is_pull_request\ndiff: {datastores: [x]}\n",
			gate.Config{Rules: gate.Rules{Total: least(60), Drop: least(0.5)}, Settings: gate.Settings{Reports: []string{"cover.out"}, Ignore: []string{"*_gen.go"}, Comment: "always"}},
			[]string{"comment.if", "codeToTestRatio", "diff", "testExecutionTime"},
		},
		{
			".octocov.yml", "coverage: {acceptable: 70%}\n",
			gate.Config{Rules: gate.Rules{Total: least(70)}},
			nil,
		},
		{
			"sonar-project.properties", "# ours\nsonar.projectKey=acme\nsonar.coverage.exclusions=**/gen/**, \\\n  docs/**\nsonar.javascript.lcov.reportPaths=coverage/lcov.info,b.info\nsonar.coverage.jacoco.xmlReportPaths = jacoco.xml\nsonar.python.coverage.reportPaths:cov.xml\nsonar.sarifReportPaths=s.sarif\nsonar.junit.reportPaths=junit\nsonar.branch.name=x\n",
			gate.Config{Rules: gate.Rules{Patch: least(80)}, Settings: gate.Settings{
				Ignore: []string{"**/gen/**", "docs/**"}, Reports: []string{"jacoco.xml", "coverage/lcov.info", "b.info", "cov.xml"},
			}},
			[]string{"sonar.branch.name: has no", "sonar.junit.reportPaths: --tests", "sonar.sarifReportPaths: --findings s.sarif"},
		},
		{
			"sub/.codacy.yml", "---\nengines: {eslint: {enabled: true}}\nexclude_paths: ['tests/**', 'a.js']\nlanguages: {}\n",
			gate.Config{Settings: gate.Settings{Ignore: []string{"tests/**", "a.js"}}},
			[]string{"engines: stay", "languages: has no", "gates are set"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Convert(tt.name, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := gate.ParseConfig(".gatewright.yml", r.Config)
			if err != nil {
				t.Fatalf("%v in\n%s", err, r.Config)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s\n%s", diff, r.Config)
			}
			if len(r.Left) != len(tt.left) {
				t.Errorf("said %q", r.Left)
			}
			for i := range min(len(r.Left), len(tt.left)) {
				if !strings.HasPrefix(r.Left[i], tt.left[i]) {
					t.Errorf("said %q, want %q", r.Left[i], tt.left[i])
				}
			}
		})
	}
}

func TestConvertRefuses(t *testing.T) {
	for name, text := range map[string]string{"setup.cfg": "", "codecov.yml": "a: [", ".codacy.yml": "- a\n"} {
		if _, err := Convert(name, []byte(text)); fault.Of(err) != fault.Input {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzConvert(f *testing.F) {
	for _, name := range Files() {
		f.Add(name, "coverage: {status: {project: yes}}\nignore: a\n")
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		r, err := Convert(name, []byte(text))
		if err != nil {
			if fault.Of(err) != fault.Input {
				t.Fatal(err)
			}
			return
		}
		if _, err := gate.ParseConfig("x", r.Config); err != nil {
			t.Fatalf("%v in\n%s", err, r.Config)
		}
	})
}
