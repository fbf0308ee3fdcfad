package azuredevops

import (
	"encoding/json"
)

// value is a variable on the wire. A secret's value is null in answers, and
// null in a request keeps what is there.
type value struct {
	Value    *string `json:"value"`
	IsSecret bool    `json:"isSecret,omitempty"`
	ReadOnly bool    `json:"isReadOnly,omitempty"`
	Override *bool   `json:"allowOverride,omitempty"` // pipelines only
}

// UnmarshalJSON lets a variable come back with fields that are not known here:
// clients keep what they do not understand.
func (v *value) UnmarshalJSON(text []byte) error {
	type plain value
	return json.Unmarshal(text, (*plain)(v))
}

// variables are what a group or a pipeline holds.
type variables map[string]value

// show hides the secrets.
func (v variables) show() variables {
	out := variables{}
	for name, x := range v {
		if x.IsSecret {
			x.Value = nil
		}
		out[name] = x
	}
	return out
}

// replace takes over a whole map, as a PUT does: what it does not name is gone.
func (v variables) replace(in variables) variables {
	out := variables{}
	for name, x := range in {
		if old, there := v[name]; there && (x.Value == nil || *x.Value == "" && x.IsSecret) {
			x.Value = old.Value
		}
		if x.Value == nil {
			empty := ""
			x.Value = &empty
		}
		out[name] = x
	}
	return out
}

func (v variables) find(name string) (text string, secret, ok bool) {
	x, ok := v[name]
	if !ok {
		return "", false, false
	}
	return *x.Value, x.IsSecret, true
}
