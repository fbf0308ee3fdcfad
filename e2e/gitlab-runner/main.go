// Command gitlab-runner is GitLab's runner with its shell executor and nothing else: the same client, trace, masking,
// scripts and artifacts as in the released program, put together as its own main does.
package main

import (
	"os"

	"github.com/sirupsen/logrus"
	"github.com/urfave/cli"

	"gitlab.com/gitlab-org/gitlab-runner/commands"
	"gitlab.com/gitlab-org/gitlab-runner/commands/helpers"
	"gitlab.com/gitlab-org/gitlab-runner/common"
	"gitlab.com/gitlab-org/gitlab-runner/executors"
	"gitlab.com/gitlab-org/gitlab-runner/executors/shell"
	"gitlab.com/gitlab-org/gitlab-runner/network"
	_ "gitlab.com/gitlab-org/gitlab-runner/shells"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		logrus.Fatal(err)
	}
	providers := executors.NewProviderRegistry(map[string]common.ExecutorProvider{"shell": shell.NewProvider(self)})
	client := network.NewGitLabClient(network.WithExecutorProviderFunc(providers.GetByName))
	app := cli.NewApp()
	app.Version = common.AppVersion.ShortLine()
	app.Commands = []cli.Command{
		commands.NewRunSingleCommand(client, providers),
		helpers.NewArtifactsDownloaderCommand(),
		helpers.NewArtifactsUploaderCommand(),
		helpers.NewCacheArchiverCommand(),
		helpers.NewCacheExtractorCommand(),
	}
	if err := app.Run(os.Args); err != nil {
		logrus.Fatal(err)
	}
}
