package match

import (
	"path"
	"strings"
)

// maxLinks is how many symbolic links a path may lead through: they may form a
// circle.
const maxLinks = 8

// lookup is find for a path that may lead through the commit's symbolic links.
func (t *Tree) lookup(p string) (file int32, how fit) {
	if len(t.links) > 0 {
		p = t.resolve(p)
	}
	return t.find(p)
}

// resolve follows the commit's symbolic links. A path that leads out of the
// repository, or in circles, stays as it is.
func (t *Tree) resolve(p string) string {
	to := p
	for range maxLinks {
		next, ok := t.follow(to)
		if !ok {
			return to
		}
		to = next
	}
	return p
}

// follow replaces the first symbolic link in a path.
func (t *Tree) follow(p string) (string, bool) {
	for end := range len(p) + 1 {
		if end < len(p) && p[end] != '/' {
			continue
		}
		target, ok := t.links[p[:end]]
		if !ok {
			continue
		}
		// A link is relative to the folder that it lies in, as the kernel reads it.
		to := path.Join(path.Dir(p[:end]), target, p[end:])
		if path.IsAbs(target) || to == ".." || strings.HasPrefix(to, "../") {
			return p, true // as in a circle
		}
		return to, true
	}
	return p, false
}

// submodule returns the note on a path in a submodule, "" for any other: what is
// there is another repository's, and no file of this commit has its coverage.
func (t *Tree) submodule(p string) string {
	if dir := t.submoduleOf(p); dir != "" {
		return "the commit has a submodule at " + dir + ", which is another repository"
	}
	return ""
}

// submoduleOf returns the submodule that a path is below, "" if it is in none.
func (t *Tree) submoduleOf(p string) string {
	for _, dir := range t.submodules {
		if inside(p, dir) {
			return dir
		}
	}
	return ""
}
