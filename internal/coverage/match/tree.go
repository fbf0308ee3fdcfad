package match

import (
	"cmp"
	"hash/maphash"
	"math/bits"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// Tree is the files of a commit, indexed so that the ones that end like a given
// path are found without looking at the rest. It may be used by many at a time.
type Tree struct {
	files []string         // ascending
	keys  map[int32]string // files whose path is not ASCII → their keys

	// Files are in buckets by the hash of their base names' keys: bucket b is
	// order[starts[b]:starts[b+1]].
	seed   maphash.Seed
	shift  int
	starts []uint32
	order  []int32

	sorting sync.Mutex
	sorted  map[uint64]bool // large buckets whose files are ordered by backwards

	submodules []string
	links      map[string]string // symbolic link → its target, as the commit has it

	folded func() map[string]bool // folders, once

	accented sync.Once
	twins    map[string][]int32 // by the form in which letters and accents are one; filled by findTwins
}

// NewTree indexes the files of a commit, slash-separated and relative to the
// repository's root. The slice must not change afterwards. Without files the
// tree is empty, not unknown: nothing matches it.
func NewTree(files []string) *Tree { return New(Commit{Files: files}) }

// Commit is what is known of a commit's files.
type Commit struct {
	Files      []string          // slash-separated, relative to the repository's root
	Submodules []string          // folders that are other repositories
	Links      map[string]string // symbolic links and their targets; they may be files as well
}

// New indexes a commit, whose slices must not change afterwards.
func New(c Commit) *Tree {
	t := &Tree{files: c.Files, seed: maphash.MakeSeed(), sorted: map[uint64]bool{}, keys: map[int32]string{}, submodules: c.Submodules, links: c.Links}
	t.folded = sync.OnceValue(t.folders)
	if !slices.IsSorted(t.files) {
		t.files = slices.Clone(t.files)
		slices.Sort(t.files)
	}
	n := len(t.files)
	t.shift = 64 - max(bits.Len(uint(n)), 1)
	t.starts = make([]uint32, 1<<(64-t.shift)+1)
	bucket := t.hash()
	for _, b := range bucket {
		t.starts[b+1]++
	}
	for b := 1; b < len(t.starts); b++ {
		t.starts[b] += t.starts[b-1]
	}
	t.order = make([]int32, n)
	next := slices.Clone(t.starts)
	for i, b := range bucket {
		t.order[next[b]] = int32(i)
		next[b]++
	}
	return t
}

// hash returns the bucket of each file, and fills keys.
func (t *Tree) hash() []uint32 {
	bucket := make([]uint32, len(t.files))
	var workers sync.WaitGroup
	var keys sync.Mutex
	// A commit of a million files is hashed before the first path is matched: all
	// processors share it. Each writes its own part of bucket.
	size := len(t.files)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(t.files); from += size {
		workers.Go(func() {
			for i := from; i < min(from+size, len(t.files)); i++ {
				k := key(t.files[i])
				bucket[i] = uint32(t.bucket(k))
				if !ascii(k) {
					keys.Lock()
					t.keys[int32(i)] = k
					keys.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return bucket
}

// key is the key of a file. Only those that differ from the path are kept.
func (t *Tree) key(file int32) string {
	if k, ok := t.keys[file]; ok {
		return k
	}
	return t.files[file]
}

// bucket is where files of a base name are.
func (t *Tree) bucket(key string) uint64 {
	var small [64]byte
	name := append(small[:0], base(key)...)
	for i, c := range name {
		name[i] = lower(c)
	}
	return maphash.Bytes(t.seed, name) >> t.shift
}

// manyFiles is how many files of a bucket are looked through rather than put in
// order first.
const manyFiles = 16

// named returns the files that may have the base name of a path, in order if
// they are many.
func (t *Tree) named(key string) []int32 {
	b := t.bucket(key)
	files := t.order[t.starts[b]:t.starts[b+1]]
	if len(files) <= manyFiles {
		return files
	}
	// A tree serves many reports at a time, and hardly a bucket is ever so large that
	// it is worth ordering: it is done when one is first asked for.
	t.sorting.Lock()
	defer t.sorting.Unlock()
	if !t.sorted[b] {
		slices.SortFunc(files, func(x, y int32) int {
			return cmp.Or(backwards(t.key(x), t.key(y)), strings.Compare(t.files[x], t.files[y]))
		})
		t.sorted[b] = true
	}
	return files
}

// namesakes returns the files that have the base name of a key, without regard to
// case: named may have others beside them, and not the same ones in every run. The
// slice must not be changed.
func (t *Tree) namesakes(k string) []int32 {
	files, name := t.named(k), base(k)
	called := func(f int32) bool { return commonTail(t.key(f), name) > 0 }
	if len(files) <= manyFiles {
		return keep(files, called)
	}
	files = files[t.search(files, name):]
	return files[:sort.Search(len(files), func(i int) bool { return !called(files[i]) })]
}

// fit says how well a path is a file's.
type fit int

const (
	none   fit = iota
	folded     // but for upper and lower case
	very       // the very path, accents being written either way
)

// find returns the file of a path, -1 if there is none. Where several differ
// from it by nothing but case, there is none.
func (t *Tree) find(path string) (file int32, how fit) {
	k := key(path)
	files := t.named(k)
	at := 0
	if len(files) > manyFiles {
		at = t.search(files, k)
	}
	file = -1
	for ; at < len(files); at++ {
		f := files[at]
		if t.files[f] == path {
			return f, very
		}
		if backwards(t.key(f), k) != 0 {
			if len(files) > manyFiles {
				break
			}
			continue
		}
		switch {
		// macOS decomposes accents in the names of files, and git keeps what it is given.
		case !ascii(path) && norm.NFC.String(t.files[f]) == norm.NFC.String(path):
			file, how = f, very
		case how == very:
		case how == folded:
			file = -1
		default:
			file, how = f, folded
		}
	}
	if file < 0 {
		return -1, none
	}
	return file, how
}

// search returns where a key is, or would be, among files that are in order.
func (t *Tree) search(files []int32, key string) int {
	return sort.Search(len(files), func(i int) bool { return backwards(t.key(files[i]), key) >= 0 })
}

// alike returns the files that share the longest run of last components with
// path, and how many those are; none if not even the base name is found. The
// slice is the caller's if there are few, and must not be changed.
func (t *Tree) alike(path string) (files []int32, common int) {
	k := key(path)
	g := t.named(k)
	tail := func(file int32) int { return commonTail(t.key(file), k) }
	if len(g) <= manyFiles {
		if files = best(g, 1, tail); len(files) > 0 {
			common = tail(files[0])
		}
		return files, common
	}
	at := t.search(g, k)
	for _, file := range g[max(at-1, 0):min(at+1, len(g))] {
		common = max(common, tail(file))
	}
	if common == 0 {
		return nil, 0
	}
	// Everything with that much in common is side by side.
	from := sort.Search(at, func(i int) bool { return tail(g[i]) == common })
	to := at + sort.Search(len(g)-at, func(i int) bool { return tail(g[at+i]) < common })
	return g[from:to], common
}

// folder reports whether the commit has files below a folder, without regard to
// case: tools on Windows and macOS write a folder's name in any.
func (t *Tree) folder(dir string) bool {
	return t.holds(dir) || t.folded()[strings.ToLower(key(dir))]
}

// holds is folder, but for the case of letters.
func (t *Tree) holds(dir string) bool {
	i, _ := slices.BinarySearch(t.files, dir+"/")
	return i < len(t.files) && strings.HasPrefix(t.files[i], dir+"/")
}

// mirrored returns the folder that a report in dir stands for: where the commit has
// nothing of dir, the end of it that begins in a folder of the commit, libs/a of
// coverage/libs/a. One name alone, as in coverage/test, may be a kind of tests, and so
// may what is in a folder of tests: coverage/tests/unit is not of the tests in it.
func (t *Tree) mirrored(dir string) string {
	top, rest, more := strings.Cut(dir, "/")
	for t != nil && more && !t.holds(top) {
		first, after, _ := strings.Cut(rest, "/")
		second, _, _ := strings.Cut(after, "/")
		if second != "" && !slices.Contains([]string{"test", "tests", "spec", "specs", "e2e"}, first) && t.holds(first+"/"+second) {
			return rest
		}
		_, rest, more = strings.Cut(rest, "/")
	}
	return dir
}

// folders returns all folders of the commit in lower case. They are gathered once,
// when a report names one that the commit does not have so.
func (t *Tree) folders() map[string]bool {
	all := map[string]bool{}
	for i := range t.files {
		name := t.key(int32(i))
		for dir := strings.ToLower(parent(name)); dir != "" && !all[dir]; dir = parent(dir) {
			all[dir] = true
		}
	}
	return all
}
