package fleet

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/testrun"
)

func TestTokenNames(t *testing.T) {
	f := &Fleet{Service: Service{Name: "codacy"}, Forge: Forge{Name: "github"}, Policy: Policy{Secret: "TOKEN"}}
	allowed := regexp.MustCompile(`^[A-Za-z0-9-]{1,100}$`) // Codacy's
	for _, r := range []forge.Repository{
		{ID: "1", Owner: "acme", Name: "api"},
		{ID: "2", Owner: "acme", Name: ".github"},
		{ID: "3", Owner: "Ünï/grüppe", Name: "a_b.c--d"},
		{ID: "4", Owner: strings.Repeat("o", 100), Name: strings.Repeat("n", 100)},
		{Owner: "no", Name: "id"},
		{ID: "5", Owner: "日本", Name: "語"},
	} {
		run := NewRun()
		name := f.tokenName(r, run, 12)
		if !allowed.MatchString(name) {
			t.Errorf("%q is no name for Codacy", name)
		}
		if !f.ours(f.subjectOf(r), name) || !strings.Contains(name, "-"+run+"-") {
			t.Errorf("%q is not found to be ours, of run %s", name, run)
		}
		other := r
		other.ID += "0"
		for why, g := range map[string]*Fleet{
			"another owner":  {Service: f.Service, Forge: f.Forge, Policy: Policy{Secret: "TOKEN", Owner: "ci"}},
			"another secret": {Service: f.Service, Forge: f.Forge, Policy: Policy{Secret: "OTHER"}},
			"another forge":  {Service: f.Service, Forge: Forge{Name: "gitlab"}, Policy: f.Policy},
		} {
			if g.ours(g.subjectOf(r), name) {
				t.Errorf("%q is taken for ours by %s", name, why)
			}
		}
		if f.ours(f.subjectOf(other), name) {
			t.Errorf("%q is taken for another repository's", name)
		}
	}
	for _, foreign := range []string{"", "gw", "gw-1-2-3", "ci-coverage", "gw-acme-api-12345678-abcdefgh-x"} {
		if f.ours("x", foreign) {
			t.Errorf("%q is taken for ours", foreign)
		}
	}
}

// TestTokenNamesOfAll: in a list that is a whole tenant's, no repository takes
// another's token for its own. The two whose keys were alike in 32 bits are the
// first such numbers; names that were given with those are still found where the
// list is the repository's own.
func TestTokenNamesOfAll(t *testing.T) {
	f := &Fleet{Service: Service{Name: "codedig"}, Forge: Forge{Name: "github"}, Policy: Policy{Secret: "TOKEN"}}
	first := map[string]forge.Repository{}
	for i := range 200_000 {
		r := forge.Repository{ID: fmt.Sprint(i), Owner: "acme", Name: "api"}
		short := f.key(f.subjectOf(r))[:keyWas]
		twin, met := first[short]
		first[short] = r
		if !met {
			continue
		}
		if f.ours(f.subjectOf(twin), f.tokenName(r, NewRun(), 1)) {
			t.Errorf("a token of repository %s is taken for one of %s", r.ID, twin.ID)
		}
		for _, whole := range []bool{false, true} {
			f.Service.Issue.TenantWide = whole
			if f.ours(f.subjectOf(r), "gw-acme-api-"+short+"-k7q2m4xz-1") == whole {
				t.Errorf("a name of an earlier version: tenant-wide is %v", whole)
			}
		}
		return
	}
	t.Fatal("no two keys are alike in 32 bits")
}

func TestShards(t *testing.T) {
	for _, text := range []string{"0/2", "3/2", "1", "a/b", "1/2/3", "-1/2", "01/2", "1/0"} {
		if _, err := ParseShard(text); fault.Of(err) != fault.Input {
			t.Errorf("%q: %v", text, err)
		}
	}
	const of = 5
	for i := range 1000 {
		subject, n := fmt.Sprint("codacy/github/", i, "/TOKEN"), 0
		for index := 1; index <= of; index++ {
			s, err := ParseShard(fmt.Sprintf("%d/%d", index, of))
			if err != nil {
				t.Fatal(err)
			}
			if s.has(subject) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is in %d shards", subject, n)
		}
	}
}

func TestPolicyThatCannotWork(t *testing.T) {
	for want, change := range map[string]func(*Fleet){
		"no organization":       func(f *Fleet) { f.Policy.Org = "" },
		"no name for the":       func(f *Fleet) { f.Policy.Secret = "" },
		"no store":              func(f *Fleet) { f.Policy.Places = nil },
		"was given to hand out": func(f *Fleet) { f.Service.Minter = nil },
		"replaced at once":      func(f *Fleet) { f.Policy.Life = 10 * 24 * time.Hour },
		"small letters":         func(f *Fleet) { f.Policy.Owner = "Team A" },
		"under one name": func(f *Fleet) {
			f.Policy.Places = []Place{{Store: forge.Group, Holder: "shared"}}
		},
	} {
		w := newWorld(t)
		w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true})
		f := w.fleet(forge.Actions)
		change(f)
		if _, err := f.Plan(context.Background(), journal.Session{}, nil); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), want) {
			t.Errorf("want …%s…, got %v", want, err)
		}
	}
}

func TestSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * 24 * time.Hour, "1d12h": 36 * time.Hour, "30m": 30 * time.Minute, "0s": 0, "36500d": 36500 * aDay, "876000h": 36500 * aDay} {
		var s Span
		if err := s.UnmarshalText([]byte(text)); err != nil || time.Duration(s) != want {
			t.Errorf("%q: %s, %v", text, time.Duration(s), err)
		}
	}
	for _, text := range []string{"", "d", "soon", "-1h", "1d-2h", "99999999d", "7", "1w", "36500d2500000h", "2000000h"} {
		var s Span
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for %s", text, time.Duration(s))
		}
	}
}

// Text from outside reaches no report as markup, formula or a broken row.
func TestReportsEscape(t *testing.T) {
	r := Report{Target: Target{Organization: "a|b"}, Summary: map[Outcome]int{FailedOut: 1}, Repositories: []Result{{
		Repository: "=cmd|'/c calc'!A0", Outcome: FailedOut, Reason: "<script>alert(1)</script> | **bold**\nnext", Notes: []string{"]]>&"},
	}}}
	forms := map[string]string{}
	for _, form := range Forms() {
		var b bytes.Buffer
		if err := r.Render(&b, form); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		forms[form] = b.String()
	}
	for _, form := range []string{"md", "html"} {
		if strings.Contains(forms[form], "<script>alert") {
			t.Errorf("%s lets markup through:\n%s", form, forms[form])
		}
	}
	if row := strings.Split(forms["md"], "\n")[6]; strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") != 5 {
		t.Errorf("a row of Markdown is broken: %s", row)
	}
	if !strings.Contains(forms["csv"], "'=cmd") {
		t.Errorf("a formula reaches the spreadsheet:\n%s", forms["csv"])
	}
	var junit struct {
		Suites []testrun.Suite `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(forms["xml"]), &junit); err != nil || len(junit.Suites) != 1 || junit.Suites[0].Tests != len(r.Repositories) {
		t.Errorf("JUnit: %v, %+v\n%s", err, junit, forms["xml"])
	}
	if err := r.Render(&bytes.Buffer{}, "pdf"); fault.Of(err) != fault.Input {
		t.Errorf("an unknown form: %v", err)
	}
}

func TestGrace(t *testing.T) {
	for runners, want := range map[string]time.Duration{"": 24 * time.Hour, "hosted": 24 * time.Hour, "self-hosted": 7 * 24 * time.Hour, "any": 35 * 24 * time.Hour} {
		if got := graceFor(runners); got != want {
			t.Errorf("%q: %s", runners, got)
		}
	}
}

// The fleet.yml of the guide is one.
func TestGuideParses(t *testing.T) {
	text, err := os.ReadFile("../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\n# yaml-language-server")
	sample, _, ended := strings.Cut(rest, "```")
	if !ok || !ended {
		t.Fatal("no fleet.yml in the guide")
	}
	c, err := ParseFile("docs/fleet.md", []byte("#"+sample))
	if err != nil || c.Organization != "acme" || time.Duration(c.Rotate.Within) != 21*24*time.Hour {
		t.Errorf("%+v, %v", c, err)
	}
}

// Between a plan and its apply, repositories are renamed, archived and deleted.
func TestRepositoriesChangeSinceThePlan(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{"renamed", "archived", "deleted", "stays"} {
		w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(10 + i), Owner: "acme", Name: name, Writable: true})
	}
	f := w.fleet(forge.Actions)
	plan, err := f.Plan(context.Background(), journal.Session{}, nil)
	if err != nil || plan.Changes() != 5 {
		t.Fatalf("%d changes, %v", plan.Changes(), err)
	}
	w.repos[1].Name = "new-name"
	w.repos[2].Archived = true
	w.repos = slices.Delete(w.repos, 3, 4)
	j := mustOpen(t, t.TempDir()+"/j")
	defer j.Close()
	r, err := f.Apply(context.Background(), w.session(j), plan, Options{Run: NewRun(), Relist: true})
	if fault.Of(err) != fault.Partial {
		t.Fatal(err)
	}
	got := map[string]Outcome{}
	for _, res := range r.Repositories {
		got[res.Repository] = res.Outcome
	}
	want := map[string]Outcome{"acme/api": Created, "acme/new-name": Created, "acme/archived": Skipped, "acme/deleted": NotThere, "acme/stays": Created}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
