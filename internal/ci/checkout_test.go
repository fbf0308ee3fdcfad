package ci

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
)

// history is a repository whose branch feat left main and adds new.go; main
// went on since: early is where feat left, moved is main's tip. merged is what
// GitHub and GitLab test (main first), jenkins what Jenkins and Bitbucket make
// (head first). lone is merged as GitHub's message says it.
type history struct {
	gittest.Repo
	early, moved, head, merged, jenkins, side, lone string
}

func newHistory(t *testing.T) history {
	h := history{Repo: gittest.New(t)}
	h.Write("a.go", "1\n2\n3\n")
	h.early = h.Commit("early")
	h.Git("checkout", "-qb", "feat")
	h.Write("new.go", "1\n2\n")
	h.head = h.Commit("head")
	h.Git("checkout", "-q", "main")
	h.Write("main.go", "1\n")
	h.moved = h.Commit("moved")
	h.merged = h.Merge("main", "feat")
	h.Git("branch", "merged")
	h.jenkins = h.Merge("feat", "main")
	h.Git("branch", "jenkins")
	h.Git("update-ref", "refs/remotes/origin/main", h.moved)
	h.lone = h.Git("commit-tree", h.merged+"^{tree}", "-p", h.moved, "-p", h.head, "-m", "Merge "+h.head+" into "+h.moved)
	h.Git("update-ref", "refs/remotes/pull/7/merge", h.lone) // as actions/checkout keeps it
	h.Git("checkout", "-q", "--detach", h.early)
	h.side = h.Commit("of neither branch")
	return h
}

// words fills a table's short names for commits.
func (h history) words(text string) string {
	return strings.NewReplacer("HEAD!", h.head, "MERGED!", h.merged, "EARLY!", h.early, "MOVED!", h.moved, "JENKINS!", h.jenkins, "SIDE!", h.side, "LONE!", h.lone, "SHORT!", h.moved[:12]).Replace(text)
}

const pullEvent = `{"number":7,"pull_request":{"number":7,"head":{"sha":"HEAD!","ref":"feat","repo":{"full_name":"acme/api"}},"base":{"sha":"EARLY!","ref":"main","repo":{"full_name":"acme/api"}}}}`

// checkEvent is the event of a check, with the pull request that GitHub names.
func checkEvent(name, branch string) string {
	return `{"` + name + `":{"head_sha":"HEAD!",` + branch + `"pull_requests":[{"number":7,"url":"https://api.github.com/repos/acme/api/pulls/7","head":{"sha":"HEAD!","ref":"feat"},"base":{"sha":"EARLY!","ref":"main"}}]},"repository":{"default_branch":"main"}}`
}

// events are what GitHub and GitLab say of a run. Their base is hours behind:
// EARLY!, where main is at MOVED! already.
var events = map[string]struct{ env, event string }{
	"github push":              {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=push\nGITHUB_SHA=HEAD!\nGITHUB_REF_NAME=feat", `{"before":"EARLY!"}`},
	"github pull_request":      {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=MERGED!\nGITHUB_REF_NAME=7/merge", pullEvent},
	"github merged":            {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=MOVED!\nGITHUB_REF=refs/heads/main\nGITHUB_REF_NAME=main", strings.Replace(pullEvent, `"head"`, `"merged":true,"head"`, 1)},
	"github target":            {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request_target\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", pullEvent},
	"github workflow_run":      {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=workflow_run\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", `{"workflow_run":{"id":5,"event":"pull_request","head_sha":"HEAD!","head_branch":"feat","repository":{"full_name":"acme/api"},"head_repository":{"full_name":"robin/api"},"pull_requests":[]}}`},
	"github issue_comment":     {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=issue_comment\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", `{"issue":{"number":7,"pull_request":{}}}`},
	"github merge_group":       {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=merge_group\nGITHUB_SHA=MERGED!", `{"merge_group":{"head_sha":"MERGED!","head_ref":"refs/heads/gh-readonly-queue/main/pr-7-x","base_sha":"MOVED!","base_ref":"refs/heads/main"}}`},
	"github tag":               {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=push\nGITHUB_SHA=HEAD!\nGITHUB_REF_NAME=v1\nGITHUB_REF_TYPE=tag", `{"before":"0000000000000000000000000000000000000000"}`},
	"github deployment":        {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=deployment\nGITHUB_SHA=HEAD!", `{"deployment":{"sha":"HEAD!"}}`},
	"github by reference":      {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=dynamic\nGITHUB_SHA=MERGED!\nGITHUB_REF=refs/pull/7/merge", `{}`},
	"github dispatch":          {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=workflow_dispatch\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", `{}`},
	"github deleted fork":      {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=MERGED!", strings.Replace(pullEvent, `"repo":{"full_name":"acme/api"}},"base"`, `"label":"robin:feat","repo":null},"base"`, 1)},
	"github check_suite":       {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=check_suite\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", checkEvent("check_suite", `"head_branch":"feat",`)},
	"github check of a branch": {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=check_suite\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", `{"check_suite":{"head_sha":"HEAD!","head_branch":"feat","pull_requests":[]}}`},
	"github check_run":         {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=check_run\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", checkEvent("check_run", `"check_suite":{"head_branch":"feat"},`)},
	"github status":            {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=status\nGITHUB_SHA=MOVED!\nGITHUB_REF_NAME=main", `{"sha":"HEAD!","branches":[{"name":"feat"}],"repository":{"default_branch":"main"}}`},
	// What docker run and tox are told to pass on, and events as users of act write them.
	"github mark":            {"GITHUB_ACTIONS=true", ""},
	"github reference":       {"GITHUB_ACTIONS=true\nGITHUB_SHA=LONE!\nGITHUB_REF=refs/pull/7/merge\nGITHUB_HEAD_REF=feat", ""},
	"github without sha":     {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_REF=refs/pull/7/merge", ""},
	"github of any event":    {"GITHUB_ACTIONS=true\nGITHUB_SHA=MOVED!\nGITHUB_REF=refs/heads/main\nGITHUB_REF_NAME=main", ""},
	"github act":             {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=HEAD!\nGITHUB_REF=refs/heads/feat", `{"pull_request":{"head":{"ref":"feat"},"base":{"ref":"main"}}}`},
	"github act, merge":      {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=MERGED!\nGITHUB_REF=refs/pull/7/merge", `{"pull_request":{"head":{"ref":"feat"},"base":{"ref":"main"}}}`},
	"github act, by number":  {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=JENKINS!\nGITHUB_REF=refs/pull/7/merge", `{"number":7,"pull_request":{"head":{"ref":"feat"},"base":{"ref":"main"}}}`},
	"github act, of a merge": {"GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=JENKINS!\nGITHUB_REF=refs/heads/feat", `{"pull_request":{"head":{"ref":"feat"},"base":{"ref":"main"}}}`},
	"gitlab mark":            {"GITLAB_CI=true", ""},
	"gitlab branch":          {"GITLAB_CI=true\nCI_PIPELINE_SOURCE=push\nCI_COMMIT_SHA=HEAD!\nCI_COMMIT_BRANCH=feat\nCI_COMMIT_BEFORE_SHA=0000000000000000000000000000000000000000", ""},
	"gitlab detached":        {"GITLAB_CI=true\nCI_COMMIT_SHA=HEAD!\nCI_MERGE_REQUEST_IID=7\nCI_MERGE_REQUEST_PROJECT_PATH=acme/api\nCI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat\nCI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\nCI_MERGE_REQUEST_DIFF_BASE_SHA=EARLY!", ""},
	"gitlab merged results":  {"GITLAB_CI=true\nCI_COMMIT_SHA=MERGED!\nCI_MERGE_REQUEST_IID=7\nCI_MERGE_REQUEST_PROJECT_PATH=acme/api\nCI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat\nCI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD!\nCI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\nCI_MERGE_REQUEST_DIFF_BASE_SHA=EARLY!", ""},
	"gitlab squashed train":  {"GITLAB_CI=true\nCI_COMMIT_SHA=JENKINS!\nCI_MERGE_REQUEST_IID=7\nCI_MERGE_REQUEST_PROJECT_PATH=acme/api\nCI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat\nCI_MERGE_REQUEST_SOURCE_BRANCH_SHA=1111111111111111111111111111111111111111\nCI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", ""},
	"gitlab tag":             {"GITLAB_CI=true\nCI_COMMIT_SHA=HEAD!\nCI_COMMIT_TAG=v1\nCI_COMMIT_REF_NAME=v1", ""},
	"bitbucket":              {"BITBUCKET_BUILD_NUMBER=1\nBITBUCKET_REPO_FULL_NAME=acme/api\nBITBUCKET_COMMIT=HEAD!\nBITBUCKET_BRANCH=feat\nBITBUCKET_PR_ID=7\nBITBUCKET_PR_DESTINATION_BRANCH=main", ""},
	// The base has 12 digits as well, and its branch is not fetched.
	"bitbucket alone": {"BITBUCKET_BUILD_NUMBER=1\nBITBUCKET_REPO_FULL_NAME=acme/api\nBITBUCKET_COMMIT=HEAD!\nBITBUCKET_BRANCH=feat\nBITBUCKET_PR_ID=7\nBITBUCKET_PR_DESTINATION_BRANCH=unfetched\nBITBUCKET_PR_DESTINATION_COMMIT=SHORT!", ""},
	// The variables of a library that was checked out before or after.
	"jenkins library": {"JENKINS_URL=x\nGIT_URL=https://github.com/acme/lib\nGIT_COMMIT=1111111111111111111111111111111111111111\nCHANGE_ID=7\nCHANGE_URL=https://github.com/acme/api/pull/7\nCHANGE_BRANCH=feat\nCHANGE_TARGET=main\nBRANCH_NAME=PR-7", ""},
	"jenkins merges":  {"JENKINS_URL=x\nGIT_URL=https://github.com/acme/api\nGIT_COMMIT=JENKINS!\nCHANGE_ID=7\nCHANGE_BRANCH=feat\nCHANGE_TARGET=main\nBRANCH_NAME=PR-7", ""},
	"jenkins head":    {"JENKINS_URL=x\nGIT_URL=https://github.com/acme/api\nGIT_COMMIT=HEAD!\nCHANGE_ID=7\nCHANGE_BRANCH=feat\nCHANGE_TARGET=main\nBRANCH_NAME=PR-7", ""},
	"travis":          {"TRAVIS=true\nTRAVIS_REPO_SLUG=acme/api\nTRAVIS_COMMIT=MERGED!\nTRAVIS_PULL_REQUEST=7\nTRAVIS_PULL_REQUEST_SHA=HEAD!\nTRAVIS_PULL_REQUEST_BRANCH=feat\nTRAVIS_BRANCH=main", ""},
	"circleci":        {"CIRCLECI=true\nCIRCLE_PROJECT_USERNAME=acme\nCIRCLE_PROJECT_REPONAME=api\nCIRCLE_SHA1=HEAD!\nCIRCLE_BRANCH=feat\nCIRCLE_PULL_REQUEST=https://github.com/acme/api/pull/7", ""},
	"unknown":         {"CI=true", ""},
	"nothing":         {"TERM=dumb", ""},
}

// TestBranchBeforeTag compares with a branch that a tag is called like: git takes
// the tag, at which nothing would have changed.
func TestBranchBeforeTag(t *testing.T) {
	h := newHistory(t)
	h.Git("update-ref", "-d", "refs/remotes/origin/main")
	h.Git("checkout", "-q", "feat")
	h.Git("tag", "main")
	repo := h.Open()
	run := Run{Checkout: Checkout{Head: h.head, Standing: Same}}
	for name, want := range map[string]string{"main": h.early, "": h.early, "refs/tags/main": h.head, h.early: h.early} {
		if got, err := run.Start(context.Background(), repo, name); err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", name, got, err, want)
		}
	}
}

// TestBaseAsReference: Azure Pipelines names the target branch as refs/heads/main,
// which its checkout has under the remote alone.
func TestBaseAsReference(t *testing.T) {
	h := newHistory(t)
	h.Git("checkout", "-q", "--detach", h.head)
	h.Git("branch", "-D", "main")
	run := Run{Checkout: Checkout{Head: h.head, Standing: Same}}
	for _, name := range []string{"main", "refs/heads/main", "origin/main", "refs/remotes/origin/main"} {
		if got, err := run.Start(context.Background(), h.Open(), name); err != nil || got != h.early {
			t.Errorf("%q: %s, %v; want %s", name, got, err, h.early)
		}
	}
}

// onlyNew is the change of the pull request, and nothing of main's.
const onlyNew = "new.go:2"

// TestEventAndCheckout is the table event × checkout × (commit, how HEAD stands
// to it, changed lines or why not, what an upload says).
func TestEventAndCheckout(t *testing.T) {
	h := newHistory(t)
	clones := map[string]gittest.Repo{}
	for _, tt := range []struct {
		event, checkout string // a commit; "depth1 X", "depth2 X", "none"
		commit          string
		standing        Standing
		patch           string // changed files with their lines, or part of the reason
		upload          string // "", "warns", "refuses"
	}{
		{"github push", "HEAD!", "HEAD!", Same, onlyNew, ""}, // only if it is asked for
		{"github push", "depth1 feat", "HEAD!", Same, "shallow", ""},
		{"github push", "none", "HEAD!", NoGit, "no git checkout", ""},
		{"github pull_request", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"github pull_request", "depth1 merged", "HEAD!", Merge, "fetch-depth", ""},
		{"github pull_request", "depth2 merged", "HEAD!", Merge, onlyNew, ""},
		{"github pull_request", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github pull_request", "depth1 feat", "HEAD!", Same, "fetch-depth", ""},
		{"github pull_request", "MOVED!", "HEAD!", Other, "is the base", "refuses"}, // its branch has moved on
		{"github pull_request", "SIDE!", "HEAD!", Other, "HEAD is", "warns"},        // some other ref
		{"github merged", "MOVED!", "MOVED!", Same, "main.go:1", ""},
		{"github pull_request", "EARLY!", "HEAD!", Other, "is the base", "refuses"},
		{"github pull_request", "none", "HEAD!", NoGit, "no git checkout", ""},
		{"github target", "MOVED!", "HEAD!", Other, "is the base", "refuses"},
		{"github target", "depth1 main", "HEAD!", Other, "is the base", "refuses"},
		{"github target", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github target", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"github workflow_run", "MOVED!", "HEAD!", Other, "HEAD is", "warns"},
		{"github workflow_run", "HEAD!", "HEAD!", Same, "does not name it", ""}, // whose base nobody knows
		{"github workflow_run", "none", "HEAD!", NoGit, "no git checkout", ""},
		{"github issue_comment", "MOVED!", "", "", "does not name the head", "refuses"},
		{"github check_suite", "MOVED!", "HEAD!", Other, "is the base", "refuses"}, // the usual checkout
		{"github check_suite", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github check of a branch", "MOVED!", "HEAD!", Other, "is the base", "refuses"},
		{"github check_run", "MOVED!", "HEAD!", Other, "is the base", "refuses"},
		{"github check_run", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github status", "MOVED!", "HEAD!", Other, "is the base", "refuses"},
		{"github status", "HEAD!", "HEAD!", Same, "names no pull request", ""},
		{"github merge_group", "MERGED!", "MERGED!", Same, onlyNew, ""},
		{"github merge_group", "depth1 merged", "MERGED!", Same, "fetch-depth", ""},
		{"github tag", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github deployment", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github dispatch", "HEAD!", "MOVED!", Other, "HEAD is", "warns"},
		{"github deleted fork", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"gitlab branch", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"gitlab branch", "depth1 feat", "HEAD!", Same, "no branch to compare with", ""},
		{"gitlab detached", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"gitlab detached", "depth1 feat", "HEAD!", Same, "GIT_DEPTH", ""},
		{"gitlab detached", "MOVED!", "HEAD!", Other, "is the base", "refuses"},
		{"gitlab merged results", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"gitlab merged results", "depth1 merged", "HEAD!", Merge, "GIT_DEPTH", ""},
		{"gitlab squashed train", "JENKINS!", "1111111111111111111111111111111111111111", Merge, "main.go:1", ""}, // against its first parent
		{"gitlab tag", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"bitbucket", "JENKINS!", "HEAD!", Merge, onlyNew, ""},
		{"bitbucket", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"jenkins merges", "JENKINS!", "HEAD!", Merge, onlyNew, ""},
		{"bitbucket alone", "MOVED!", "HEAD!", Other, "is the base", "refuses"},
		{"jenkins library", "JENKINS!", "HEAD!", Merge, onlyNew, ""},
		{"jenkins library", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"jenkins head", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"travis", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"travis", "depth1 merged", "HEAD!", Merge, "fetch-depth", ""},
		{"circleci", "HEAD!", "HEAD!", Same, "does not say what the base", ""},
		{"unknown", "HEAD!", "HEAD!", Same, "no CI system that is known", ""},
		// A container that a step starts without the CI's variables, or with few of them.
		{"github mark", "LONE!", "HEAD!", Merge, onlyNew, ""},
		{"github mark", "HEAD!", "HEAD!", Same, "GITHUB_EVENT_NAME is not set", ""},
		{"github reference", "LONE!", "HEAD!", Merge, onlyNew, ""},
		{"github by reference", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"github without sha", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		{"github of any event", "MOVED!", "MOVED!", Same, "GITHUB_EVENT_NAME is not set", ""},
		{"github act", "HEAD!", "HEAD!", Same, onlyNew, ""},
		{"github act, merge", "MERGED!", "HEAD!", Merge, onlyNew, ""},
		// main was merged into the branch, by its author.
		{"github act, of a merge", "JENKINS!", "JENKINS!", Same, onlyNew, ""},
		{"github act, by number", "JENKINS!", "JENKINS!", Same, onlyNew, ""},
		{"gitlab mark", "HEAD!", "HEAD!", Same, "whether this is a pull request cannot be told", ""},
		{"unknown", "LONE!", "HEAD!", Merge, onlyNew, ""},
		{"nothing", "LONE!", "HEAD!", Merge, onlyNew, ""},
		{"nothing", "MERGED!", "MERGED!", Same, "", ""}, // anybody's merge
	} {
		t.Run(tt.event+" at "+tt.checkout, func(t *testing.T) {
			e := events[tt.event]
			env := e.env
			if !strings.Contains(env, "REPO") {
				env += "\nGITHUB_REPOSITORY=acme/api\nCI_PROJECT_PATH=acme/api"
			}
			s := source(h.words(env), "")
			if e.event != "" {
				s = source(h.words(env)+"\nGITHUB_EVENT_PATH=event.json", h.words(e.event))
			}
			made := h.Repo
			if depth, branch, cut := strings.Cut(tt.checkout, " "); cut {
				if _, ok := clones[tt.checkout]; !ok {
					h.Git("symbolic-ref", "HEAD", "refs/heads/main")
					clones[tt.checkout] = h.Clone("--depth="+strings.TrimPrefix(depth, "depth"), "--branch="+branch)
				}
				made = clones[tt.checkout]
			} else if tt.checkout != "none" {
				made.Detach(h.words(tt.checkout)) // the work tree is not compared
			}
			if tt.checkout != "none" {
				s.Repo = made.Open()
			}
			ctx, run := t.Context(), detected(t, s, s.Repo)
			if run.Commit != h.words(tt.commit) || run.Checkout.Standing != tt.standing {
				t.Errorf("commit %.10s, standing %q; want %.10s, %q", run.Commit, run.Checkout.Standing, h.words(tt.commit), tt.standing)
			}
			if got := patch(ctx, run, s); !strings.Contains(got, tt.patch) {
				t.Errorf("patch %q, want %q", got, tt.patch)
			}
			warning, err := run.Booking()
			if got := said(warning, err); got != tt.upload {
				t.Errorf("an upload %s (%s, %v), want %s", got, warning, err, tt.upload)
			}
		})
	}
}

func said(warning string, err error) string {
	switch {
	case err != nil:
		return "refuses"
	case warning != "":
		return "warns"
	default:
		return ""
	}
}

// patch is the changed files and how many lines they have, or why not.
func patch(ctx context.Context, run Run, s Source) string {
	start, err := run.Start(ctx, s.Repo, "")
	if err != nil {
		return err.Error() + "; " + fault.Hint(err)
	}
	change, err := diff.Git(ctx, s.Repo, start, "HEAD")
	if err != nil {
		return err.Error()
	}
	var out []string
	for path, lines := range change.Lines() {
		out = append(out, fmt.Sprintf("%s:%d", path, len(lines)))
	}
	slices.Sort(out)
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, " ")
}

// TestTagObject: what GitHub's event of a push calls "after" is the tag where it has a
// message, and no commit.
func TestTagObject(t *testing.T) {
	h := newHistory(t)
	h.Git("checkout", "-q", "--detach", h.head)
	h.Git("-c", "user.name=R", "-c", "user.email=r@example.com", "tag", "-a", "v1", "-m", "v1")
	s := source("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_EVENT_NAME=push\nGITHUB_REF_TYPE=tag\nGITHUB_SHA="+h.Git("rev-parse", "v1"), "")
	if run := detected(t, s, h.Open()); run.Commit != h.head || run.Checkout.Standing != Same {
		t.Errorf("commit %s, %s; want %s", run.Commit, run.Checkout.Standing, h.head)
	}
}

// TestCheckoutOfAnotherRepository: what is measured there is nobody's coverage of this one.
func TestCheckoutOfAnotherRepository(t *testing.T) {
	h := newHistory(t)
	h.Git("checkout", "-q", "--detach", h.side)
	const env = "GITHUB_ACTIONS=true\nGITHUB_SERVER_URL=https://github.com\nGITHUB_REPOSITORY=acme/api\nGITHUB_EVENT_NAME=push\nGITHUB_REF_NAME=main\nGITHUB_SHA="
	for _, tt := range []struct{ remote, commit, upload string }{
		{"https://github.com/acme/other", head, "refuses"},
		{"git@github.com:acme/other.git", head, "refuses"},
		{"https://github.com/acme/other", h.side, ""}, // renamed since it was cloned
		{"https://github.com/Acme/API.git", head, "warns"},
		{"https://mirror.example/cache/api", head, "warns"},
		{"/srv/mirrors/api.git", head, "warns"},
		{"https://github.com/scm/acme/api.git", head, "warns"},    // a Bitbucket server
		{"https://github.com/gitlab/acme/api.git", head, "warns"}, // a GitLab below a path
		{"https://github.com/gitlab/acme/my-api.git", head, "refuses"},
	} {
		h.Git("config", "remote.origin.url", tt.remote)
		warning, err := detected(t, source(env+tt.commit, ""), h.Open()).Booking()
		if got := said(warning, err); got != tt.upload {
			t.Errorf("%s at %.10s: an upload %s (%s, %v), want %s", tt.remote, tt.commit, got, warning, err, tt.upload)
		}
		if err != nil && !strings.Contains(err.Error(), ", not of acme/api") {
			t.Error(err)
		}
	}
}

// TestLibraryOfJenkins: GIT_COMMIT of a library is not the commit of the pull request, and
// the library's checkout not the pull request's.
func TestLibraryOfJenkins(t *testing.T) {
	h := newHistory(t)
	h.Git("checkout", "-q", "--detach", h.head)
	for remote, want := range map[string]string{"https://github.com/acme/api": "", "https://github.com/acme/lib": "refuses", "/srv/mirrors/api": ""} {
		h.Git("config", "remote.origin.url", remote)
		run := detected(t, source(h.words(events["jenkins library"].env), ""), h.Open())
		if got := said(run.Booking()); got != want {
			t.Errorf("%s: an upload %q, want %q", remote, got, want)
		}
	}
}

// TestScriptedJenkins: a scripted pipeline exports neither GIT_COMMIT nor, outside of a
// multibranch job, a branch. It is no container that lacks the variables.
func TestScriptedJenkins(t *testing.T) {
	run, err := Detect(context.Background(), source("JENKINS_URL=x\nBUILD_URL=https://ci.example/job/api/7/\nWORKSPACE=/w", ""))
	if err != nil || run.Proposed() {
		t.Errorf("%+v, %v", run, err)
	}
}

// TestPullRequestWithoutNumber: a run that may be a pull request's is none of a branch,
// whose changed lines nobody asks about.
func TestPullRequestWithoutNumber(t *testing.T) {
	for _, event := range []string{"github act", "github mark", "github of any event", "gitlab mark"} {
		run, err := Detect(context.Background(), source(events[event].env+"\nGITHUB_EVENT_PATH=event.json", cmp.Or(events[event].event, "{}")))
		if err != nil || !run.Proposed() {
			t.Errorf("%s: %+v, %v", event, run, err)
		}
	}
}

// TestCheckoutThatCannotBeRead: in an image without git, which is handed no variable,
// nobody knows whether this is a pull request.
func TestCheckoutThatCannotBeRead(t *testing.T) {
	cause := fmt.Errorf("%w: there is no git command", git.ErrNoRepository)
	for _, tt := range []struct {
		run   Run
		cause error
		want  bool
	}{
		{Run{System: Git}, cause, true},
		{Run{System: Git}, git.ErrNoRepository, false}, // an unpacked archive
		{Run{System: Git}, nil, false},
		{Run{System: GitHub}, cause, false}, // which says so
	} {
		if got := tt.run.Settle(context.Background(), nil, tt.cause); got.Proposed() != tt.want || tt.want && got.NoPullRequest.Hint == "" {
			t.Errorf("%+v, %v: %+v", tt.run, tt.cause, got)
		}
	}
}

// TestLoneMerge: without any variable the reference that actions/checkout fetched
// names the pull request; without that, which one it is is not known.
func TestLoneMerge(t *testing.T) {
	h := newHistory(t)
	detect := func() Run {
		s := environment("", "")
		s.Repo = h.Open()
		run, err := Detect(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	h.Git("checkout", "-q", "--detach", h.lone)
	if run := detect(); run.Commit != h.head || run.Tested != h.lone || run.PullRequest != 7 || run.NoPullRequest.Reason != "" {
		t.Errorf("with its reference: %+v", run)
	}
	h.Git("update-ref", "refs/remotes/pull/8/merge", h.lone)
	if run := detect(); run.Commit != h.lone || run.PullRequest != 0 || !run.Proposed() {
		t.Errorf("with two references: %+v", run)
	}
	h.Git("update-ref", "-d", "refs/remotes/pull/7/merge")
	h.Git("update-ref", "-d", "refs/remotes/pull/8/merge")
	// Whoever proposes a change may word a merge as GitHub and Azure Repos do.
	azure := h.Git("commit-tree", h.merged+"^{tree}", "-p", h.moved, "-p", h.head, "-m", "Merge pull request 12 from feat into main")
	for _, worded := range []string{h.lone, azure} {
		h.Git("checkout", "-q", "--detach", worded)
		if run := detect(); run.Commit != worded || run.PullRequest != 0 || run.Tested != "" || run.NoPullRequest.Hint == "" {
			t.Errorf("a message: %+v", run)
		}
	}
	// A release's tag leads to a merge of the main branch.
	h.Git("tag", "v1", azure)
	h.Git("checkout", "-q", "--detach", azure)
	if run := detect(); run.Commit != azure || run.Proposed() {
		t.Errorf("a tag: %+v", run)
	}
	// The branch that it was merged into may have gone on.
	h.Git("tag", "-d", "v1")
	h.Git("update-ref", "refs/heads/later", h.Git("commit-tree", azure+"^{tree}", "-p", azure, "-m", "Later"))
	if run := detect(); run.Commit != azure || run.Proposed() {
		t.Errorf("a branch that has gone on: %+v", run)
	}
	h.Git("checkout", "-q", "--detach", h.lone)
	// One that somebody keeps as a branch is theirs.
	h.Git("checkout", "-q", "-b", "kept")
	if run := detect(); run.Commit != h.lone || run.Proposed() {
		t.Errorf("on a branch: %+v", run)
	}
}

// TestForgedMerge: a merge of proposed commits, whose message or author is that of the
// CI's own, hides nothing of what either of them changed.
func TestForgedMerge(t *testing.T) {
	h := newHistory(t)
	h.Git("checkout", "-q", "--detach", h.head)
	h.Git("commit", "-q", "--allow-empty", "-m", "empty")
	empty := h.Git("rev-parse", "HEAD")
	tree := h.head + "^{tree}"
	for name, merge := range map[string]string{
		"GitHub's": h.Git("commit-tree", tree, "-p", h.head, "-p", empty, "-m", "Merge "+empty+" into "+h.head),
		"Jenkins'": h.Git("-c", "user.name=nobody", "-c", "user.email=nobody@nowhere", "commit-tree", tree, "-p", empty, "-p", h.head, "-m", "Merge commit"),
	} {
		h.Git("checkout", "-q", "--detach", merge)
		s := environment("JENKINS_URL=x\nGIT_URL=https://github.com/acme/api\nCHANGE_ID=7\nCHANGE_BRANCH=feat\nCHANGE_TARGET=main\nBRANCH_NAME=PR-7\nGIT_COMMIT="+merge, "")
		repo := h.Open()
		if start, err := detected(t, s, repo).Start(context.Background(), repo, ""); err != nil || start != h.early {
			t.Errorf("%s: the change begins at %.10s, want %.10s (%v)", name, start, h.early, err)
		}
	}
}

// TestChecks: a check belongs to its commit, and to the one pull request that the
// event names; what it names no branch of is a fork's.
func TestChecks(t *testing.T) {
	const pulls = `{"number":7,"url":"https://api.github.com/repos/acme/api/pulls/7","base":{"ref":"main"}}`
	for _, tt := range []struct {
		event    string
		branch   string
		number   int
		proposed bool
	}{
		{`{"check_suite":{"head_sha":"%s","head_branch":"main","pull_requests":[]}}`, "main", 0, false},
		{`{"check_suite":{"head_sha":"%s","head_branch":"feat","pull_requests":[]}}`, "feat", 0, false},
		{`{"check_suite":{"head_sha":"%s","head_branch":null,"pull_requests":[]}}`, "", 0, true},
		{`{"check_suite":{"head_sha":"%s","head_branch":"feat","pull_requests":[` + pulls + `]}}`, "feat", 7, true},
		{`{"check_suite":{"head_sha":"%s","head_branch":"feat","pull_requests":[` + pulls + `,` + strings.ReplaceAll(pulls, "7", "8") + `]}}`, "feat", 0, true},
		{`{"check_suite":{"head_sha":"%s","head_branch":"feat","pull_requests":[` + strings.ReplaceAll(pulls, "acme/api", "robin/api") + `]}}`, "feat", 0, false},
		{`{"check_run":{"head_sha":"%s","check_suite":{"head_branch":"feat"},"pull_requests":[` + pulls + `]}}`, "feat", 7, true},
		{`{"check_run":{"head_sha":"%s","pull_requests":[]}}`, "", 0, true},
		{`{"sha":"%s","branches":[{"name":"main"}],"repository":{"default_branch":"main"}}`, "main", 0, false},
		{`{"sha":"%s","branches":[{"name":"main"},{"name":"feat"}],"repository":{"default_branch":"main"}}`, "main", 0, false},
		{`{"sha":"%s","branches":[{"name":"feat"}],"repository":{"default_branch":"main"}}`, "feat", 0, true},
		{`{"sha":"%s","branches":[],"repository":{"default_branch":"main"}}`, "", 0, true},
	} {
		name := "status"
		if strings.Contains(tt.event, "check") {
			name = "check_suite"
		}
		s := source("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_SHA="+base+"\nGITHUB_REF_NAME=main\nGITHUB_EVENT_PATH=event.json\nGITHUB_EVENT_NAME="+name, fmt.Sprintf(tt.event, head))
		run, err := Detect(context.Background(), s)
		if err != nil || run.Commit != head || run.Branch != tt.branch || run.PullRequest != tt.number || run.Proposed() != tt.proposed || run.BaseTip != base {
			t.Errorf("%s: commit %.7s, branch %q, pull request %d, proposed %v (%v)", tt.event, run.Commit, run.Branch, run.PullRequest, run.Proposed(), err)
		}
		// Of the very commit that the run is of, the run is that branch's own.
		s = source("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_SHA="+head+"\nGITHUB_REF_NAME=main\nGITHUB_EVENT_PATH=event.json\nGITHUB_EVENT_NAME="+name, fmt.Sprintf(tt.event, head))
		if run, err := Detect(context.Background(), s); err != nil || run.Commit != head || run.Branch != tt.branch || run.BaseTip != "" {
			t.Errorf("%s on its own commit: %.7s, branch %q, tip %.7s (%v)", tt.event, run.Commit, run.Branch, run.BaseTip, err)
		}
	}
}
