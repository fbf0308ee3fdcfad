package fleet

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// auditLine is one line of an audit log: what became of one repository.
type auditLine struct {
	At           time.Time `json:"at"`
	Run          string    `json:"run"`
	Service      string    `json:"service"`
	Forge        string    `json:"forge"`
	Organization string    `json:"organization"`
	Secret       string    `json:"secret"`
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
		if err := enc.Encode(auditLine{at, r.Run, r.Service, r.Forge, r.Organization, r.Secret, res}); err != nil {
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
	for _, o := range Outcomes() {
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
