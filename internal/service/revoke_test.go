package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// issuer is a service whose answers about tokens can be wrong.
type issuer struct {
	live  []string
	stale int // so many lists still show what was there before
	old   []string
	idle  bool // it says that it revokes, and does not
	gone  bool // after a revocation the caller's own token is refused
	ended bool

	mintErr error // after the token was made
	unnamed bool  // tokens are listed without their names
	refuse  int   // so many creations do nothing and are refused for the rate
	minted  int
}

func (i *issuer) Tokens(context.Context, service.Scope) ([]service.Token, error) {
	if i.gone && i.ended {
		return nil, fault.Errorf(fault.Auth, "401")
	}
	ids := i.live
	if i.stale > 0 && i.ended {
		i.stale--
		ids = i.old
	}
	var out []service.Token
	for _, id := range ids {
		out = append(out, service.Token{ID: id, Name: map[bool]string{false: "ci"}[i.unnamed]})
	}
	return out, nil
}

func (i *issuer) Revoke(_ context.Context, _ service.Scope, id string) error {
	i.ended, i.old = true, slices.Clone(i.live)
	if !i.idle {
		i.live = slices.DeleteFunc(i.live, func(l string) bool { return l == id })
	}
	return nil
}

func (i *issuer) Mint(context.Context, service.MintRequest) (service.Minted, error) {
	i.minted++
	if i.refuse > 0 {
		i.refuse--
		return service.Minted{}, &rest.StatusError{Status: rest.StatusServiceUnavailable, Limited: true}
	}
	i.live = append(i.live, "9")
	return service.Minted{Token: service.Token{ID: "9", Name: "ci"}}, i.mintErr
}

// blind cannot list.
type blind struct{ service.Revoker }

func TestRevocation(t *testing.T) {
	for name, c := range map[string]struct {
		by   *issuer
		ids  []string
		want string // in the error; "" is none
		took time.Duration
	}{
		"gone at once":        {&issuer{live: []string{"1", "2"}}, []string{"1"}, "", 0},
		"a list that lags":    {&issuer{live: []string{"1"}, stale: 3}, []string{"1"}, "", 7 * time.Second},
		"never gone":          {&issuer{live: []string{"1", "2"}, idle: true}, []string{"1", "2"}, "says that it revoked 1, 2, and still lists it", 30 * time.Second},
		"the caller's own":    {&issuer{live: []string{"1"}, gone: true}, []string{"1"}, "401", 0},
		"several, one by one": {&issuer{live: []string{"1", "2", "3"}}, []string{"1", "3"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				err := service.NewRevocation(c.by, service.Scope{}).End(t.Context(), c.ids)
				if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
				if c.by.gone && (!errors.Is(err, service.ErrUnverified) || strings.Contains(err.Error(), "no way")) {
					t.Errorf("%v; want that nothing shows it, though the service could", err)
				}
				if took := time.Since(began); took != c.took {
					t.Errorf("took %s, want %s", took, c.took)
				}
			})
		})
	}
	if err := service.NewRevocation(blind{&issuer{live: []string{"1"}}}, service.Scope{}).End(t.Context(), []string{"1"}); !errors.Is(err, service.ErrUnverified) {
		t.Errorf("a service that cannot list: %v", err)
	}
}

func TestMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := service.NewRevocation(&issuer{live: []string{"1", "2"}}, service.Scope{})
		got, err := r.Missing(t.Context(), []string{"2", "99999", "x"})
		if err != nil || !slices.Equal(got, []string{"99999", "x"}) {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := service.NewRevocation(blind{&issuer{}}, service.Scope{}).Missing(t.Context(), []string{"1"}); !errors.Is(err, service.ErrUnverified) {
			t.Errorf("%v", err)
		}
	})
}

// TestIssuance: whatever the answer to a creation, no token is left that nobody holds.
func TestIssuance(t *testing.T) {
	lost := &rest.ConnectionError{Sent: true, Reason: "the connection was reset"}
	for name, c := range map[string]struct {
		by     *issuer
		want   string
		live   int
		minted int
	}{
		"made":                          {&issuer{}, "", 1, 1},
		"the answer is lost":            {&issuer{mintErr: lost}, "that this had made all the same was revoked", 0, 1},
		"lost, of tokens without names": {&issuer{mintErr: lost, unnamed: true, live: []string{"1"}}, "token 9 appeared", 2, 1},
		"a page with status 200":        {&issuer{mintErr: &rest.AnswerError{Text: "HTML"}}, "that this had made all the same was revoked", 0, 1},
		"refused":                       {&issuer{mintErr: nil, refuse: 2}, "503", 0, 2},
		"refused for the rate, once":    {&issuer{refuse: 1}, "", 1, 2},
		"made, and it cannot be undone": {&issuer{mintErr: lost, idle: true}, "the token may exist all the same", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := service.Issuance{By: c.by, Title: "Test"}.Mint(t.Context(), service.MintRequest{Name: "ci"})
				if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
				if len(c.by.live) != c.live || c.by.minted != c.minted {
					t.Errorf("%d live after %d creations, want %d after %d", len(c.by.live), c.by.minted, c.live, c.minted)
				}
			})
		})
	}
}
