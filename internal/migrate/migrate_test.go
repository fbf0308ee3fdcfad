package migrate

import (
	"fmt"
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
ignore: ["tests/**/*", "gen/", "^vendor.*", "^(a|b)/.*"]
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
				Settings: gate.Settings{Ignore: []string{"tests/**/*", "gen/**", "vendor*/**"}, PathMap: []gate.PathMap{{From: "/app", To: "services/api"}}, Comment: "on-change", Annotations: &no},
			},
			[]string{`"^(a|b)/.*" is a regular`, `fixes: "^x::y"`, "codecov: has no", "coverage.round and precision", "partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: {project: {default: {target: auto, threshold: 0.5}}, patch: off}}\ncomment: false\n",
			gate.Config{Rules: gate.Rules{Drop: least(0.5)}, Settings: gate.Settings{Comment: "never"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "",
			gate.Config{Rules: gate.Rules{Drop: least(0)}, Settings: gate.Settings{Comment: "always"}},
			[]string{"coverage.status.patch with target auto", "partly covered"},
		},
		{ // the words of YAML 1.1, which Codecov reads
			"codecov.yml", "coverage: {status: {project: on, patch: no}}\ncomment: true\n",
			gate.Config{Rules: gate.Rules{Drop: least(0)}, Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: {project: no}}\ncomment: off\ngithub_checks: off\n",
			gate.Config{Settings: gate.Settings{Comment: "never", Annotations: &no}},
			[]string{"coverage.status.patch with target auto", "partly covered"},
		},
		{ // a status that is off is none, and one that is on compares with the base
			"codecov.yml", "coverage: {status: {project: {default: {enabled: no, target: 80}, web: off}, patch: {default: {enabled: no}}}}\n",
			gate.Config{Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: {project: {default: on}}}\n",
			gate.Config{Rules: gate.Rules{Drop: least(0)}, Settings: gate.Settings{Comment: "always"}},
			[]string{"coverage.status.patch with target auto", "partly covered"},
		},
		{
			"codecov.yml", "coverage: {status: off}\ncomment: {require_changes: no}\n",
			gate.Config{Settings: gate.Settings{Comment: "always"}},
			[]string{"partly covered"},
		},
		{ // whose targets are the statuses', and of the kind that each is
			"codecov.yml", `
coverage: {status: {project: {default: {target: 80, threshold: null}, api: {paths: [api], target: 70, threshold: 5, informational: true}}, patch: {docs: {paths: [docs/], target: 50}, api: {paths: [api], target: 60}}}}
component_management:
  default_rules: {statuses: [{type: project, target: auto, threshold: 1%}]}
  individual_components:
    - {component_id: m1, paths: [m1], statuses: [{type: project, target: 85%, informational: true}, {type: patch, target: 40}]}
    - {component_id: m2, paths: [m2]}
`,
			gate.Config{Rules: gate.Rules{Total: least(80), Components: []gate.Component{
				{Name: "api", Paths: []string{"api/**"}, Total: &gate.Threshold{Value: 65, Level: gate.Warn}, Patch: least(60)},
				{Name: "docs", Paths: []string{"docs/**"}, Patch: least(50)},
				{Name: "m1", Paths: []string{"m1/**"}, Total: &gate.Threshold{Value: 85, Level: gate.Warn}, Patch: least(40)},
				{Name: "m2", Paths: []string{"m2/**"}, Drop: least(1)},
			}}, Settings: gate.Settings{Comment: "always"}},
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
			".octocov.yml", "coverage: {acceptable: 60% || diff >= 0}\n", gate.Config{}, []string{"coverage.acceptable"},
		},
		{
			".octocov.yml", "coverage: {acceptable: current > 60% && prev < 80%}\n",
			gate.Config{Rules: gate.Rules{Total: least(60)}},
			[]string{"coverage.acceptable"},
		},
		{
			"sonar-project.properties", "sonar.exclusions=**/*.spec.*,src/**.java\nsonar.cs.vstest.reportsPaths=**/*.trx\nsonar.cs.opencover.reportsPaths=o.xml\nsonar.php.tests.reportPath=j.xml\n",
			gate.Config{Rules: gate.Rules{Patch: least(80)}, Settings: gate.Settings{Ignore: []string{"**/*.spec.*", "src/**/*.java"}, Reports: []string{"o.xml"}}},
			[]string{"sonar.cs.vstest.reportsPaths: --tests", "sonar.php.tests.reportPath: --tests"},
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

// TestPatterns: what Codecov ignores by a pattern, ours ignore too. The patterns are
// those of codecov/support#166, #210 and of its shared library's tests.
func TestPatterns(t *testing.T) {
	for pattern, want := range map[string][2]string{ // names ignored, and not
		"tests":            {"tests/a.py tests/b/c.py", "src/tests/a.py"},
		"./gen":            {"gen/a.go", "src/gen/a.go"},
		"setup.py":         {"setup.py", "src/setup.py"},
		"com.acme":         {"com.acme/A.java", "src/com.acme/A.java"},
		"vendor/.*":        {"vendor/a.go vendor/b/c.go", "src/vendor/a.go"},
		"numba/cuda/.*":    {"numba/cuda/a.py", "numba/a.py"},
		".*_test.go":       {"a_test.go x/y/a_test.go", "a.go"},
		`.*\.pb\.go$`:      {"a.pb.go x/a.pb.go", "a.go"},
		".*/generated":     {"src/generated/a.go src/x/generated/b/c.go", "src/a.go"},
		"src/.*_gen.go":    {"src/a_gen.go src/x/a_gen.go", "a_gen.go"},
		"^src/x/.*":        {"src/x/a.go src/x/y/z.go", "src/a.go"},
		"*.pb.go":          {"a.pb.go", "x/a.pb.go"},
		"tests/*":          {"tests/a.py", "src/a.py"},
		"*/module_*":       {"a/module_b.c", "a/b.c"},
		"**/*.deepcopy.go": {"a/b/c.deepcopy.go", "a/b/c.go"},
		"**.md":            {"a.md b/c.md", "a.go"},
		"src/**.go":        {"src/a.go src/b/c.go", "a.go"},
		"lib**":            {"lib/a.c libx/a.c", "src/lib/a.c"},
		"a**b.c":           {"ab.c a1/b.c a1/2/3b.c", "b.c"},
		"src/[ab].*":       {"", "src/a.go"}, // a regular expression, which is said
		"!src/keep.go":     {"", "src/keep.go a.go"},
		"api/(v1|v2)/.*":   {"", "api/v1/a.go"},
		"/":                {"", "a.go"},
		"./":               {"", "a.go"},
	} {
		r, err := Convert("codecov.yml", []byte(fmt.Sprintf("ignore: [%q]\n", pattern)))
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		c, err := gate.ParseConfig("x", r.Config)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(want[0]) {
			if !gate.Matches(c.Ignore, name) {
				t.Errorf("%s is %q, which leaves %s", pattern, c.Ignore, name)
			}
		}
		for _, name := range strings.Fields(want[1]) {
			if gate.Matches(c.Ignore, name) {
				t.Errorf("%s is %q, which takes %s", pattern, c.Ignore, name)
			}
		}
		if said := strings.Contains(strings.Join(r.Left, "\n"), fmt.Sprintf("%q", pattern)); said != (want[0] == "") {
			t.Errorf("%s: said %q", pattern, r.Left)
		}
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
