package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/release"
	"github.com/gatewright/gatewright/internal/rest"
)

// downloads is where releases are published; a mirror has the same layout.
const downloads = "https://github.com/gatewright/gatewright/releases/download"

type selfVerify struct {
	Checksums   string `placeholder:"FILE" help:"The release's checksums.txt, or - for standard input. By default it is downloaded."`
	DownloadURL string `placeholder:"URL" help:"Where releases are published, for mirrors: the folder above v1.2.3/."`
}

// verification is the answer of self verify.
type verification struct {
	Version  string `json:"version"`
	Asset    string `json:"asset"`
	SHA256   string `json:"sha256"`
	Expected string `json:"expected"`
	Source   string `json:"source"` // where the expected checksum was read
	Verified bool   `json:"verified"`
}

// Run compares the running program with its release's checksum.
func (c selfVerify) Run(ctx context.Context, app *connect.To) error {
	v := verification{Version: Version(), Asset: release.Asset()}
	sums, err := c.read(ctx, app, &v)
	if err != nil {
		return err
	}
	if v.SHA256, err = release.OwnSum(); err != nil {
		return err
	}
	if v.Expected = release.FindSum(sums, v.Asset); v.Expected == "" {
		return fault.Errorf(fault.Input, "%s has no line for %s", v.Source, v.Asset)
	}
	v.Verified = v.SHA256 == v.Expected
	if err := v.print(app); err != nil {
		return err
	}
	if !v.Verified {
		return fault.WithHint(
			fault.Errorf(fault.Auth, "this program is not the %s that gatewright %s was released with", v.Asset, v.Version),
			"delete it and install it again from the release")
	}
	return nil
}

func (v verification) print(app *connect.To) error {
	if app.JSON {
		return app.Print(v)
	}
	word := "verified"
	if !v.Verified {
		word = "DIFFERENT, expected " + v.Expected
	}
	_, err := fmt.Fprintf(app.Stdout, "gatewright %s, %s\nsha256 %s\n%s by %s\n", v.Version, v.Asset, v.SHA256, word, v.Source)
	return err
}

// read returns the text of the checksums and notes in v where it came from.
func (c selfVerify) read(ctx context.Context, app *connect.To, v *verification) (string, error) {
	switch c.Checksums {
	case "":
		return c.download(ctx, app, v)
	case "-":
		v.Source = "standard input"
		text, err := io.ReadAll(io.LimitReader(app.Stdin, 1<<20))
		return string(text), err
	default:
		v.Source = c.Checksums
		text, err := input.Read(app.Path(c.Checksums))
		return string(text), fault.As(fault.Input, err)
	}
}

func (c selfVerify) download(ctx context.Context, app *connect.To, v *verification) (string, error) {
	// Only a release has checksums; a build of one's own equals none.
	if version == "" {
		return "", fault.WithHint(
			fault.Errorf(fault.Input, "this program (%s) was built from source, so no release holds its checksum", v.Version),
			"compare it with a file you trust: --checksums FILE")
	}
	base := cmp.Or(c.DownloadURL, downloads)
	client, err := rest.New(rest.Config{System: "the release page", BaseURL: base, UserAgent: "gatewright/" + v.Version, Redact: app.Redact, Proxy: rest.EnvironmentProxy(app.Env)})
	if err != nil {
		return "", err
	}
	v.Source = client.BaseURL() + "/v" + v.Version + "/checksums.txt"
	resp, err := client.Call(ctx, rest.Request{Op: "read the release's checksums", Method: "GET", Path: rest.Path("v"+v.Version, "checksums.txt")}, nil)
	if err != nil {
		return "", err
	}
	return string(resp.Body), nil
}
