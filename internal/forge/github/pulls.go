package github

import (
	"context"
	"fmt"
	"net/url"

	"github.com/gatewright/gatewright/internal/forge"
)

// pull is the part of a pull request that is read here. The head's repository
// is null when its fork was deleted.
type pull struct {
	Number int    `json:"number"`
	State  string `json:"state"`
	Head   struct {
		SHA  string `json:"sha"`
		Ref  string `json:"ref"`
		Repo *struct {
			Owner struct {
				Login string `json:"login"`
			} `json:"owner"`
		} `json:"repo"`
	} `json:"head"`
	Base struct {
		SHA string `json:"sha"`
		Ref string `json:"ref"`
	} `json:"base"`
}

func (p pull) forge() forge.Pull {
	out := forge.Pull{
		Number: p.Number, Open: p.State == "open", Head: p.Head.SHA, HeadBranch: p.Head.Ref, Base: p.Base.SHA, BaseBranch: p.Base.Ref,
	}
	if p.Head.Repo != nil {
		out.HeadOwner = p.Head.Repo.Owner.Login
	}
	return out
}

// Pull reads a pull request.
func (c *Client) Pull(ctx context.Context, pr forge.PullRequest) (forge.Pull, error) {
	var p pull
	op := fmt.Sprintf("read pull request %s/%s#%d", pr.Owner, pr.Repo, pr.Number)
	_, err := c.gh.send(ctx, op, "GET", fmt.Sprintf("repos/%s/%s/pulls/%d", url.PathEscape(pr.Owner), url.PathEscape(pr.Repo), pr.Number), nil, &p)
	return p.forge(), err
}
