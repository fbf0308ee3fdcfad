package baseline

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
)

// Entry is one baseline that is kept.
type Entry struct {
	ID     string // in its store
	Commit string
}

// Store keeps baselines of a repository.
type Store interface {
	// List returns what runs on the branch left, "" for any.
	List(ctx context.Context, branch string) ([]Entry, error)
	// Open returns the file of an entry, or an error if it surely is not what a
	// run on the branch left.
	Open(ctx context.Context, branch string, e Entry) ([]byte, error)
}

// Keeper is a store that takes a baseline itself.
type Keeper interface {
	// Keep returns where the baseline is, in words.
	Keep(ctx context.Context, b *Baseline) (where string, err error)
}

// maxKept is how many baselines a store keeps that nothing else clears up.
const maxKept = 20

// Found is the entry of an ancestor.
type Found struct {
	Entry
	Distance int // commits between it and where it was sought from
}

// Nearest returns the entries whose commits are the start itself or one of its
// ancestors, the nearest first. Without history only the start itself is known.
func Nearest(ctx context.Context, repo *git.Repo, start string, entries []Entry) ([]Found, error) {
	var found []Found
	byCommit := map[string]Entry{}
	for _, e := range entries {
		if _, seen := byCommit[e.Commit]; !seen { // the newest of a commit counts
			byCommit[e.Commit] = e
		}
	}
	if e, ok := byCommit[start]; ok {
		found = append(found, Found{e, 0})
	}
	if repo == nil {
		return found, nil
	}
	if _, err := repo.Resolve(ctx, start); err != nil {
		return found, ctx.Err()
	}
	const far, most = "2000", 5
	out, err := repo.Run(ctx, "rev-list", "--max-count="+far, start)
	if err != nil {
		return nil, err
	}
	for commit := range strings.Lines(out) {
		commit = strings.TrimSpace(commit)
		e, ok := byCommit[commit]
		if !ok || commit == start || len(found) == most {
			continue
		}
		n, err := repo.Run(ctx, "rev-list", "--count", commit+".."+start)
		if err != nil {
			return nil, err
		}
		distance, err := strconv.Atoi(strings.TrimSpace(n))
		if err != nil {
			return nil, fault.Errorf(fault.Bug, "git rev-list --count: %q", n)
		}
		found = append(found, Found{e, distance})
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Distance < found[j].Distance })
	return found, nil
}

// packed is the baseline as a file.
func (b *Baseline) packed() ([]byte, error) {
	var text bytes.Buffer
	err := b.Write(&text)
	return text.Bytes(), err
}

// Folder is a store in a folder that the CI caches.
type Folder string

const ending = ".json.gz"

// List returns what is in the folder, the newest first. The CI's cache does not
// say of which branch it is: a baseline does itself.
func (f Folder) List(context.Context, string) ([]Entry, error) {
	files, err := os.ReadDir(string(f))
	if err != nil && !os.IsNotExist(err) {
		return nil, fault.Errorf(fault.Input, "the baselines' folder: %w", err)
	}
	type kept struct {
		Entry
		at time.Time
	}
	var all []kept
	for _, file := range files {
		commit, ok := strings.CutSuffix(file.Name(), ending)
		info, err := file.Info()
		if ok && err == nil && info.Mode().IsRegular() && git.IsID(commit) {
			all = append(all, kept{Entry{file.Name(), commit}, info.ModTime()})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[j].at.Before(all[i].at) })
	var entries []Entry
	for _, k := range all {
		entries = append(entries, k.Entry)
	}
	return entries, nil
}

// Open reads a file of the folder.
func (f Folder) Open(_ context.Context, _ string, e Entry) ([]byte, error) {
	name := filepath.Join(string(f), e.ID)
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, fault.Errorf(fault.Input, "the baseline %s: %w", e.ID, err)
	case !info.Mode().IsRegular() || info.Size() > MaxPacked:
		return nil, fault.Errorf(fault.Input, "the baseline %s is no file of at most %d MB", e.ID, MaxPacked>>20)
	}
	return input.Read(name)
}

// Keep writes the baseline into the folder and clears up the oldest.
func (f Folder) Keep(ctx context.Context, b *Baseline) (string, error) {
	text, err := b.packed()
	if err == nil {
		err = os.MkdirAll(string(f), 0o755)
	}
	if err == nil {
		err = input.Replace(filepath.Join(string(f), b.Commit+ending), text)
	}
	if err != nil {
		return "", fault.Errorf(fault.Input, "keep the baseline: %w", err)
	}
	all, err := f.List(ctx, "")
	for _, e := range all[min(maxKept, len(all)):] {
		_ = os.Remove(filepath.Join(string(f), e.ID))
	}
	return "the folder " + string(f), err
}

// Ref is a store in a branch or in the notes of the repository.
type Ref struct {
	Access git.Access
	Name   string // refs/heads/… or refs/notes/…
	// Also returns further files to keep beside a baseline, such as a badge; may be nil.
	Also func(b *Baseline) map[string][]byte
}

// order is the file that lists the commits that are kept, the oldest first.
const order = "order"

// file is the name of a commit's file. A note is named as its commit is.
func (r Ref) file(commit string) string {
	if strings.HasPrefix(r.Name, "refs/notes/") {
		return commit
	}
	return commit + ending
}

// List returns what the reference holds. Only those who may push to the
// repository can write it.
func (r Ref) List(ctx context.Context, _ string) ([]Entry, error) {
	d, err := git.OpenDepot(ctx, r.Access, r.Name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var all []Entry
	for _, name := range d.Names() {
		if commit := strings.TrimSuffix(name, ending); name == r.file(commit) && git.IsID(commit) {
			all = append(all, Entry{name, commit})
		}
	}
	return all, nil
}

// Open reads the file of a commit.
func (r Ref) Open(ctx context.Context, _ string, e Entry) ([]byte, error) {
	d, err := git.OpenDepot(ctx, r.Access, r.Name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Read(ctx, e.ID, MaxPacked)
}

// Keep pushes one commit with the baseline, from which the oldest is gone.
func (r Ref) Keep(ctx context.Context, b *Baseline) (string, error) {
	text, err := b.packed()
	if err != nil {
		return "", err
	}
	d, err := git.OpenDepot(ctx, r.Access, r.Name)
	if err != nil {
		return "", err
	}
	defer d.Close()
	err = d.Update(ctx, fmt.Sprintf("Coverage of %.10s", b.Commit), func() (map[string][]byte, []string, error) {
		var kept, drop []string
		if slices.Contains(d.Names(), order) {
			list, err := d.Read(ctx, order, 1<<20)
			if err != nil {
				return nil, nil, err
			}
			kept = slices.DeleteFunc(strings.Fields(string(list)), func(c string) bool { return c == b.Commit || !git.IsID(c) })
		}
		for len(kept) >= maxKept {
			drop, kept = append(drop, r.file(kept[0])), kept[1:]
		}
		put := map[string][]byte{r.file(b.Commit): text, order: []byte(strings.Join(append(kept, b.Commit), "\n") + "\n")}
		if r.Also != nil {
			maps.Copy(put, r.Also(b))
		}
		return put, drop, nil
	})
	return r.Name, err
}
