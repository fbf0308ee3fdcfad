package fleet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

const planVersion = 1

// digest stands for everything that was asked for, so that a plan is not
// applied under another policy, nor to another host. Of the token that is handed out
// it has the fingerprint.
func (f *Fleet) digest() string {
	p := f.Policy
	p.Owner, p.Force = f.owner(), false // forced rotations are in the items
	text, err := json.Marshal(struct {
		Service, Forge string
		At, On         string // the addresses
		Given          string `json:",omitempty"`
		Policy         Policy
	}{f.Service.Name, f.Forge.Name, f.Service.Address, f.Forge.Address, f.givenDigest(), p})
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

// hash is for telling apart, not for believing: signatures are the key's (see Sign).
func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:16]
}

// Digest names the plan in the journal.
func (p Plan) Digest() string { return hash(p.content()) }

// content is what a plan's signature covers: all but itself, as it would be written
// again, so that white space of the file does not count.
func (p Plan) content() []byte {
	p.Signature = ""
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts, numbers, times and lists always marshal
	}
	return text
}

// signedPlan is what a plan's signature is for: one of another file is none.
const signedPlan = "plan"

// Sign returns the plan signed with the key.
func (p Plan) Sign(k journal.Key) Plan {
	p.Signature = k.Sign(signedPlan, p.content())
	return p
}

// Verify returns why the plan is not to be believed: somebody without the
// operator's key wrote it, or changed it. A plan is made where pull requests run,
// and carried out where the credentials are.
func (p Plan) Verify(name string, keys journal.Keys) error {
	return keys.Verify("plan "+name, signedPlan, p.content(), p.Signature)
}

// ReadPlan reads a plan file, refusing what this program did not write. Verify
// says whether to believe it.
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
	// Even a signature does not make an address: who holds the key may be tricked into
	// making a plan of settings that somebody else wrote.
	if p.Settings.BaseURL != "" || p.Settings.ForgeURL != "" || slices.ContainsFunc(p.Settings.Stores, isProgram) {
		return p, fault.WithHint(fault.Errorf(fault.Input, "plan %s names an address or a program, which no plan does: somebody changed it", name),
			"credentials go where flags, variables and fleet.yml say; make a new plan")
	}
	return p, nil
}

// freshPlan refuses a plan that no longer says what is: too old, made for
// something else, or overtaken by another run. A run that follows the same
// plan again, after a crash, goes on where it stopped. Only the beginnings of other
// runs count: every line that changes anything stands behind one.
func (f *Fleet) freshPlan(p Plan, entries []journal.Entry, maxAge time.Duration) error {
	stale := func(format string, args ...any) error {
		return fault.WithHint(fault.Errorf(fault.Input, "the plan is stale: %w", fmt.Errorf(format, args...)), "make a new one with `gatewright fleet plan`")
	}
	seen := map[string]bool{}
	for _, i := range p.Items {
		if seen[i.Subject] { // two would work on it at once, and make a token each
			return stale("it has %s twice", i.Repository)
		}
		seen[i.Subject] = true
	}
	age := f.now().Sub(p.MadeAt)
	switch {
	case p.Policy != f.digest():
		return stale("it was made for other settings (service, forge, their addresses, organization, secret, stores, filter, shard or rotation)")
	case age > maxAge:
		return stale("it is %s old, made at %s; at most %s are allowed", age.Round(time.Second), p.MadeAt.UTC().Format("2006-01-02 15:04:05 MST"), maxAge)
	case age < -tolerance:
		return stale("it was made in the future, at %s; check this machine's clock", p.MadeAt.Format(time.RFC3339))
	case journal.PositionOf(entries) == p.Journal:
		return nil
	}
	// Not there: the journal is another, was compacted, or is an older copy.
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

// entriesAfter returns what follows the position, or nil if it is not there.
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
