package ci

// entry is how one CI system says what a run is about. Its texts are lists of
// sources, separated by blanks; the first that is set counts. A source is the
// name of a variable, or a text with names in braces, all of which must be
// set; ~ stands for the prefix. "NAME%a|b" is the value without a beginning a
// or b.
type entry struct {
	name   System
	is     string // what marks the system; "NAME=value" where any other value does not
	prefix string

	forge      string // the forge's name, or a source whose value names it
	repository string // owner/name, or any address of the repository
	clone      string // an address that names the host where repository does not
	number     string // of the pull request: digits, or a reference or an address that ends in them
	pull       refs   // of a pull request
	push       refs   // of anything else
	tag        string // set where a tag is built
	head       string // the repository that a pull request comes from: its owner, owner/name or address
	fork       string // set and not false where that is a fork
	withheld   string // when secrets are withheld: "fork", "pull", or "NAME=value"
	event      string
	url        string // of the run
	workspace  string

	// merges says that the commit on a pull request may be a merge made by the
	// CI, of which no variable names the head.
	merges bool
	// more reads what a table cannot say; nil for most.
	more func(*detector) error
}

// refs are sources of a commit and its branch. A commit may be a range, of
// which the base is the left side.
type refs struct{ commit, tested, branch, baseBranch, baseCommit string }

// systems are the CI systems. The order counts: a system that mimics another
// or hosts its jobs stands before or after it accordingly, and hosting
// platforms stand last. Facts are those of each system's documentation.
func systems() []entry {
	github := entry{
		name: GitHub, is: "GITHUB_ACTIONS=true", prefix: "GITHUB_", forge: "github", repository: "~REPOSITORY", event: "~EVENT_NAME", workspace: "~WORKSPACE",
		push: refs{commit: "~SHA", branch: "~HEAD_REF ~REF_NAME", baseBranch: "~BASE_REF"}, more: (*detector).github,
	}
	gitea, forgejo := github, github
	gitea.name, gitea.is, gitea.forge = Gitea, "GITEA_ACTIONS=true", "gitea"
	forgejo.name, forgejo.is, forgejo.forge = Forgejo, "FORGEJO_ACTIONS=true", "gitea"
	drone := entry{
		name: "drone", is: "DRONE=true", prefix: "DRONE_", repository: "~REPO", clone: "~GIT_HTTP_URL ~REPO_LINK", number: "~PULL_REQUEST",
		pull: refs{"~COMMIT_SHA", "", "~SOURCE_BRANCH", "~TARGET_BRANCH ~BRANCH", ""}, push: refs{commit: "~COMMIT_SHA", branch: "~BRANCH ~COMMIT_BRANCH", baseCommit: "~COMMIT_BEFORE"},
		tag: "~TAG", event: "~BUILD_EVENT", url: "~BUILD_LINK", workspace: "~WORKSPACE",
	}
	harness := drone
	harness.name, harness.is, harness.repository, harness.url = "harness", "HARNESS_BUILD_ID", "~REPO CI_REPO CI_REPO_REMOTE ~GIT_HTTP_URL ~REPO_LINK", "CI_BUILD_LINK ~BUILD_LINK"
	return []entry{
		forgejo, gitea, github,
		{
			// SOURCE_BRANCH_SHA is empty in a detached pipeline, where CI_COMMIT_SHA is the
			// head; elsewhere CI_COMMIT_SHA is GitLab's own merge. A fork's pipeline runs in
			// the fork, so the merge request's project is not CI_PROJECT_PATH.
			name: GitLab, is: "GITLAB_CI", prefix: "CI_MERGE_REQUEST_", forge: "gitlab", repository: "~PROJECT_PATH CI_PROJECT_PATH", number: "~IID",
			pull: refs{"~SOURCE_BRANCH_SHA CI_COMMIT_SHA", "CI_COMMIT_SHA", "~SOURCE_BRANCH_NAME", "~TARGET_BRANCH_NAME", "~TARGET_BRANCH_SHA ~DIFF_BASE_SHA"},
			push: refs{commit: "CI_COMMIT_SHA CI_BUILD_REF", branch: "CI_COMMIT_BRANCH CI_COMMIT_REF_NAME", baseCommit: "CI_COMMIT_BEFORE_SHA"},
			tag:  "CI_COMMIT_TAG", head: "~SOURCE_PROJECT_PATH", event: "CI_PIPELINE_SOURCE", url: "CI_JOB_URL CI_PIPELINE_URL", workspace: "CI_PROJECT_DIR", more: (*detector).gitlab,
		},
		{
			// PULLREQUESTID is the number at Azure Repos; at GitHub it is another, global id,
			// and so PULLREQUESTNUMBER stands first. A run by hand on refs/pull/N/merge has
			// neither.
			name: Azure, is: "TF_BUILD=true", prefix: "SYSTEM_PULLREQUEST_", number: "~PULLREQUESTNUMBER ~PULLREQUESTID BUILD_SOURCEBRANCH",
			pull: refs{"~SOURCECOMMITID BUILD_SOURCEVERSION", "BUILD_SOURCEVERSION", "~SOURCEBRANCH", "~TARGETBRANCH", ""},
			push: refs{commit: "BUILD_SOURCEVERSION", branch: "BUILD_SOURCEBRANCH"}, fork: "~ISFORK", withheld: "fork",
			event: "BUILD_REASON", workspace: "BUILD_SOURCESDIRECTORY SYSTEM_DEFAULTWORKINGDIRECTORY", merges: true, more: (*detector).azure,
		},
		{
			// Both commits of a pull request have 12 digits, which the checkout completes.
			// Pull requests of forks do not run.
			name: Bitbucket, is: "BITBUCKET_BUILD_NUMBER", prefix: "BITBUCKET_", forge: "bitbucket", repository: "~REPO_FULL_NAME {~WORKSPACE}/{~REPO_SLUG}",
			clone: "~GIT_HTTP_ORIGIN", number: "~PR_ID", pull: refs{"~COMMIT", "", "~BRANCH", "~PR_DESTINATION_BRANCH", "~PR_DESTINATION_COMMIT"},
			push: refs{commit: "~COMMIT", branch: "~BRANCH"}, tag: "~TAG", url: "https://bitbucket.org/{~REPO_FULL_NAME}/pipelines/results/{~BUILD_NUMBER}", workspace: "~CLONE_DIR",
		},
		// Harness sets DRONE_ variables too, and so it stands first.
		harness, drone,
		{
			// BRANCH is the target on pull requests. The commit before is that of the
			// pipeline before, of whatever event.
			name: "woodpecker", is: "CI=woodpecker", prefix: "CI_COMMIT_", forge: "CI_FORGE_TYPE", repository: "CI_REPO", clone: "CI_REPO_URL CI_REPO_CLONE_URL", number: "~PULL_REQUEST",
			pull: refs{"~SHA", "", "~SOURCE_BRANCH", "~TARGET_BRANCH ~BRANCH", ""}, push: refs{commit: "~SHA", branch: "~BRANCH", baseCommit: "CI_PREV_COMMIT_SHA"},
			tag: "~TAG", withheld: "pull", event: "CI_PIPELINE_EVENT CI_BUILD_EVENT", url: "CI_PIPELINE_URL CI_BUILD_LINK", workspace: "CI_WORKSPACE",
		},
		{
			// PR_NUMBER is set for forks alone; PULL_REQUEST is an address, of any one where
			// a branch has several.
			name: "circleci", is: "CIRCLECI=true", prefix: "CIRCLE_", repository: "~REPOSITORY_URL {~PROJECT_USERNAME}/{~PROJECT_REPONAME}", clone: "~REPOSITORY_URL ~PULL_REQUEST",
			number: "~PR_NUMBER ~PULL_REQUEST", pull: refs{commit: "~SHA1", branch: "~BRANCH"}, push: refs{commit: "~SHA1", branch: "~BRANCH"},
			tag: "~TAG", head: "{~PR_USERNAME}/{~PR_REPONAME} ~PR_USERNAME", withheld: "fork", url: "~BUILD_URL", workspace: "~WORKING_DIRECTORY", more: (*detector).circle,
		},
		{
			// JENKINS_URL is unset where nobody configured it. BRANCH_NAME is PR-7 on a pull
			// request and never a branch; scripted pipelines export no GIT_ variables unless
			// they are asked to. ghprb and gitlab are the names of older plugins.
			name: "jenkins", is: "JENKINS_URL JENKINS_HOME", prefix: "CHANGE_", repository: "~URL gitlabTargetRepoHttpUrl GIT_URL GIT_URL_1", number: "~ID ghprbPullId gitlabMergeRequestIid",
			pull: refs{"ghprbActualCommit gitlabMergeRequestLastCommit GIT_COMMIT", "GIT_COMMIT", "~BRANCH ghprbSourceBranch gitlabSourceBranch", "~TARGET ghprbTargetBranch gitlabTargetBranch", ""},
			push: refs{commit: "GIT_COMMIT", branch: "BRANCH_NAME GIT_LOCAL_BRANCH GIT_BRANCH%origin/|upstream/|refs/remotes/origin/"}, tag: "TAG_NAME", head: "~FORK gitlabSourceRepoHttpUrl",
			url: "BUILD_URL", workspace: "WORKSPACE", merges: true, more: (*detector).jenkins,
		},
		{
			// BRANCH is the base on pull requests, and the tag on tags.
			name: "travis", is: "TRAVIS=true", prefix: "TRAVIS_", repository: "~REPO_SLUG", number: "~PULL_REQUEST",
			pull: refs{"~PULL_REQUEST_SHA ~COMMIT", "~COMMIT", "~PULL_REQUEST_BRANCH", "~BRANCH", "~COMMIT_RANGE"}, push: refs{commit: "~COMMIT", branch: "~BRANCH", baseCommit: "~COMMIT_RANGE"},
			tag: "~TAG", head: "~PULL_REQUEST_SLUG", withheld: "~SECURE_ENV_VARS=false", event: "~EVENT_TYPE", url: "~BUILD_WEB_URL ~JOB_WEB_URL", workspace: "~BUILD_DIR", merges: true,
		},
		{
			// COMMIT may be the word HEAD, which the checkout completes.
			name: "buildkite", is: "BUILDKITE=true", prefix: "BUILDKITE_", forge: "~PIPELINE_PROVIDER", repository: "~REPO", number: "~PULL_REQUEST",
			pull: refs{"~COMMIT", "", "~BRANCH", "~PULL_REQUEST_BASE_BRANCH", ""}, push: refs{commit: "~COMMIT", branch: "~BRANCH", baseBranch: "~MERGE_QUEUE_BASE_BRANCH", baseCommit: "~MERGE_QUEUE_BASE_COMMIT"},
			tag: "~TAG", head: "~PULL_REQUEST_REPO", event: "~SOURCE", url: "{~BUILD_URL}#{~JOB_ID} ~BUILD_URL", workspace: "~BUILD_CHECKOUT_PATH",
		},
		{
			// The value is True on Windows. Secure variables are withheld from every pull
			// request, the repository's own too.
			name: "appveyor", is: "APPVEYOR=true", prefix: "APPVEYOR_", forge: "~REPO_PROVIDER", repository: "~REPO_NAME", number: "~PULL_REQUEST_NUMBER",
			pull: refs{"~PULL_REQUEST_HEAD_COMMIT ~REPO_COMMIT", "~REPO_COMMIT", "~PULL_REQUEST_HEAD_REPO_BRANCH", "~REPO_BRANCH", ""}, push: refs{commit: "~REPO_COMMIT", branch: "~REPO_BRANCH"},
			tag: "~REPO_TAG_NAME", head: "~PULL_REQUEST_HEAD_REPO_NAME", withheld: "pull", url: "{~URL}/project/{~ACCOUNT_NAME}/{~PROJECT_SLUG}/builds/{~BUILD_ID}", workspace: "~BUILD_FOLDER", merges: true,
		},
		{
			// SHA is a merge on pull requests, and BRANCH the base.
			name: "semaphore", is: "SEMAPHORE=true", prefix: "SEMAPHORE_GIT_", forge: "~PROVIDER", repository: "~REPO_SLUG ~URL", clone: "~URL", number: "~PR_NUMBER PULL_REQUEST_NUMBER",
			pull: refs{"~PR_SHA ~SHA", "~SHA", "~WORKING_BRANCH ~PR_BRANCH", "~BRANCH", "~COMMIT_RANGE"}, push: refs{commit: "~SHA", branch: "~WORKING_BRANCH ~BRANCH", baseCommit: "~COMMIT_RANGE"},
			tag: "~TAG_NAME", head: "~PR_SLUG", event: "~REF_TYPE", url: "{SEMAPHORE_ORGANIZATION_URL}/jobs/{SEMAPHORE_JOB_ID}", workspace: "~DIR", merges: true,
		},
		{
			name: "codemagic", is: "CM_BUILD_ID", prefix: "CM_", repository: "~REPO_SLUG", clone: "~CLONE_URL", number: "~PULL_REQUEST_NUMBER",
			pull: refs{"~COMMIT", "", "~BRANCH", "~PULL_REQUEST_DEST", ""}, push: refs{commit: "~COMMIT", branch: "~BRANCH"}, tag: "~TAG", workspace: "~BUILD_DIR",
		},
		{
			// BRANCH is pull/7 on pull requests, which is no branch.
			name: "cirrus", is: "CIRRUS_CI=true", prefix: "CIRRUS_", repository: "~REPO_FULL_NAME", clone: "~REPO_CLONE_URL", number: "~PR",
			pull: refs{"~CHANGE_IN_REPO", "", "", "~BASE_BRANCH", "~BASE_SHA"}, push: refs{commit: "~CHANGE_IN_REPO", branch: "~BRANCH"},
			tag: "~TAG", url: "https://cirrus-ci.com/task/{~TASK_ID}", workspace: "~WORKING_DIR",
		},
		{
			// Parameters are in no variable unless the build maps them.
			name: TeamCity, is: "TEAMCITY_VERSION", repository: "TEAMCITY_REPOSITORY_URL", number: "TEAMCITY_PULLREQUEST_NUMBER",
			pull: refs{"BUILD_VCS_NUMBER", "", "TEAMCITY_PULLREQUEST_SOURCE_BRANCH", "TEAMCITY_PULLREQUEST_TARGET_BRANCH", ""}, push: refs{commit: "BUILD_VCS_NUMBER", branch: "TEAMCITY_BUILD_BRANCH"},
			url: "BUILD_URL", merges: true, more: (*detector).teamcity,
		},
		{
			// WEBHOOK_TRIGGER is pr/7, branch/x or tag/x, and only there after a webhook.
			name: "codebuild", is: "CODEBUILD_BUILD_ID", prefix: "CODEBUILD_", repository: "~SOURCE_REPO_URL", number: "~WEBHOOK_TRIGGER ~SOURCE_VERSION",
			pull: refs{"~RESOLVED_SOURCE_VERSION", "", "~WEBHOOK_HEAD_REF", "~WEBHOOK_BASE_REF", ""}, push: refs{commit: "~RESOLVED_SOURCE_VERSION", branch: "~WEBHOOK_HEAD_REF"},
			event: "~WEBHOOK_EVENT", url: "~BUILD_URL", workspace: "~SRC_DIR", more: (*detector).codeBuild,
		},
		{
			// It says nothing by itself: a build maps substitutions to variables.
			name: "google-cloud-build", is: "BUILDER_OUTPUT {PROJECT_ID}{BUILD_ID}{LOCATION}", repository: "REPO_FULL_NAME", clone: "_HEAD_REPO_URL", number: "_PR_NUMBER",
			pull: refs{"COMMIT_SHA REVISION_ID", "", "_HEAD_BRANCH", "_BASE_BRANCH", ""}, push: refs{commit: "COMMIT_SHA REVISION_ID", branch: "BRANCH_NAME"},
			tag: "TAG_NAME", head: "_HEAD_REPO_URL", url: "https://console.cloud.google.com/cloud-build/builds;region={LOCATION}/{BUILD_ID}?project={PROJECT_ID}", more: (*detector).cloudBuild,
		},
		{
			name: "codefresh", is: "CF_BUILD_ID", prefix: "CF_", repository: "{~REPO_OWNER}/{~REPO_NAME}", clone: "~COMMIT_URL", number: "~PULL_REQUEST_NUMBER ~PULL_REQUEST_ID", // Bitbucket's has the id alone
			pull: refs{"~REVISION", "", "~BRANCH", "~PULL_REQUEST_TARGET", ""}, push: refs{commit: "~REVISION", branch: "~BRANCH"}, fork: "~PULL_REQUEST_IS_FORK", url: "~BUILD_URL",
		},
		{
			// The clone step writes the commit that it has checked out, which is a merge on
			// pull requests. The app's slug is no repository.
			name: "bitrise", is: "BITRISE_BUILD_SLUG BITRISE_IO=true", prefix: "BITRISE_", repository: "{BITRISEIO_GIT_REPOSITORY_OWNER}/{BITRISEIO_GIT_REPOSITORY_SLUG} GIT_REPOSITORY_URL", clone: "GIT_REPOSITORY_URL", number: "~PULL_REQUEST",
			pull: refs{"~GIT_COMMIT", "GIT_CLONE_COMMIT_HASH", "~GIT_BRANCH", "BITRISEIO_GIT_BRANCH_DEST", ""}, push: refs{commit: "~GIT_COMMIT GIT_CLONE_COMMIT_HASH", branch: "~GIT_BRANCH"},
			tag: "~GIT_TAG", head: "BITRISEIO_PULL_REQUEST_REPOSITORY_URL", withheld: "pull", url: "~BUILD_URL", workspace: "~SOURCE_DIR",
		},
		{
			// GIT_BRANCH begins with the remote's name, as git itself writes it.
			name: "screwdriver", is: "SCREWDRIVER=true", prefix: "SD_", repository: "SCM_URL", number: "~PULL_REQUEST",
			pull: refs{"~BUILD_SHA", "", "PR_BRANCH_NAME%origin/|upstream/", "PR_BASE_BRANCH_NAME%origin/", ""}, push: refs{commit: "~BUILD_SHA", branch: "GIT_BRANCH%origin/"}, url: "~UI_BUILD_URL", workspace: "~SOURCE_DIR",
		},
		{
			// The checkout is the base with the pull request merged into it.
			name: "prow", is: "PROW_JOB_ID", prefix: "PULL_", repository: "{REPO_OWNER}/{REPO_NAME}", forge: "github", number: "~NUMBER",
			pull: refs{"~PULL_SHA", "", "~HEAD_REF", "~BASE_REF", "~BASE_SHA"}, push: refs{commit: "~BASE_SHA", branch: "~BASE_REF"}, event: "JOB_TYPE", more: (*detector).prow,
		},
		{
			// Only branches of a plan that were made from pull requests have a key.
			name: "bamboo", is: "bamboo_planKey", prefix: "bamboo_", repository: "~planRepository_repositoryUrl", number: "~repository_pr_key",
			pull: refs{"~planRepository_revision", "", "~planRepository_branchName", "~repository_pr_targetBranch", ""}, push: refs{commit: "~planRepository_revision", branch: "~planRepository_branchName"},
			url: "~buildResultsUrl", workspace: "~build_working_directory",
		},
		{
			name: "buddy", is: "BUDDY BUDDY_WORKSPACE_ID", prefix: "BUDDY_EXECUTION_", repository: "BUDDY_REPO_SLUG", clone: "BUDDY_SCM_URL", number: "~PULL_REQUEST_NO ~PULL_REQUEST_ID",
			pull: refs{"~REVISION", "", "~PULL_REQUEST_HEAD_BRANCH", "~PULL_REQUEST_BASE_BRANCH", ""}, push: refs{commit: "~REVISION", branch: "~BRANCH"}, tag: "~TAG", url: "~URL",
		},
		{
			name: "vela", is: "VELA", prefix: "VELA_", repository: "~REPO_FULL_NAME", clone: "~REPO_CLONE ~REPO_LINK", number: "~PULL_REQUEST ~BUILD_PULL_REQUEST",
			pull: refs{"~BUILD_COMMIT", "", "~PULL_REQUEST_SOURCE", "~PULL_REQUEST_TARGET", ""}, push: refs{commit: "~BUILD_COMMIT", branch: "~BUILD_BRANCH"},
			tag: "~BUILD_TAG", event: "~BUILD_EVENT", url: "~BUILD_LINK", workspace: "~BUILD_WORKSPACE",
		},
		{
			// A build of a branch does not say what repository it is of.
			name: "xcode-cloud", is: "CI_XCODE_CLOUD CI_XCODE_PROJECT", prefix: "CI_PULL_REQUEST_", repository: "~TARGET_REPO", clone: "~HTML_URL", number: "~NUMBER", head: "~SOURCE_REPO",
			pull: refs{"~SOURCE_COMMIT CI_COMMIT", "CI_COMMIT", "~SOURCE_BRANCH", "~TARGET_BRANCH", "~TARGET_COMMIT"}, push: refs{commit: "CI_COMMIT", branch: "CI_BRANCH"},
			tag: "CI_TAG", url: "CI_BUILD_URL", workspace: "CI_PRIMARY_REPOSITORY_PATH",
		},
		// GO_REVISION is there if the pipeline has one material.
		{name: "gocd", is: "GO_PIPELINE_NAME", push: refs{commit: "GO_REVISION"}},
		{name: "sourcehut", is: "CI_NAME=sourcehut", url: "JOB_URL"},
		{
			name: "heroku-ci", is: "HEROKU_TEST_RUN_ID", number: "HEROKU_PR_NUMBER", prefix: "HEROKU_TEST_RUN_",
			pull: refs{commit: "~COMMIT_VERSION", branch: "~BRANCH"}, push: refs{commit: "~COMMIT_VERSION", branch: "~BRANCH"},
		},
		{
			// The names are common ones, and so they count only once Netlify is recognised.
			// The address of the repository holds a credential.
			name: "netlify", is: "NETLIFY=true", repository: "REPOSITORY_URL", number: "REVIEW_ID",
			pull: refs{commit: "COMMIT_REF", branch: "HEAD"}, push: refs{commit: "COMMIT_REF", branch: "HEAD BRANCH"},
		},
		{
			// VERCEL is set where a deployed function runs as well; there is no CI then.
			name: "vercel", is: "VERCEL=1", prefix: "VERCEL_GIT_", forge: "~PROVIDER", repository: "{~REPO_OWNER}/{~REPO_SLUG}", number: "~PULL_REQUEST_ID",
			pull: refs{commit: "~COMMIT_SHA", branch: "~COMMIT_REF"}, push: refs{commit: "~COMMIT_SHA", branch: "~COMMIT_REF"},
		},
		// Neither names the pull request that a branch may be of.
		{name: "cloudflare-pages", is: "CF_PAGES=1", prefix: "CF_PAGES_", push: refs{commit: "~COMMIT_SHA", branch: "~BRANCH"}, more: (*detector).branchesAlone},
		{name: "cloudflare-workers", is: "WORKERS_CI=1", prefix: "WORKERS_CI_", push: refs{commit: "~COMMIT_SHA", branch: "~BRANCH"}, more: (*detector).branchesAlone},
		{
			name: "render", is: "RENDER=true", prefix: "RENDER_GIT_", repository: "~REPO_SLUG",
			push: refs{commit: "~COMMIT", branch: "~BRANCH"}, more: (*detector).render,
		},
	}
}
