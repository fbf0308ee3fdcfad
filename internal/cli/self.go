package cli

// selfCommand groups what the program tells about itself.
type selfCommand struct {
	Verify     selfVerify     `cmd:"" help:"Check this very program against the checksums of its release."`
	Completion selfCompletion `cmd:"" help:"Print the completion script of a shell."`
	Man        selfMan        `cmd:"" help:"Print the manual page, as roff."`
}
