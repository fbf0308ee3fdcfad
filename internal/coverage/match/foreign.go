package match

import "strings"

// ForeignFolder reports whether folders of that name hold code that others
// wrote: packages that were fetched, and checkouts of other repositories.
// Discovery looks for no reports there.
func ForeignFolder(name string) bool { return vendored(name) || fetched(name) }

// MayBeOwn reports whether people also call folders of their own by a name of
// ForeignFolder.
func MayBeOwn(name string) bool { return vendored(name) || name == "gems" }

// vendored are the names that people also use for folders of their own, and for
// groups of repositories.
// So they count only below the beginning that is known to be the user's.
func vendored(name string) bool {
	switch name {
	case "vendor", "third_party", "third-party", "thirdparty", "3rdparty", "3rd_party", "3rd-party", "3rdParty", "external", "externals", "extern", "Godeps", "deps", "checkouts":
		return true
	}
	return false
}

// fetched are the names that package managers and toolchains give to folders of
// their own, and that no folder of sources has.
func fetched(name string) bool {
	switch name {
	case "node_modules", "bower_components", "jspm_packages", "elm-stuff", ".yarn", ".pnpm", ".pnpm-store", ".npm",
		"Pods", "Carthage", "SourcePackages", "_deps", ".cpm", "vcpkg_installed", ".conan", ".conan2", "DerivedData", "Windows Kits", "emsdk", "Cellar",
		".venv", "venv", "virtualenv", ".tox", ".nox", ".eggs", "site-packages", "dist-packages", "__pypackages__", ".pyenv", "miniconda3", "anaconda3", "miniforge3",
		".gradle", ".m2", ".ivy2", ".sbt", ".coursier", ".sdkman", ".nuget", "hostedtoolcache", "Program Files", "Program Files (x86)",
		".cargo", ".rustup", "rustc", ".bundle", ".rbenv", ".rvm", "gems", ".nvm", ".pub-cache", ".dart_tool", ".stack-work", ".opam", "_opam", ".julia", ".cabal", ".konan", ".deno", ".terraform", "Xcode.app":
		return true
	}
	return strings.HasPrefix(name, "bazel-") || strings.HasPrefix(name, "linux-headers-")
}

// installed returns the folder that a path begins with if a system or a
// toolchain keeps its files there, "" if it does not: /usr/src/app and
// /usr/local/app are where containers keep the user's.
func installed(p string) string {
	first, rest, _ := strings.Cut(p, "/")
	second, rest, inside := strings.Cut(rest, "/")
	if !inside {
		return ""
	}
	two := p[:len(first)+1+len(second)]
	switch two {
	case "usr/include", "usr/lib", "usr/lib64", "usr/share", "nix/store", "opt/homebrew", "opt/conda", "opt/local", "pkg/mod", "cargo/registry", "cargo/git",
		"vcpkg/installed", "vcpkg/packages", "vcpkg/buildtrees", "vctools/crt", "crts/ucrt", "Library/Developer", ".cache/pip", ".cache/go-build", "lib/ruby", "lib/perl5":
		return two
	case "usr/local":
		switch third, _, _ := strings.Cut(rest, "/"); third {
		case "include", "lib", "lib64", "share", "go", "bundle", "cargo", "rustup", "opt":
			return two + "/" + third
		}
	}
	if strings.HasPrefix(two, "lib/python") {
		return two
	}
	return ""
}

// foreign returns the folder for which the beginning of a path is other
// people's, "" if there is none. The first own bytes are known to be the
// user's: a group of repositories may be called vendor.
// A dependency has files called like ours: matched by their ends, its coverage would
// be booked to the commit's.
func foreign(p string, own int) string { return foreignIn(p, len(p), own) }

// foreignIn is foreign for the folders that begin in the first bytes of a path.
func foreignIn(p string, first, own int) string {
	for at := 0; at < first; {
		end := strings.IndexByte(p[at:], '/')
		if end < 0 {
			return ""
		}
		end += at
		if dir := p[at:end]; fetched(dir) || at >= own && vendored(dir) {
			return dir
		}
		if dir := installed(p[at:]); dir != "" {
			return dir
		}
		at = end + 1
	}
	return ""
}
