package fleet

import (
	"context"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// unplaced finds, at a service whose tokens are the tenant's, those that bear a name of
// this fleet and are of no repository that forge or journal know: it is gone and its
// journal lost, and no other command would name its token. Only a look at the whole
// fleet can tell.
func (f *Fleet) unplaced(ctx context.Context, h *history, listed map[string]bool) (out []AuditFinding, err error) {
	if !f.Service.Issue.TenantWide || f.Service.Tokens == nil || !f.whole() {
		return nil, nil
	}
	tokens, err := f.Service.Tokens.Tokens(ctx, service.Scope{})
	if unsupported(err) {
		return nil, nil
	}
	keys := map[string]bool{}
	for id := range listed {
		keys[f.key(id)] = true
	}
	for id := range h.subjects {
		keys[f.key(id)] = true
	}
	for _, t := range tokens {
		parts := strings.Split(t.Name, "-")
		n := len(parts)
		if n < 5 || len(parts[n-3]) != keyLen || keys[parts[n-3]] || !strings.HasPrefix(t.Name, f.owner()+"-"+slug(f.Policy.Org)+"-") {
			continue
		}
		out = append(out, AuditFinding{
			Kind: "unlisted", Severity: Note, Token: t.ID, Name: t.Name, ExpiresAt: t.ExpiresAt,
			Text: "of a repository that neither the forge nor the journal knows; revoke it if it is no other fleet's",
		})
	}
	return out, err
}
