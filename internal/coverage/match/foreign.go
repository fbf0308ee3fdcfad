package match

import "strings"

// ForeignFolder reports whether folders of that name hold code that others
// wrote: packages that were fetched, and checkouts of other repositories.
// Discovery looks for no reports there.
func ForeignFolder(name string) bool { return vendored(name) || fetched(name) }

// vendored are the names that people also use for folders of their own, and for
// groups of repositories.
func vendored(name string) bool {
	switch name {
	case "vendor", "third_party", "third-party", "thirdparty", "3rdparty", "external", "deps", "checkouts":
		return true
	}
	return false
}

func fetched(name string) bool {
	switch name {
	case "node_modules", "bower_components", "jspm_packages", "elm-stuff", ".yarn", ".pnpm", ".pnpm-store", ".npm",
		"Pods", "Carthage", "SourcePackages", "_deps", ".cpm", "vcpkg_installed", ".conan", ".conan2",
		".venv", "venv", "virtualenv", ".tox", ".nox", ".eggs", "site-packages", "dist-packages", "__pypackages__", ".pyenv", "miniconda3", "anaconda3",
		".gradle", ".m2", ".ivy2", ".sbt", ".coursier", ".sdkman", ".nuget", "hostedtoolcache", "Program Files", "Program Files (x86)",
		".cargo", ".rustup", "rustc", ".bundle", ".rbenv", ".rvm", "gems", ".nvm", ".pub-cache", ".stack-work", ".terraform", "Xcode.app":
		return true
	}
	return strings.HasPrefix(name, "bazel-")
}

// installed reports whether two folders, one in the other, are where a system
// or a toolchain keeps its files.
func installed(two string) bool {
	switch two {
	case "usr/include", "usr/lib", "usr/lib64", "usr/local", "usr/share", "usr/src", "nix/store", "opt/homebrew", "pkg/mod", "Library/Developer", ".cache/pip", ".cache/go-build":
		return true
	}
	return strings.HasPrefix(two, "lib/python")
}

// foreign returns the folder for which the beginning of a path is other
// people's, "" if there is none. The first own bytes are known to be the
// user's: a group of repositories may be called vendor.
func foreign(p string, own int) string {
	for at := 0; at < len(p); {
		end := strings.IndexByte(p[at:], '/')
		if end < 0 {
			return ""
		}
		end += at
		if dir := p[at:end]; fetched(dir) || at >= own && vendored(dir) {
			return dir
		}
		if next := strings.IndexByte(p[end+1:], '/'); next >= 0 {
			if two := p[at : end+1+next]; installed(two) {
				return two
			}
		}
		at = end + 1
	}
	return ""
}
