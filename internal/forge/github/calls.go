package github

import (
	"context"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
)

// calls are the calls of go-github that are used here. A field that holds its
// Client would let the linker believe that reflection may reach every method of
// every one of its services, a fifth of the whole program; functions hide it.
type calls struct {
	send          func(ctx context.Context, op, method, at string, body, out any) (*github.Response, error)
	listComments  func(ctx context.Context, owner, repo string, number int, o *github.IssueListCommentsOptions) ([]*github.IssueComment, *github.Response, error)
	createComment func(ctx context.Context, owner, repo string, number int, c *github.IssueComment) (*github.IssueComment, *github.Response, error)
	editComment   func(ctx context.Context, owner, repo string, id int64, c *github.IssueComment) (*github.IssueComment, *github.Response, error)
	deleteComment func(ctx context.Context, owner, repo string, id int64) (*github.Response, error)
	createStatus  func(ctx context.Context, owner, repo, ref string, s *github.RepoStatus) (*github.RepoStatus, *github.Response, error)
}

func callsOf(gh *github.Client, fail func(op string, resp *github.Response, err error) error) calls {
	return calls{
		send: func(ctx context.Context, op, method, at string, body, out any) (*github.Response, error) {
			req, err := gh.NewRequest(method, at, body)
			if err != nil {
				return nil, fault.Errorf(fault.Bug, "%s: %w", op, err)
			}
			resp, err := gh.Do(ctx, req, out)
			return resp, fail(op, resp, err)
		},
		listComments:  gh.Issues.ListComments,
		createComment: gh.Issues.CreateComment,
		editComment:   gh.Issues.EditComment,
		deleteComment: gh.Issues.DeleteComment,
		createStatus:  gh.Repositories.CreateStatus,
	}
}
