package servicetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/service"
)

// Changed plays every answer that a service's client gets in every way in which
// it may come. Whatever comes, a success is one: what was uploaded is there, no
// finding is lost, what fails does not pass, and a token that was made works.
// failing makes the service refuse what it judges.
func Changed(t *testing.T, make_ func(t *testing.T) *Subject, failing func(t *testing.T, s *Subject)) {
	t.Helper()
	held, found := undisturbed(t, make_)
	for name, play := range map[string]func(t *testing.T, s *Subject) (do func(context.Context) error, wrong func(wire.Change) string){
		"upload": func(t *testing.T, s *Subject) (func(context.Context) error, func(wire.Change) string) {
			client, can := s.Client.(service.CoverageUploader)
			var r service.Receipt
			return doing(can, func(ctx context.Context) (err error) {
					r, err = client.Upload(ctx, s.Target, Coverage(), wait())
					return err
				}), func(wire.Change) string {
					if got := s.Describe(); can && r.Status == "uploaded" && got != held {
						return fmt.Sprintf("the service holds\n%s\nand not\n%s", got, held)
					}
					return ""
				}
		},
		"judge": func(t *testing.T, s *Subject) (func(context.Context) error, func(wire.Change) string) {
			client, can := s.Client.(service.Judge)
			failing(t, s)
			var v service.Verdict
			return doing(can, func(ctx context.Context) (err error) {
					v, err = client.Judge(ctx, s.Target, wait())
					return err
				}), func(c wire.Change) string {
					// Codacy leaves coverage out where there is none to compare with.
					without := strings.HasSuffix(c.Name, ".coverage is not there") || strings.HasSuffix(c.Name, ".coverage: null")
					if can && !without && v.Outcome == service.Passed {
						return fmt.Sprintf("what fails has passed: %+v", v)
					}
					return ""
				}
		},
		"scan": func(t *testing.T, s *Subject) (func(context.Context) error, func(wire.Change) string) {
			client, can := s.Client.(service.Scanner)
			var r service.ScanResult
			return doing(can, func(ctx context.Context) (err error) {
					r, err = client.Scan(ctx, s.Target, service.ScanRequest{Results: s.Results}, wait())
					return err
				}), func(c wire.Change) string {
					// Notes say what was left out; a word may be another one.
					if c.Kind != wire.Empty && c.Kind != wire.Word && !isNull(c) && c.Name != "the answer is []" && r.Status == "done" && len(r.Notes) == 0 && len(r.Findings) < found {
						return fmt.Sprintf("%d of %d findings: %+v", len(r.Findings), found, r)
					}
					return ""
				}
		},
		"mint": func(t *testing.T, s *Subject) (func(context.Context) error, func(wire.Change) string) {
			client, can := s.Client.(service.Minter)
			var m service.Minted
			return doing(can, func(ctx context.Context) (err error) {
					m, err = client.Mint(ctx, service.MintRequest{Scope: s.Scope, Name: Name, Permissions: s.Permissions})
					return err
				}), func(wire.Change) string {
					if can && (m.ID == "" || m.Value.Empty() || s.Live(Name) != 1) {
						return fmt.Sprintf("the token is %+v, %d are there", m.Token, s.Live(Name))
					}
					return ""
				}
		},
		"tokens": func(t *testing.T, s *Subject) (func(context.Context) error, func(wire.Change) string) {
			client, can := s.Client.(service.TokenLister)
			if minter, is := s.Client.(service.Minter); is && can {
				if _, err := minter.Mint(within(t, time.Hour), service.MintRequest{Scope: s.Scope, Name: Name, Permissions: s.Permissions}); err != nil {
					t.Fatal(err)
				}
			}
			var list []service.Token
			return doing(can, func(ctx context.Context) (err error) {
					list, err = client.Tokens(ctx, s.Scope)
					return err
				}), func(c wire.Change) string {
					for _, k := range list {
						if k.ID == "" {
							return fmt.Sprintf("a token without an id: %+v", list)
						}
					}
					if can && c.Kind != wire.Empty && len(list) == 0 {
						return "no token is listed"
					}
					return ""
				}
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := wire.Changed(t, func(t *testing.T) wire.Scene {
				s := make_(t)
				do, wrong := play(t, s)
				return wire.Scene{Way: s.Wire, Do: func() error { return do(within(t, time.Hour)) }, Wrong: wrong}
			})
			t.Logf("%d changes", n)
		})
	}
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
	return strings.HasSuffix(c.Name, "results: null") || strings.HasSuffix(c.Name, "vulnerabilities: null") || strings.HasSuffix(c.Name, "vulnerabilities: {}") || strings.HasSuffix(c.Name, "security_issues.json is not there")
}

// doing is what is done, or nothing where a client cannot.
func doing(can bool, do func(context.Context) error) func(context.Context) error {
	if can {
		return do
	}
	return func(context.Context) error { return nil }
}
