// Sdks plays the Go clients of GitLab, Gitea, Azure DevOps and Bitbucket,
// which others wrote, unchanged, against the stand-ins: each call that a person
// with a token would make for repositories, secrets, variables, comments and
// statuses. The stand-ins' addresses and tokens come from the environment of
// `gatewright sandbox`. A call counts as answered if the client takes the
// answer and it holds what is looked for; a refusal, if it is the one that is
// looked for.
package main

import (
	"fmt"
	"os"
)

// tally counts the calls of one client.
type tally struct {
	client          string
	tried, answered int
}

// call enters one call: its error, and whether the answer is what is looked for.
func (t *tally) call(name string, err error, good bool) {
	t.tried++
	switch {
	case err != nil:
		fmt.Printf("  %s: %v\n", name, err)
	case !good:
		fmt.Printf("  %s: not in shape\n", name)
	default:
		t.answered++
	}
}

// refused enters a call that has to be refused with the status.
func (t *tally) refused(name string, got, want int) {
	t.call(name, nil, got == want)
}

func main() {
	bad := false
	for _, play := range []func(*tally){gitlabClient, giteaClient, azureClient, bitbucketClient} {
		t := &tally{}
		play(t)
		fmt.Printf("%s: %d of %d calls answered in shape\n", t.client, t.answered, t.tried)
		bad = bad || t.answered < t.tried || t.tried == 0
	}
	if bad {
		os.Exit(1)
	}
}

func ptr[T any](v T) *T { return &v }
