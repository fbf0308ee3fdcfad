package gate

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

const full = `# rules of the house
version: 1
reports: [out/*.info, target/reports]
ignore: gen/**
path-map: {/app: services/api, "C:/b": ""}
root: src
name: api
comment: on-change
annotations: false
rules:
  total: 80
  patch: {min: 70%, level: warn, missing: pass}
  drop: {max: 0.5}
  branches: 60
  partials: miss
  unreported: {max: 2, level: fail}
  lost: 1
  paths:
    - path: src/core/**
      min: 90
    - {path: "**/*.go", min: 50, each: true, level: warn}
  findings:
    new: {critical: 0, high: 0, medium!: {max: 5, level: warn}}
    all: {any: 100}
  tests: {failed: 0, flaky: {max: 3, level: warn}, slower: 20 %}
  services:
    codacy: fail
    codeant: {level: warn, missing: pass}
components:
  - name: api
    paths: [services/api/**, lib/api/**]
    total: 75
    patch: 80
  - name: web
    paths: web/**
    drop: 1
`

func TestParseConfig(t *testing.T) {
	got, err := ParseConfig(ConfigFile, []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	no := false
	want := Config{Settings: Settings{
		Reports: []string{"out/*.info", "target/reports"}, Ignore: []string{"gen/**"}, PathMap: []PathMap{{"/app", "services/api"}, {"C:/b", ""}},
		Root: "src", Name: "api", Comment: "on-change", Annotations: &no,
	}, Rules: Rules{
		Total:    &Threshold{Value: 80},
		Patch:    &Threshold{Value: 70, Level: Warn, Missing: Pass},
		Drop:     &Threshold{Value: 0.5},
		Branches: &Threshold{Value: 60}, Partials: Miss, Unreported: &Threshold{Value: 2, Level: Fail}, Lost: &Threshold{Value: 1},
		Paths: []PathRule{
			{Path: "src/core/**", Threshold: Threshold{Value: 90}},
			{Path: "**/*.go", Each: true, Threshold: Threshold{Value: 50, Level: Warn}},
		},
		Findings: []FindingRule{
			{Severity: "critical"},
			{Severity: "high"},
			{Severity: "medium", Exact: true, Threshold: Threshold{Value: 5, Level: Warn}},
			{Severity: "any", Old: true, Threshold: Threshold{Value: 100}},
		},
		Tests:    TestRules{Failed: &Threshold{}, Flaky: &Threshold{Value: 3, Level: Warn}, Slower: &Threshold{Value: 20}},
		Services: []ServiceRule{{Service: "codacy", Level: Fail}, {Service: "codeant", Level: Warn, Missing: Pass}},
		Components: []Component{
			{Name: "api", Paths: []string{"services/api/**", "lib/api/**"}, Total: &Threshold{Value: 75}, Patch: &Threshold{Value: 80}},
			{Name: "web", Paths: []string{"web/**"}, Drop: &Threshold{Value: 1}},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// refused are files with a mistake, and what is said of it.
func refused() [][2]string {
	const twice = "components:\n  - {name: a, paths: a}\n  - {name: a, paths: b}\n"
	return [][2]string{
		{twice, `f.yml:3: component "a" again`},

		{"rulez:\n  total: 1\n", `f.yml:1: unknown key "rulez"; known: annotations, baseline-branches, baseline-store, comment, components, ignore, name, path-map, reports, root, rules, version`},
		{"rules:\n  total: 80\n  pach: 1\n", `f.yml:3: unknown key "pach" in rules; known: branches, drop, findings, flaky, lost, partials, patch, paths, services, tests, total, unreported`},
		{"rules:\n  total: {min: 1, levl: warn}\n", `f.yml:2: unknown key "levl" in total; known: level, min, missing`},
		{"rules:\n  total: {level: warn}\n", `f.yml:2: total: no "min"`},
		{"rules:\n  tests: {broken: 0}\n", `f.yml:2: unknown key "broken" in tests; known: failed, flaky, slower`},
		{"rules:\n  tests: {failed: -1}\n", `f.yml:2: tests failed: expected a number from 0 up, found "-1"`},
		{"rules:\n  branches: 101\n", `f.yml:2: branches: expected a number from 0 to 100, found "101"`},
		{"rules:\n  partials: half\n", `f.yml:2: partials: expected one of hit miss, found "half"`},
		{"rules:\n  lost: {max: -1}\n", `f.yml:2: lost: expected a number from 0 up, found "-1"`},
		{"rules:\n  findings:\n    new: {any!: 0}\n", `f.yml:3: unknown key "any!" in findings; known: any, critical, high, info, low, medium, unknown`},
		{"rules:\n  total: 101\n", `f.yml:2: total: expected a number from 0 to 100, found "101"`},
		{"rules:\n  total: -1\n", `f.yml:2: total: expected a number from 0 to 100, found "-1"`},
		{"rules:\n  total: NaN\n", `f.yml:2: total: expected a number from 0 to 100, found "NaN"`},
		{"rules:\n  total: [1]\n", `f.yml:2: total: expected keys and values: level, min, missing`},
		{"rules:\n  total: {min: 1, level: loud}\n", `f.yml:2: total level: expected one of fail warn, found "loud"`},
		{"rules:\n  total: {min: 1, missing: ignore}\n", `f.yml:2: total missing: expected one of fail warn pass, found "ignore"`},
		{"rules: 7\n", `f.yml:1: rules: expected keys and values: branches, drop, findings, flaky, lost, partials, patch, paths, services, tests, total, unreported`},
		{"rules:\n  paths:\n    - min: 3\n", `f.yml:3: paths: no "path"`},
		{"rules:\n  paths:\n    - {path: '[', min: 3}\n", `f.yml:3: path: "[" is no valid glob: a bracket or brace is not closed`},
		{"rules:\n  findings:\n    new: {grave: 0}\n", `f.yml:3: unknown key "grave" in findings; known: any, critical, high, info, low, medium, unknown`},
		{"rules:\n  total: 1\n  total: 2\n", `f.yml:3: key "total" again`},
		{"rules:\n  services: {codacy: perhaps}\n", `f.yml:2: codacy: expected one of fail warn ignore, found "perhaps"`},
		{"rules:\n  services: 7\n", `f.yml:2: services: expected a list of names, or names with a level`},
		{"rules:\n  services: ['']\n", `f.yml:2: services: expected a text`},
		{"rules:\n  services: {codacy: {level: loud}}\n", `f.yml:2: level: expected one of fail warn ignore, found "loud"`},
		{"rules:\n  findings:\n    new: {high: x}\n", `f.yml:3: findings high: expected a number from 0 up, found "x"`},
		{"rules:\n  findings:\n    all: {any: x}\n", `f.yml:3: findings any: expected a number from 0 up, found "x"`},
		{"rules:\n  paths: {path: a, min: 1, each: perhaps}\n", `f.yml:2: each: expected true or false, found "perhaps"`},
		{"components: {name: a, paths: a, total: 101}\n", `f.yml:1: total: expected a number from 0 to 100, found "101"`},
		{"name: ''\n", `f.yml:1: name: expected a text`},
		{"baseline-store: ''\n", `f.yml:1: baseline-store: expected a text`},
		{"root: ''\n", `f.yml:1: root: expected a text`},
		{"baseline-branches: ''\n", `f.yml:1: baseline-branches: expected a text`},
		{"baseline-branches: ['']\n", `f.yml:1: baseline-branches: expected a text`},
		{"ignore: '['\n", `f.yml:1: ignore: "[" is no valid glob: a bracket or brace is not closed`},
		{"comment: sometimes\n", `f.yml:1: comment: expected one of always on-change on-failure never, found "sometimes"`},
		{"annotations: often\n", `f.yml:1: annotations: expected true or false, found "often"`},
		{"ignore: ['[']\n", `f.yml:1: ignore: "[" is no valid glob: a bracket or brace is not closed`},
		{"ignore: ['a', '!b']\n", `f.yml:1: ignore: "!b" can match no path; name what is meant with globs that do not match the rest`},
		{"ignore: '!b'\n", `f.yml:1: ignore: "!b" can match no path; name what is meant with globs that do not match the rest`},
		{"components: {name: a, paths: '!b', total: 1}\n", `f.yml:1: paths: "!b" can match no path; name what is meant with globs that do not match the rest`},
		{"components: {name: a, paths: [a, '!b'], total: 1}\n", `f.yml:1: paths: "!b" can match no path; name what is meant with globs that do not match the rest`},
		{"rules:\n  paths: {path: '!b', min: 1}\n", `f.yml:2: path: "!b" can match no path; name what is meant with globs that do not match the rest`},
		{"ignore: {a: b}\n", `f.yml:1: ignore: expected a list`},
		{"reports: ['']\n", `f.yml:1: reports: expected a text`},
		{"path-map: [a]\n", `f.yml:1: path-map: expected FROM=TO, such as /app=services/api, found "a"`},
		{"path-map: {a: [b]}\n", `f.yml:1: path-map: expected FROM: TO, such as /app: services/api`},
		{"components:\n  - paths: a\n", `f.yml:2: a component needs a name and paths`},
		{"version: 2\n", `f.yml:1: version "2"; this program reads version 1`},
		{"- a\n", `f.yml:1: the file: expected keys and values: annotations, baseline-branches, baseline-store, comment, components, ignore, name, path-map, reports, root, rules, version`},
		{"a: [\n", `f.yml: line 1: did not find expected node content`},
		{"rules: {}\n---\nrules: {}\n", `f.yml: more than one YAML document`},
	}
}

func TestParseConfigRefuses(t *testing.T) {
	for _, c := range refused() {
		in, want := c[0], c[1]
		_, err := ParseConfig("f.yml", []byte(in))
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", in, err, want)
			continue
		}
		if fault.Of(err) != fault.Input {
			t.Errorf("%q: kind %v", in, fault.Of(err))
		}
	}
	for _, in := range []string{"", "# nothing\n", "rules:\n", "version: 1\n"} {
		if r, err := ParseConfig("f.yml", []byte(in)); err != nil || !r.Empty() {
			t.Errorf("%q: %+v, %v", in, r, err)
		}
	}
}

// TestSchemaAgrees holds the published schema against the reader: what one
// takes the other takes, what one refuses the other refuses.
func TestSchemaAgrees(t *testing.T) {
	data, err := os.ReadFile("../../docs/gatewright.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		enc, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if v, err = jsonschema.UnmarshalJSON(strings.NewReader(string(enc))); err != nil {
			return err
		}
		return schema.Validate(v)
	}
	for _, text := range []string{full, "rules:\n", "rules:\n  services: [codacy]\n", "rules:\n  paths: {path: a, min: 1}\n", "reports: a\ncomment: true\npath-map: [a=b]\nannotations: true\n"} {
		if err := validate(text); err != nil {
			t.Errorf("the schema refuses what is read:\n%s\n%v", text, err)
		}
		if _, err := ParseConfig("f.yml", []byte(text)); err != nil {
			t.Errorf("the reader refuses\n%s\n%v", text, err)
		}
	}
	skip := map[string]bool{ // what a schema cannot say, or YAML itself refuses
		"components:\n  - {name: a, paths: a}\n  - {name: a, paths: b}\n": true,
		"rules: {}\n---\nrules: {}\n":                                     true,
		"rules:\n  paths:\n    - {path: '[', min: 3}\n":                   true,
		"ignore: ['[']\n": true,
		"ignore: '['\n":   true,
	}
	for _, c := range refused() {
		text := c[0]
		if err := validate(text); err == nil && !skip[text] {
			t.Errorf("the schema takes what the reader refuses:\n%s", text)
		}
	}
}

// TestParseConfigForms holds different ways to write the same: an alias is what it stands for, a list of one may go without
// its dash.
func TestParseConfigForms(t *testing.T) {
	for _, same := range [][2]string{
		{"rules: {total: &t {min: 80, level: warn}, patch: *t}", "rules: {total: {min: 80, level: warn}, patch: {min: 80, level: warn}}"},
		{"rules: {total: &n 100, patch: *n, branches: {min: *n}}", "rules: {total: 100, patch: 100, branches: {min: 100}}"},
		{"rules: {total: {min: 1, level: &w warn}, drop: {max: 1, missing: *w}}", "rules: {total: {min: 1, level: warn}, drop: {max: 1, missing: warn}}"},
		{"components: [{name: &c codacy, paths: &p [a/**]}]\nreports: *p\nrules: {services: [*c]}", "components: [{name: codacy, paths: [a/**]}]\nreports: a/**\nrules: {services: [codacy]}"},
		{"reports: &c [codacy, codeant]\nrules: {services: *c}", "reports: [codacy, codeant]\nrules: {services: [codacy, codeant]}"},
		{"components: &l [{name: &n a, paths: *n}]\nname: *n", "components: [{name: a, paths: a}]\nname: a"},
		{"rules: {services: &s {codacy: fail}}\npath-map: *s", "rules: {services: {codacy: fail}}\npath-map: [codacy=fail]"},
		{"root: &r src\npath-map: {/app: *r}", "root: src\npath-map: {/app: src}"},
		{"baseline-branches: &m [/a=b]\npath-map: *m", "baseline-branches: /a=b\npath-map: {/a: b}"},
		{"name: &c always\ncomment: *c", "name: always\ncomment: true"},
		{"comment: never", "comment: false"},
	} {
		var got [2]Config
		for i, text := range same {
			var err error
			if got[i], err = ParseConfig("f.yml", []byte(text)); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		if diff := cmp.Diff(got[1], got[0]); diff != "" {
			t.Errorf("%s and %s differ: %s", same[0], same[1], diff)
		}
	}
	c, err := ParseConfig("f.yml", []byte("rules: {services: [codacy, codeant]}\nbaseline-branches: main\ncomment: false"))
	want := Config{Rules: Rules{Services: []ServiceRule{{Service: "codacy"}, {Service: "codeant"}}}, Settings: Settings{Branches: []string{"main"}, Comment: "never"}}
	if diff := cmp.Diff(want, c); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add(full)
	for _, c := range refused() {
		f.Add(c[0])
	}
	f.Add("rules: &a\n  paths: *a\n")
	f.Fuzz(func(t *testing.T, in string) {
		if _, err := ParseConfig("f", []byte(in)); err != nil && fault.Of(err) != fault.Input {
			t.Fatalf("kind %v: %v", fault.Of(err), err)
		}
	})
}

// TestDocumentedConfigurations reads every YAML example of the documentation.
func TestDocumentedConfigurations(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		if r, err := ParseConfig("docs/configuration.md", []byte(example)); err != nil || r.Empty() {
			t.Errorf("%v in\n%s", err, example)
		}
		n++
	}
	if n < 2 {
		t.Errorf("%d examples", n)
	}
}

func TestGlob(t *testing.T) {
	for text, want := range map[string]string{"gen/**": "gen/**", "./gen/**": "gen/**", "/gen/**": "gen/**", "gen/": "gen/**", ".github/**": ".github/**", "**/*.go": "**/*.go"} {
		if got, err := Glob(text); got != want || err != nil {
			t.Errorf("%s: %s %v, want %s", text, got, err, want)
		}
	}
}

// TestNoGlob: one that can match nothing is refused in the same words wherever it stands.
func TestNoGlob(t *testing.T) {
	for text, want := range map[string]string{
		"[a-": `"[a-" is no valid glob: a bracket or brace is not closed`,
		"{a":  `"{a" is no valid glob: a bracket or brace is not closed`,
		"!a":  `"!a" can match no path; name what is meant with globs that do not match the rest`,
	} {
		if got, err := Glob(text); err == nil || got != "" || err.Error() != want {
			t.Errorf("%s: %q %v, want %s", text, got, err, want)
		}
	}
}

// TestHeaviest: of files that weigh the same the first by name is named first.
func TestHeaviest(t *testing.T) {
	v := Judge(Rules{Total: least(90)}, Facts{Report: Known(report(map[string][2]int{"c.go": {0, 2}, "a.go": {0, 2}, "b.go": {0, 3}}))})
	if why := v.Conditions[0].Why; !strings.HasSuffix(why, "most lines missed in b.go (3), a.go (2), c.go (2)") {
		t.Error(why)
	}
}
