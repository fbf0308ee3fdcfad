package doctor

import (
	"cmp"
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/forge"
)

// soon is how long before its end a token is warned of.
const soon = 14 * 24 * time.Hour

// forge looks at the forge's token, where one is set: whether it is accepted, and
// when it ends.
func (d *Doctor) forge(ctx context.Context) {
	run := d.found
	owner := cmp.Or(run.Owner, d.target.Repo.Owner)
	host, err := d.To.OpenForge(connect.ForgeFlags{}, connect.WriteFlags{Masked: true}, run, owner)
	if err != nil || owner == "" {
		return // not every job needs one; commands that do say so
	}
	// The first page is enough to see whether the token is accepted.
	for _, err := range host.Client.Repositories(ctx, owner, forge.Filter{}) {
		if err != nil {
			d.warn("forge token", "", "%s, from %s: %v", host.Title, host.TokenFrom, err)
			return
		}
		break
	}
	if host.Notice != nil {
		if text := host.Notice(host.TokenFrom); text != "" {
			d.warn("forge notice", "", "%s, from %s: %s", host.Title, host.TokenFrom, text)
		}
	}
	switch ends := host.Clock.CredentialEnds(); {
	case ends.IsZero():
		d.ok("forge token", "%s, from %s; it does not say when it expires", host.Title, host.TokenFrom)
	case time.Until(ends) < soon:
		d.warn("forge token", "make another before its end", "%s, from %s; expires %s", host.Title, host.TokenFrom, ends.Format("2006-01-02 15:04 MST"))
	default:
		d.ok("forge token", "%s, from %s; expires %s", host.Title, host.TokenFrom, ends.Format(time.DateOnly))
	}
}
