package fleet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

const planVersion = 1

// digest stands for everything that was asked for, so that a plan is not
// applied under another policy.
func (f *Fleet) digest() string {
	p := f.Policy
	p.Owner, p.Force = f.owner(), false // forced rotations are in the items
	text, err := json.Marshal(struct {
		Service, Forge string
		Given          string `json:",omitempty"`
		Policy         Policy
	}{f.Service.Name, f.Forge.Name, f.givenDigest(), p})
	if err != nil {
		panic(err) // texts, numbers and lists always marshal
	}
	return hash(text)
}

func (f *Fleet) givenDigest() string {
	if f.Service.Given.Empty() {
		return ""
	}
	return f.givenID()
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:16]
}

// Digest names the plan in the journal.
func (p Plan) Digest() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return hash(text)
}

// ReadPlan reads a plan file, refusing what this program did not write.
func ReadPlan(name string, text []byte) (Plan, error) {
	var p Plan
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return p, fault.WithHint(fault.Errorf(fault.Input, "plan %s: %w", name, err), "write one with `gatewright fleet plan --plan-out FILE`")
	}
	if p.Version != planVersion {
		return p, fault.Errorf(fault.Input, "plan %s has version %d; this program reads version %d", name, p.Version, planVersion)
	}
	return p, nil
}

// fresh refuses a plan that no longer says what is: too old, made for
// something else, or overtaken by another run. A run that follows the same
// plan again, after a crash, goes on where it stopped.
func (f *Fleet) freshPlan(p Plan, entries []journal.Entry, maxAge time.Duration) error {
	stale := func(format string, args ...any) error {
		return fault.WithHint(fault.Errorf(fault.Input, "the plan is stale: %w", fmt.Errorf(format, args...)), "make a new one with `gatewright fleet plan`")
	}
	age := f.now().Sub(p.MadeAt)
	switch {
	case p.Policy != f.digest():
		return stale("it was made for other settings (service, forge, organization, secret, stores, filter, shard or rotation)")
	case age > maxAge:
		return stale("it is %s old; %s are allowed", days(age), days(maxAge))
	case age < -tolerance:
		return stale("it was made in the future, at %s; check this machine's clock", p.MadeAt.Format(time.RFC3339))
	case journal.PositionOf(entries) == p.Journal:
		return nil
	}
	after := entriesAfter(entries, p.Journal)
	if after == nil {
		return stale("the journal does not hold the line it was made at")
	}
	digest := p.Digest()
	for _, e := range after {
		if e.Kind == journal.Begin && e.Plan != digest {
			return stale("run %s of %s changed things since", e.Run, e.At.Format(time.RFC3339))
		}
	}
	return nil
}

// entriesAfter gives what follows the position, or nil if it is not there.
func entriesAfter(entries []journal.Entry, at string) []journal.Entry {
	if at == "" {
		return entries
	}
	for i := range entries {
		if journal.PositionOf(entries[:i+1]) == at {
			return entries[i+1:]
		}
	}
	return nil
}
