package servicetest

import (
	"fmt"
	"strings"
)

// table is capability × case, as the suite prints it.
type table struct{ rows [][3]string }

func (t *table) add(capability, name, result string) {
	t.rows = append(t.rows, [3]string{capability, name, result})
}

func (t *table) String() string {
	var b strings.Builder
	for _, r := range t.rows {
		fmt.Fprintf(&b, "%-14s %-28s %s\n", r[0], r[1], r[2])
	}
	return b.String()
}
