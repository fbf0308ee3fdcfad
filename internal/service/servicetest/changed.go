package servicetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/service"
)

// deed is what a client does, and what must then be right: wrong says what is
// not, or "".
type deed struct {
	do    func(ctx context.Context) error
	wrong func(c wire.Change) string
}

// Changed plays every answer that a service's client gets in every way in which
// it may come. Whatever comes, a success is one: what was uploaded is there, no
// finding is lost, what fails does not pass, and a token that was made works.
// failing makes the service refuse what it judges.
func Changed(t *testing.T, make_ func(t *testing.T) *Subject, failing func(t *testing.T, s *Subject)) {
	t.Helper()
	held, found := undisturbed(t, make_)
	for _, p := range []struct {
		name    string
		claimed func(client any) bool
		deed    func(t *testing.T, s *Subject) deed
	}{
		{"upload", is[service.CoverageUploader], func(_ *testing.T, s *Subject) deed { return uploaded(s, held) }},
		{"judge", is[service.Judge], func(t *testing.T, s *Subject) deed { failing(t, s); return judged(s) }},
		{"scan", is[service.Scanner], func(_ *testing.T, s *Subject) deed { return scanned(s, found) }},
		{"mint", is[service.Minter], func(_ *testing.T, s *Subject) deed { return minted(s) }},
		{"tokens", is[service.TokenLister], listed},
	} {
		if !p.claimed(make_(t).Client) {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			n := wire.Changed(t, func(t *testing.T) wire.Scene {
				s := make_(t)
				d := p.deed(t, s)
				return wire.Scene{Way: s.Wire, Do: func() error { return d.do(within(t, time.Hour)) }, Wrong: d.wrong}
			})
			t.Logf("%d changes", n)
		})
	}
}

func uploaded(s *Subject, held string) deed {
	var r service.Receipt
	return deed{func(ctx context.Context) (err error) {
		r, err = s.Client.(service.CoverageUploader).Upload(ctx, s.Target, Coverage(), wait())
		return err
	}, func(wire.Change) string {
		got := s.Describe()
		return wrongIf(r.Status == "uploaded" && got != held, "the service holds\n%s\nand not\n%s", got, held)
	}}
}

func judged(s *Subject) deed {
	var v service.Verdict
	return deed{func(ctx context.Context) (err error) {
		v, err = s.Client.(service.Judge).Judge(ctx, s.Target, wait())
		return err
	}, func(c wire.Change) string {
		// Codacy leaves coverage out where there is none to compare with.
		without := strings.HasSuffix(c.Name, ".coverage is not there") || strings.HasSuffix(c.Name, ".coverage: null")
		return wrongIf(!without && v.Outcome == service.Passed, "what fails has passed: %+v", v)
	}}
}

func scanned(s *Subject, found int) deed {
	var r service.ScanResult
	return deed{func(ctx context.Context) (err error) {
		r, err = s.Client.(service.Scanner).Scan(ctx, s.Target, service.ScanRequest{Results: s.Results}, wait())
		return err
	}, func(c wire.Change) string {
		// Notes and Missing say what was left out; a word may be another one; a bare list of
		// nothing is an answer of CodeAnt's (start_scan.sh).
		other := c.Kind == wire.Empty || c.Kind == wire.Word || isNull(c) || c.Name == "the answer is []"
		return wrongIf(!other && r.Status == "done" && len(r.Notes)+len(r.Missing) == 0 && len(r.Findings) < found, "%d of %d findings: %+v", len(r.Findings), found, r)
	}}
}

func minted(s *Subject) deed {
	var m service.Minted
	return deed{func(ctx context.Context) (err error) {
		m, err = s.Client.(service.Minter).Mint(ctx, service.MintRequest{Scope: s.Scope, Name: Name, Permissions: s.Permissions})
		return err
	}, func(wire.Change) string {
		return wrongIf(m.ID == "" || m.Value.Empty() || s.Live(Name) != 1, "the token is %+v, %d are there", m.Token, s.Live(Name))
	}}
}

func listed(t *testing.T, s *Subject) deed {
	if is[service.Minter](s.Client) {
		if err := minted(s).do(within(t, time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	var list []service.Token
	return deed{func(ctx context.Context) (err error) {
		list, err = s.Client.(service.TokenLister).Tokens(ctx, s.Scope)
		return err
	}, func(c wire.Change) string {
		nameless := slices.ContainsFunc(list, func(k service.Token) bool { return k.ID == "" })
		return wrongIf(nameless || c.Kind != wire.Empty && len(list) == 0, "no token is listed, or one without an id: %+v", list)
	}}
}

func wrongIf(wrong bool, format string, args ...any) string {
	if wrong {
		return fmt.Sprintf(format, args...)
	}
	return ""
}

// undisturbed returns what the service holds after an upload, and how many
// findings a scan has, where every answer comes as it should.
func undisturbed(t *testing.T, make_ func(t *testing.T) *Subject) (held string, found int) {
	synctest.Test(t, func(t *testing.T) {
		s := make_(t)
		if client, can := s.Client.(service.CoverageUploader); can {
			if _, err := client.Upload(within(t, time.Hour), s.Target, Coverage(), wait()); err != nil {
				t.Fatal(err)
			}
			held = s.Describe()
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := make_(t)
		if client, can := s.Client.(service.Scanner); can {
			r, err := client.Scan(within(t, time.Hour), s.Target, service.ScanRequest{Results: s.Results}, wait())
			if err != nil {
				t.Fatal(err)
			}
			found = len(r.Findings)
		}
	})
	return held, found
}

// isNull reports whether a list or the results themselves are null or empty,
// which services that are written in Python have for nothing.
func isNull(c wire.Change) bool {
	return slices.ContainsFunc([]string{"results: null", "vulnerabilities: null", "vulnerabilities: {}", "security_issues.json is not there"}, func(end string) bool {
		return strings.HasSuffix(c.Name, end)
	})
}
