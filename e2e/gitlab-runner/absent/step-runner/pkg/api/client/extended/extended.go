// Package extended is absent: the step runner's client.
package extended

import (
	"context"
	"errors"
	"io"

	"gitlab.com/gitlab-org/step-runner/pkg/api/client"
	"google.golang.org/grpc"
)

// A Dialer reaches the step runner.
type Dialer interface {
	Dial() (*grpc.ClientConn, error)
}

// FollowOutput is where output goes.
type FollowOutput struct{ Logs io.Writer }

// A Client is never made.
type Client struct{}

// New refuses.
func New(Dialer) (*Client, error) { return nil, errors.ErrUnsupported }

// The methods have no Client to be called on.
func (*Client) CloseConn() error { return errors.ErrUnsupported }

func (*Client) Cancel(context.Context, string) error { return errors.ErrUnsupported }

func (*Client) RunAndFollow(context.Context, *client.RunRequest, *FollowOutput) (client.Status, error) {
	return client.Status{}, errors.ErrUnsupported
}
