package coverage

// columns are what is known of a file. Most formats know lines and one of the
// others, so those are nil until something is put into them.
type columns struct {
	lines      table[uint32]
	branches   *table[uint64] // line and identity → how often it was taken
	counts     *table[uint32] // line → branches known by number only, see packed
	missing    *table[uint64] // line and name → in how many records of counts the branch did not run, see SetMissing
	statements *table[uint64] // place of a block → its statements, covered or not
	functions  map[int]int64  // line of a declaration → calls; only where a reader was asked for them
	totals     Totals
	counted    bool // totals are known
}

// of returns a table, making it if need be.
func of[K uint32 | uint64](t **table[K]) *table[K] {
	if *t == nil {
		*t = new(table[K])
	}
	return *t
}

// count returns the totals of settled columns. They are remembered in the copies
// that a report keeps of whole files; known forgets them as soon as anything is
// added.
func (c *columns) count() Totals {
	if c.counted {
		return c.totals
	}
	t := Totals{Files: 1, Lines: Count{Covered: c.lines.covered(), Coverable: c.lines.len()}}
	if c.counts.len() == 0 {
		t.Branches = Branches{Covered: c.branches.covered(), Total: c.branches.len()}
	} else {
		for _, b := range byLine(c.branches, c.counts, c.missing) {
			t.Branches.Covered += b.Covered
			t.Branches.Total += b.Total
		}
	}
	var coverable, covered int64
	for i := range c.statements.len() {
		n := c.statements.count(i)
		coverable += n >> 1
		covered += (n >> 1) * (n & 1)
	}
	t.Statements = Count{int(covered), int(coverable)}
	return t
}

// empty reports whether nothing was ever put into the columns, or all cleared.
func (c *columns) empty() bool {
	return len(c.lines.keys) == 0 && c.branches.len() == 0 && c.counts.len() == 0 && c.statements.len() == 0 && len(c.functions) == 0
}

// settle puts all tables in order.
func (c *columns) settle(largest bool) {
	// Only lines depend on the format: identities of branches are sums in all.
	c.lines.settle(again(largest))
	c.branches.settle(sums)
	c.counts.settle(branchCounts)
	c.missing.settle(sums)
	c.statements.settle(blocks)
}

// trim frees the memory that is of no use once a report is whole.
func (c *columns) trim() {
	c.lines.trim()
	trim(&c.branches)
	trim(&c.counts)
	trim(&c.missing)
	trim(&c.statements)
}

// trim drops an empty table, and frees what growing has left of another.
func trim[K uint32 | uint64](t **table[K]) {
	if (*t).len() == 0 {
		*t = nil
	} else {
		(*t).trim()
	}
}

// clear empties all tables and keeps their memory.
func (c *columns) clear() {
	c.lines.clear()
	c.branches.clear()
	c.counts.clear()
	c.missing.clear()
	c.statements.clear()
	c.functions = nil
}

// join adds another file's settled columns to these settled ones; or, settled or
// not, it puts their records behind these, which would be sorted anew each time
// otherwise: a report may name a file in any number of sections.
func (c *columns) join(o *columns, lines merging, behind bool) {
	own := &c.lines
	join(&own, &o.lines, lines, behind)
	join(&c.branches, o.branches, sums, behind)
	join(&c.counts, o.counts, branchCounts, behind)
	join(&c.missing, o.missing, sums, behind)
	join(&c.statements, o.statements, blocks, behind)
	c.joinFunctions(o)
}

// join makes a table only where there is something to put into it.
func join[K uint32 | uint64](t **table[K], o *table[K], merge merging, behind bool) {
	switch {
	case o.len() == 0:
	case behind:
		of(t).take(o, merge)
	default:
		of(t).join(o, merge)
	}
}

// capped shares all columns, which are not changed any more: whoever adds to
// them makes new ones, since there is no room behind them. A report of a hundred
// megabytes is matched without being copied.
func (c *columns) capped() *columns {
	return &columns{
		lines: *c.lines.capped(), branches: c.branches.capped(), counts: c.counts.capped(), missing: c.missing.capped(),
		statements: c.statements.capped(), functions: c.functions, totals: c.totals, counted: c.counted,
	}
}
