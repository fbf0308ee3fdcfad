package match

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// clean returns a path as a tool wrote it in the one spelling that all rules
// work on: slashes, no "./" and no doubled separators, accents composed, a file:
// URL as the path that it names, any other URL as what stands after its scheme,
// without a bundler's query, and a path in Bazel's own folders as the workspace's.
// "" stays "".
func clean(p string) string {
	if strings.IndexByte(p, '\\') >= 0 {
		p = strings.ReplaceAll(p, `\`, "/")
		if rest, ok := strings.CutPrefix(p, "//?/"); ok { // \\?\C:\… has no limit of length
			p = rest
		}
	}
	// One letter before a colon is a drive of Windows.
	if i := strings.IndexByte(p, ':'); i > 1 {
		p = withoutScheme(p, i)
	}
	// App.vue?vue&type=script is a part of App.vue.
	if i := strings.IndexByte(p, '?'); i > 0 && strings.IndexByte(base(p[:i]), '.') > 0 {
		p = p[:i]
	}
	if p == "" {
		return ""
	}
	if strings.HasPrefix(p, "./") || strings.Contains(p, "//") || strings.Contains(p, "/.") || strings.HasSuffix(p, "/") {
		p = path.Clean(p)
	}
	if p == "." {
		return ""
	}
	if p[0] == '/' {
		p = inWorkspace(p)
	}
	// macOS lists files with their accents decomposed, and so do tools on it.
	if !ascii(p) {
		p = norm.NFC.String(p)
	}
	return p
}

// inWorkspace returns the path in a Bazel workspace of one below the folder that
// an action runs in: its sandbox, or what /proc calls the working directory.
func inWorkspace(p string) string {
	if rest, ok := strings.CutPrefix(p, "/proc/self/cwd/"); ok {
		return rest
	}
	if _, below, ok := strings.Cut(p, "/execroot/"); ok {
		if _, rest, ok := strings.Cut(below, "/"); ok {
			return rest
		}
	}
	return p
}

// withoutScheme returns a URL's path; colon is where its scheme ends. What is
// no URL is returned as it is.
func withoutScheme(p string, colon int) string {
	scheme, rest := strings.ToLower(p[:colon]), p[colon+1:]
	switch {
	case scheme == "file":
		// file:///x, file://localhost/x, file:/x and file:x
		rest = strings.TrimPrefix(rest, "//")
		rest = strings.TrimPrefix(rest, "localhost")
		if plain, err := url.PathUnescape(rest); err == nil {
			rest = plain
		}
		if strings.HasPrefix(rest, "/") && drive(rest[1:]) {
			rest = rest[1:]
		}
		return rest
	case !strings.HasPrefix(rest, "//"):
		return p
	case scheme == "http" || scheme == "https":
		return source(p, rest)
	}
	// webpack:///./src/a.js, webpack://name/./src/a.js and webpack://name/src/a.js
	// are src/a.js: what stands before the path is the bundle's name.
	if _, rest, _ = strings.Cut(rest[2:], "/"); rest == "" {
		return p
	}
	if _, inside, ok := strings.Cut(rest, "/./"); ok {
		rest = inside
	}
	rest, _, _ = strings.Cut(strings.TrimPrefix(rest, "[project]/"), "?")
	return rest
}

// source returns the path of a file's address at a forge, as .NET's Source Link
// writes it, below a folder that is named after the address.
func source(p, rest string) string {
	u, err := url.Parse(p)
	if err != nil {
		return rest[1:]
	}
	if file := u.Query().Get("path"); file != "" { // Azure DevOps
		return "/" + u.Host + u.Path + "/" + strings.TrimPrefix(file, "/")
	}
	return "/" + u.Host + u.Path
}

// drive reports whether a path begins with a drive of Windows.
func drive(p string) bool {
	return len(p) > 1 && p[1] == ':' && lower(p[0]) >= 'a' && lower(p[0]) <= 'z' && (len(p) == 2 || p[2] == '/')
}

// isAbs reports whether a clean path does not depend on the folder that a tool
// ran in.
func isAbs(p string) bool { return strings.HasPrefix(p, "/") || drive(p) }

// below returns the path relative to dir, if it is below.
func below(p, dir string) (rel string, ok bool) {
	switch {
	// The repository's root has all that is relative.
	case dir == "":
		return p, !isAbs(p)
	case dir == "/":
		return strings.TrimPrefix(p, "/"), strings.HasPrefix(p, "/")
	case len(p) > len(dir) && p[len(dir)] == '/' && begins(p, dir):
		return p[len(dir)+1:], true
	}
	return "", false
}

// begins reports whether a path begins with a text; in any case on a drive of
// Windows.
func begins(p, text string) bool {
	return len(p) >= len(text) && (p[:len(text)] == text || drive(p) && strings.EqualFold(p[:len(text)], text))
}

// inside reports whether a path is below a folder of the repository.
func inside(p, dir string) bool {
	_, in := below(p, dir)
	return in
}

// join is path.Join with "" for the root; ok is false for a path above it.
func join(dir, rel string) (p string, ok bool) {
	switch {
	case dir == "" && !strings.Contains(rel, ".."):
		return rel, true
	case !strings.Contains(rel, ".."):
		return dir + "/" + rel, true
	}
	p = path.Join(dir, rel)
	return p, p != ".." && !strings.HasPrefix(p, "../")
}

// withoutTail returns a path without its last n components: "" or what ends in
// a slash, and the path itself for none.
func withoutTail(p string, n int) string {
	for ; n > 0; n-- {
		p = p[:strings.LastIndexByte(strings.TrimSuffix(p, "/"), '/')+1]
	}
	return p
}

// parent is path.Dir with "" for the root.
func parent(p string) string {
	return p[:max(strings.LastIndexByte(p, '/'), 0)]
}
