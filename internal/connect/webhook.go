package connect

import (
	"context"
	"net/url"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// webhookWait bounds what a webhook may cost a run.
const webhookWait = 10 * time.Second

// CallWebhook posts text to the address in GATEWRIGHT_FLEET_WEBHOOK, if it is
// set, in the form that Slack and its like take. The address is a credential. A
// failure is a warning and never the run's exit code.
func (a *To) CallWebhook(ctx context.Context, text string) {
	address := secret.New(a.Env("GATEWRIGHT_FLEET_WEBHOOK"))
	if address.Empty() {
		return
	}
	a.Hide(address)
	if err := a.postWebhook(ctx, address, text); err != nil {
		why := "no answer"
		if code := rest.Status(err); code != 0 {
			why = rest.StatusText(code)
		}
		a.Warn("the webhook did not take the run's outcome: %s", why)
	}
}

func (a *To) postWebhook(ctx context.Context, address secret.Value, text string) error {
	u, err := url.Parse(address.Expose())
	if err != nil || u.Host == "" {
		return fault.Errorf(fault.Input, "no address")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), webhookWait)
	defer cancel()
	cfg, err := a.RestConfig("the webhook", u.Scheme+"://"+u.Host, false)
	if err != nil {
		return err
	}
	c, err := rest.New(cfg)
	if err != nil {
		return err
	}
	_, err = c.Call(ctx, rest.Request{Op: "tell the webhook", Method: rest.MethodPost, Path: u.EscapedPath(), Query: u.Query(), JSON: map[string]string{"text": text}}, nil)
	return err
}
