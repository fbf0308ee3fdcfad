package job

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gatewright/gatewright/internal/service"
)

// Preview prints exactly what the coverage step would send, and sends nothing:
// a table of the requests, and their bodies, long ones only if whole.
func (j *Job) Preview(ctx context.Context, whole bool) error {
	ctx, cancel := context.WithTimeout(ctx, j.Wait.Timeout)
	defer cancel()
	var err error
	if j.run, j.repo, err = j.Sources.Locate(ctx); err != nil {
		return err
	}
	if err := j.bookable(); err != nil {
		return err
	}
	if j.main, err = j.Sources.Service(""); err != nil {
		return err
	}
	read, err := j.readReports(ctx, nil)
	if err != nil {
		return err
	}
	read.SayLeftOut(j.Console)
	uploader, err := capability[service.CoverageUploader](j.main, service.TakeCoverage)
	if err != nil {
		return err
	}
	payloads, err := uploader.Preview(Target(j.run), j.Upload.upload(read))
	if err != nil {
		return err
	}
	if j.Console.JSON {
		return j.Console.Print(map[string]any{"service": j.main.Name, "commit": j.run.Commit, "requests": payloads, "totals": read.Merged().Totals()})
	}
	return printPayloads(j.Console.Stdout, payloads, whole)
}

// shownBody is how much of a body is shown unless it is asked for whole.
const shownBody = 2000

func printPayloads(out io.Writer, payloads []service.Payload, whole bool) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "#\tREQUEST\tTYPE\tBYTES")
	for i, p := range payloads {
		fmt.Fprintf(w, "%d\t%s %s\t%s\t%d\n", i+1, p.Method, p.URL, cmp.Or(p.Type, "-"), p.Bytes)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i, p := range payloads {
		body, rest := p.Body, ""
		if !whole && len(body) > shownBody {
			body, rest = strings.ToValidUTF8(body[:shownBody], ""), fmt.Sprintf("\n… %d more bytes; --show-body shows all", len(body)-shownBody)
		}
		if body == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "\nbody of request %d:\n%s%s\n", i+1, body, rest); err != nil {
			return err
		}
	}
	return nil
}
