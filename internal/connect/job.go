package connect

import (
	"cmp"
	"context"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Opener opens a token service by the flags.
type Opener func(ServiceFlags) (*Service, error)

// NewJob returns a job that reaches what the flags name.
func (a *To) NewJob(t TargetFlags, s ServiceFlags, open Opener) *job.Job {
	a.CommandsOnStdout()
	j := &job.Job{}
	a.Fill(j, t, s, open)
	return j
}

// Fill lets a job reach what the flags name. The tokens of the services' and
// forges' variables are hidden before anything is printed.
func (a *To) Fill(j *job.Job, t TargetFlags, s ServiceFlags, open Opener) {
	a.hideVariables()
	j.Console, j.Named = a.Console, s.Service
	j.Sources = job.Sources{
		Locate: func(ctx context.Context) (ci.Run, *git.Repo, error) { return t.Resolve(ctx, a) },
		Service: func(name string) (*job.Service, error) {
			f := s
			if f.Service = cmp.Or(name, s.Service); f.Service != s.Service && name != "" {
				f.Token, f.TokenFrom = a.tokenFor(name, s)
			}
			o, err := open(f)
			if err != nil {
				return nil, err
			}
			return jobService(o), nil
		},
		Known:     func(name string) error { _, err := a.ServiceNamed(name); return err },
		SourceURL: a.SourceURL,
	}
}

// tokenFor returns the token that the command found itself if it is one of the
// named service's, by its prefix.
func (a *To) tokenFor(name string, s ServiceFlags) (token secret.Value, from string) {
	if d, err := a.ServiceNamed(name); err == nil && d.Prefix != "" && s.Token.HasPrefix(d.Prefix) {
		return s.Token, s.TokenFrom
	}
	return token, ""
}

// hideVariables hides the tokens that the variables of services and forges hold.
func (a *To) hideVariables() {
	a.Hide(a.tokenIn("GATEWRIGHT_ACCESS_TOKEN"))
	for _, s := range a.Services {
		for _, v := range s.Tokens {
			if token := a.tokenIn(v.Name); !v.Common || token.HasPrefix(s.Prefix) {
				a.Hide(token)
			}
		}
	}
	for _, f := range a.Forges {
		for _, name := range append(f.Tokens, f.App.Key) {
			a.Hide(a.tokenIn(name))
		}
	}
}

func jobService(o *Service) *job.Service {
	s := &job.Service{Name: o.Name, Title: o.Title, OwnResults: o.OwnResults, Client: o.Client, Lacks: o.lacks}
	s.Account = func() (*job.Service, error) {
		by, err := o.withToken(service.AccountToken)
		if err != nil || by == o {
			return s, err
		}
		return jobService(by), nil
	}
	return s
}

// PublishTo sets the ways to the forge: comments and statuses, and reports on
// commits where the CI shows them.
func (a *To) PublishTo(j *job.Job, f ForgeFlags) {
	j.Sources.Forge = func(run ci.Run) (*job.Forge, error) {
		o, err := a.OpenForge(f, WriteFlags{}, run, run.Owner)
		if err != nil {
			return nil, err
		}
		return &job.Forge{Title: o.Title, Comment: commentFlavour(o.Comment), Client: o.Client, Artifacts: o.Client.Artifacts, Keeps: o.Client.Keeps, Git: o.Git}, nil
	}
	j.Sources.Insight = func(run ci.Run) (forge.Insighter, error) {
		if run.System != ci.Bitbucket {
			return nil, nil
		}
		o, err := a.OpenForge(f, WriteFlags{}, run, run.Owner)
		if service.IsNoToken(err) {
			return a.Pipelines(a)
		}
		if err != nil {
			return nil, err
		}
		return o.Client.Insights, nil
	}
}

// commentFlavour is how a summary is written for a forge's comments. Room is
// left for the marker.
func commentFlavour(f forge.Flavour) summary.Flavour {
	return summary.Flavour{Limit: f.Longest - f.Longest/64, Mermaid: f.Mermaid, HTML: f.HTML}
}
