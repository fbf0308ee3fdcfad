package match

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// Tree is the files of a commit, indexed so that the ones that end like a given
// path are found without looking at the rest. It may be used by many at a time
// once made.
type Tree struct {
	files  []string
	groups map[string][]int32 // base name → files, ordered by their paths read backwards
	fold   func() *Tree       // the same with its paths in lower case, by the same indexes
}

// NewTree indexes slash-separated paths relative to the repository's root. The
// slice must not change afterwards. Without files the tree is empty, not
// unknown: nothing matches it.
func NewTree(files []string) *Tree {
	t := &Tree{files: files}
	t.fold = sync.OnceValue(func() *Tree {
		lower := make([]string, len(files))
		for i, f := range files {
			lower[i] = strings.ToLower(f)
		}
		return NewTree(lower)
	})
	// Group by counting, so that the groups share one array.
	ids := make(map[string]int32, len(files)/2)
	group := make([]int32, len(files))
	var sizes []int32
	for i, f := range files {
		base := f[strings.LastIndexByte(f, '/')+1:]
		id, ok := ids[base]
		if !ok {
			id = int32(len(sizes))
			ids[base] = id
			sizes = append(sizes, 0)
		}
		group[i] = id
		sizes[id]++
	}
	all := make([]int32, len(files))
	starts := make([]int32, len(sizes))
	for i, at := 0, int32(0); i < len(sizes); i++ {
		starts[i] = at
		at += sizes[i]
	}
	next := slices.Clone(starts)
	for i, id := range group {
		all[next[id]] = int32(i)
		next[id]++
	}
	t.groups = make(map[string][]int32, len(ids))
	for base, id := range ids {
		g := all[starts[id] : starts[id]+sizes[id] : starts[id]+sizes[id]]
		if len(g) > 1 {
			slices.SortFunc(g, func(a, b int32) int { return backwards(files[a], files[b]) })
		}
		t.groups[base] = g
	}
	return t
}

// find gives a file's index, -1 if there is none of that path.
func (t *Tree) find(path string) int {
	g := t.groups[path[strings.LastIndexByte(path, '/')+1:]]
	if len(g) == 1 {
		if t.files[g[0]] == path {
			return int(g[0])
		}
		return -1
	}
	i, ok := slices.BinarySearchFunc(g, path, func(f int32, p string) int { return backwards(t.files[f], p) })
	if !ok {
		return -1
	}
	return int(g[i])
}

// alike gives the files that share the longest run of last components with
// path, and how many those are; none if not even the base name is found.
func (t *Tree) alike(path string) (files []int32, common int) {
	g := t.groups[path[strings.LastIndexByte(path, '/')+1:]]
	if len(g) == 0 {
		return nil, 0
	}
	at, _ := slices.BinarySearchFunc(g, path, func(f int32, p string) int { return backwards(t.files[f], p) })
	for _, i := range [2]int{at - 1, at} {
		if i >= 0 && i < len(g) {
			common = max(common, commonTail(t.files[g[i]], path))
		}
	}
	// Everything with that much in common is side by side.
	from := sort.Search(at, func(i int) bool { return commonTail(t.files[g[i]], path) == common })
	to := at + sort.Search(len(g)-at, func(i int) bool { return commonTail(t.files[g[at+i]], path) < common })
	return g[from:to], common
}

// backwards orders paths by their components from the last to the first.
func backwards(a, b string) int {
	i, j := len(a), len(b)
	for i > 0 && j > 0 {
		x, y := a[i-1], b[j-1]
		if x != y {
			// The separator sorts first, so that components compare whole.
			if x == '/' {
				return -1
			}
			if y == '/' {
				return 1
			}
			return int(x) - int(y)
		}
		i--
		j--
	}
	return i - j
}

// commonTail is the number of whole components that two paths end in alike.
func commonTail(a, b string) int {
	n := 0
	i, j := len(a), len(b)
	for i > 0 && j > 0 && a[i-1] == b[j-1] {
		i--
		j--
		if a[i] == '/' {
			n++
		}
	}
	// Each separator in the run begins a whole component. What stands before
	// the first is whole if both paths begin it here.
	if i < len(a) && a[i] != '/' && (i == 0 || a[i-1] == '/') && (j == 0 || b[j-1] == '/') {
		n++
	}
	return n
}
