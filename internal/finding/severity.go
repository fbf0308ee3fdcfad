package finding

// level is a SARIF level or one of our severities, in one byte: a log may have
// hundreds of thousands of results.
type level uint8

const (
	unset level = iota
	none
	note
	warning
	failure
	strange // a word that SARIF does not have

	critical
	high
	medium
	low
	info
	unknown
)

// severities are what each level is as a severity, as service.Finding has it. A
// result without a level is a warning (SARIF 2.1.0, 3.27.10).
var severities = [...]string{
	unset: "medium", none: "info", note: "low", warning: "medium", failure: "high", strange: "unknown",
	critical: "critical", high: "high", medium: "medium", low: "low", info: "info", unknown: "unknown",
}

// String returns the severity's name.
func (l level) String() string { return severities[l] }

// severityNamed returns the severity of that name, unset if there is none.
func severityNamed(name []byte) level {
	for l := critical; l <= unknown; l++ {
		if string(name) == severities[l] {
			return l
		}
	}
	return unset
}

// level reads a SARIF level.
func (p *sarif) level() level {
	switch string(p.word()) {
	case "":
		return unset
	case "none":
		return none
	case "note":
		return note
	case "warning":
		return warning
	case "error":
		return failure
	}
	return strange
}

// severityOf puts SARIF's level and the security score that many tools add (0
// to 10, in GitHub's bands) on one scale. The score counts first: of a critical
// and of a high weakness the level is "error" alike.
func (q *pending) severityOf(r *rule) string {
	score := q.score
	if score == 0 {
		score = r.score
	}
	severity := r.level
	switch {
	case q.severity != unset: // what we wrote ourselves
		severity = q.severity
	case score >= 9:
		severity = critical
	case score >= 7:
		severity = high
	case score >= 4:
		severity = medium
	case score > 0:
		severity = low
	case q.level != unset:
		severity = q.level
	}
	return severity.String()
}
