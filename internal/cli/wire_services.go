package cli

import (
	"net/url"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service/codacy"
	"github.com/gatewright/gatewright/internal/service/codeant"
	"github.com/gatewright/gatewright/internal/service/codedig"
)

// tokenVariable is one variable a service's token may be in.
type tokenVariable struct {
	name   string
	kind   codacy.Kind // what the name says of a Codacy token
	common bool        // others use this name too: its token must show by its prefix that it is the service's
}

// serviceInfo is one line of the table of services.
type serviceInfo struct {
	name      string
	title     string
	variables []tokenVariable // first set wins
	address   string          // variable with the base URL
	baseURL   string
	tokenHint string // where a token comes from
	noTokens  string // what to do instead where the service has no API for tokens
	connect   func(a *App, o *openedService, f ServiceFlags, kind codacy.Kind) (any, error)
}

// services is the table of services, in the order in which their variables are
// looked at when nothing says which service is meant.
func services() []serviceInfo {
	return []serviceInfo{
		{
			"codacy", "Codacy",
			[]tokenVariable{{name: "CODACY_PROJECT_TOKEN", kind: codacy.RepositoryToken}, {name: "CODACY_API_TOKEN", kind: codacy.AccountToken}},
			"CODACY_API_BASE_URL", codacy.DefaultBaseURL,
			"a repository token from the repository's settings at Codacy, or an account token", "", connectCodacy,
		},
		{
			"codeant", "CodeAnt",
			[]tokenVariable{{name: "CODEANT_API_TOKEN"}, {name: "ACCESS_TOKEN", common: true}},
			"CODEANT_API_URL", codeant.DefaultBaseURL,
			"an API token from CodeAnt's web page, Settings, API tokens",
			"make it on CodeAnt's web page (Settings, API tokens); it belongs to the organization, so store that one in every repository with gatewright fleet or gatewright secret",
			connectCodeAnt,
		},
		{
			"codedig", "CodeDig",
			[]tokenVariable{{name: "CODEDIG_TOKEN"}},
			"CODEDIG_API_URL", codedig.DefaultBaseURL,
			"an API key from CodeDig", "", connectCodeDig,
		},
	}
}

// paced makes a client's configuration with the budget of its token: all
// clients of the process that share a token share its rate limits.
func (a *App) paced(o *openedService, f ServiceFlags, cred rest.Credential, p pace.Profile) (rest.Config, error) {
	cfg, err := a.restConfig(o.Title, o.BaseURL, f.InsecureHTTP)
	if err != nil {
		return cfg, err
	}
	cfg.Credential = cred
	host := o.BaseURL
	if u, err := url.Parse(o.BaseURL); err == nil && u.Host != "" {
		host = u.Host
	}
	credential := o.Token.Fingerprint()
	if o.Name == "codacy" {
		credential = "" // it counts by address, whatever the token
	}
	cfg.Pace = a.Pace.For(p, host, credential)
	return cfg, nil
}

func connectCodacy(a *App, o *openedService, f ServiceFlags, kind codacy.Kind) (any, error) {
	return codacy.New(codacy.Config{
		Kind: kind, Token: o.Token,
		Connect: func(header string) (*rest.Client, error) {
			var cred rest.Credential
			if header != "" {
				cred = rest.Header(header, o.Token)
			}
			cfg, err := a.paced(o, f, cred, pace.Codacy())
			if err != nil {
				return nil, err
			}
			return rest.New(cfg)
		},
	})
}

func connectCodeAnt(a *App, o *openedService, f ServiceFlags, _ codacy.Kind) (any, error) {
	if issuer, _ := secret.Recognise(o.Token); !o.Token.Empty() && issuer.System != "codeant" {
		a.notify("the token does not begin with cdt_, as CodeAnt's API tokens do; it is used as it is")
	}
	cfg, err := a.paced(o, f, rest.Bearer(o.Token), pace.CodeAnt())
	if err != nil {
		return nil, err
	}
	api, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return codeant.New(codeant.Config{
		API: api, Token: o.Token,
		Storage: func(origin string) (*rest.Client, error) {
			cfg, err := a.restConfig("CodeAnt's storage", origin, f.InsecureHTTP)
			if err != nil {
				return nil, err
			}
			return rest.New(cfg)
		},
	}), nil
}

func connectCodeDig(a *App, o *openedService, f ServiceFlags, _ codacy.Kind) (any, error) {
	cfg, err := a.paced(o, f, rest.Bearer(o.Token), pace.CodeDig())
	if err != nil {
		return nil, err
	}
	api, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return codedig.New(codedig.Config{API: api, Key: o.Token}), nil
}
