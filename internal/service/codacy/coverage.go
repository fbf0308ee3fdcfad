package codacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// maxPart is the size of one upload's body. Codacy's limit is 10 MB; what is
// larger ends in a proxy's HTML page.
const maxPart = 9_500_000

// part is one upload: some files of one language.
type part struct {
	language string
	report   string // the report it comes from, for messages
	body     []byte
}

// Upload sends the reports, one request for each report and language. One
// request alone is complete in itself; several are parts, and the final, sent
// once after all of them have arrived, has Codacy put them together. A
// part may be repeated: Codacy only keeps whether a line ran.
func (c *Client) Upload(ctx context.Context, t service.Target, u service.Upload, w service.Wait) (service.Receipt, error) {
	parts, notes, err := split(u, !c.cloud())
	if err != nil {
		return service.Receipt{}, err
	}
	v, err := c.v2(ctx, t)
	if err != nil {
		return service.Receipt{}, err
	}
	receipt := service.Receipt{Status: "uploaded", Notes: notes}
	partial := u.Partial || len(parts) > 1
	for i, p := range parts {
		w.Tell(fmt.Sprintf("upload %s coverage of %s (%d of %d, %d bytes)", p.language, p.report, i+1, len(parts), len(p.body)))
		text, err := v.post(ctx, v.partRequest(t.Commit, p, partial))
		if errors.Is(err, errClosed) {
			receipt.Notes = appendNew(receipt.Notes, closedNote)
			continue
		}
		if err != nil {
			return receipt, partError(err, i, len(parts))
		}
		receipt.Parts++
		receipt.Message = appendNew(receipt.Message, text)
	}
	if receipt.Parts == 0 {
		receipt.Status = "unchanged"
	}
	if u.Partial || !partial {
		return receipt, nil
	}
	return v.final(ctx, t.Commit, receipt)
}

// closedNote says what a refusal means that Codacy may give to a job that runs again.
const closedNote = "not sent: the final of this commit came before, and Codacy keeps what it has; a run of the same job changes nothing, new coverage needs a new commit"

func partError(err error, sent, all int) error {
	if sent == 0 {
		return err
	}
	return fault.WithHint(fault.Errorf(fault.Of(err), "%w (%d of %d parts had arrived; the final was not sent)", err, sent, all),
		"upload all reports of the commit again; parts already sent do no harm")
}

func (v v2) partRequest(commit string, p part, partial bool) rest.Request {
	return rest.Request{
		Op:   "upload " + p.language + " coverage to Codacy",
		Path: v.coverage(commit, p.language), Query: url.Values{"partial": {strconv.FormatBool(partial)}},
		Body: p.body, ContentType: "application/json", Repeat: rest.Always,
	}
}

// Finish sends the final for a commit whose parts came from several jobs.
func (c *Client) Finish(ctx context.Context, t service.Target) (service.Receipt, error) {
	v, err := c.v2(ctx, t)
	if err != nil {
		return service.Receipt{}, err
	}
	return v.final(ctx, t.Commit, service.Receipt{Status: "uploaded"})
}

// final reports to Codacy that all parts have arrived, and adds what it says to the
// receipt.
func (v v2) final(ctx context.Context, commit string, receipt service.Receipt) (service.Receipt, error) {
	text, err := v.twice(ctx, v.finalRequest(commit))
	if errors.Is(err, errClosed) {
		text, err = "The final coverage notification had arrived before.", nil
	}
	receipt.Message = appendNew(receipt.Message, text)
	return receipt, err
}

func (v v2) finalRequest(commit string) rest.Request {
	return rest.Request{
		Op:   "send the final coverage notification to Codacy",
		Path: v.commit(commit, "coverageFinal"), Body: []byte("{}"), ContentType: "application/json",
	}
}

// Preview returns the requests of an upload. Where the kind of token is not
// known, nothing is asked and a repository token is assumed.
func (c *Client) Preview(t service.Target, u service.Upload) ([]service.Payload, error) {
	parts, _, err := split(u, !c.cloud())
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	kind := c.kind
	c.mu.Unlock()
	if kind == service.NoToken {
		kind = service.RepositoryToken
	}
	v, err := c.v2As(kind, t)
	if err != nil {
		return nil, err
	}
	partial := u.Partial || len(parts) > 1
	var out []service.Payload
	for _, p := range parts {
		out = append(out, v.payload(v.partRequest(t.Commit, p, partial)))
	}
	if partial && !u.Partial {
		out = append(out, v.payload(v.finalRequest(t.Commit)))
	}
	return out, nil
}

func (v v2) payload(r rest.Request) service.Payload {
	address := v.client.BaseURL() + r.Path
	if len(r.Query) > 0 {
		address += "?" + r.Query.Encode()
	}
	return service.Payload{Method: "POST", URL: address, Type: r.ContentType, Bytes: len(r.Body), Body: string(r.Body)}
}

// split makes the parts of an upload, and the notes about files that Codacy
// has no language for.
func split(u service.Upload, totals bool) ([]part, []string, error) {
	sorter, err := languages().Sorter(u.Language)
	if err != nil {
		return nil, nil, err
	}
	var parts []part
	for _, f := range u.Files {
		sorted := sorter.Sort(f.Report)
		for _, name := range slices.Sorted(maps.Keys(sorted)) {
			for _, body := range bodies(sorted[name], maxPart, totals) {
				parts = append(parts, part{language: strings.ToLower(name), report: f.Path, body: body})
			}
		}
	}
	if len(parts) == 0 {
		return nil, nil, sorter.Nothing()
	}
	return parts, sorter.Notes(), nil
}

// bodies encodes files as {"fileReports":[{"filename":…,"coverage":{"10":1}}]},
// in as many bodies as the limit asks for. A file too long for one body is
// continued in the next, which Codacy merges line by line. With totals, the
// percentage of the whole and of each file is there as well, which self-hosted
// servers need (codacy-coverage-reporter#483).
func bodies(files []*coverage.File, limit int, totals bool) [][]byte {
	const tail, longestLine = `]}`, len(`,"9223372036854775807":2147483647`)
	head := `{"fileReports":[`
	if totals {
		head = fmt.Sprintf(`{"total":%d,"fileReports":[`, percent(files...))
	}
	var out [][]byte
	cur := []byte(head)
	for _, f := range files {
		name := `{"filename":` + quote(f.Path) + `,"coverage":{`
		if totals {
			name = fmt.Sprintf(`{"filename":%s,"total":%d,"coverage":{`, quote(f.Path), percent(f))
		}
		open := false // within the file's lines
		for line, hits := range f.Lines() {
			if len(cur) > len(head) && len(cur)+len(name)+longestLine+len(`}}`)+len(tail) > limit {
				if open {
					cur = append(cur, `}}`...)
				}
				out = append(out, append(cur, tail...))
				cur, open = []byte(head), false
			}
			if len(cur) > len(head) {
				cur = append(cur, ',')
			}
			if !open {
				cur = append(cur, name...)
			}
			open = true
			cur = append(cur, '"')
			cur = strconv.AppendInt(cur, int64(line), 10)
			cur = append(cur, `":`...)
			cur = strconv.AppendInt(cur, min(hits, math.MaxInt32), 10)
		}
		if open {
			cur = append(cur, `}}`...)
		}
	}
	if len(cur) > len(head) {
		out = append(out, append(cur, tail...))
	}
	return out
}

// percent is how much of the files' lines ran, rounded down.
func percent(files ...*coverage.File) int {
	covered, coverable := 0, 0
	for _, f := range files {
		lines := f.Totals().Lines
		covered, coverable = covered+lines.Covered, coverable+lines.Coverable
	}
	if coverable == 0 {
		return 0
	}
	return 100 * covered / coverable
}

func appendNew(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// quote returns text as a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string always marshals
	return string(b)
}
