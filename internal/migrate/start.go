package migrate

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
)

// Checkout is what is looked at to suggest a beginning.
type Checkout struct {
	Files  []string // of the commit, slash-separated
	Branch string   // the main one
	Total  float64  // line coverage in percent, below 0 if no report was found
}

// File is a file to write, or with Shown a piece for one that is there already.
type File struct {
	Path  string
	Text  string
	Shown bool
}

// Start suggests the files to begin with: rules that the project meets today,
// and the job of its CI.
func Start(c Checkout) []File {
	out := []File{{Path: ".gatewright.yml", Text: rulesFor(c)}}
	has := func(name string) bool { return slices.Contains(c.Files, name) }
	other := false
	for _, ci := range []struct{ file, text string }{
		{".gitlab-ci.yml", "include:\n  - component: gitlab.com/gatewright/gatewright/gatewright@1\ngatewright:\n  needs: [unit-tests] # the job that leaves the report among its artifacts\n"},
		{"azure-pipelines.yml", "- checkout: self\n  fetchDepth: 0 # to know what the pull request changes\n- task: Gatewright@1\n  inputs:\n    steps: gate\n"},
		{"bitbucket-pipelines.yml", "- pipe: docker://ghcr.io/gatewright/gatewright:1-pipe\n  variables:\n    STEPS: gate\n"},
	} {
		if has(ci.file) {
			other = true
			out = append(out, File{ci.file, ci.text, true})
		}
	}
	onActions := slices.ContainsFunc(c.Files, func(f string) bool { return strings.HasPrefix(f, ".github/") })
	// Without any sign of a CI GitHub is the likeliest.
	if onActions || !other {
		out = append(out, File{Path: ".github/workflows/gatewright.yml", Text: workflow(c)})
	}
	return out
}

func rulesFor(c Checkout) string {
	total := "  # total: 80             # least line coverage of everything, in percent\n"
	if c.Total >= 0 {
		total = fmt.Sprintf("  total: %-15v # least line coverage of everything, in percent; it is %v today\n", math.Floor(c.Total), math.Floor(c.Total*100)/100)
	}
	return "# What this project asks of itself. docs/configuration.md describes every key.\nrules:\n" + total +
		"  patch: 80               # least coverage of the lines a pull request changes\n" +
		"  unreported: {max: 0, level: warn}\n"
}

// tests returns the commands that run a project's tests with coverage, by the
// files that its build tools keep in its root.
func tests(c Checkout) []string {
	var out []string
	for _, lang := range []struct{ marker, run string }{
		{"go.mod", "go test -coverprofile=cover.out ./..."},
		{"Cargo.toml", "cargo llvm-cov --lcov --output-path lcov.info"},
		{"pom.xml", "mvn -B verify # with the JaCoCo plugin"},
		{"build.gradle", "./gradlew test jacocoTestReport"},
		{"build.gradle.kts", "./gradlew test jacocoTestReport"},
		{"package.json", "npm ci && npm test -- --coverage"},
		{"pyproject.toml", "pip install -e . pytest pytest-cov && pytest --cov --cov-report=xml"},
		{"setup.py", "pip install -e . pytest pytest-cov && pytest --cov --cov-report=xml"},
		{"requirements.txt", "pip install -r requirements.txt pytest pytest-cov && pytest --cov --cov-report=xml"},
		{"composer.json", "composer install && vendor/bin/phpunit --coverage-clover clover.xml"},
		{"Gemfile", "bundle install && bundle exec rspec # with simplecov"},
		{"*.sln", `dotnet test --collect:"XPlat Code Coverage"`},
		{"*.csproj", `dotnet test --collect:"XPlat Code Coverage"`},
		{"CMakeLists.txt", "cmake -B build -DCMAKE_CXX_FLAGS=--coverage && cmake --build build && ctest --test-dir build && gcovr --json coverage.json"},
	} {
		there := slices.ContainsFunc(c.Files, func(f string) bool {
			ok, _ := path.Match(lang.marker, f)
			return ok
		})
		if there && !slices.Contains(out, lang.run) {
			out = append(out, lang.run)
		}
	}
	if out == nil {
		out = []string{"echo 'run the tests with coverage here'"}
	}
	return out
}

func workflow(c Checkout) string {
	var b strings.Builder
	fmt.Fprintf(&b, `name: Gatewright
on:
  pull_request:
  push:
    branches: [%q]
permissions:
  contents: read
  actions: read # for what the base branch had
  pull-requests: write # for the comment
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # to know what the pull request changes
`, cmp.Or(c.Branch, "main"))
	for _, run := range tests(c) {
		fmt.Fprintf(&b, "      - run: |\n          %s\n", run)
	}
	b.WriteString(`      - uses: gatewright/gatewright@v1
        if: always()
        with:
          comment: true
`)
	return b.String()
}
