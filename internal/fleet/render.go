package fleet

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/testrun"
)

// Forms are the forms a report can be written in, by the ending of a file's name.
func Forms() []string { return []string{"json", "csv", "xml", "md", "html", "jsonl", "prom"} }

// Render writes the report in a form of Forms.
func (r Report) Render(w io.Writer, form string) error {
	switch form {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	case "csv":
		return r.csv(w)
	case "xml":
		return r.junit(w)
	case "md":
		_, err := io.WriteString(w, r.markdown())
		return err
	case "html":
		return page().Execute(w, r)
	case "jsonl":
		return r.lines(w)
	case "prom":
		return r.metrics(w)
	default:
		return fault.Errorf(fault.Input, "unknown form of report %q; known: %s", form, strings.Join(Forms(), ", "))
	}
}

// mostFailures bounds what Message lists.
const mostFailures = 5

// Message returns the outcome for a chat: one line, and the first failures. cause
// is the run's own error, or nil.
func (r Report) Message(cause error) string {
	head := "done"
	if cause != nil {
		head = fault.Of(cause).String()
	}
	text := "Gatewright fleet of " + r.Organization + " (" + r.Secret + " at " + r.Forge + "): " + head + ". " + r.Sentence() + "."
	shown := 0
	for _, res := range r.Repositories {
		if res.ExitCode != 0 && shown < mostFailures {
			shown++
			text += "\n• " + res.Repository + ": " + string(res.Outcome) + ": " + res.Reason
		}
	}
	return text
}

// retiringText says what is left to be revoked.
func (r Result) retiringText() string {
	var parts []string
	for _, d := range r.Retiring {
		when := "by hand"
		if !d.NotBefore.IsZero() {
			when = "from " + minute(d.NotBefore)
		}
		parts = append(parts, d.Token+" "+when)
	}
	return strings.Join(parts, ", ")
}

func (r Report) csv(w io.Writer) error {
	rows := [][]string{{"repository", "action", "outcome", "reason", "token", "name", "expires", "places", "revoked", "retiring", "notes", "seconds"}}
	for _, res := range r.Repositories {
		rows = append(rows, []string{
			res.Repository, string(res.Action), string(res.Outcome), res.Reason, res.TokenID, res.TokenName, day(res.ExpiresAt),
			strings.Join(res.Places, " "), strings.Join(res.Revoked, " "), res.retiringText(), strings.Join(res.Notes, "; "),
			fmt.Sprintf("%.1f", res.Seconds),
		})
	}
	for _, row := range rows { // every cell: reasons quote what servers answer
		for i, cell := range row {
			row[i] = escapeFormula(cell)
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// escapeFormula keeps a spreadsheet from taking a text for a formula (OWASP, "CSV
// Injection"): names of tokens and repositories are whatever somebody called them.
func escapeFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n\x00", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// junit is what CI systems read as a test report: each repository is a case.
func (r Report) junit(w io.Writer) error {
	s := testrun.Suite{
		Name: fmt.Sprintf("%s in %s of %s", r.Secret, r.Forge, r.Organization),
		Time: fmt.Sprintf("%.1f", r.Seconds), Stamp: r.StartedAt.UTC().Format("2006-01-02T15:04:05"),
	}
	for _, res := range r.Repositories {
		c := testrun.Written{Class: "fleet." + string(res.Action), Name: res.Repository, Time: fmt.Sprintf("%.1f", res.Seconds), Out: strings.Join(res.Notes, "\n")}
		switch {
		case slices.Contains(notDone(), res.Outcome):
			c.Failure = &testrun.Failure{Message: string(res.Outcome) + ": " + res.Reason}
		case res.Outcome == Skipped:
			c.Skipped = &testrun.Skip{Message: res.Reason}
		}
		s.Add(c)
	}
	return testrun.WriteJUnit(w, []testrun.Suite{s})
}

func page() *template.Template {
	return template.Must(template.New("report").Funcs(template.FuncMap{
		"day": day, "retiring": Result.retiringText, "join": func(s []string) string { return strings.Join(s, "; ") },
		"sentence": Report.Sentence, "stamp": func(t time.Time) string { return minute(t) + " UTC" },
	}).Parse(pageText))
}

// pageText needs nothing from elsewhere, so that the file can be sent around. The
// template escapes by context what is from outside.
const pageText = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tokens of {{.Organization}}</title>
<style>
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8884;vertical-align:top}
.failed td:nth-child(2),.not-started td:nth-child(2){color:#c0272d;font-weight:600}
.created td:nth-child(2),.rotated td:nth-child(2),.adopted td:nth-child(2),.retired td:nth-child(2){color:#1a7f37}
.skipped,.kept{opacity:.75}input{font:inherit;padding:.3rem .5rem;margin:1rem 0;width:20rem;max-width:100%}
code{font-size:.9em}small{display:block}
</style>
<h1>Tokens of {{.Organization}}</h1>
<p>{{.Service}}: <code>{{.Secret}}</code> at {{.Forge}}. {{sentence .}}. Run {{.Run}}, {{stamp .StartedAt}}.</p>
{{if .Stopped}}<p><strong>The run ended early:</strong> {{.Stopped}}</p>{{end}}
<label>Show only <input id="q" type="search" placeholder="name, outcome or reason"></label>
<table><thead><tr><th>repository<th>outcome<th>token<th>expires<th>places<th>retiring<th>reason</thead><tbody>
{{range .Repositories}}<tr class="{{.Outcome}}"><td>{{.Repository}}<td>{{.Outcome}}<td>{{.TokenID}}<small>{{.TokenName}}</small><td>{{day .ExpiresAt}}<td>{{join .Places}}<td>{{retiring .}}<td>{{.Reason}}{{range .Notes}}<small>{{.}}</small>{{end}}
{{end}}</tbody></table>
<script>
const q=document.getElementById("q"),rows=[...document.querySelectorAll("tbody tr")];
q.addEventListener("input",()=>{const t=q.value.toLowerCase();for(const r of rows)r.hidden=!r.textContent.toLowerCase().includes(t)});
</script>
</html>
`

// auditLine is one line of an audit log: what became of one repository.
type auditLine struct {
	At  time.Time `json:"at"`
	Run string    `json:"run"`
	Target
	Result
}

// lines writes one JSON line for each repository that was changed or was not in
// order, for an audit log that grows from run to run.
func (r Report) lines(w io.Writer) error {
	enc := json.NewEncoder(w)
	at := r.StartedAt.Add(time.Duration(r.Seconds * float64(time.Second))).UTC().Truncate(time.Second)
	for _, res := range r.Repositories {
		if res.Outcome == Kept && len(res.Notes) == 0 {
			continue
		}
		if err := enc.Encode(auditLine{at, r.Run, r.Target, res}); err != nil {
			return err
		}
	}
	return nil
}

// metrics writes the report for Prometheus' textfile collector.
func (r Report) metrics(w io.Writer) error {
	var b strings.Builder
	labels := fmt.Sprintf("service=%q,forge=%q,organization=%q,secret=%q", r.Service, r.Forge, r.Organization, r.Secret)
	if r.Shard != "" {
		labels += fmt.Sprintf(",shard=%q", r.Shard)
	}
	gauge := func(name, help string, value float64) {
		fmt.Fprintf(&b, "# HELP gatewright_fleet_%s %s\n# TYPE gatewright_fleet_%s gauge\ngatewright_fleet_%s{%s} %g\n", name, help, name, name, labels, value)
	}
	b.WriteString("# HELP gatewright_fleet_repositories Repositories by what became of them in the last run.\n# TYPE gatewright_fleet_repositories gauge\n")
	for _, o := range outcomes() {
		fmt.Fprintf(&b, "gatewright_fleet_repositories{%s,outcome=%q} %d\n", labels, o, r.Summary[o])
	}
	var next time.Time
	retiring, undone := 0, 0
	for _, res := range r.Repositories {
		retiring += len(res.Retiring)
		if res.ExitCode != 0 || res.Outcome == NotStarted {
			undone++
		}
		if e := res.ExpiresAt; e != nil && (next.IsZero() || e.Before(next)) {
			next = *e
		}
	}
	gauge("unaccounted", "Repositories that were not done, or could not be looked at.", float64(undone))
	gauge("retiring_tokens", "Replaced tokens that wait for the end of their grace.", float64(retiring))
	if !next.IsZero() {
		gauge("next_expiry_timestamp_seconds", "When the first token in use expires.", float64(next.Unix()))
	}
	gauge("last_run_timestamp_seconds", "When the last run began.", float64(r.StartedAt.Unix()))
	gauge("last_run_seconds", "How long it took.", r.Seconds)
	_, err := io.WriteString(w, b.String())
	return err
}
