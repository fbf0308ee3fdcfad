package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// cost is what some functions take.
type cost struct{ code, tables, functions int }

func (c cost) bytes() int { return c.code + c.tables }

func (c *cost) add(d cost) {
	c.code += d.code
	c.tables += d.tables
	c.functions += d.functions
}

// tables is the section .gopclntab taken apart: five tables, one after the
// other, and the functions' data (stack maps, trees of inlined calls) last. The
// layout is that of runtime.pcHeader, _func and moduledata of Go 1.26.
type tables struct {
	section  []byte
	names    []byte // function names, each ended by a zero
	pcs      []byte // per function: line numbers, files, stack depths by address
	funcs    []byte // the index, then one record per function
	data     []byte // funcdata
	count    int    // of functions
	textSize int
}

// magic is what .gopclntab begins with since Go 1.20.
const magic = 0xfffffff1

// funcdataField is the place of moduledata.gofunc in .go.module.
const funcdataField = 320

func readTables(f *elf.File) (*tables, error) {
	text, lines, module := f.Section(".text"), f.Section(".gopclntab"), f.Section(".go.module")
	if text == nil || lines == nil || module == nil || f.Class != elf.ELFCLASS64 {
		return nil, errors.New("not a 64-bit program of Go 1.26 or later")
	}
	section, err := lines.Data()
	if err != nil {
		return nil, err
	}
	data, err := module.Data()
	if err != nil {
		return nil, err
	}
	word := func(b []byte, at int) int { return int(binary.LittleEndian.Uint64(b[at:])) }
	if len(section) < 72 || len(data) < funcdataField+8 || binary.LittleEndian.Uint32(section) != magic {
		return nil, fmt.Errorf("unknown layout of %s", lines.Name)
	}
	names, units, pcs, funcs := word(section, 32), word(section, 40), word(section, 56), word(section, 64)
	funcdata := word(data, funcdataField) - int(lines.Addr)
	if !sort.IntsAreSorted([]int{72, names, units, pcs, funcs, funcdata, len(section)}) {
		return nil, fmt.Errorf("unknown layout of %s", lines.Name)
	}
	return &tables{
		section: section, names: section[names:units], pcs: section[pcs:funcs], funcs: section[funcs:funcdata], data: section[funcdata:],
		count: word(section, 8), textSize: int(text.Size),
	}, nil
}

// account sums up the cost of all functions by what group says of their names.
// Shared is what is left of the tables: it belongs to no function alone.
// What several functions refer to is counted for the first of them.
func (t *tables) account(group func(string) string) (sums map[string]cost, shared int) {
	sums = map[string]cost{}
	seenPC, seenData := map[uint32]bool{0: true}, map[uint32]bool{^uint32(0): true}
	dataSize := t.dataSizes()
	shared = len(t.section)
	t.each(func(fn function) {
		c := cost{code: fn.size, tables: 8 + len(fn.record) + len(fn.name) + 1, functions: 1}
		for _, at := range fn.pcs() {
			if !seenPC[at] {
				seenPC[at] = true
				c.tables += pcTableSize(t.pcs[at:])
			}
		}
		for _, at := range fn.funcdata() {
			if !seenData[at] {
				seenData[at] = true
				c.tables += dataSize[at]
			}
		}
		shared -= c.tables
		name := group(fn.name)
		sum := sums[name]
		sum.add(c)
		sums[name] = sum
	})
	return sums, shared
}

// function is one entry of the index with its record.
type function struct {
	name   string
	size   int    // of its machine code, padding included
	record []byte // runtime._func and the two lists of offsets behind it
}

// fixed is the size of runtime._func.
const fixed = 44

func (fn function) word(at int) uint32 { return binary.LittleEndian.Uint32(fn.record[at:]) }

// pcs are the offsets of its tables by address: stack depth, file, line, and
// those that the record lists.
func (fn function) pcs() []uint32 {
	offsets := []uint32{fn.word(16), fn.word(20), fn.word(24)}
	for i := range int(fn.word(28)) {
		offsets = append(offsets, fn.word(fixed+4*i))
	}
	return offsets
}

func (fn function) funcdata() []uint32 {
	var offsets []uint32
	for at := fixed + 4*int(fn.word(28)); at < len(fn.record); at += 4 {
		offsets = append(offsets, fn.word(at))
	}
	return offsets
}

// each calls visit for every function, in the order of their addresses.
func (t *tables) each(visit func(function)) {
	word := func(at int) int { return int(binary.LittleEndian.Uint32(t.funcs[at:])) }
	for i := range t.count {
		start, record := word(8*i), word(8*i+4)
		end := t.textSize
		if i+1 < t.count {
			end = word(8 * (i + 1))
		}
		npc, ndata := word(record+28), int(t.funcs[record+43])
		name, _, _ := bytes.Cut(t.names[word(record+4):], []byte{0})
		visit(function{name: string(name), size: end - start, record: t.funcs[record : record+fixed+4*(npc+ndata)]})
	}
}

// dataSizes returns the length of each piece of funcdata: it reaches to where the
// next begins.
func (t *tables) dataSizes() map[uint32]int {
	sizes := map[uint32]int{}
	t.each(func(fn function) {
		for _, at := range fn.funcdata() {
			sizes[at] = 0
		}
	})
	delete(sizes, ^uint32(0))
	starts := make([]int, 0, len(sizes)+1)
	for at := range sizes {
		starts = append(starts, int(at))
	}
	sort.Ints(starts)
	starts = append(starts, len(t.data))
	for i, at := range starts[:len(starts)-1] {
		sizes[uint32(at)] = starts[i+1] - at
	}
	return sizes
}

// pcTableSize is the length of a table that begins here: pairs of varints, of
// which the first is zero only at the end.
func pcTableSize(b []byte) int {
	at := 0
	for first := true; ; first = false {
		value, n := binary.Uvarint(b[at:])
		at += n
		if value == 0 && !first {
			return at
		}
		_, n = binary.Uvarint(b[at:])
		at += n
	}
}
