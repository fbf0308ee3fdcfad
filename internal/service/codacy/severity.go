package codacy

// severityName translates Codacy's severity levels into the words of
// service.Finding. Its web page says Minor, Medium, High and Critical for them.
func severityName(level string) string {
	switch level {
	case "Error":
		return "critical"
	case "High":
		return "high"
	case "Warning":
		return "medium"
	case "Info":
		return "low"
	default:
		return "unknown"
	}
}
