package forge

import (
	"encoding/json"
	"time"
)

// Time is a moment in a forge's answer. Null, absent and unreadable ones are
// the zero time: no listing ends for one odd repository.
type Time struct{ time.Time }

// UnmarshalJSON never fails.
func (t *Time) UnmarshalJSON(text []byte) error {
	var at time.Time
	if json.Unmarshal(text, &at) != nil {
		at = time.Time{}
	}
	t.Time = at
	return nil
}
