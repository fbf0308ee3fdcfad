package cli

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/plugin"
)

// programs opens the stores that are programs. GATEWRIGHT_STORE_PROCESSES says
// how many processes of one program may run at a time.
func programs(a *connect.To, maxWait time.Duration) connect.Programs {
	atOnce, _ := strconv.Atoi(a.Env("GATEWRIGHT_STORE_PROCESSES")) // else one
	ours := ownVariables(a)
	return plugin.New(plugin.Options{
		Redact: a.Redact, Notify: a.Notify, MaxWait: maxWait, AtOnce: atOnce,
		Process: plugin.Process{Dir: a.Dir, Passes: func(name, value string) bool {
			return !ours[name] && !isCredential(name) && a.Redact.Clean(value) == value
		}},
	})
}

// programRules are those of the names that such a store takes.
func programRules() forge.SecretRules { return plugin.Rules() }

// ownVariables are those that hold tokens of services and forges.
func ownVariables(a *connect.To) map[string]bool {
	out := map[string]bool{}
	for _, s := range a.Services {
		for _, v := range s.Tokens {
			out[v.Name] = true
		}
	}
	for _, f := range a.Forges {
		for _, name := range append(f.Tokens, f.App.Key) {
			out[name] = true
		}
	}
	return out
}

// isCredential reports whether a variable is Gatewright's own, an input of its
// packages, or a credential that the CI made for the job. What a store's client
// needs has other names.
func isCredential(name string) bool {
	if strings.HasPrefix(name, "GATEWRIGHT_") || strings.HasPrefix(name, "INPUT_") {
		return true
	}
	ci := []string{"ACTIONS_", "CI_", "SYSTEM_", "BITBUCKET_", "RUNNER_", "GITHUB_", "GITLAB_", "GITEA_", "FORGEJO_"}
	credential := []string{"TOKEN", "JWT", "PASSWORD", "SECRET", "_KEY"}
	return slices.ContainsFunc(ci, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) &&
		slices.ContainsFunc(credential, func(what string) bool { return strings.Contains(name, what) })
}
