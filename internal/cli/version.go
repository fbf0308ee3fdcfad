package cli

import "runtime/debug"

// version is set by the release build: -ldflags "-X …/internal/cli.version=1.2.3".
var version string

// Version is the program's version: the release's, or the commit it was built from.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
