package doctor

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/rest"
)

// reach asks the service's address for anything: every answer means that it is
// there, and its Date is compared with the clock.
func (d *Doctor) reach(ctx context.Context, o *connect.Service) bool {
	start := time.Now()
	resp, err := d.ask(ctx, o)
	if err != nil {
		d.fail("reachable", err)
		return false
	}
	took := time.Since(start)
	d.ok("reachable", "%s answered in %d ms", hostOf(o.BaseURL), took.Milliseconds())
	d.clock(resp.Header.Get("Date"), start.Add(took/2)) // the service wrote its time halfway
	return true
}

// ask sends one request without a token.
func (d *Doctor) ask(ctx context.Context, o *connect.Service) (*rest.Response, error) {
	cfg, err := d.To.RestConfig(o.Title, o.BaseURL, d.Service.InsecureHTTP)
	if err != nil {
		return nil, err
	}
	cfg.Tries, cfg.Timeout = 1, 10*time.Second
	client, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return client.Do(ctx, rest.Request{Op: "reach " + o.Title, Method: "GET", Path: "/"})
}

// hostOf returns host and port of an address, without its password.
func hostOf(text string) string {
	_, rest, _ := address.Cut(text)
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func (d *Doctor) clock(date string, now time.Time) {
	at, err := time.Parse(time.RFC1123, date)
	if err != nil {
		d.warn("clock", "", "the service tells no time to compare with")
		return
	}
	off := now.Sub(at).Round(time.Second)
	if off.Abs() > time.Minute {
		d.warn("clock", "set the machine's clock: signed uploads and token expiry depend on it", "differs from the service's by %s", off)
		return
	}
	d.ok("clock", "agrees with the service's")
}

// proxy shows which proxy requests go through.
func (d *Doctor) proxy() {
	names := []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}
	i := slices.IndexFunc(names, func(name string) bool { return d.To.Env(name) != "" })
	if i < 0 {
		d.ok("proxy", "none")
		return
	}
	host := hostOf(d.To.Env(names[i]))
	if _, _, ok := address.Host(host); !ok {
		d.warn("proxy", "write it as http://host:port", "%s is set, and is no address", names[i])
		return
	}
	d.ok("proxy", "%s, from %s", host, names[i])
}
