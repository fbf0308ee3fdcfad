package finding

import "bytes"

// level is a SARIF level or one of our severities, in one byte.
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

// severityNamed returns the severity of that name, unset if there is none.
func severityNamed(name []byte) level {
	switch string(name) {
	case "critical":
		return critical
	case "high":
		return high
	case "medium":
		return medium
	case "low":
		return low
	case "info":
		return info
	case "unknown":
		return unknown
	}
	return unset
}

// String returns the severity's name, as service.Finding has it.
func (l level) String() string {
	switch l {
	case critical:
		return "critical"
	case high, failure:
		return "high"
	case medium, warning, unset:
		return "medium"
	case low, note:
		return "low"
	case info, none:
		return "info"
	}
	return "unknown"
}

// level reads a SARIF level, in any case.
func (p *sarif) level() level {
	word := p.bytes()
	l := levelNamed(word)
	if l == strange {
		l = levelNamed(bytes.ToLower(word))
	}
	return l
}

func levelNamed(word []byte) level {
	switch string(word) {
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
// to 10, in GitHub's bands) on one scale.
func (q *pending) severityOf(r *rule) string {
	score := q.score
	if score == 0 {
		score = r.score
	}
	switch {
	case q.severity != unset: // what we wrote ourselves
		return q.severity.String()
	case score >= 9:
		return critical.String()
	case score >= 7:
		return high.String()
	case score >= 4:
		return medium.String()
	case score > 0:
		return low.String()
	case q.remark:
		return info.String()
	case q.level != unset:
		return q.level.String()
	}
	return r.level.String()
}
