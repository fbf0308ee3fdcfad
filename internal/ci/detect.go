package ci

import (
	"cmp"
	"context"
	"os"
	"strings"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/secret"
)

// Source is where a run is read from.
type Source struct {
	Getenv   func(string) string
	ReadFile func(string) ([]byte, error) // for the event payload; input.Read outside tests
	Repo     *git.Repo                    // nil outside a checkout
	NoRepo   error                        // why Repo is nil; may be nil
}

// Detect returns the run: what the CI says first, and what the checkout says
// where the CI is silent. Outside any CI everything comes from the checkout.
// Fields that nobody knows stay empty; it fails only on an event payload that
// should be there and cannot be read. The checkout is not compared with the
// commit yet: Settle does that.
func Detect(ctx context.Context, s Source) (Run, error) {
	d := &detector{Source: s, ctx: ctx, run: Run{Origin: map[string]string{}}}
	var e entry
	e, d.run.System = systemOf(d)
	if e.name != "" {
		d.entry = e
		d.table()
		if e.more != nil {
			if err := e.more(d); err != nil {
				return d.run, err
			}
		}
		d.secrets()
		d.queue()
		d.marked()
	}
	if d.run.System == Unknown && d.run.PullRequest == 0 {
		d.run.NoPullRequest = unsaid("the variable CI is set, but by no CI system that is known here",
			"name the pull request with --pull-request and its base with --base, or hand over the change with --diff")
	}
	// The checkout comes last: it knows what is checked out, which on a pull request
	// need not be what the run is about.
	d.run.ask(ctx, d.Repo)
	d.checkout()
	d.headOfMerge()
	d.loneMerge()
	return d.run, nil
}

// SystemOf returns the CI system that runs this process.
func SystemOf(getenv func(string) string) System {
	_, name := systemOf(&detector{Source: Source{Getenv: getenv}})
	return name
}

func systemOf(d *detector) (entry, System) {
	for _, e := range systems() {
		for mark := range strings.FieldsSeq(e.is) {
			name, value, valued := strings.Cut(mark, "=")
			if v := d.value(name); v != "" && (!valued || strings.EqualFold(v, value)) {
				return e, e.name
			}
		}
	}
	if d.value("CI") != "" {
		return entry{}, Unknown
	}
	return entry{}, Git
}

// marked says so where a CI's mark is all that is here, as in a container that is
// handed no other variable. A scripted pipeline of Jenkins has an address and a
// folder, and names neither commit nor branch.
func (d *detector) marked() {
	if r := &d.run; d.entry.push.commit != "" && cmp.Or(r.Commit, r.Branch, r.Event, r.RunURL, r.Workspace, r.NoCommit.Reason, r.NoPullRequest.Reason) == "" && !r.MergeQueue && r.PullRequest == 0 {
		r.NoPullRequest = unsaid("the variables of "+string(r.System)+" are not here", "hand them over to the container, or name the pull request with --pull-request and its base with --base")
	}
}

type detector struct {
	Source
	ctx   context.Context //nolint:containedctx // of the one call that the detector lives for
	entry entry
	run   Run
	// merged says that the CI names the merge that the forge made of the pull
	// request with its base, which comes first among its parents.
	merged bool
}

// env returns a variable; blank ones and unexpanded references are unset.
func (d *detector) env(name string) string { return secret.Setting(d.Getenv(name)) }

// value returns what one source holds, "" if it is not set. Every way that a
// CI has to spell "none" is none.
func (d *detector) value(source string) string {
	if strings.Contains(source, "{") {
		whole := true
		text := os.Expand(strings.ReplaceAll(source, "{", "${"), func(name string) string {
			v := d.value(name)
			whole = whole && v != ""
			return v
		})
		if !whole {
			return ""
		}
		return text
	}
	name, cut, _ := strings.Cut(source, "%")
	if rest, ok := strings.CutPrefix(name, "~"); ok {
		name = d.entry.prefix + rest
	}
	v := d.env(name)
	// Travis and Buildkite say false, GitLab and GitHub forty zeros, Harness null or
	// an expression that nothing has replaced.
	if strings.EqualFold(v, "false") || v == "0" || v == "null" || strings.Trim(v, "0") == "" || strings.HasPrefix(v, "<+") {
		return ""
	}
	for prefix := range strings.SplitSeq(cut, "|") {
		if rest, ok := strings.CutPrefix(v, prefix); ok && prefix != "" {
			return rest
		}
	}
	return v
}

// first returns the first source that is set and that accept takes, and its
// name as a person would write it.
func (d *detector) first(sources string, accept func(string) string) (value, source string) {
	for source := range strings.FieldsSeq(sources) {
		if v := d.value(source); v != "" {
			if v = accept(v); v != "" {
				name, _, _ := strings.Cut(strings.ReplaceAll(source, "~", d.entry.prefix), "%")
				return v, name
			}
		}
	}
	return "", ""
}

func asIs(v string) string { return v }

func (d *detector) put(field string, to *string, value, origin string) {
	if value != "" {
		*to = value
		d.run.Origin[field] = origin
	}
}

func (d *detector) set(field string, to *string, sources string, accept func(string) string) {
	value, source := d.first(sources, accept)
	d.put(field, to, value, source)
}

// table reads what the system's entry says.
func (d *detector) table() {
	r, e := &d.run, d.entry
	d.forge()
	d.repository()
	// Number and repository first: which variables hold the commit and the branch
	// depends on whether this is a pull request.
	d.number()
	refs := e.push
	if r.PullRequest > 0 {
		refs = e.pull
	}
	d.set("commit", &r.Commit, refs.commit, asIs)
	if tested, _ := d.first(refs.tested, asIs); tested != r.Commit {
		r.Tested = tested
	}
	d.set("baseCommit", &r.BaseCommit, refs.baseCommit, rangeBase)
	d.set("baseBranch", &r.BaseBranch, refs.baseBranch, branchName)
	r.MergeQueue = r.PullRequest == 0 && refs.baseBranch != "" && r.BaseCommit != "" && r.BaseBranch != ""
	tag, _ := d.first(e.tag, asIs)
	// Most systems put a tag's name where a branch's would be, and coverage of a tag
	// is not a branch's.
	if tag == "" || r.PullRequest > 0 {
		d.set("branch", &r.Branch, refs.branch, branchName)
	}
	d.set("event", &r.Event, e.event, asIs)
	if r.Event == "" && r.PullRequest > 0 {
		r.Event = "pull_request"
	}
	d.set("workspace", &r.Workspace, e.workspace, asIs)
	d.set("runUrl", &r.RunURL, e.url, address.Shown)
	if user, branch, ok := strings.Cut(r.Branch, ":"); ok && r.PullRequest > 0 { // Buildkite's way to write a fork's branch
		r.Branch, r.HeadOwner, r.FromFork = branch, user, user != r.Owner
	}
	if r.PullRequest > 0 {
		d.headRepository()
	}
}

// secrets says whether secrets are withheld from the run.
func (d *detector) secrets() {
	name, value, valued := strings.Cut(d.entry.withheld, "=")
	switch {
	// Only a run that surely has no secrets may go without a token; wherever that
	// is not known, a missing token is a fault.
	case d.run.SecretsWithheld: // the system's own rules said so
	case name == "fork":
		d.run.SecretsWithheld = d.run.FromFork
	case name == "pull":
		d.run.SecretsWithheld = d.run.PullRequest > 0
	case valued:
		d.run.SecretsWithheld = d.run.PullRequest > 0 && strings.EqualFold(d.env(strings.Replace(name, "~", d.entry.prefix, 1)), value)
	}
}

// checkout fills what the CI did not say.
func (d *detector) checkout() {
	if d.Repo == nil {
		return
	}
	r := &d.run
	if r.Workspace == "" {
		r.Workspace = d.Repo.Root
	}
	if r.Commit == "" && r.NoCommit.Reason == "" {
		// Not where the CI said why it does not know: HEAD is the base's there.
		if head, err := d.Repo.Resolve(d.ctx, "HEAD"); err == nil {
			d.put("commit", &r.Commit, head, "git")
			if r.Branch == "" && (r.System == Git || r.System == Unknown) {
				d.put("branch", &r.Branch, d.Repo.Branch(d.ctx), "git")
			}
		}
	}
	if r.Owner != "" {
		return
	}
	remote, ok := d.Repo.Remote()
	if !ok {
		return
	}
	r.Owner, r.Name, r.Origin["repository"] = ownerOf(remote), remote.Name, "git remote"
	if r.Forge == "" {
		r.Forge = forgeOfHost(remote.Host)
	}
}
