package cli

import (
	"io"
	"path/filepath"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/manual"
	"github.com/gatewright/gatewright/internal/service"
)

// selfCommand groups what the program knows of itself.
type selfCommand struct {
	Verify     selfVerify     `cmd:"" help:"Check this very program against the checksums of its release."`
	Completion selfCompletion `cmd:"" help:"Print the completion script of a shell."`
	Man        selfMan        `cmd:"" help:"Print the manual page, as roff."`
}

type selfCompletion struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Which shell: bash, zsh or fish."`
}

// Help says how the script is put to use.
func (selfCompletion) Help() string {
	return `bash: source <(gatewright self completion bash)
zsh: gatewright self completion zsh > "${fpath[1]}/_gatewright"
fish: gatewright self completion fish > ~/.config/fish/completions/gatewright.fish`
}

func (c selfCompletion) Run(a *connect.To, k *kong.Context) error {
	_, err := io.WriteString(a.Stdout, manual.Completion(k.Model, c.Shell, map[string][]string{
		"service": connect.Names(services(), func(s service.Descriptor) string { return s.Name }), "forge": a.ForgeNames(),
		"format": connect.Names(formats.All(), func(f formats.Format) string { return f.Name }), "store": {"actions", "dependabot", "codespaces"},
		"baseline-store": {"artifact", "cache", "cache:", "branch:", "notes", "file", "none"},
		"comment":        {string(job.Always), string(job.OnChange), string(job.OnFailure)},
	}))
	return err
}

type selfMan struct {
	Markdown string `placeholder:"DIR" help:"Write it as Markdown instead, a page for each command, into this folder."`
}

func (c selfMan) Run(out *console.Console, k *kong.Context) error {
	if c.Markdown == "" {
		_, err := io.WriteString(out.Stdout, manual.Man(k.Model, Version()))
		return err
	}
	for name, text := range manual.Pages(k.Model) {
		if err := out.WriteFile(filepath.Join(c.Markdown, name), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

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
