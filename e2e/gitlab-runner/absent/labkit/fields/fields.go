// Package fields is absent: the names of fields in the runner's own log.
package fields

// Names of fields.
const (
	HTTPStatusCode = "status"
	DurationS      = "duration_s"
)

// Deprecation says by which name a field goes now.
type Deprecation struct{ Standard string }

// No field goes by another name.
var (
	Deprecated     map[string]Deprecation
	VariantVersion map[string]int
)
