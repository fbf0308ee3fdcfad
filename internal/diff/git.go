package diff

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// Git returns what head changes since start, a commit. An empty head is the
// work tree: with what is staged, what is not, and files that are new and not
// ignored. Every file is compared as text, whatever its attributes say: they
// are the change's own.
func Git(ctx context.Context, repo *git.Repo, start, head string) (Change, error) {
	args := []string{
		"diff", "--no-color", "--text", "--no-ext-diff", "--no-textconv", "--unified=0", "--inter-hunk-context=0",
		"--find-renames", "-l5000", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=dirty", "--full-index",
	}
	if head == "" {
		args = append(args, "--ignore-cr-at-eol", "--end-of-options", start) // a checkout of Windows has other line ends than the commit
	} else {
		args = append(args, "--end-of-options", start, head)
	}
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(repo.Stream(ctx, pw, append(args, "--")...)) }()
	change, err := Parse(pr, "of git")
	_ = pr.Close()
	switch {
	case err != nil && repo.Partial():
		return change, fault.WithHint(err, "the checkout is a partial clone, and Gatewright fetches nothing: fetch whole files (no filter), or hand over the diff with --diff")
	case err != nil || head != "":
		return change, err
	}
	untracked, err := repo.Untracked(ctx)
	if err != nil {
		return change, err
	}
	for _, path := range untracked {
		lines, err := countLines(filepath.Join(repo.Root, filepath.FromSlash(path)))
		if err != nil {
			return change, fault.Errorf(fault.Input, "read the new file %s: %w", path, err)
		}
		if lines > 0 {
			change.add(File{Path: path, Kind: Added, Lines: upTo(lines)}, nil)
		}
	}
	return change, nil
}

// countLines returns how many lines a file has, 0 for what is no regular file.
func countLines(name string) (int, error) {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return 0, nil // gone meanwhile, or nothing that has lines
	}
	if err != nil {
		return 0, err
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n, last := 0, byte('\n')
	buf := make([]byte, maxLine)
	for {
		read, err := f.Read(buf)
		if read > 0 {
			n, last = n+bytes.Count(buf[:read], []byte{'\n'}), buf[read-1]
		}
		if err != nil {
			if last != '\n' {
				n++ // a line without an end
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
	}
}

func upTo(n int) []int {
	lines := make([]int, n)
	for i := range lines {
		lines[i] = i + 1
	}
	return lines
}
