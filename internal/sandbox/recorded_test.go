package sandbox_test

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/box"

	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/gitlab"
	"github.com/gatewright/gatewright/internal/sandbox/shapetest"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// recorded is one operation of a forge as it was seen in recorded traffic, or
// as its vendor describes it.
type recorded struct {
	Method string
	Path   string
	Status int
	Kind   string
	Keys   shapetest.Shape
}

// player makes the calls of testdata/recorded-calls.txt at a sandbox.
type player struct {
	box    *sandbox.Sandbox
	vars   map[string]string // of the sandbox, by name
	values map[string]string // of the placeholders
}

func newPlayer(t *testing.T) *player {
	t.Helper()
	seed := world.DefaultSeed()
	seed.Organizations = append(seed.Organizations,
		world.SeedOrganization{Name: "robin", User: true, Repositories: []world.SeedRepository{{Name: "dotfiles"}}},
		world.SeedOrganization{Name: "acme/sub", Repositories: []world.SeedRepository{{Name: "deep"}}})
	s, err := sandbox.Start(sandbox.Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p := &player{box: s, vars: map[string]string{}, values: map[string]string{}}
	for _, v := range s.Variables() {
		p.vars[v.Name] = v.Value
	}
	api, acme := s.World.Repository("acme", "api"), s.World.Organization("acme").ID
	p.values["REPO"], p.values["HEAD"] = fmt.Sprint(api.ID), api.PullRequest(7).Head
	p.values["PROJECT"] = fmt.Sprintf("00000000-0000-4000-8000-%012x", acme)
	p.values["INSTALLATION"] = fmt.Sprint(50_000_000 + acme)
	api.PullRequests = append(api.PullRequests, &world.PullRequest{ID: 3, Number: 3, Title: "Done", Branch: "done", Target: "main", Head: api.Commits[0].SHA, Base: api.Commits[0].SHA, State: "merged"})
	s.World.Move("acme", "queue", "acme", "queue-2")
	return p
}

// credential is the header that each forge's token goes in.
func (p *player) credential(t *testing.T, forge, as string) (name, value string) {
	t.Helper()
	token := p.vars[map[string]string{"github": "GH_TOKEN", "gitlab": "GITLAB_TOKEN", "azuredevops": "AZURE_DEVOPS_EXT_PAT", "bitbucket": "BITBUCKET_TOKEN", "gitea": "GITEA_TOKEN"}[forge]]
	switch as {
	case "nobody":
		token = "0000"
	case "app":
		token = p.appToken(t)
	case "installation":
		token = p.values["MINTED"]
	case "developer":
		token = p.box.Stand("gitlab").(*gitlab.Server).Token(gitlab.Developer)
	}
	switch forge {
	case "gitlab":
		return "Private-Token", token
	case "azuredevops":
		return "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(":"+token))
	case "gitea":
		return "Authorization", "token " + token
	default:
		return "Authorization", "Bearer " + token
	}
}

// appToken proves the sandbox's App.
func (p *player) appToken(t *testing.T) string {
	t.Helper()
	block, _ := pem.Decode([]byte(strings.ReplaceAll(p.vars["GITHUB_APP_PRIVATE_KEY"], `\n`, "\n")))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	now, enc := time.Now().Unix(), base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"RS256"}`)) + "." + enc.EncodeToString(fmt.Appendf(nil, `{"iss":%q,"iat":%d,"exp":%d}`, p.vars["GITHUB_APP_ID"], now-60, now+300))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + enc.EncodeToString(signature)
}

// call is one line of testdata/recorded-calls.txt.
type call struct {
	forge, method, operation, status string // of the recording

	as   string // whose credential, or what is special
	verb string // the method that is sent
	path string
	body string
}

func parseCall(line string) call {
	operation, rest, _ := strings.Cut(line, " | ")
	w := strings.Fields(operation)
	c := call{forge: w[0], method: w[1], operation: w[2], status: w[3], verb: w[1]}
	for !strings.HasPrefix(rest, "/") {
		var word string
		word, rest, _ = strings.Cut(rest, " ")
		if as, ok := strings.CutPrefix(word, "as="); ok {
			c.as = as
		} else {
			c.verb = word
		}
	}
	c.path, c.body, _ = strings.Cut(rest, " ")
	return c
}

// send makes one call and returns what is answered.
func (p *player) send(t *testing.T, c call, etag string) *httptest.ResponseRecorder {
	t.Helper()
	// Longer names first, and all at once: a sealed text may spell a name.
	names := slices.SortedFunc(maps.Keys(p.values), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, name := range names {
		pairs = append(pairs, name, p.values[name])
	}
	fill := strings.NewReplacer(pairs...).Replace
	r := httptest.NewRequest(c.verb, "http://stand-in.example"+fill(c.path), strings.NewReader(fill(c.body)))
	name, value := p.credential(t, c.forge, c.as)
	r.Header.Set(name, value)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json; api-version=7.1")
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	rec := httptest.NewRecorder()
	p.box.Stand(c.forge).ServeHTTP(rec, r)
	return rec
}

// play makes one call and remembers what later ones need.
func (p *player) play(t *testing.T, c call) (int, any) {
	t.Helper()
	gh := p.box.Stand("github").(*github.Server)
	etag := ""
	switch c.as {
	case "again": // a copy of the answer is there
		etag = p.send(t, c, "").Header().Get("ETag")
	case "limited": // refusals take turns
		gh.Limits.Points = 1
		gh.World.Turn(c.status == "429", github.QuietLimits)
		defer func() { gh.Limits = github.DefaultLimits(); gh.World.Turn(false, github.QuietLimits) }()
		for range 3 {
			if rec := p.send(t, c, ""); fmt.Sprint(rec.Code) == c.status && rec.Body.Len() > 0 {
				return rec.Code, shapetest.Parse(t, rec.Body.Bytes())
			}
		}
	}
	rec := p.send(t, c, etag)
	answer := shapetest.Parse(t, rec.Body.Bytes())
	object, _ := answer.(map[string]any)
	if key, ok := object["key"].(string); ok && strings.HasSuffix(c.path, "/public-key") {
		raw, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := box.SealAnonymous(nil, []byte("value"), (*[32]byte)(raw), nil)
		if err != nil {
			t.Fatal(err)
		}
		p.values["SEALED"], p.values["KEY"] = base64.StdEncoding.EncodeToString(sealed), fmt.Sprint(object["key_id"])
	}
	if token, ok := object["token"].(string); ok {
		p.values["MINTED"] = token
	}
	for _, id := range []string{"id", "uuid"} {
		if made := object[id]; made != nil && c.verb == "POST" && !strings.Contains(c.path, "status") {
			p.values["ID"] = fmt.Sprint(made)
		}
	}
	for name, part := range map[string]string{"DEFINITION": "/build/definitions?", "ENVIRONMENT": "/environments$"} {
		for _, rows := range []string{"value", "values"} {
			if list, ok := object[rows].([]any); ok && strings.Contains(c.path+"$", part) && len(list) > 0 && c.forge != "github" {
				row := list[0].(map[string]any)
				p.values[name] = fmt.Sprint(cmp.Or(row["uuid"], row["id"]))
			}
		}
	}
	if c.forge == "azuredevops" && c.operation == "/{org}/{project}/_apis/build/definitions/{definition}" && c.status == "200" {
		p.values["WHOLE"] = strings.Replace(rec.Body.String(), "{", `{"variables":{"A":{"value":"b"},"S":{"value":"c","isSecret":true}},`, 1)
	}
	return rec.Code, answer
}

// lines reads a table of testdata: its lines that are no remarks.
func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// TestLikeRecordedAnswers holds the stand-ins of the forges to recorded
// answers: the same status, every key that is always there, its type, and no
// null where none was ever seen, but for testdata/recorded-excused.txt. Every recorded operation is either played
// here or named in testdata/recorded-unoffered.txt with the reason.
func TestLikeRecordedAnswers(t *testing.T) {
	var shapes map[string]json.RawMessage
	if err := json.Unmarshal(reference.Read(t, "recorded/recorded-shapes.json"), &shapes); err != nil {
		t.Fatal(err)
	}
	delete(shapes, "about")
	known := map[string]recorded{} // by operation and status
	for forge, text := range shapes {
		var all []recorded
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			known[fmt.Sprint(forge, " ", r.Method, " ", r.Path, " ", r.Status)] = r
		}
	}
	total := len(known)
	for _, line := range lines(t, "recorded-unoffered.txt") {
		operation, why, ok := strings.Cut(line, " | ")
		if _, there := known[operation]; !there || !ok || why == "" {
			t.Errorf("%s: not recorded, or without a reason", line)
		}
		delete(known, operation)
	}
	unoffered := total - len(known)
	excused := map[string]bool{}
	for _, line := range lines(t, "recorded-excused.txt") {
		what, why, _ := strings.Cut(line, " | ")
		if excused[what] = why != ""; why == "" {
			t.Errorf("%s: without a reason", line)
		}
	}
	p := newPlayer(t)
	played, alike := map[string]int{}, map[string]int{}
	seen := map[string]bool{}
	for _, line := range lines(t, "recorded-calls.txt") {
		c := parseCall(line)
		status, answer := p.play(t, c)
		if fmt.Sprint(status) != c.status {
			t.Errorf("%s: answered %d: %v", line, status, answer)
			continue
		}
		operation := strings.Join([]string{c.forge, c.method, c.operation, c.status}, " ")
		r, ok := known[operation]
		if !ok || seen[operation] {
			continue // made for the calls after it
		}
		seen[operation] = true
		played[c.forge]++
		if faults := slices.DeleteFunc(unlike(r, answer), func(f string) bool { return excused[operation+" "+f] }); len(faults) > 0 {
			t.Errorf("%s:\n\t%s", operation, strings.Join(faults, "\n\t"))
		} else {
			alike[c.forge]++
		}
	}
	for operation := range known {
		if !seen[operation] {
			t.Errorf("%s: neither played nor named as not offered", operation)
		}
	}
	sum := 0
	for forge, n := range played {
		t.Logf("%s: %d of %d operations alike", forge, alike[forge], n)
		sum += alike[forge]
	}
	t.Logf("%d of %d recorded operations are alike, %d are not offered", sum, total, unoffered)
}

// unlike returns in what an answer differs from a recorded one. Addresses may
// be missing; so may keys in recordings of a year long past, since a newer
// version dropped them.
func unlike(r recorded, answer any) []string {
	var out []string
	if r.Keys == nil {
		return nil
	}
	for _, d := range shapetest.Compare(r.Keys, answer) {
		old := strings.Contains(r.Kind, "20") || strings.Contains(r.Kind, "old")
		switch {
		case d.Kind == shapetest.Invented, d.Kind == shapetest.Never:
		case d.Kind == shapetest.Missing && (old || strings.HasSuffix(d.Path, "_url")):
		case d.Kind == shapetest.Type && d.Want == "null": // what was empty whenever it was recorded
		default:
			out = append(out, d.String())
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}
