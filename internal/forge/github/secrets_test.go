package github_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// scene is a stand-in in virtual time and a wire to it.
func scene(t *testing.T, run func(t *testing.T, w *world.World, stand *standin.Server, wire *forgetest.Wire)) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		run(t, w, stand, forgetest.NewWire(w, "github", stand))
	})
}

// GitHub replaces a key: the value is sealed again, with the new one.
func TestStaleKey(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		forgetest.Put(t, c, ref, "first-value")
		stand.RotateKey("actions/acme/api")
		forgetest.Put(t, c, ref, "second-value")
		if v, _ := stand.Value("actions/acme/api", "TOKEN"); v != "second-value" {
			t.Errorf("holds %q", v)
		}
		keys := 0
		for _, line := range wire.Sent() {
			if strings.HasSuffix(line, "/public-key") {
				keys++
			}
		}
		if keys != 2 {
			t.Errorf("the key was read %d times, want 2", keys)
		}
	})
}

// Each store has its own key: what is sealed for one, another cannot open.
func TestSealedForOneStoreOnly(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		actions := forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api", Name: "TOKEN"}
		dependabot := actions
		dependabot.Store = forge.Dependabot
		sealed, err := c.Sealer.Seal(t.Context(), actions, secret.New("sealed-value"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(sealed.Text, "sealed-value") {
			t.Error("sealed in clear")
		}
		// Another process, later, has only what was written down.
		later := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		if _, err := later.Sealer.PutSealed(t.Context(), dependabot, sealed); fault.Of(err) != fault.Input {
			t.Errorf("into another store: %v", err)
		}
		if _, err := later.Sealer.PutSealed(t.Context(), actions, sealed); err != nil {
			t.Error(err)
		}
		if v, _ := stand.Value("actions/acme/api", "TOKEN"); v != "sealed-value" {
			t.Errorf("holds %q", v)
		}
	})
}

// An organization secret keeps its visibility and its repositories, none
// included, unless the options say otherwise.
func TestOrganizationVisibility(t *testing.T) {
	for _, store := range []forge.Store{forge.Actions, forge.Dependabot, forge.Codespaces} {
		t.Run(string(store), func(t *testing.T) {
			scene(t, func(t *testing.T, w *world.World, stand *standin.Server, wire *forgetest.Wire) {
				stand.World.Turn(true, standin.StrictIDs) // what is refused then is right without it
				token := stand.Token("ghp_", standin.Full)
				plain := open(t, wire, token, forge.WriteOptions{})
				ref := forge.Ref{Store: store, Owner: "acme", Name: "TOKEN"}
				check := func(when, visibility string, want ...string) {
					t.Helper()
					got, ids := stand.Selected(string(store)+"/acme", "TOKEN")
					var names []string
					for _, r := range w.Organizations[0].Repositories {
						if slices.Contains(ids, r.ID) {
							names = append(names, r.Name)
						}
					}
					if got != visibility || !cmp.Equal(names, want) {
						t.Errorf("%s: %s %v, want %s %v", when, got, names, visibility, want)
					}
				}
				forgetest.Put(t, plain, ref, "value-0")
				check("new", "private")
				forgetest.Put(t, open(t, wire, token, forge.WriteOptions{Visibility: "selected", Selected: []string{"api", " ACME/web"}}), ref, "value-1")
				check("selected", "selected", "api", "web")
				forgetest.Put(t, plain, ref, "value-2")
				check("kept", "selected", "api", "web")
				forgetest.Put(t, open(t, wire, token, forge.WriteOptions{Visibility: "selected"}), ref, "value-3")
				check("selected again", "selected", "api", "web")
				forgetest.Put(t, open(t, wire, token, forge.WriteOptions{Visibility: "all"}), ref, "value-4")
				check("all", "all")
				_, err := open(t, wire, token, forge.WriteOptions{Visibility: "selected"}).Put(t.Context(), ref, secret.New("value-5"))
				if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "--selected-repos") {
					t.Errorf("selected, but nothing: %v", err)
				}
				check("still all", "all")
				forgetest.Put(t, plain, ref, "value-6")
				if v, _ := stand.Value(string(store)+"/acme", "TOKEN"); v != "value-6" {
					t.Errorf("holds %q", v)
				}
			})
		})
	}
}

// Each refusal keeps GitHub's words and says what to do.
func TestRefusals(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		for _, tc := range []struct {
			prefix, right, repo, words, hint string
		}{
			{"ghs_", standin.Read, "docs", "Resource not accessible by integration", "GITHUB_TOKEN cannot reach secrets"},
			{"github_pat_", standin.Member, "docs", "Resource not accessible by personal access token", "permission secrets: write"},
			{"ghp_", standin.Member, "docs", "Must have admin rights", "administration rights"},
			{"ghp_", standin.Full, "archive-2019", "archived so is read-only", "unarchive"},
		} {
			c := open(t, wire, stand.Token(tc.prefix, tc.right), forge.WriteOptions{})
			_, err := c.Put(t.Context(), forge.Ref{Owner: "acme", Repo: tc.repo, Name: "TOKEN"}, secret.New("some-value"))
			if fault.Of(err) != fault.Auth || !strings.Contains(err.Error(), tc.words) || !strings.Contains(fault.Hint(err), tc.hint) {
				t.Errorf("%s %s: %v (hint %q)", tc.prefix, tc.right, err, fault.Hint(err))
			}
		}
	})
}

// A fleet's cost: with the repository listed, a key and a secret are two
// requests, and asking beforehand costs none more.
func TestRequestsForOneSecret(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		for _, err := range c.Repositories(t.Context(), "acme", forge.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		if err := c.CanWrite(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		forgetest.Put(t, c, ref, "some-value")
		want := []string{
			"GET /api/v3/orgs/acme/repos",
			"GET /api/v3/repos/acme/api/actions/secrets/public-key",
			"PUT /api/v3/repos/acme/api/actions/secrets/TOKEN",
		}
		if diff := cmp.Diff(want, wire.Sent()); diff != "" {
			t.Error(diff)
		}
	})
}

// What has no room and what is archived is refused, in whatever words, and
// whether or not GitHub would take it.
func TestRefusalsEitherWay(t *testing.T) {
	for _, other := range []bool{false, true} {
		scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
			stand.World.Turn(other, standin.OtherWords, standin.ArchivedTakes)
			c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
			for i := range 100 {
				forgetest.Put(t, c, forge.Ref{Owner: "acme", Repo: "api", Name: fmt.Sprintf("TOKEN_%d", i)}, "value")
			}
			if _, err := c.Put(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "ONE_MORE"}, secret.New("value")); fault.Of(err) != fault.Input {
				t.Errorf("other words %v: the 101st: %v", other, err)
			}
			if _, there := stand.Value("actions/acme/api", "ONE_MORE"); there {
				t.Error("the 101st is there")
			}
			stand.World.Turn(other, standin.NoNamed)
			named := forge.Ref{Owner: "acme", Repo: "api", Environment: "production", Name: "TOKEN"}
			if _, err := c.Put(t.Context(), named, secret.New("value")); (err != nil) != other || other && (fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "Enterprise Server")) {
				t.Errorf("environments by number %v: %v (hint %q)", other, err, fault.Hint(err))
			}
			if err := c.CanWrite(t.Context(), forge.Ref{Owner: "acme", Repo: "archive-2019", Name: "TOKEN"}); fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "unarchive") {
				t.Errorf("archived, taken %v: %v", other, err)
			}
		})
	}
}

// GitHub's secondary limits come with and without Retry-After, as 403 and 429,
// and at times without a body: all writers wait, and all is written.
func TestSecondaryLimitsEitherWay(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
			stand.World.Turn(quiet, standin.QuietLimits)
			stand.Limits.Points = 60
			c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
			const secrets = 60 // 300 points, of which 60 are allowed in a minute
			began := time.Now()
			for i := range secrets {
				forgetest.Put(t, c, forge.Ref{Owner: "acme", Repo: "api", Name: fmt.Sprintf("TOKEN_%d", i)}, "value")
			}
			u := stand.Usage()
			if u.Secondary < 3 || u.Secondary > secrets/2 || time.Since(began) < 4*time.Minute {
				t.Errorf("quiet %v: %d refusals in %s", quiet, u.Secondary, time.Since(began))
			}
		})
	}
}

// TestKeyThatKeepsNothing: with a public key of low order whoever reads the journal
// could open what is sealed. The points are those of cr.yp.to/ecdh.html, "validate".
func TestKeyThatKeepsNothing(t *testing.T) {
	ref := forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api", Name: "TOKEN"}
	for _, tt := range []struct {
		key  string
		good bool
	}{
		{"0000000000000000000000000000000000000000000000000000000000000000", false},
		{"0100000000000000000000000000000000000000000000000000000000000000", false},
		{"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", false},
		{"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", false},
		{"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
		{"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
		{"0900000000000000000000000000000000000000000000000000000000000000", true},
	} {
		raw, err := hex.DecodeString(tt.key)
		if err != nil {
			t.Fatal(err)
		}
		answer := `200 {"key_id":"1","key":"` + base64.StdEncoding.EncodeToString(raw) + `"}`
		way, _ := wire.Played(t, map[string][]string{"/api/v3/repos/acme/api/actions/secrets/public-key": {answer}})
		sealed, err := open(t, way, "ghp_x", forge.WriteOptions{}).Sealer.Seal(t.Context(), ref, secret.New("value"))
		if (err == nil) != tt.good || (sealed.Text != "") != tt.good {
			t.Errorf("%s: %q, %v", tt.key, sealed.Text, err)
		}
	}
}
