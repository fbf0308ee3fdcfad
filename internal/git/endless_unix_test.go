//go:build unix

package git_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
)

// TestNeverEnds: git waits without end for a named pipe that a job left in the
// checkout, and for a server that accepts and says nothing. The call ends, and
// says so.
func TestNeverEnds(t *testing.T) {
	t.Parallel()
	const soon = 200 * time.Millisecond
	held := func(t *testing.T, err error) {
		t.Helper()
		var exit interface{ ExitCode() int }
		if fault.Of(err) != fault.Input || !errors.As(err, &exit) || fault.Hint(err) != git.Endless {
			t.Errorf("%v (%v), hint %q", err, fault.Of(err), fault.Hint(err))
		}
	}
	for _, pipe := range []string{".gitattributes", ".git/packed-refs", ".git/objects/info/alternates"} {
		t.Run(pipe, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t)
			r.Write("a", "1\n")
			start := r.Commit("one")
			r.Write("a", "2\n")
			r.Commit("two")
			repo, err := git.Open(t.Context(), r.Root)
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(filepath.Join(r.Root, pipe), 0o600); err != nil {
				t.Fatal(err)
			}
			repo.Hurry(soon)
			_, err = repo.Run(t.Context(), "diff", start, "refs/heads/main", "--")
			held(t, err)
		})
	}
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0") // the system accepts for us; nobody reads
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		held(t, git.FetchWithin(t.Context(), soon, git.Access{URL: "http://" + l.Addr().String() + "/a/b.git"}, t.TempDir()))
	})
}

// TestEndsEarly: what git said of a commit before it was killed is not remembered: half
// of one may lack parents.
func TestEndsEarly(t *testing.T) {
	made := gittest.New(t)
	first := made.Commit("one")
	head := made.Commit("two")
	repo := made.Open()
	t.Run("killed", func(t *testing.T) {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\nprintf '"+head+" commit 200\\ntree '\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
		if id, err := repo.Resolve(t.Context(), "HEAD"); err == nil {
			t.Errorf("HEAD is %s", id)
		}
	})
	if parents, err := repo.Parents(t.Context(), "HEAD"); err != nil || !slices.Equal(parents, []string{first}) {
		t.Errorf("parents %v, %v", parents, err)
	}
}
