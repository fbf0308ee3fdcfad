package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// structured reports whether a text's end shows that it is whole.
func structured(file string) bool {
	text, _ := os.ReadFile(file)
	text = bytes.TrimSpace(text)
	return len(text) > 0 && strings.ContainsRune("<{[", rune(text[0]))
}

// damage makes a file that is not what it should be.
type damage struct {
	kind, name string
	make       func(file string) (stop func(), err error)
}

func content(text func() []byte) func(string) (func(), error) {
	return func(file string) (func(), error) { return func() {}, os.WriteFile(file, text(), 0o644) }
}

// just is a text that is there already.
func just(text []byte) func() []byte { return func() []byte { return text } }

// again is a text, many times over.
func again(text string, n int) func() []byte {
	return func() []byte { return bytes.Repeat([]byte(text), n) }
}

// damages of a sample; the random ones are the same for the same name.
func damages(sample []byte, name string) (list []damage) {
	h := fnv.New64()
	_, _ = h.Write([]byte(name))
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	add := func(kind, name string, text func() []byte) {
		list = append(list, damage{kind, name, content(text)})
	}
	whole := len(bytes.TrimRight(sample, " \r\n\t"))
	for range 8 {
		at := random.IntN(max(whole-1, 1))
		add("cut", fmt.Sprint("cut at ", at), just(sample[:at]))
	}
	for range 3 {
		text := slices.Clone(sample)
		for range 1 + len(text)/200 {
			text[random.IntN(len(text))] = byte(random.IntN(256))
		}
		add("doubled", fmt.Sprint("bytes changed ", random.IntN(1000)), just(text)) // may still be one
	}
	seed := random.Uint64()
	noise := func() []byte {
		random, text := rand.New(rand.NewPCG(seed, 2)), make([]byte, 100_000)
		for i := range text {
			text[i] = byte(random.IntN(256))
		}
		return text
	}
	wide := func() []byte {
		text := []byte{0xff, 0xfe}
		for _, b := range sample {
			text = append(text, b, 0)
		}
		return text
	}
	add("empty", "empty", just(nil))
	add("empty", "spaces", again(" \n", 5000))
	add("nothing", "noise", noise)
	add("nothing", "NULs", again("\x00", 1<<20))
	add("text", "a page", again("<!doctype html><html><title>Sign in</title></html>", 1))
	add("text", "a long line", again("a", 20<<20))
	add("text", "deep lists", again("[", 5<<20))
	add("text", "deep objects", again(`{"a":`, 1<<20))
	add("text", "deep elements", again("<a>", 1<<20))
	add("text", "entities", again(`<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><coverage>&b;&c;</coverage>`, 1))
	add("text", "aliases", again("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n", 1))
	add("doubled", "twice", func() []byte { return append(slices.Clone(sample), sample...) })
	add("doubled", "in UTF-16", wide)
	add("doubled", "line ends of a Mac", func() []byte { return bytes.ReplaceAll(sample, []byte("\n"), []byte("\r")) })
	link := func(to string) func(string) (func(), error) {
		return func(file string) (func(), error) { return func() {}, os.Symlink(to, file) }
	}
	return append(list,
		damage{"none", "a link to a whole one", func(file string) (func(), error) {
			if err := os.WriteFile(file+".real", sample, 0o644); err != nil {
				return nil, err
			}
			return func() {}, os.Symlink(file+".real", file)
		}},
		damage{"missing", "not there", func(string) (func(), error) { return func() {}, nil }},
		damage{"missing", "a link to nowhere", link("/nowhere/at/all")},
		damage{"nothing", "a link to itself", func(file string) (func(), error) { return func() {}, os.Symlink(file, file) }},
		damage{"nothing", "/dev/zero", link("/dev/zero")},
		damage{"empty", "/dev/null", link("/dev/null")},
		damage{"nothing", "/dev/urandom", link("/dev/urandom")},
		damage{"nothing", "/proc/self/mem", link("/proc/self/mem")},
		damage{"nothing", "a folder", func(file string) (func(), error) { return func() {}, os.Mkdir(file, 0o755) }},
		damage{"nothing", "a FIFO", func(file string) (func(), error) { return func() {}, syscall.Mkfifo(file, 0o644) }},
		damage{"nothing", "a FIFO that never ends", func(file string) (func(), error) {
			if err := syscall.Mkfifo(file, 0o644); err != nil {
				return nil, err
			}
			f, err := os.OpenFile(file, os.O_RDWR, 0)
			if err != nil {
				return nil, err
			}
			go func() {
				for {
					if _, err := f.Write(bytes.Repeat([]byte("x"), 4096)); err != nil {
						return
					}
				}
			}()
			return func() { _ = f.SetDeadline(time.Now()); _ = f.Close() }, nil
		}},
		damage{"nothing", "a socket", func(file string) (func(), error) {
			l, err := net.Listen("unix", file)
			if err != nil {
				return nil, err
			}
			return func() { _ = l.Close() }, nil
		}},
		damage{"unreadable", "not ours to read", func(file string) (func(), error) {
			return func() {}, errors.Join(os.WriteFile(file, sample, 0o644), os.Chmod(file, 0))
		}},
	)
}
