package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
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
	Visibility string   `enum:",all,private,selected" default:"" help:"GitHub organization secrets: repositories that see it: all, private or selected. New ones are private."`
	Selected   []string `name:"selected-repos" placeholder:"NAME,…" help:"GitHub organization secrets with visibility selected: the repositories."`
	Protected  bool     `help:"GitLab: show the variable to protected branches and tags only. Pipelines of merge requests then have no token, so it is off by default."`
	Hidden     bool     `help:"GitLab 17.4 and later: make the value unreadable for people too. A variable that is there must be deleted and made anew for that."`
	Masked     bool     `default:"true" negatable:"" help:"GitLab: mask the value in job logs."`
}

// check refuses flags that the forge has no use for.
func (w WriteFlags) check(forgeName, title string) error {
	for flag, wrong := range map[string]bool{
		"--visibility":     w.Visibility != "" && forgeName != "github",
		"--selected-repos": len(w.Selected) > 0 && forgeName != "github",
		"--protected":      w.Protected && forgeName != "gitlab",
		"--hidden":         w.Hidden && forgeName != "gitlab",
	} {
		if wrong {
			return fault.Errorf(fault.Input, "%s means nothing to %s", flag, title)
		}
	}
	if len(w.Selected) > 0 && w.Visibility != "selected" {
		return fault.Errorf(fault.Input, "--selected-repos needs --visibility selected")
	}
	return nil
}

// openedForge is a forge ready to be asked.
type openedForge struct {
	Name      string // "github"
	Title     string // "GitHub"
	BaseURL   string // of its API
	TokenFrom string // "GH_TOKEN", "the file token.txt", …
	Client    forge.Forge
	Clock     *rest.ServerClock // the forge's own time, as its answers tell
}

// forgeInfo is one line of the table of forges.
type forgeInfo struct {
	name, title string
	tokens      []string // variables, first set wins
	addresses   []string // variables
	tokenHint   string
	profile     func() pace.Profile
	api         func(address string) string // the API's base URL from whatever address was given
	public      func(owner string) string   // base URL of the public one; "" if there is none
	blob        string                      // what its web pages put between a repository and a file at a commit, %s; "" if they cannot be put together so
	connect     func(a *App, r forgeRequest) (forge.Forge, error)
}

// forgeRequest is everything a forge is connected with.
type forgeRequest struct {
	flags     ForgeFlags
	write     WriteFlags
	owner     string
	token     secret.Value
	tokenFrom string
	rest      rest.Config // without a credential
}

// sourceURL is the web address of a run's files at its commit, up to their
// paths; "" if it is not known.
func sourceURL(run ci.Run) string {
	i := slices.IndexFunc(forges(), func(f forgeInfo) bool { return f.name == run.Forge })
	if i < 0 || forges()[i].blob == "" || run.ForgeURL == "" || run.Owner == "" || run.Commit == "" {
		return ""
	}
	repository := (&url.URL{Path: "/" + run.Owner + "/" + run.Name}).EscapedPath()
	return strings.TrimRight(run.ForgeURL, "/") + repository + fmt.Sprintf(forges()[i].blob, url.PathEscape(run.Commit))
}

func forgeNames() []string {
	var out []string
	for _, f := range forges() {
		out = append(out, f.name)
	}
	return out
}

// openForge finds the forge and its token. run says what the CI and the
// checkout know; owner is whose secrets or repositories are meant. Nothing is
// sent. Without any token the error is one for which isNoToken holds.
func (a *App) openForge(f ForgeFlags, w WriteFlags, run ci.Run, owner string) (*openedForge, error) {
	info, err := a.whichForge(f, run)
	if err != nil {
		return nil, err
	}
	if err := w.check(info.name, info.title); err != nil {
		return nil, err
	}
	r := forgeRequest{flags: f, write: w, owner: owner}
	if r.token, r.tokenFrom, err = a.forgeToken(f, info); err != nil {
		return nil, err
	}
	a.Hide(r.token)
	address, err := a.forgeAddress(f, info, run, owner)
	if err != nil {
		return nil, err
	}
	if r.rest, err = a.restConfig(info.title, address, f.ForgeInsecure); err != nil {
		return nil, err
	}
	if f.MaxWait > 0 {
		r.rest.MaxWait, a.Pace.Options.MaxWait = f.MaxWait, f.MaxWait
	}
	host := address
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	credential := r.token.Fingerprint()
	if r.token.Empty() {
		credential = "app " + a.appID(f) + " in " + owner
	}
	r.rest.Pace = a.Pace.For(info.profile(), host, credential)
	clock := &rest.ServerClock{}
	r.rest.Clock = clock
	client, err := info.connect(a, r)
	if err != nil {
		return nil, err
	}
	return &openedForge{Name: info.name, Title: info.title, BaseURL: address, TokenFrom: r.tokenFrom, Client: client, Clock: clock}, nil
}

// whichForge decides by the flag, by what the CI or the checkout says, or by
// the one forge whose token is set.
func (a *App) whichForge(f ForgeFlags, run ci.Run) (forgeInfo, error) {
	name := run.Forge
	if f.Forge != "" {
		known, ok := ci.ForgeName(f.Forge)
		if !ok {
			return forgeInfo{}, fault.Errorf(fault.Input, "unknown forge %q; known: %s", f.Forge, strings.Join(forgeNames(), ", "))
		}
		name = known
	}
	var set []string
	for _, info := range forges() {
		if info.name == name {
			return info, nil
		}
		if token, _, _ := a.forgeToken(ForgeFlags{}, info); !token.Empty() {
			set = append(set, info.name)
		}
	}
	switch {
	case name != "":
		return forgeInfo{}, fault.Errorf(fault.Input, "unknown forge %q; known: %s", name, strings.Join(forgeNames(), ", "))
	case len(set) == 1:
		return a.whichForge(ForgeFlags{Forge: set[0]}, run)
	case len(set) > 1:
		return forgeInfo{}, fault.WithHint(fault.Errorf(fault.Input, "which forge? There are tokens for %s", strings.Join(set, ", ")), "name it with --forge")
	default:
		return forgeInfo{}, fault.WithHint(noTokenError{Text: "no forge is known: neither the CI, nor the checkout, nor a token tells one"},
			"name it with --forge and set its token: GH_TOKEN, GITLAB_TOKEN, AZURE_DEVOPS_EXT_PAT, BITBUCKET_TOKEN or GITEA_TOKEN")
	}
}

func (a *App) appID(f ForgeFlags) string { return firstSet(f.GitHubAppID, a.env("GITHUB_APP_ID")) }

// forgeToken reads the token. An empty one without an error is GitHub's, which
// an App gets by itself.
func (a *App) forgeToken(f ForgeFlags, info forgeInfo) (secret.Value, string, error) {
	if f.ForgeTokenFile != "" {
		token, err := secret.FromFile(a.path(f.ForgeTokenFile))
		found, err := explicit(token, "the file "+f.ForgeTokenFile, err)
		return found.token, found.from, err
	}
	isGitHub := slices.Contains(info.tokens, "GH_TOKEN")
	if !f.ForgeToken.Empty() && (isGitHub || info.name == "gitea") {
		return f.ForgeToken, "the input github-token", nil
	}
	if isGitHub && f.GitHubAppID != "" {
		return secret.Value{}, "the GitHub App " + f.GitHubAppID, nil
	}
	for _, name := range info.tokens {
		token := secret.New(a.env(name))
		if token.Empty() {
			continue
		}
		issuer, known := recognise(token)
		if known && issuer.System != info.name {
			return secret.Value{}, "", fault.WithHint(
				fault.Errorf(fault.Input, "the token in %s is a %s, not one of %s", name, issuer.What, info.title), "nothing was sent; set the right token")
		}
		return token, name, nil
	}
	if isGitHub && a.appID(f) != "" {
		return secret.Value{}, "the GitHub App " + a.appID(f), nil
	}
	return secret.Value{}, "", fault.WithHint(
		noTokenError{Text: "no token for " + info.title + ": none of " + strings.Join(info.tokens, ", ") + " is set"}, "%s", info.tokenHint)
}

// forgeAddress finds the address: the flag, the forge's variables, what the CI
// says, the public one. What a checkout's remote says is not taken: whoever
// made the repository would choose where the token goes.
func (a *App) forgeAddress(f ForgeFlags, info forgeInfo, run ci.Run, owner string) (string, error) {
	address := f.ForgeURL
	for _, name := range info.addresses {
		address = firstSet(address, a.env(name))
	}
	if address == "" && run.Forge == info.name && run.System != ci.Git && run.Origin["forgeUrl"] != "git" {
		address = run.ForgeURL
	}
	if address != "" {
		return info.api(strings.TrimRight(address, "/")), nil
	}
	if public := info.public(owner); public != "" {
		return public, nil
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "no address for %s", info.title),
		"set %s or --forge-url", strings.Join(info.addresses, " or "))
}
