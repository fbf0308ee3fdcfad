//go:build unix

package console

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestNoFileThroughLinks: a link that a pull request has committed leads no file
// out of the working directory, nor to git's own.
func TestNoFileThroughLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	victim := filepath.Join(outside, "victim")
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(
		os.WriteFile(victim, []byte("own"), 0o644), os.MkdirAll(at(".git/hooks"), 0o755), os.Mkdir(at("real"), 0o755),
		os.Symlink(outside, at("out")), os.Symlink("../"+filepath.Base(outside), at("up")), os.Symlink(".git/hooks", at("hooks")), os.MkdirAll(at(".GIT/hooks"), 0o755), os.Symlink(".GIT/hooks", at("Hooks2")), os.Symlink(at("real"), at("inside")), os.Symlink(victim, at("file")),
	); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for name, good := range map[string]bool{
		"out/victim": false, "out/new/deep/x": false, "hooks/x": false, "Hooks2/x": false, "real/../out/x": false, ".git/x": false, "inside/x": true, "inside/new/x": true, "file": true, "new/x": true,
		filepath.Join(outside, "named"): true, "../" + filepath.Base(outside) + "/named": true,
	} {
		for _, c := range []*Console{{Dir: dir}, {}} {
			err := c.WriteFile(name, func(w io.Writer) error { _, err := io.WriteString(w, "ours"); return err })
			if (err == nil) != good {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// What grows is not replaced, and a link in its place would be followed.
	if err := errors.Join(os.Symlink(victim, at("log")), os.Symlink(filepath.Join(outside, "new"), at("lost"))); err != nil {
		t.Fatal(err)
	}
	for name, good := range map[string]bool{"log": false, "lost": false, "out/log": false, "hooks/log": false, ".git/log": false, "inside/log": true, filepath.Join(outside, "named"): true} {
		err := (&Console{Dir: dir}).AppendFile(name, func(w io.Writer) error { _, err := io.WriteString(w, "ours"); return err })
		if (err == nil) != good {
			t.Errorf("append to %s: %v", name, err)
		}
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "own" {
		t.Errorf("it was written through a link: %q %v", text, err)
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 2 {
		t.Errorf("left outside: %v %v", left, err)
	}
}
