package codedig_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/fault"
	standin "github.com/gatewright/gatewright/internal/sandbox/codedig"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codedig"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

// TestTheFreePlan: the forecast and the stand-in go by the same number.
func TestTheFreePlan(t *testing.T) {
	if limit := codedig.Descriptor().Limits.Usual[0]; limit.Cap != float64(standin.Free) {
		t.Errorf("%s, and the stand-in allows %d", limit.What, standin.Free)
	}
}

// stage is a stand-in with some quirks on, and an admin's client for it.
func stage(t *testing.T, quirks ...string) (*codedig.Client, *standin.Server) {
	w := world.New(world.DefaultSeed())
	w.Quirks = quirks
	s := standin.New(w)
	return open(t, wire.New(w, "codedig", s), s.Key("admin")), s
}

// TestSuiteOfPagedKeys: whether the list of keys has pages is not documented.
func TestSuiteOfPagedKeys(t *testing.T) {
	servicetest.Run(t, func(t *testing.T) *servicetest.Subject {
		s := subject(t)
		s.World.Quirks = []string{standin.PagedKeys}
		return s
	})
}

// TestPagedKeys: a key beyond the first page is there.
func TestPagedKeys(t *testing.T) {
	for _, quirks := range [][]string{nil, {standin.PagedKeys}} {
		c, _ := stage(t, quirks...)
		for _, name := range []string{"a", "b", "c", "d"} {
			if _, err := c.Mint(t.Context(), service.MintRequest{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		list, err := c.Tokens(t.Context(), service.Scope{})
		if err != nil || len(list) != 5 { // and the admin's own
			t.Errorf("%v: %d keys, %v", quirks, len(list), err)
		}
	}
}

// TestWithoutKeyList: what cannot be looked at is not said to be revoked.
func TestWithoutKeyList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := stage(t, standin.NoKeyList)
		m, err := c.Mint(t.Context(), service.MintRequest{Name: "ci"})
		if err != nil {
			t.Fatal(err)
		}
		r := service.NewRevocation(c, service.Scope{})
		if _, err := r.Missing(t.Context(), []string{m.ID}); !errors.Is(err, service.ErrUnverified) {
			t.Errorf("%v", err)
		}
		if err := r.End(t.Context(), []string{"notanumber"}); !errors.Is(err, service.ErrNoToken) || fault.Of(err) != fault.Input {
			t.Errorf("an id that is not there: %v", err)
		}
		if err := r.End(t.Context(), []string{m.ID}); !errors.Is(err, service.ErrUnverified) || s.Live("ci") != 0 {
			t.Errorf("%v, %d live", err, s.Live("ci"))
		}
	})
}

// TestEmptyKeyList: a list without the very key that asks for it is no list of
// the keys, and proves no revocation. Who asks otherwise may have none.
func TestEmptyKeyList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, answer := range []string{`200 []`, `200 {"api_keys":[]}`} {
			way, _ := wire.Played(t, map[string][]string{"/auth/api-keys": {answer}, "/auth/api-keys/7": {"204 "}})
			c := open(t, way, "aca_k1_0123456789abcdef")
			if list, err := c.Tokens(t.Context(), service.Scope{}); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%s: %v, %v", answer, list, err)
			}
			if err := service.NewRevocation(c, service.Scope{}).End(t.Context(), []string{"7"}); !errors.Is(err, service.ErrUnverified) {
				t.Errorf("%s: a revocation: %v", answer, err)
			}
			if list, err := open(t, way, "eyJhbGciOi").Tokens(t.Context(), service.Scope{}); err != nil || len(list) != 0 {
				t.Errorf("%s: without a key: %v, %v", answer, list, err)
			}
		}
	})
}

// TestCircle: pages that go round hold no whole list, also under a new cursor each.
func TestCircle(t *testing.T) {
	for name, pages := range map[string][]string{
		"the same cursor":        {`{"api_keys":[{"id":1}],"next_cursor":"a"}`},
		"the first page for all": {`{"api_keys":[{"id":1}],"next_cursor":"a"}`, `{"api_keys":[{"id":1}],"next_cursor":"b"}`, `{"api_keys":[{"id":2}]}`},
		"a circle": {
			`{"api_keys":[{"id":1}],"next_cursor":"a"}`, `{"api_keys":[{"id":2}],"pagination":{"next_cursor":"b"}}`, `{"api_keys":[{"id":1}],"next_cursor":"c"}`, `{"api_keys":[]}`,
		},
	} {
		for i := range pages {
			pages[i] = "200 " + pages[i]
		}
		way, _ := wire.Played(t, map[string][]string{"/auth/api-keys": pages})
		if list, err := open(t, way, "aca_k1_0123456789abcdef").Tokens(t.Context(), service.Scope{}); fault.Of(err) != fault.Service {
			t.Errorf("%s: %d keys, %v", name, len(list), err)
		}
	}
}

// TestPartialRuns: an analysis that finished in part is neither clean nor a pass.
func TestPartialRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := stage(t, standin.PartialRuns)
		r, err := c.Scan(t.Context(), target(), service.ScanRequest{}, service.Wait{})
		if err != nil || r.Status != "partial" || len(r.Failed()) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		v, err := c.Judge(t.Context(), target(), service.Wait{})
		if err != nil || v.Outcome != service.Unknown {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestEitherWay: where a new key is, what a second trigger answers, what the
// list of runs holds, what its words are and how the rate limit is told, no
// source settles. Only what is understood passes.
func TestEitherWay(t *testing.T) {
	for quirk, want := range map[string]struct {
		outcome service.Outcome
		kind    fault.Kind // of the failure to judge; OK if there is none
		scan    string
	}{
		"":                   {service.Passed, fault.OK, "done"},
		standin.NestedKeys:   {service.Passed, fault.OK, "done"},
		standin.NoConflict:   {service.Passed, fault.OK, "done"},
		standin.DateResets:   {service.Passed, fault.OK, "done"},
		standin.OtherWords:   {service.Unknown, fault.OK, "partial"},
		standin.PartialRuns:  {service.Unknown, fault.OK, "partial"},
		standin.FindingsList: {"", fault.Service, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, s := stage(t, quirk)
			s.Plan = 20
			if m, err := c.Mint(t.Context(), service.MintRequest{Name: "ci"}); err != nil || m.ID == "" || s.Live("ci") != 1 {
				t.Errorf("%s: %+v, %v", quirk, m, err)
			}
			for range 40 { // into the next minutes
				if _, err := c.Tokens(t.Context(), service.Scope{}); err != nil {
					t.Fatalf("%s: %v", quirk, err)
				}
			}
			r, err := c.Scan(t.Context(), target(), service.ScanRequest{}, service.Wait{})
			if fault.Of(err) != want.kind || r.Status != want.scan {
				t.Errorf("%s: scan %+v, %v", quirk, r, err)
			}
			for range 2 { // the second triggers nothing, or is told that one runs
				v, err := c.Judge(t.Context(), target(), service.Wait{})
				if fault.Of(err) != want.kind || v.Outcome != want.outcome {
					t.Errorf("%s: %+v, %v", quirk, v, err)
				}
			}
		})
	}
}

// TestRunOfAnotherCommit: the run of an older commit that is under way is not
// this commit's, whose own begins after it; and a run that turns out to be
// another commit's has no verdict for this one.
func TestRunOfAnotherCommit(t *testing.T) {
	const (
		trigger = "/repos/acme/api/pr-gate/analyze"
		list    = "/repos/acme/api/pr-gate/runs"
		older   = `{"id":1,"pr_number":7,"head_sha":"0000000","status":`
	)
	at := target()
	at.Commit, at.PullRequest = "1111111222222233333334444444555555566666", 7
	own := `200 [{"id":2,"pr_number":7,"head_sha":"1111111","status":"failed"},` + older + `"passed"}]`
	for name, c := range map[string]struct {
		analyze, runs []string
		want          service.Outcome
		kind          fault.Kind
	}{
		"an older one first": {[]string{`409 {}`, `409 {}`, `202 {"id":2}`}, []string{`200 [` + older + `"running"}]`, own}, service.Failed, fault.OK},
		"one of another":     {[]string{`202 {"id":1}`}, []string{`200 []`, `200 [` + older + `"passed"}]`}, "", fault.Service},
		"one that is ours":   {[]string{`409 {}`}, []string{`200 [{"id":2,"pr_number":7,"head_sha":"1111111","status":"running"}]`, own}, service.Failed, fault.OK},
	} {
		synctest.Test(t, func(t *testing.T) {
			way, _ := wire.Played(t, map[string][]string{trigger: c.analyze, list: c.runs})
			v, err := open(t, way, "aca_k1_0123456789abcdef").Judge(t.Context(), at, service.Wait{})
			if v.Outcome != c.want || fault.Of(err) != c.kind {
				t.Errorf("%s: %+v, %v", name, v, err)
			}
		})
	}
}
