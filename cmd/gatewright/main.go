// Command gatewright carries coverage, scans, gates and tokens between CI
// systems, code-quality services and secret stores.
package main

import (
	"os"

	"github.com/gatewright/gatewright/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
	}))
}
