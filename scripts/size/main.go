// Command size says what a Linux binary of Gatewright consists of: its
// sections, and which packages take most of the machine code and of the tables
// that Go keeps beside it (function names, line numbers, stack maps):
//
//	go run ./scripts/size [-top N] [-depth N] FILE
//
// It reads those tables themselves, so FILE may be stripped, and every byte is
// counted once. With -depth, packages are summed up by the first N elements of
// their path.
package main

import (
	"debug/elf"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"text/tabwriter"
)

func main() {
	top := flag.Int("top", 30, "how many packages to print")
	depth := flag.Int("depth", 0, "sum packages up by so many elements of their path; 0 for each alone")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(os.Stdout, flag.Arg(0), *top, *depth); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, name string, top, depth int) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := elf.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := readTables(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	sums, shared := t.account(func(function string) string { return shorten(packageOf(function), depth) })

	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	printSections(out, f, info.Size())
	fmt.Fprintln(out)
	printPackages(out, sums, shared, top)
	return out.Flush()
}

// printSections lists what lies in the file, largest first.
func printSections(w io.Writer, f *elf.File, whole int64) {
	sections := append([]*elf.Section(nil), f.Sections...)
	sort.Slice(sections, func(i, j int) bool { return sections[i].Size > sections[j].Size })
	fmt.Fprintln(w, "bytes\tshare\tsection\t")
	for _, s := range sections {
		if s.Type != elf.SHT_NOBITS && s.Size*1000 > uint64(whole) {
			fmt.Fprintf(w, "%d\t%.1f %%\t%s\t\n", s.Size, 100*float64(s.Size)/float64(whole), s.Name)
		}
	}
	fmt.Fprintf(w, "%d\t\tfile\t\n", whole)
}

// printPackages lists the largest packages, and what belongs to none.
func printPackages(w io.Writer, sums map[string]cost, shared, top int) {
	names := make([]string, 0, len(sums))
	var whole cost
	for name, c := range sums {
		names = append(names, name)
		whole.add(c)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := sums[names[i]], sums[names[j]]
		if a.bytes() != b.bytes() {
			return a.bytes() > b.bytes()
		}
		return names[i] < names[j]
	})
	fmt.Fprintln(w, "bytes\tcode\ttables\tfunctions\tpackage\t")
	row := func(c cost, name string) {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%s\t\n", c.bytes(), c.code, c.tables, c.functions, name)
	}
	var rest cost
	for i, name := range names {
		if i < top {
			row(sums[name], name)
		} else {
			rest.add(sums[name])
		}
	}
	if len(names) > top {
		row(rest, fmt.Sprintf("%d more", len(names)-top))
	}
	row(cost{tables: shared}, "names of files and of inlined functions, look-up tables")
	whole.tables += shared
	row(whole, "all")
}

// packageOf is the import path in a function's full name, as in
// "net/http.(*Client).Do" or "slices.SortFunc[...]".
func packageOf(function string) string {
	function, _, _ = strings.Cut(function, "[")
	if strings.HasPrefix(function, "type:") {
		return "type: equality and hashes"
	}
	slash := strings.LastIndexByte(function, '/') + 1
	last, _, _ := strings.Cut(function[slash:], ".")
	return strings.ReplaceAll(function[:slash]+last, "%2e", ".")
}

func shorten(path string, depth int) string {
	parts := strings.Split(path, "/")
	if depth <= 0 || len(parts) <= depth {
		return path
	}
	return strings.Join(parts[:depth], "/") + "/…"
}
