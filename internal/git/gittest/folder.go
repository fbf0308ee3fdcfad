package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// empty is what git makes of a new repository: its folders, and its files with
// their texts. Git is asked once: a process costs more than all that a test does.
var empty = sync.OnceValues(func() (map[string]string, error) {
	dir, err := os.MkdirTemp("", "gittest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("git", "init", "-q", "-b", "main", dir)
	cmd.Env = environment(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, &os.PathError{Op: "git init", Path: string(out), Err: err}
	}
	made := map[string]string{}
	return made, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			made[name] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		made[name] = string(text)
		return err
	})
})

// Init makes an empty repository of a folder, as "git init" does, whose branch is
// main.
func Init(dir string) error {
	made, err := empty()
	for name, text := range made {
		path := filepath.Join(dir, name)
		if text == "" {
			err = os.MkdirAll(path, 0o755)
		} else if err = os.MkdirAll(filepath.Dir(path), 0o755); err == nil {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// Head returns the id of the commit that is checked out, "" where only git can say.
func Head(dir string) string {
	text, _ := os.ReadFile(filepath.Join(dir, ".git", "HEAD"))
	if ref, ok := strings.CutPrefix(string(text), "ref: "); ok {
		text, _ = os.ReadFile(filepath.Join(dir, ".git", filepath.FromSlash(strings.TrimSpace(ref))))
	}
	return strings.TrimSpace(string(text))
}

// environment is a process's, without what the user of this machine has configured.
func environment(cmd *exec.Cmd) []string {
	return append(cmd.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TEMPLATE_DIR=", "LC_ALL=C")
}
