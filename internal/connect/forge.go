package connect

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// ForgeFlags choose the forge and say how to reach it. Its token comes from the
// environment or a file, never from an argument.
type ForgeFlags struct {
	Forge          string        `placeholder:"NAME" help:"Forge: github, gitlab, azuredevops, bitbucket or gitea. Without it the CI, the checkout or the token that is set decides."`
	ForgeURL       string        `name:"forge-url" placeholder:"URL" help:"Address of the forge, if it is not the public one: its web address or that of its API."`
	ForgeTokenFile string        `name:"forge-token-file" placeholder:"FILE" help:"Read the forge's token from this file."`
	ForgeInsecure  bool          `name:"forge-insecure-http" help:"Allow plain http to a forge that is not on this machine. The token can then be read on the way."`
	GitHubAppID    string        `name:"github-app-id" placeholder:"ID" help:"Act as this GitHub App (also GITHUB_APP_ID)."`
	GitHubAppKey   string        `name:"github-app-key-file" placeholder:"FILE" help:"Private key of the GitHub App, PEM (also GITHUB_APP_PRIVATE_KEY, the key itself)."`
	MaxWait        time.Duration `name:"max-wait" placeholder:"DURATION" help:"Longest single wait for a rate limit. When a forge asks for more, the command ends."`

	// ForgeToken is a token that the command found itself, as the Action does in
	// its inputs. It is for the forge the run is on, GitHub or Gitea, and precedes
	// all variables.
	ForgeToken secret.Value `kong:"-"`
}

// WriteFlags say what a new secret is made with, where a forge knows more than
// a value. A secret that is there keeps what it has, unless a flag says otherwise.
type WriteFlags struct {
	Visibility string   `enum:",all,private,selected" default:"" help:"GitHub organization secrets: repositories that see it: all, private or selected. New ones are private; one that is there keeps what it has."`
	Selected   []string `name:"selected-repos" placeholder:"NAME,…" help:"GitHub organization secrets with visibility selected: the repositories."`
	Protected  bool     `help:"GitLab: show the variable to protected branches and tags only. Pipelines of merge requests then have no token, so it is off by default."`
	Hidden     bool     `help:"GitLab 17.4 and later: make the value unreadable for people too. A variable that is there must be deleted and made anew for that."`
	Masked     bool     `default:"true" negatable:"" help:"GitLab: mask the value in job logs."`
}

// options returns what the flags choose, or refuses those that the forge does
// not have.
func (w WriteFlags) options(d forge.Descriptor) (forge.WriteOptions, error) {
	for _, o := range []struct {
		option forge.Option
		chosen bool
	}{
		{forge.Visibility, w.Visibility != ""},
		{forge.Selected, len(w.Selected) > 0},
		{forge.Protected, w.Protected},
		{forge.Hidden, w.Hidden},
	} {
		if o.chosen && !slices.Contains(d.Options, o.option) {
			return forge.WriteOptions{}, fault.Errorf(fault.Input, "--%s is not supported by %s", o.option, d.Title)
		}
	}
	if len(w.Selected) > 0 && w.Visibility != "selected" {
		return forge.WriteOptions{}, fault.Errorf(fault.Input, "--selected-repos needs --visibility selected")
	}
	return forge.WriteOptions{Visibility: w.Visibility, Selected: w.Selected, Masked: w.Masked, Hidden: w.Hidden, Protected: w.Protected}, nil
}

// Forge is a forge ready to be asked.
type Forge struct {
	forge.Descriptor
	Git       git.Access // to the run's repository; without a URL if that is not known
	BaseURL   string     // of its API
	TokenFrom string     // "GH_TOKEN", "the file token.txt", …
	Client    forge.Forge
	Clock     *rest.ServerClock // the forge's own time, as its answers say
	Cache     *rest.Cache       // of its answers, to be kept from run to run; nil where that saves nothing
}

// SourceURL is the web address of a run's files at its commit, up to their
// paths; "" if it is not known.
func (a *To) SourceURL(run ci.Run) string {
	d, _ := a.forgeNamed(run.Forge)
	return d.SourceURL(run.ForgeURL, run.Owner, run.Name, run.Commit)
}

// cloneURL is the address of the run's repository for git, "" if it is not
// known. Like that of the API, it is not taken from the checkout.
func cloneURL(d forge.Descriptor, run ci.Run) string {
	web := cmp.Or(toldAddress(d, run), d.Web)
	if web == "" || !run.Known() || d.Clone == "" {
		return ""
	}
	at := strings.NewReplacer("OWNER", (&url.URL{Path: run.Owner}).EscapedPath(), "NAME", url.PathEscape(run.Name)).Replace(d.Clone)
	return strings.TrimRight(web, "/") + "/" + at
}

// forgeNamed returns the forge of a name.
func (a *To) forgeNamed(name string) (forge.Descriptor, bool) {
	i := slices.IndexFunc(a.Forges, func(d forge.Descriptor) bool { return d.Name == name })
	if i < 0 {
		return forge.Descriptor{}, false
	}
	return a.Forges[i], true
}

// ForgeNames returns the names of all forges.
func (a *To) ForgeNames() []string {
	return Names(a.Forges, func(d forge.Descriptor) string { return d.Name })
}

// Names returns what the entries of a table are called.
func Names[T any](table []T, name func(T) string) (names []string) {
	for _, entry := range table {
		names = append(names, name(entry))
	}
	return names
}

// OpenForge finds the forge and its token. run says what the CI and the
// Checkout know; owner is whose secrets or repositories are meant. Nothing is
// sent. Without any token the error is one for which isNoToken holds.
func (a *To) OpenForge(f ForgeFlags, w WriteFlags, run ci.Run, owner string) (*Forge, error) {
	d, err := a.whichForge(f, run)
	if err != nil {
		return nil, err
	}
	o := forge.Opening{Owner: owner}
	if o.Write, err = w.options(d); err != nil {
		return nil, err
	}
	if o.Token, o.TokenFrom, err = a.ForgeToken(f, d); err != nil {
		return nil, err
	}
	if o.Token.Empty() {
		if o.AppID, o.AppKey, err = a.forgeApp(f, d); err != nil {
			return nil, err
		}
	}
	a.Hide(o.Token)
	a.Hide(o.AppKey)
	address, err := a.forgeAddress(f, d, run, owner)
	if err != nil {
		return nil, err
	}
	if o.Rest, err = a.RestConfig(d.Title, address, f.ForgeInsecure); err != nil {
		return nil, err
	}
	if f.MaxWait > 0 {
		o.Rest.MaxWait, a.Pace.Options.MaxWait = f.MaxWait, f.MaxWait
	}
	credential := o.Token.Fingerprint()
	if o.Token.Empty() {
		credential = "app " + o.AppID + " in " + owner
	}
	a.paced(&o.Rest, d.Limits, credential)
	o.Rest.Clock = &rest.ServerClock{}
	if d.Free {
		o.Rest.Cache = &rest.Cache{}
	}
	client, err := d.Open(o)
	if err != nil {
		return nil, err
	}
	if a.Programs != nil {
		client = a.Programs(a, f.MaxWait).Beside(client)
	}
	access := git.Access{URL: cloneURL(d, run), User: d.GitUser, Token: o.Token}
	return &Forge{Descriptor: d, Git: access, BaseURL: address, TokenFrom: o.TokenFrom, Client: client, Clock: o.Rest.Clock, Cache: o.Rest.Cache}, nil
}

// whichForge decides by the flag, by what the CI or the checkout says, or by
// the one forge whose token is set.
func (a *To) whichForge(f ForgeFlags, run ci.Run) (forge.Descriptor, error) {
	known, _ := ci.ForgeName(f.Forge)
	if name := cmp.Or(known, f.Forge, run.Forge); name != "" {
		d, ok := a.forgeNamed(name)
		if !ok {
			return d, fault.Errorf(fault.Input, "unknown forge %q; known: %s", name, strings.Join(a.ForgeNames(), ", "))
		}
		return d, nil
	}
	var set []forge.Descriptor
	var names, variables []string
	for _, d := range a.Forges {
		variables = append(variables, d.Tokens[0])
		if token, _, _ := a.ForgeToken(ForgeFlags{}, d); !token.Empty() {
			set, names = append(set, d), append(names, d.Name)
		}
	}
	switch len(set) {
	case 1:
		return set[0], nil
	case 0:
		return forge.Descriptor{}, fault.WithHint(service.MissingToken{Text: "no forge is known: neither the CI, nor the checkout, nor a token names one"},
			"name it with --forge and set its token: %s", alternatives(variables))
	default:
		return forge.Descriptor{}, fault.WithHint(fault.Errorf(fault.Input, "which forge? There are tokens for %s", strings.Join(names, ", ")), "name it with --forge")
	}
}

// alternatives joins words as in "A, B or C".
func alternatives(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// appID returns the id of the application that is to be used, or "".
func (a *To) appID(f ForgeFlags, d forge.Descriptor) string {
	if d.App.ID == "" {
		return ""
	}
	return cmp.Or(f.GitHubAppID, a.Env(d.App.ID))
}

// forgeApp reads the identity of the application that is used instead of a token.
func (a *To) forgeApp(f ForgeFlags, d forge.Descriptor) (id string, key secret.Value, err error) {
	key = secret.New(a.Env(d.App.Key))
	if f.GitHubAppKey != "" {
		if key, err = secret.FromFile(a.Path(f.GitHubAppKey)); err != nil {
			return "", key, fault.Errorf(fault.Input, "read the %s App's private key %s: %w", d.Title, f.GitHubAppKey, err)
		}
	}
	return a.appID(f, d), key, nil
}

// ForgeToken reads the token. It is empty without an error where an
// application's identity is to be used instead.
func (a *To) ForgeToken(f ForgeFlags, d forge.Descriptor) (secret.Value, string, error) {
	if f.ForgeTokenFile != "" {
		token, err := secret.FromFile(a.Path(f.ForgeTokenFile))
		found, err := a.explicit(token, "the file "+f.ForgeTokenFile, err)
		return found.token, found.from, err
	}
	if d.JobToken {
		const input = "the input github-token"
		if token := a.bare(f.ForgeToken, input); !token.Empty() {
			return token, input, nil
		}
	}
	app := "the " + d.Title + " App " + a.appID(f, d)
	if f.GitHubAppID != "" && d.App.ID != "" {
		return secret.Value{}, app, nil
	}
	for _, name := range d.Tokens {
		token := a.tokenIn(name)
		if token.Empty() {
			continue
		}
		issuer, known := a.Recognise(token)
		if known && issuer.System != d.Name {
			return secret.Value{}, "", fault.WithHint(
				fault.Errorf(fault.Input, "the token in %s is a %s, not one of %s", name, issuer.What, d.Title), "nothing was sent; set the right token")
		}
		return token, name, nil
	}
	if a.appID(f, d) != "" {
		return secret.Value{}, app, nil
	}
	return secret.Value{}, "", fault.WithHint(
		service.MissingToken{Text: "no token for " + d.Title + ": none of " + strings.Join(d.Tokens, ", ") + " is set"}, "%s", d.TokenHint)
}

// toldAddress is the forge's web address as the CI says it, "" if it does not.
func toldAddress(d forge.Descriptor, run ci.Run) string {
	if run.Forge != d.Name || run.System == ci.Git || run.Origin["forgeUrl"] == "git" {
		return ""
	}
	return run.ForgeURL
}

// forgeAddress finds the address: the flag, the forge's variables, what the CI
// says, the public one. What a checkout's remote says is not taken: whoever
// made the repository would choose where the token goes.
func (a *To) forgeAddress(f ForgeFlags, d forge.Descriptor, run ci.Run, owner string) (string, error) {
	address := f.ForgeURL
	for _, name := range d.Addresses {
		address = cmp.Or(address, a.Env(name))
	}
	if address = cmp.Or(address, toldAddress(d, run)); address != "" {
		return d.API(strings.TrimRight(address, "/")), nil
	}
	if public := d.Public(owner); public != "" {
		return public, nil
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "no address for %s", d.Title),
		"set %s or --forge-url", strings.Join(d.Addresses, " or "))
}
