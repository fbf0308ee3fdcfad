package coverage

import (
	"hash/maphash"
	"iter"
	"math/bits"

	"github.com/gatewright/gatewright/internal/scan"
)

// index holds a report's files and finds them by their paths. A file costs
// little beside its path, because a report may name a million of them and know
// nothing of any. Slots are eight bytes, openly addressed: the upper half of
// the path's hash, and one more than the file's place. Hashes are seeded anew
// for each report, so that none can choose paths that collide.
type index struct {
	seed   maphash.Seed
	slots  []uint64 // a power of two, at most three quarters in use; 0 is free
	shift  int      // from a hash to its slot: slots stay in the order of hashes as they grow
	chunks [][]File
	n      int
	names  scan.Pieces
}

const (
	chunkBits = 7
	chunkSize = 1 << chunkBits
	placeMask = 1<<32 - 1
)

// newIndex returns an empty index, small enough for a report of one file.
func newIndex() index {
	const size = 64
	return index{seed: maphash.MakeSeed(), slots: make([]uint64, size), shift: 64 - bits.Len(size-1)}
}

// find returns the file of a path with that hash, nil if there is none. Half of
// the hash is compared first: paths are far away in memory, hashes are here.
func find[P string | []byte](x *index, hash uint64, path P) *File {
	for i := hash >> x.shift; ; i++ {
		i &= uint64(len(x.slots) - 1)
		slot := x.slots[i]
		if slot == 0 {
			return nil
		}
		if slot>>32 == hash>>32 {
			if f := x.at(slot&placeMask - 1); f.Path == string(path) {
				return f
			}
		}
	}
}

// at is a file by its place. Files are in chunks that never move, because callers
// hold pointers to them while more are added.
func (x *index) at(place uint64) *File { return &x.chunks[place>>chunkBits][place%chunkSize] }

// add appends a file whose path is not in the index.
func (x *index) add(hash uint64, path string) *File {
	if x.n%chunkSize == 0 {
		x.chunks = append(x.chunks, make([]File, chunkSize))
	}
	if 4*x.n >= 3*len(x.slots) {
		x.grow()
	}
	f := x.at(uint64(x.n))
	f.Path = path
	x.n++
	x.put(hash&^placeMask | uint64(x.n))
	return f
}

// put takes the first free slot from the one that the hash names. There is one:
// add keeps a quarter of them free.
func (x *index) put(slot uint64) {
	i := slot >> x.shift
	for x.slots[i] != 0 {
		i = (i + 1) & uint64(len(x.slots)-1)
	}
	x.slots[i] = slot
}

// grow doubles the slots. The hashes that they hold suffice to sort them anew:
// their upper half decides the place for up to 2³² slots.
func (x *index) grow() {
	old := x.slots
	x.slots = make([]uint64, 2*len(old))
	x.shift--
	for _, slot := range old {
		if slot != 0 {
			x.put(slot)
		}
	}
}

// all returns the files in the order that they came.
func (x *index) all() iter.Seq[*File] {
	return func(yield func(*File) bool) {
		for place := range uint64(x.n) {
			if !yield(x.at(place)) {
				return
			}
		}
	}
}
