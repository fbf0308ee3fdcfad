package codacy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/service"
)

type sentBody struct {
	FileReports []struct {
		Filename string           `json:"filename"`
		Coverage map[string]int64 `json:"coverage"`
	} `json:"fileReports"`
}

// TestBodies: whatever the limit, the parts together hold every line of every
// file once, and none is longer than the limit if a single line fits.
func TestBodies(t *testing.T) {
	r := coverage.New()
	want := map[string]map[string]int64{}
	for i := range 7 {
		name := fmt.Sprintf(`dir/"quoted" é %d.go`, i)
		want[name] = map[string]int64{}
		for line := 1; line <= 40*i+1; line++ {
			r.File(name).Hit(line, int64(line%3))
			want[name][fmt.Sprint(line)] = int64(line % 3)
		}
	}
	r.File("big.go").Hit(1, math.MaxInt64)
	want["big.go"] = map[string]int64{"1": math.MaxInt32}
	if maxPart >= 10<<20 || maxPart >= 10_000_000 {
		t.Errorf("a part may have %d bytes, and a proxy before Codacy takes less than 10 MB", maxPart)
	}
	for _, limit := range []int{200, 201, 202, 203, 204, 205, 206, 333, 1000, 100_000} {
		got := map[string]map[string]int64{}
		parts := bodies(r.Files(), limit, limit > 1000)
		for _, b := range parts {
			if len(b) > limit {
				t.Errorf("a part of %d bytes, limit %d", len(b), limit)
			}
			var s sentBody
			if err := json.Unmarshal(b, &s); err != nil {
				t.Fatalf("limit %d: %v\n%s", limit, err, b)
			}
			if len(s.FileReports) == 0 {
				t.Errorf("an empty part at limit %d", limit)
			}
			for _, f := range s.FileReports {
				if got[f.Filename] == nil {
					got[f.Filename] = map[string]int64{}
				}
				for line, hits := range f.Coverage {
					if _, twice := got[f.Filename][line]; twice {
						t.Errorf("line %s of %s twice", line, f.Filename)
					}
					got[f.Filename][line] = hits
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d, %d parts: %s", limit, len(parts), diff)
		}
	}
}

// TestBodyForms holds the two forms of a body, with totals and without, and that none is empty.
func TestBodyForms(t *testing.T) {
	r := coverage.New()
	r.File("a.go").Hit(1, 1)
	r.File("a.go").Hit(2, 0)
	r.File("b.go").Hit(7, 0)
	for want, limit := range map[string]int{
		`{"fileReports":[{"filename":"a.go","coverage":{"1":1,"2":0}},{"filename":"b.go","coverage":{"7":0}}]}`:                                                                      1000,
		`{"fileReports":[{"filename":"a.go","coverage":{"1":1}}]} {"fileReports":[{"filename":"a.go","coverage":{"2":0}}]} {"fileReports":[{"filename":"b.go","coverage":{"7":0}}]}`: 1,
	} {
		if got := string(bytes.Join(bodies(r.Files(), limit, false), []byte(" "))); got != want {
			t.Errorf("limit %d: %s", limit, got)
		}
	}
	want := `{"total":33,"fileReports":[{"filename":"a.go","total":50,"coverage":{"1":1,"2":0}},{"filename":"b.go","total":0,"coverage":{"7":0}}]}`
	if got := bodies(r.Files(), 1000, true); len(got) != 1 || string(got[0]) != want {
		t.Errorf("with totals: %s", got)
	}
	if got := bodies(nil, 1000, true); got != nil {
		t.Errorf("of nothing: %s", got)
	}
}

func TestSplit(t *testing.T) {
	r := coverage.New()
	r.File("a.go").Hit(1, 1)
	r.File("b.kt").Hit(1, 0)
	r.File("c.svg").Hit(1, 0)
	r.File("d.m").Hit(1, 1)
	parts, notes, err := split(service.Upload{Files: []service.ReportFile{{Path: "r", Report: r}}}, false)
	var languages []string
	for _, p := range parts {
		languages = append(languages, p.language)
	}
	if err != nil || !cmp.Equal(notes, []string{"1 file not sent: no language for .svg"}) || !cmp.Equal(languages, []string{"go", "kotlin", "objective c"}) {
		t.Errorf("%v, notes %v, %v", languages, notes, err)
	}
	v := v2{kind: service.RepositoryToken, prefix: "/2.0"}
	if got := v.coverage("abc", "objective c"); got != "/2.0/coverage/abc/objective%20c" {
		t.Errorf("path %s", got)
	}
	v = v2{kind: service.AccountToken, prefix: "/2.0/gh/acme/api"}
	if got := v.coverage("abc", "go"); got != "/2.0/gh/acme/api/commit/abc/coverage/go" {
		t.Errorf("path %s", got)
	}
}

func TestProvider(t *testing.T) {
	for _, c := range []struct {
		t    service.Target
		want string
	}{
		{service.Target{Repo: repo.Repo{Forge: "github"}}, "gh"},
		{service.Target{Repo: repo.Repo{Forge: "github", ForgeURL: "https://github.com"}}, "gh"},
		{service.Target{Repo: repo.Repo{Forge: "github", ForgeURL: "https://git.acme.example/"}}, "ghe"},
		{service.Target{Repo: repo.Repo{Forge: "gitlab", SelfHosted: true}}, "gle"},
		{service.Target{Repo: repo.Repo{Forge: "bitbucket", ForgeURL: "https://bitbucket.org/"}}, "bb"},
		{service.Target{Repo: repo.Repo{Forge: "bbe"}}, "bbe"},
		{service.Target{Repo: repo.Repo{Forge: "gitea"}}, ""},
		{service.Target{}, ""},
	} {
		c.t.Owner, c.t.Name = "acme", "api"
		p, err := placeOf(c.t.Repo)
		if p.provider != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%+v: %q, %v", c.t, p.provider, err)
		}
	}
	if p := (place{"gh", "a/b", "c d"}).v3("/analysis", "x"); p != "/api/v3/analysis/organizations/gh/a%2Fb/repositories/c%20d/x" {
		t.Errorf("path %s", p)
	}
}

func TestMatch(t *testing.T) {
	eslint := tool{Prefix: "ESLint8_"}
	patterns := []pattern{{ID: "ESLint8_semi"}, {ID: "ESLint8_no-semi"}, {ID: "ESLint8_@typescript-eslint_no-explicit-any"}, {ID: "ESLint8_vue_no-x"}, {ID: "ESLint8_react_no-x"}}
	for rule, want := range map[string]string{
		"semi": "ESLint8_semi", "SEMI": "ESLint8_semi", "ESLint8_semi": "ESLint8_semi",
		"@typescript-eslint/no-explicit-any": "ESLint8_@typescript-eslint_no-explicit-any",
		"no-explicit-any":                    "ESLint8_@typescript-eslint_no-explicit-any",
		"no-x":                               "", // two patterns end so
		"emi":                                "",
	} {
		if got, _ := match(rule, eslint, patterns); got.ID != want {
			t.Errorf("%s is %q, want %q", rule, got.ID, want)
		}
	}
	k := &catalogue{tools: []tool{{Name: "ESLint", ShortName: "eslint-8"}, {Name: "ESLint9", ShortName: "eslint-9"}, {Name: "Pylint", ShortName: "pylintpython3"}}}
	for _, c := range [][3]string{{"ESLint", "8.57.0", "eslint-8"}, {"eslint", "v9.1.0", "eslint-9"}, {"ESLint", "", "eslint-9"}, {"pylint", "3", "pylintpython3"}, {"pylintpython3", "", "pylintpython3"}} {
		if got, err := k.tool(c[0], c[1]); got.ShortName != c[2] {
			t.Errorf("%v is %q, %v", c, got.ShortName, err)
		}
	}
}

func TestBatches(t *testing.T) {
	files := make([]fileIssues, 9)
	for i := range files {
		files[i] = fileIssues{Filename: fmt.Sprint(i, ".js"), Results: make([]resultOfFile, i)}
	}
	list, err := batches("eslint", files, 10, 1<<20)
	if err != nil || len(list) != 5 {
		t.Fatalf("%d batches, %v", len(list), err)
	}
	next := 0
	for _, b := range list {
		var sets []toolIssues
		if err := json.Unmarshal(b, &sets); err != nil || len(sets) != 1 {
			t.Fatal(err)
		}
		for _, f := range sets[0].Issues.Success.Results {
			if f.Filename != fmt.Sprint(next, ".js") || len(f.Results) != next {
				t.Errorf("file %s with %d results, want %d", f.Filename, len(f.Results), next)
			}
			next++
		}
	}
	if next != len(files) {
		t.Errorf("%d files of %d", next, len(files))
	}
	if list, _ = batches("eslint", nil, 10, 10); string(list[0]) != `[{"tool":"eslint","issues":{"Success":{"results":[]}}}]` {
		t.Errorf("a clean tool: %s", list[0])
	}
}

func TestPercent(t *testing.T) {
	half, none, all := coverage.New(), coverage.New(), coverage.New()
	for n := range 3 {
		half.File("a").Hit(n+1, int64(n%2))
		none.File("b").Hit(n+1, 0)
		all.File("c").Hit(n+1, 1)
	}
	for want, files := range map[int][]*coverage.File{0: {none.File("b")}, 33: {half.File("a")}, 100: {all.File("c")}, 50: {none.File("b"), all.File("c")}} {
		if got := percent(files...); got != want {
			t.Errorf("%d %%, want %d", got, want)
		}
	}
	if got := percent(); got != 0 {
		t.Errorf("no files are covered to %d %%", got)
	}
}
