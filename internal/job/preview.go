package job

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
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
	return printPayloads(j.Console, payloads, whole)
}

// shownBody is how much of a body is shown unless it is asked for whole, in
// bytes; on a terminal, where people look for the table, it is three lines.
const shownBody = 2000

func printPayloads(c *console.Console, payloads []service.Payload, whole bool) error {
	rows := [][]string{{"#", "BYTES", "TYPE", "REQUEST"}}
	for i, p := range payloads {
		rows = append(rows, []string{strconv.Itoa(i + 1), strconv.FormatInt(int64(p.Bytes), 10), cmp.Or(p.Type, "-"), p.Method + " " + p.URL})
	}
	if err := c.Table(rows); err != nil {
		return err
	}
	shown := shownBody
	if width := c.Width(); width > 0 {
		shown = 3 * width
	}
	for i, p := range payloads {
		body, rest := p.Body, ""
		if !whole && len(body) > shown {
			body, rest = strings.ToValidUTF8(body[:shown], ""), fmt.Sprintf("\n… %d more bytes; --show-body shows all", len(body)-shown)
		}
		if body == "" {
			continue
		}
		if _, err := fmt.Fprintf(c.Stdout, "\nbody of request %d:\n%s%s\n", i+1, body, rest); err != nil {
			return err
		}
	}
	return nil
}
