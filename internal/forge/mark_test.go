package forge

import (
	"encoding/json"
	"testing"
)

// TestDescription: that a secret lacks the mark is known only where the answer has a
// place for it.
func TestDescription(t *testing.T) {
	for answer, want := range map[string]Stat{
		`{}`:                            {},
		`{"description":null}`:          {Unmarked: true},
		`{"description":""}`:            {Unmarked: true},
		`{"description":"of the team"}`: {Unmarked: true},
		`{"description":"written by gatewright"}`: {Ours: true},
	} {
		var v struct {
			Description Description `json:"description"`
		}
		if err := json.Unmarshal([]byte(answer), &v); err != nil {
			t.Error(err)
		}
		var got Stat
		if v.Description.Mark(&got); got != want {
			t.Errorf("%s: %+v, want %+v", answer, got, want)
		}
	}
}
