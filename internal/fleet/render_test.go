package fleet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// ended is the report of a run in which something of everything happened.
func ended() Report {
	r := Report{Run: "r1", StartedAt: decided, Seconds: 90, Target: Target{"codacy", "github", "acme", "A_TOKEN"}, Summary: map[Outcome]int{}, Stopped: "no *more*"}
	r.Repositories = []Result{
		{Repository: "acme/a", Action: Keep, Outcome: Kept, ExpiresAt: ago(-60 * aDay)},
		{Repository: "acme/b", Action: Keep, Outcome: Kept, Notes: []string{"one", "two"}, Reason: "good"},
		{
			Repository: "acme/c", Action: Rotate, Outcome: Rotated, Reason: "asked for", TokenID: "7", TokenName: "n7", ExpiresAt: ago(-10 * aDay), Seconds: 1.25,
			Places: []string{"actions", "dependabot"}, Revoked: []string{"3", "4"}, Retiring: []Due{{Token: "5", NotBefore: decided}, {Token: "6"}},
		},
		{Repository: "acme/d", Action: Rotate, Outcome: FailedOut, Reason: "403 a|b", ExitCode: 3},
		{Repository: "acme/e", Action: Archived, Outcome: Skipped, Reason: "archived", ExpiresAt: ago(-20 * aDay)},
		{Repository: "acme/f", Action: Create, Outcome: NotStarted, Reason: "the run\nended"},
	}
	for _, res := range r.Repositories {
		r.Summary[res.Outcome]++
	}
	return r
}

// TestForms holds what a report says in each form.
func TestForms(t *testing.T) {
	sharded := ended()
	sharded.Shard, sharded.Stopped, sharded.Repositories = "1/2", "", sharded.Repositories[3:4]
	for _, tt := range []struct {
		form   string
		report Report
		has    []string // pieces of it, in their order
		lacks  string
	}{
		{form: "json", report: ended(), has: []string{"{\n  \"run\": \"r1\",\n", "\n}\n"}},
		{form: "md", report: ended(), has: []string{`## Tokens of acme

codacy: A\_TOKEN at github, 1 rotated, 2 kept, 1 skipped, 1 failed, 1 not-started.

> The run ended early: no \*more\*

| repository | outcome | expires | reason |
|---|---|---|---|
| acme/d | failed |  | 403 a\|b |
| acme/f | not-started |  | the run ended |
| acme/c | rotated | 2026-12-01 | asked for |
| acme/e | skipped | 2026-12-11 | archived |
| acme/a | kept | 2027-01-20 |  |
| acme/b | kept |  | good; one; two |
`}},
		{form: "md", report: sharded, has: []string{"## Tokens of acme\n"}, lacks: "ended early"},
		{form: "csv", report: ended(), has: []string{`
acme/a,keep,kept,,,,2027-01-20,,,,,0.0
acme/b,keep,kept,good,,,,,,,one; two,0.0
acme/c,rotate,rotated,asked for,7,n7,2026-12-01,actions dependabot,3 4,"5 from 2026-11-21 12:00, 6 by hand",,1.2
acme/d,rotate,failed,403 a|b,,,,,,,,0.0
`}},
		{form: "xml", report: ended(), has: []string{
			`<testsuite name="A_TOKEN in github of acme" tests="6" failures="2" skipped="1" time="90.0" timestamp="2026-11-21T12:00:00">`,
			`name="acme/a" time="0.0"></testcase>`, `name="acme/c" time="1.2"></testcase>`, `<failure message="failed: 403 a|b"></failure>`, `<skipped message="archived"></skipped>`,
		}},
		{form: "html", report: ended(), has: []string{
			"<title>Tokens of acme</title>", "Run r1, 2026-11-21 12:00 UTC.", "<strong>The run ended early:</strong> no *more*",
			`<tr class="rotated"><td>acme/c<td>rotated<td>7<small>n7</small><td>2026-12-01<td>actions; dependabot<td>5 from 2026-11-21 12:00, 6 by hand<td>asked for`,
		}},
		{form: "jsonl", report: ended(), has: []string{
			`{"at":"2026-11-21T12:01:30Z","run":"r1","service":"codacy","forge":"github","organization":"acme","secret":"A_TOKEN","repository":"acme/b",`,
			`"repository":"acme/c",`, `"repository":"acme/d",`, `"repository":"acme/e",`, `"repository":"acme/f",`,
		}, lacks: "acme/a"},
		{form: "prom", report: ended(), has: []string{
			"# HELP gatewright_fleet_repositories Repositories by what became of them in the last run.\n# TYPE gatewright_fleet_repositories gauge\n",
			`gatewright_fleet_repositories{service="codacy",forge="github",organization="acme",secret="A_TOKEN",outcome="kept"} 2` + "\n",
			"# TYPE gatewright_fleet_unaccounted gauge\n" + `gatewright_fleet_unaccounted{service="codacy",forge="github",organization="acme",secret="A_TOKEN"} 2` + "\n",
			`gatewright_fleet_retiring_tokens{service="codacy",forge="github",organization="acme",secret="A_TOKEN"} 2` + "\n",
			fmt.Sprintf(`secret="A_TOKEN"} %g`, float64(decided.Add(10*aDay).Unix())), // when acme/c's expires
			"gatewright_fleet_last_run_timestamp_seconds{", "gatewright_fleet_last_run_seconds{", `secret="A_TOKEN"} 90` + "\n",
		}, lacks: "shard"},
		{form: "prom", report: sharded, has: []string{`secret="A_TOKEN",shard="1/2",outcome="created"} 0`, `shard="1/2"} 1`}, lacks: "next_expiry"},
	} {
		var b bytes.Buffer
		if err := tt.report.Render(&b, tt.form); err != nil {
			t.Errorf("%s: %v", tt.form, err)
		}
		rest := b.String()
		for _, piece := range tt.has {
			_, after, found := strings.Cut(rest, piece)
			if !found {
				t.Errorf("%s lacks %s behind what is before it:\n%s", tt.form, piece, rest)
			}
			rest = after
		}
		if tt.lacks != "" && strings.Contains(b.String(), tt.lacks) {
			t.Errorf("%s has %q:\n%s", tt.form, tt.lacks, b.String())
		}
	}
}

type broken struct{}

var errBroken = errors.New("the pipe is broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// TestReportThatCannotBeWritten: no form hides it.
func TestReportThatCannotBeWritten(t *testing.T) {
	for _, form := range Forms() {
		if err := ended().Render(broken{}, form); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", form, err)
		}
	}
	if err := (Plan{}).Markdown(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("a plan: %v", err)
	}
}

// TestMessages: a chat is told the outcome, and the first five that were not done.
func TestMessages(t *testing.T) {
	r := ended()
	const head = "Gatewright fleet of acme (A_TOKEN at github): "
	counts := ". 1 rotated, 2 kept, 1 skipped, 1 failed, 1 not-started."
	if got, want := r.Message(nil), head+"done"+counts+"\n• acme/d: failed: 403 a|b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	r.Repositories = nil
	if got, want := r.Message(fault.Errorf(fault.Partial, "some")), head+"partly done"+counts; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for i := range 7 {
		r.Repositories = append(r.Repositories, Result{Repository: fmt.Sprint(i), Outcome: FailedOut, ExitCode: 1})
	}
	if got := r.Message(nil); strings.Count(got, "\n") != mostFailures || !strings.HasSuffix(got, "• 4: failed: ") {
		t.Errorf("of seven: %s", got)
	}
}

// TestPlanPage: people read what is changed or not in order, and what it costs.
func TestPlanPage(t *testing.T) {
	p := Plan{Target: Target{"codacy", "github", "a_b", "A_TOKEN"}, Items: []Item{
		{Repository: "a/keep", Action: Keep}, {Repository: "a/new", Action: Create, Reason: "no secret yet"}, {Repository: "a/not", Action: Forbidden, Reason: "403", Hint: "ask\tsomebody", ExpiresAt: ago(0)},
	}}
	p.count()
	p.Forecast.Hosts = []HostCost{{Host: "codacy", Reads: 2, Writes: 2, Seconds: 61}, {Host: "github"}}
	want := `## Plan for the tokens of a\_b

codacy: A\_TOKEN at github, 3 repositories: 1 create, 1 keep, 1 forbidden.

| repository | action | expires | reason |
|---|---|---|---|
| a/new | create |  | no secret yet |
| a/not | forbidden | 2026-11-21 | 403; ask somebody |

codacy: 2 reading and 2 writing requests, at least 1m1s.
`
	if diff := cmp.Diff(want, p.Page()); diff != "" {
		t.Error(diff)
	}
	if p.Items = p.Items[:1]; strings.Contains(p.Page(), "|") {
		t.Errorf("a table without a row:\n%s", p.Page())
	}
	for n, more := range map[int]string{maxRows: "", maxRows + 1: "\n1 more are in the plan's file.\n", maxRows + 20: "\n20 more are in the plan's file.\n"} {
		p := Plan{Items: make([]Item, n)}
		if page := p.Page(); strings.Count(page, "\n|  |") != maxRows || !strings.HasSuffix(page, "|\n"+more) {
			t.Errorf("%d rows: %d, …%s", n, strings.Count(page, "\n|  |"), page[len(page)-60:])
		}
	}
	r := Report{Repositories: make([]Result, maxRows+1)}
	for i := range r.Repositories {
		r.Repositories[i].Outcome = Kept
	}
	if page := r.markdown(); !strings.HasSuffix(page, "\n1 more are in the report file.\n") {
		t.Errorf("…%s", page[len(page)-60:])
	}
	if got, want := escape("a b\x1f`*_{}[]<>()#!|~@\\ü"), "a b "+"\\`\\*\\_\\{\\}\\[\\]\\<\\>\\(\\)\\#\\!\\|\\~\\@\\\\ü"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// noEffect is a program's error.
type noEffect bool

func (noEffect) Error() string    { return "the program failed" }
func (e noEffect) NoEffect() bool { return bool(e) }

// TestRefusedTomorrow: only what would be refused tomorrow too is one.
func TestRefusedTomorrow(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("unknown"), false},
		{&rest.StatusError{Status: 403}, true},
		{&rest.StatusError{Status: 404}, true},
		{&rest.StatusError{Status: 403, Limited: true}, false},
		{&rest.StatusError{Status: 429}, false},
		{&rest.StatusError{Status: 502}, false},
		{&rest.ConnectionError{Sent: false}, false},
		{&rest.ConnectionError{Sent: true}, false},
		{noEffect(true), true},
		{noEffect(false), false},
	} {
		if got := lasting(tt.err); got != tt.want {
			t.Errorf("%#v: %v", tt.err, got)
		}
	}
	for given, want := range map[int]int{0: 32, 1: 1, 7: 7} {
		if got := (&Fleet{Workers: given}).workers(); got != want {
			t.Errorf("%d workers, want %d", got, want)
		}
	}
}
