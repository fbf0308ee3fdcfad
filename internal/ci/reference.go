package ci

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/secret"
)

// lazily returns an expression that is compiled when it is first asked for: most
// runs ask for none, and all of them would pay for it at their start.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// pullReference is how pull requests are referred to: "7", "PR-7", "pr/7",
// "refs/pull/7/merge", "https://…/-/merge_requests/7".
var pullReference = lazily(`^(?:|.*/)(?:(?:pulls?|pr|PR|merge[_-]requests|pull-?requests?)[/-])?([0-9]{1,9})(?:/(?:head|merge)|-(?:head|merge))?/?$`)

// numberOf returns the number in a reference to a pull request, 0 if the text
// is none. A branch called "fix/pr-7" is no reference.
func numberOf(text string) int {
	text, _, _ = strings.Cut(text, "^") // CodeBuild puts the commit behind it
	for _, ofBranch := range []string{"refs/heads/", "refs/tags/", "refs/remotes/", "branch/", "tag/"} {
		if strings.HasPrefix(text, ofBranch) {
			return 0
		}
	}
	// A path that ends in digits, such as a merge-queue's or a release/7, is no
	// reference unless a word before them says so.
	m := pullReference().FindStringSubmatch(text)
	if m == nil || strings.HasSuffix(strings.TrimSuffix(text, m[1]), "/") && text != m[1] && !isReference().MatchString(text) {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // nine digits at most
	return n
}

// isReference distinguishes the reference of a pull request from a path that ends in digits.
var isReference = lazily(`(?:^|/)(?:pulls?|pr|PR|merge[_-]requests|pull-?requests?)[/-][0-9]+`)

// pullRequestOf reads the repository from the web address of a pull request.
func pullRequestOf(text string) (git.Remote, bool) {
	scheme, rest, ok := address.Cut(text)
	at := isReference().FindStringIndex(rest)
	if !ok || scheme == "" || at == nil {
		return git.Remote{}, false
	}
	return git.ParseRemote(scheme + "://" + strings.TrimSuffix(rest[:at[0]], "/-"))
}

// branchName returns the branch that a reference names; a tag, or a pull
// request's merge, is no branch.
func branchName(ref string) string {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return name
	}
	switch {
	case ref == "HEAD", ref == "detached", ref == defaultOfTeamCity: // Jenkins' words for none, and TeamCity's
		return ""
	case strings.HasPrefix(ref, "refs/"), mergeRef().MatchString(ref):
		return ""
	}
	return ref
}

// mergeRef is what CIs give for a branch where they have built a pull request.
var mergeRef = lazily(`^(?:(?:pull|merge-requests)/[0-9]+(?:/(?:head|merge))?|[0-9]+/(?:head|merge)|(?:PR|MR)-[0-9]+(?:-(?:head|merge))?)$`)

// rangeBase returns the base of a range of commits, "BASE...HEAD"; a single
// commit is its own.
func rangeBase(text string) string {
	// Two dots or three, and perhaps a caret: COMMIT^ for the one before.
	base, _, _ := strings.Cut(text, "..")
	return strings.TrimSuffix(base, "^")
}

// cutLast cuts "a/b/c" at its last slash. ok is false without an owner or a name.
func cutLast(full string) (owner, name string, ok bool) {
	i := strings.LastIndex(full, "/")
	if i < 1 || i == len(full)-1 {
		return "", "", false
	}
	return full[:i], full[i+1:], true
}

// Absent reports whether a setting says what Detect reads by itself, and its text is
// nothing but a reference to one of a CI system's own variables: the system leaves that
// as it is where the run has no such thing, as a push has no pull request.
func Absent(setting, text string) bool {
	if !slices.Contains([]string{"commit", "branch", "pull-request", "base"}, setting) || !secret.Unexpanded(text) {
		return false
	}
	name := strings.ToUpper(strings.ReplaceAll(strings.Trim(text, "${([%])} "), ".", "_"))
	return slices.ContainsFunc(systems(), func(e entry) bool {
		return e.prefix != "" && strings.HasPrefix(name, strings.ToUpper(e.prefix))
	})
}
