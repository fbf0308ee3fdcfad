package formats

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// leaveCheckouts takes out of what was found below root the reports that lie in
// another checkout within root's own, such as the base's that a change is
// compared with. It returns a note on each of those checkouts, with names as seen
// from a folder.
func leaveCheckouts(from, root string, files []string) (kept, notes []string) {
	root = filepath.Clean(root)
	within := map[string]string{root: ""} // folder → the checkout that it lies in, "" for root's own
	var of func(dir string) string
	of = func(dir string) string {
		checkout, known := within[dir]
		if !known {
			switch parent := filepath.Dir(dir); {
			case parent == dir: // outside of root
			case isCheckout(dir):
				checkout = dir
			default:
				checkout = of(parent)
			}
			within[dir] = checkout
		}
		return checkout
	}
	var own, noted []string
	for _, file := range files {
		checkout := of(filepath.Dir(file))
		if rel, err := filepath.Rel(root, checkout); checkout == "" || err != nil || !filepath.IsLocal(rel) {
			own = append(own, file)
		} else if !slices.Contains(noted, checkout) {
			noted = append(noted, checkout)
			notes = append(notes, fmt.Sprintf("%s is not read, since %s is another checkout: name it if it is meant", shown(from, file), shown(from, checkout)))
		}
	}
	if len(noted) == 0 || !inCheckout(root) {
		return files, nil
	}
	return own, notes
}

// isCheckout reports whether a folder is the root of a git checkout: of a clone, a
// work tree or a submodule.
func isCheckout(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// inCheckout reports whether a folder lies in a git checkout.
func inCheckout(dir string) bool {
	dir, err := filepath.Abs(dir)
	for at := dir; err == nil; at = filepath.Dir(at) {
		if isCheckout(at) {
			return true
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	return false
}
