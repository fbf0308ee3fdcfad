package console

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

// WriteFile writes a file whole or not at all, scrubbed of secrets: a reader
// never sees half of it. Missing folders are made; a folder that a link of the
// checkout leads to elsewhere is refused, and a link in the file's place replaced.
func (c *Console) WriteFile(name string, write func(io.Writer) error) error {
	err := c.Within(name)
	if err == nil {
		err = c.writeFile(c.Path(name), write)
	}
	if err != nil {
		return fault.Errorf(fault.Input, "write %s: %w", name, err)
	}
	return nil
}

// Within refuses a name below the working directory that a link, which a pull
// request may have committed, leads out of it or to git's own files.
func (c *Console) Within(name string) error {
	if !filepath.IsLocal(name) {
		return nil // the user's own word
	}
	base, err := filepath.Abs(c.Path("."))
	if err == nil {
		base, err = filepath.EvalSymlinks(base)
	}
	if err != nil {
		return nil //nolint:nilerr // writing says what is wrong
	}
	for folder := filepath.Dir(name); folder != "."; folder = filepath.Dir(folder) {
		real, err := filepath.EvalSymlinks(filepath.Join(base, folder))
		if _, none := os.Lstat(filepath.Join(base, folder)); err != nil && none != nil {
			continue // not there yet, and no link to what is not
		}
		rel, err := filepath.Rel(base, real)
		if err == nil && filepath.IsLocal(rel) && !slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), gits) {
			return nil
		}
		return fault.WithHint(fault.Errorf(fault.Input, "a symbolic link leads from %s out of the working directory, and nothing is written through it", filepath.ToSlash(folder)),
			"name the folder that it leads to")
	}
	return nil
}

// gits reports whether a folder is git's own, as systems spell it that tell no case,
// or by its short name on Windows.
func gits(folder string) bool {
	return strings.EqualFold(folder, ".git") || strings.EqualFold(folder, "git~1")
}

func (c *Console) writeFile(path string, write func(io.Writer) error) error {
	var text bytes.Buffer // scrubbed whole: a secret may be split over two writes
	if err := write(&text); err != nil {
		return err
	}
	if err := input.CanWrite(path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	clean := []byte(c.Redact.Clean(text.String()))
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, clean, 0o644) // a pipe or a device: nothing to put in its place
	}
	return input.Replace(path, clean)
}

// AppendFile adds what write writes to the end of a file, which is made if it is
// not there. A link in the file's place is followed as one of a folder is.
func (c *Console) AppendFile(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	err := c.Within(filepath.Join(name, "line"))
	if err == nil {
		err = write(&text)
	}
	if err == nil {
		err = appendFile(c.Path(name), c.Redact.Clean(text.String()))
	}
	if err != nil {
		return fault.Errorf(fault.Input, "write %s: %w", name, err)
	}
	return nil
}

func appendFile(path, text string) error {
	if err := input.CanWrite(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}
