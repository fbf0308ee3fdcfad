package forge_test

import (
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

func TestFilter(t *testing.T) {
	yes, no := true, false
	api := forge.Repository{
		Owner: "acme/tools", Name: "api", Visibility: "private", Topics: []string{"product", "tier-1"}, Language: "Go",
		Properties: map[string][]string{"compliance": {"soc2", "iso27001"}},
	}
	for _, tc := range []struct {
		name   string
		filter forge.Filter
		want   bool
	}{
		{"empty", forge.Filter{}, true},
		{"name", forge.Filter{Names: []string{"web", "a*"}}, true},
		{"other name", forge.Filter{Names: []string{"web"}}, false},
		{"a name is no prefix", forge.Filter{Names: []string{"ap"}}, false},
		{"owner and name", forge.Filter{Names: []string{"acme/**/a*"}}, true},
		{"owner alone", forge.Filter{Names: []string{"acme/*"}}, false},
		{"excluded", forge.Filter{Names: []string{"*"}, Exclude: []string{"{api,web}"}}, false},
		{"excluded in any case", forge.Filter{Exclude: []string{"API"}}, false},
		{"all topics", forge.Filter{Topics: []string{"tier-1", "product"}}, true},
		{"topics in any case", forge.Filter{Topics: []string{"Tier-1"}, AnyTopics: []string{"PRODUCT"}}, true},
		{"not a topic, in any case", forge.Filter{NotTopics: []string{"Product"}}, false},
		{"one topic missing", forge.Filter{Topics: []string{"tier-1", "tier-2"}}, false},
		{"one of several values", forge.Filter{Properties: map[string]string{"compliance": "soc2"}}, true},
		{"no such value", forge.Filter{Properties: map[string]string{"compliance": "soc"}}, false},
		{"no such property", forge.Filter{Properties: map[string]string{"team": "a"}}, false},
		{"language in any case", forge.Filter{Language: "GO"}, true},
		{"visibility", forge.Filter{Visibility: "public"}, false},
		{"not archived", forge.Filter{Archived: &no, Fork: &no}, true},
		{"archived", forge.Filter{Archived: &yes}, false},
	} {
		if got := tc.filter.Match(api); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
	if err := (forge.Filter{Exclude: []string{"[a"}}).Check("X"); fault.Of(err) != fault.Input {
		t.Errorf("a broken glob: %v", err)
	}
	if err := (forge.Filter{Archived: &yes}).Check("X", "archived"); fault.Of(err) != fault.Input {
		t.Errorf("asked for what nobody knows: %v", err)
	}
	if err := (forge.Filter{Archived: &no}).Check("X", "archived"); err != nil {
		t.Errorf("a forge without archives has none: %v", err)
	}
}

func TestMarker(t *testing.T) {
	text := forge.Marked("gatewright:coverage", "81 %")
	if !forge.HasMarker("gatewright:coverage", "\n"+text) || forge.HasMarker("gatewright:cover", text) || forge.HasMarker("gatewright:coverage", "quoted: "+text) {
		t.Errorf("marker of %q", text)
	}
	if got := forge.HiddenMarker("a --> b"); got != "<!-- a > b -->" {
		t.Errorf("a marker that ends the comment early: %q", got)
	}
	if got := forge.Shorten("äöüß", 3); got != "äö…" {
		t.Errorf("shortened to %q", got)
	}
}

func TestRefReads(t *testing.T) {
	for want, ref := range map[string]forge.Ref{
		"acme/api":                           {Store: forge.Actions, Owner: "acme", Repo: "api"},
		"acme/api (dependabot)":              {Store: forge.Dependabot, Owner: "acme", Repo: "api"},
		"acme":                               {Owner: "acme"},
		"acme/api environment production":    {Owner: "acme", Repo: "api", Environment: "production"},
		"acme/platform group shared":         {Store: forge.Group, Owner: "acme/platform", Holder: "shared"},
		"acme/platform/api pipeline nightly": {Store: forge.Pipeline, Owner: "acme/platform", Repo: "api", Holder: "nightly"},
	} {
		if got := ref.String(); got != want {
			t.Errorf("%+v reads %q, want %q", ref, got, want)
		}
	}
}
