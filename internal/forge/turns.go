package forge

import (
	"context"
	"sync"
)

// Turns let only so many at a time work on what a name stands for; who comes next
// waits as long as its context lives. The zero Turns let one. They are safe for
// concurrent use.
type Turns struct {
	AtOnce int // 0 is one

	by sync.Map // channels, by name
}

// Take waits for a turn. give ends it, and is nil after an error.
func (t *Turns) Take(ctx context.Context, name string) (give func(), err error) {
	kept, _ := t.by.LoadOrStore(name, make(chan struct{}, max(t.AtOnce, 1)))
	turn := kept.(chan struct{}) // nothing else is stored
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if ctx.Err() != nil { // select takes either way
		<-turn
		return nil, ctx.Err()
	}
	return func() { <-turn }, nil
}
