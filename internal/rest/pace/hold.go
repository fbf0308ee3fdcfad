package pace

import "time"

// hold lets nothing leave before the given time.
func (b *Budget) hold(until time.Time, why string) {
	if until.After(b.held) {
		b.held, b.why = until, why
		b.calmDown(until, time.Now())
	}
}

// After a wait all workers are ready at once. For a while they leave at a
// distance, so that the end of a wait is no burst.
const (
	calmTime = 10 * time.Second
	calmGap  = 100 * time.Millisecond
)

// calmDown lets requests leave one by one for a while after until.
func (b *Budget) calmDown(until, now time.Time) {
	if until.After(now) {
		b.calm = latest(b.calm, until.Add(calmTime))
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
