package fleet

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// inputError fails unless err is of the kind of bad input and has the text, or is nil
// where there is none.
func inputError(t *testing.T, name string, err error, text string) {
	t.Helper()
	if (err == nil) != (text == "") || err != nil && (fault.Of(err) != fault.Input || !strings.Contains(err.Error(), text)) {
		t.Errorf("%s: %v, want %q", name, err, text)
	}
}

// TestConfigWords: a word that is none of a field's choices is refused, wherever the
// field stands, and named with its place.
func TestConfigWords(t *testing.T) {
	for says, c := range map[string]Config{
		"": {
			Service: "anything", Stores: []string{"actions", "group", "exec:/bin/store"}, Environments: []string{"any"},
			Repositories: Selection{Visibility: "private", Include: []string{"any"}}, Rotate: Rotation{Runners: "self-hosted", Drift: "keep"},
		},
		`here: stores: unknown "vault"; known: actions, dependabot, codespaces, group, pipeline, organization, exec:*`: {Stores: []string{"actions", "vault"}},
		`here: stores: unknown "exec:"`:    {Stores: []string{"exec:"}},
		`here: stores: unknown "exec"`:     {Stores: []string{"exec"}},
		`here: stores: unknown "actions2"`: {Stores: []string{"actions2"}},
		`here: repositories.visibility: unknown "secret"; known: public, private, internal`: {Repositories: Selection{Visibility: "secret"}},
		`here: rotate.runners: unknown "mine"`:                                              {Rotate: Rotation{Runners: "mine"}},
		`here: limits.maxChanges: -1 is less than 0`:                                        {Limits: Limits{MaxChanges: -1}},
	} {
		inputError(t, says, c.Check("here: "), says)
	}
}

// TestConfigFills: what somebody said stays, also a false, and what nobody said comes
// from the next.
func TestConfigFills(t *testing.T) {
	yes, no := true, false
	c := Config{Secret: "MINE", Repositories: Selection{Forks: &no}, Rotate: Rotation{Proof: &no}}
	c.Fill(Config{Secret: "OTHER", Stores: []string{"group"}, Repositories: Selection{Forks: &yes, Language: "Go"}, Rotate: Rotation{Proof: &yes, Drift: "keep"}})
	want := Config{Secret: "MINE", Stores: []string{"group"}, Repositories: Selection{Forks: &no, Language: "Go"}, Rotate: Rotation{Proof: &no, Drift: "keep"}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestConfigPlaces(t *testing.T) {
	for _, tt := range []struct {
		c    Config
		want []Place
	}{
		{Config{}, []Place{{Store: forge.Actions}}},
		{Config{Holder: "ci", Organization: "acme"}, []Place{{Store: forge.Actions, Holder: "ci"}}},
		{Config{Stores: []string{"group", "exec:/bin/store"}, Holder: "ci"}, []Place{{Store: forge.Group, Holder: "ci"}, {Store: "exec:/bin/store"}}},
		{Config{Stores: []string{"organization", "dependabot"}, Organization: "acme"}, []Place{{Store: forge.Actions, Org: "acme"}, {Store: forge.Dependabot}}},
		{Config{Environments: []string{"a", "b"}}, []Place{{Store: forge.Actions}, {Store: forge.Actions, Environment: "a"}, {Store: forge.Actions, Environment: "b"}}},
		{Config{Stores: []string{"codespaces"}, Environments: []string{"a"}}, []Place{{Store: forge.Codespaces}, {Store: forge.Actions, Environment: "a"}}},
	} {
		if diff := cmp.Diff(tt.want, tt.c.Places()); diff != "" {
			t.Errorf("%+v: %s", tt.c, diff)
		}
	}
}

// TestConfigOfAPlan: a plan carries neither an address nor a program, file or brake.
func TestConfigOfAPlan(t *testing.T) {
	c := Config{
		Organization: "acme", BaseURL: "https://a.example", ForgeURL: "https://b.example", Journal: "j", Stores: []string{"exec:/bin/store", "actions"},
		Repositories: Selection{List: "names", Language: "Go"}, Limits: Limits{MaxChanges: 1},
	}
	want := Config{Service: "codacy", Forge: "github", Organization: "acme", Stores: []string{"actions"}, Repositories: Selection{Language: "Go"}}
	if diff := cmp.Diff(want, c.Portable("codacy", "github")); diff != "" || c.Stores[0] != "exec:/bin/store" {
		t.Errorf("%s; the stores were %v", diff, c.Stores)
	}
}

// TestConfigAsPolicy holds the defaults, and that what was chosen holds instead.
func TestConfigAsPolicy(t *testing.T) {
	yes, no, grace := true, false, Span(0)
	base := Policy{Places: []Place{{Store: forge.Actions}}, RotateWithin: 14 * aDay, Grace: aDay, Proof: true}
	for _, tt := range []struct {
		name string
		c    Config
		want func(p *Policy)
	}{
		{"nothing", Config{}, func(*Policy) {}},
		{"a grace of none", Config{Rotate: Rotation{Grace: &grace}}, func(p *Policy) { p.Grace, p.GraceGiven = 0, true }},
		{"self-hosted runners", Config{Rotate: Rotation{Runners: "self-hosted"}}, func(p *Policy) { p.Grace = 7 * aDay }},
		{"drift that stays", Config{Rotate: Rotation{Drift: "keep"}}, func(p *Policy) { p.KeepDrift = true }},
		{"drift that is mended", Config{Rotate: Rotation{Drift: "rotate"}}, func(*Policy) {}},
		{"no proof", Config{Rotate: Rotation{Proof: &no}}, func(p *Policy) { p.Proof = false }},
		{"proof", Config{Rotate: Rotation{Proof: &yes}}, func(*Policy) {}},
		{"when", Config{Rotate: Rotation{Within: Span(time.Hour), MaxAge: Span(2 * time.Hour)}}, func(p *Policy) { p.RotateWithin, p.MaxAge = time.Hour, 2*time.Hour }},
		{"teams, and those that are not added", Config{AddMissing: true, Repositories: Selection{Teams: []string{"a"}}}, func(p *Policy) { p.AddMissing, p.Teams = true, []string{"a"} }},
	} {
		want := base
		tt.want(&want)
		if diff := cmp.Diff(want, tt.c.Policy(Shard{})); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// TestFleetFiles holds which fleet.yml are refused: a key that is not known would leave
// in what was to be left out, and two fleets of one name would share a journal.
func TestFleetFiles(t *testing.T) {
	for text, says := range map[string]string{
		"":                               "",
		"version: 1\nsecret: T":          "",
		"fleets: [{name: a}]":            "",
		"exclud: [a]":                    "field exclud not found",
		"fleets: [{exclud: a}]":          "field exclud not found",
		"a: [":                           "fleet.yml: yaml: ",
		"version: 2":                     "fleet.yml: version 2; this program knows version 1",
		"stores: [vault]":                `fleet.yml: stores: unknown "vault"`,
		"token: {expires: soon}":         "line 1: ",
		"fleets: [{name: a}, {name: a}]": `fleet.yml: fleet 2 needs a name of its own, without spaces and slashes; "a" is none`,
		"fleets: [{}]":                   `fleet 1 needs a name of its own, without spaces and slashes; "" is none`,
		"fleets: [{name: a/b}]":          `"a/b" is none`,
		"fleets: [{name: a, stores: [vault]}, {name: b}]": `fleet.yml: a: stores: unknown "vault"`,
		"fleets: [{name: a}, {name: b, stores: [vault]}]": `fleet.yml: b: stores: unknown "vault"`,
		"stores: [vault]\nfleets: [{name: a}]":            `fleet.yml: stores: unknown "vault"`,
	} {
		_, err := ParseFile("fleet.yml", []byte(text))
		inputError(t, text, err, says)
		if err != nil && strings.Contains(says, "field") && !strings.Contains(fault.Hint(err), "fleet schema") {
			t.Errorf("%s: hint %q", text, fault.Hint(err))
		}
	}
}

// TestFleetsOfAFile: each fleet has a journal of its own, and what stands above them.
func TestFleetsOfAFile(t *testing.T) {
	several := "secret: T\njournal: dir/f.journal\nfleets: [{name: a}, {name: b, secret: U, journal: own}, {name: c}]"
	for _, tt := range []struct{ text, name, want, says string }{
		{"secret: T", "", "( T )", ""},
		{"secret: T", "a", "", `no fleet "a"; known: `},
		{several, "", "(a T dir/f-a.journal) (b U own) (c T dir/f-c.journal)", ""},
		{several, "c", "(c T dir/f-c.journal)", ""},
		{several, "d", "", `no fleet "d"; known: a, b, c`},
		{"fleets: [{name: a}]", "", "(a  )", ""},
	} {
		f, err := ParseFile("fleet.yml", []byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		fleets, err := f.Each(tt.name)
		inputError(t, tt.text+" "+tt.name, err, tt.says)
		var got []string
		for _, n := range fleets {
			got = append(got, "("+n.Name+" "+n.Secret+" "+n.Journal+")")
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s, fleet %q: %s, want %s", tt.text, tt.name, text, tt.want)
		}
	}
	for _, tt := range [][3]string{
		{"", "a", ""}, {"f.html", "", "f.html"}, {"f.html", "a", "f-a.html"}, {"x.y/f", "a", "x.y/f-a"}, {"f.tar.gz", "a", "f-a.tar.gz"},
	} {
		if got := Apart(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s of %s: %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}

// TestListsOfNames: a list that names nothing would be no filter at all.
func TestListsOfNames(t *testing.T) {
	for _, tt := range []struct {
		r          io.Reader
		want, says string
	}{
		{strings.NewReader("a\n# none\n\n  acme/b\t# why\r\nc"), "a acme/b c", ""},
		{strings.NewReader("\ufeffa\r\nb\r\n"), "a b", ""},
		{strings.NewReader("\xff\xfea\x00\r\x00\n\x00b\x00\r\x00\n\x00"), "a b", ""},
		{strings.NewReader("a\nb*"), "", `names, line 2: "b*" is no repository's name`},
		{strings.NewReader("a b"), "", `names, line 1: "a b" is no repository's name`},
		{strings.NewReader("# a\n \n"), "", "the list of repositories names is empty"},
		{iotest.ErrReader(errors.New("it broke")), "", "read the list of repositories names: it broke"},
		{io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(errors.New("it broke"))), "", "read the list of repositories names: it broke"},
	} {
		got, err := ReadNames("names", tt.r)
		inputError(t, tt.want, err, tt.says)
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s, want %s", text, tt.want)
		}
	}
}
