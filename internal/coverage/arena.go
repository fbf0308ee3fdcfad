package coverage

// arena hands out small slices from blocks, which costs less than to allocate
// each. Blocks double up to a size, so that a small report takes little. Nothing
// is given back: what a report holds lives as long as the report. The slices have
// no room behind them, so that appending to one never writes into the next.
type arena[T any] struct {
	free  []T
	block int
}

const (
	firstBlock = 16
	arenaBlock = 16 << 10
)

// take returns an empty slice with room for just n values.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		if n > arenaBlock/4 { // a block would be left mostly unused for it
			return make([]T, 0, n)
		}
		a.block = max(min(2*a.block, arenaBlock), firstBlock, n)
		a.free = make([]T, a.block)
	}
	s := a.free[:0:n]
	a.free = a.free[n:]
	return s
}

// one returns a single value, zero.
func (a *arena[T]) one() *T { return &a.take(1)[:1][0] }

// store is where the columns of a report's files are.
type store struct {
	columns arena[columns]
	wide    arena[table[uint64]]
	narrow  arena[table[uint32]]
	u32     arena[uint32]
	u64     arena[uint64]
}

// exact copies settled columns, in just the size that they need, and counts
// them now, while they are near. Nothing needs no columns.
func (s *store) exact(c *columns) *columns {
	if c.empty() {
		return nil
	}
	e := s.columns.one()
	e.totals, e.counted = c.count(), true
	narrow := shelf[uint32]{&s.narrow, &s.u32, &s.u32}
	wide := shelf[uint64]{&s.wide, &s.u64, &s.u32}
	narrow.exact(&c.lines, &e.lines)
	e.branches, e.counts, e.statements = wide.copy(c.branches), narrow.copy(c.counts), wide.copy(c.statements)
	e.missing = wide.copy(c.missing)
	e.functions = c.functions
	return e
}

// shelf is where tables with one type of key are put.
type shelf[K uint32 | uint64] struct {
	tables *arena[table[K]]
	keys   *arena[K]
	values *arena[uint32]
}

// copy returns t in just the size that it needs; nil for an empty one.
func (s shelf[K]) copy(t *table[K]) *table[K] {
	if t.len() == 0 {
		return nil
	}
	e := s.tables.one()
	s.exact(t, e)
	return e
}

// exact fills e with a copy of t. The few large counts are allocated for
// themselves: hardly a report has any.
func (s shelf[K]) exact(t, e *table[K]) {
	n := len(t.keys)
	if n > 0 {
		e.keys, e.values = append(s.keys.take(n), t.keys...), append(s.values.take(n), t.values...)
	}
	if len(t.large) > 0 {
		e.large = append([]int64(nil), t.large...)
	}
}
