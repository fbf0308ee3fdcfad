package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// watch looks at the arguments of the program and its children, and at the
// children's environment, as long as the program runs.
func (w *world) watch(pid int, done chan struct{}) (found []string) {
	seen := map[string]bool{}
	// A child is a copy of the program until it has become another; only then
	// is what it has what it was given.
	other := func(pid int) bool {
		exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		return err == nil && exe != w.program
	}
	look := func(pid int, child bool) {
		files := []string{"cmdline"}
		if child && other(pid) {
			files = append(files, "environ")
		}
		for _, file := range files {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err != nil {
				continue
			}
			for _, name := range w.needles.In(string(text)) {
				seen[fmt.Sprintf("%s was in the %s of %q", name, file, firstWord(pid))] = true
			}
		}
	}
	for {
		look(pid, false)
		for _, child := range children(pid) {
			look(child, true)
			for _, grandchild := range children(child) {
				look(grandchild, true)
			}
		}
		select {
		case <-done:
			return slices.Sorted(maps.Keys(seen))
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func children(pid int) (list []int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		more, _ := os.ReadFile(t)
		text = append(append(text, ' '), more...)
	}
	for field := range strings.FieldsSeq(string(text)) {
		var n int
		if _, err := fmt.Sscan(field, &n); err == nil {
			list = append(list, n)
		}
	}
	return list
}

func firstWord(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	word, _, _ := strings.Cut(string(text), "\x00")
	return filepath.Base(word)
}

// left looks into every file that a run left, and removes what it made.
func (w *world) left(dir string) (found []string) {
	for _, root := range []string{dir, filepath.Join(w.work, "home"), filepath.Join(w.work, "tmp")} {
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || w.given[path] || strings.Contains(path, "/.git/") {
				return nil
			}
			text, err := os.ReadFile(path)
			if err == nil {
				for _, name := range w.needles.In(string(text)) {
					found = append(found, fmt.Sprintf("%s is in the file %s", name, strings.TrimPrefix(path, w.work)))
				}
			}
			return os.Remove(path)
		})
	}
	return found
}
