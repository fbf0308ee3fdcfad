package git

import (
	"context"
	"time"
)

// Endless is the hint of a call that did not end.
const Endless = endless

// Hurry sets how long one call of git may take.
func (r *Repo) Hurry(d time.Duration) { r.patience = d }

// FetchWithin is OpenDepot's fetch with a bound of its own.
func FetchWithin(ctx context.Context, d time.Duration, a Access, dir string) error {
	return (&Depot{access: a, ref: "refs/heads/kept", dir: dir, patience: d}).fetch(ctx)
}
