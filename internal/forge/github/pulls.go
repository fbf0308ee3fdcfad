package github

import (
	"context"
	"fmt"
	"strconv"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
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
	out := forge.Pull{Number: p.Number, Open: p.State == "open", Head: p.Head.SHA, HeadBranch: p.Head.Ref, Base: p.Base.SHA, BaseBranch: p.Base.Ref}
	if p.Head.Repo != nil {
		out.HeadOwner = p.Head.Repo.Owner.Login
	}
	return out
}

// Pull reads a pull request.
func (c *Client) Pull(ctx context.Context, pr forge.PullRequest) (forge.Pull, error) {
	var p pull
	op := fmt.Sprintf("read pull request %s/%s#%d", pr.Owner, pr.Repo, pr.Number)
	_, err := c.call(ctx, rest.Request{Op: op, Path: path("repos", pr.Owner, pr.Repo, "pulls", strconv.Itoa(pr.Number))}, &p)
	return p.forge(), err
}
