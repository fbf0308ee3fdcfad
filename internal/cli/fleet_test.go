package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/sandbox"
	codacysandbox "github.com/gatewright/gatewright/internal/sandbox/codacy"
	githubsandbox "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// fleetRun is a fleet of real processes against the stand-ins, all of whose
// output is kept.
type fleetRun struct {
	*testing.T
	s      *sandbox.Sandbox
	codacy *codacysandbox.Server
	github *githubsandbox.Server
	dir    string
	env    []string
	seen   bytes.Buffer // everything any process wrote
	called bytes.Buffer // how each was called, as the process list shows it
}

func newFleetRun(t *testing.T) *fleetRun {
	s := standIns(t)
	r := &fleetRun{
		T: t, s: s, codacy: s.Stand("codacy").(*codacysandbox.Server), github: s.Stand("github").(*githubsandbox.Server), dir: t.TempDir(),
		env: []string{"NO_COLOR=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "GITHUB_STEP_SUMMARY="},
	}
	r.github.Limits = githubsandbox.Limits{} // dozens of runs within a minute would meet them
	for _, v := range s.Variables() {
		r.env = append(r.env, v.Name+"="+v.Value)
	}
	return r
}

func (r *fleetRun) command(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		r.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{"gatewright"}, args...) // testscript's main goes by that name
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.dir, r.env, &r.seen, &r.seen
	return cmd
}

func (r *fleetRun) run(args ...string) {
	if err := r.command(args...).Run(); err != nil {
		r.Fatalf("%v: %v\n%s", args, err, r.seen.String())
	}
}

// killAfter runs the command and kills it once the journal has n lines: when
// that is seen here, or by a stand-in that is asked for more, whichever is first.
func (r *fleetRun) killAfter(n int, args ...string) (killed bool) {
	cmd := r.command(args...)
	reached := func() bool {
		text, _ := os.ReadFile(filepath.Join(r.dir, "fleet.journal"))
		return bytes.Count(text, []byte{'\n'}) >= n
	}
	begun := make(chan struct{})
	r.s.World.Faults.Add(world.Fault{Times: -1, Met: func() {
		if <-begun; reached() {
			_ = cmd.Process.Kill()
		}
	}})
	defer r.s.World.Faults.Clear()
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	close(begun)
	if line, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/cmdline"); err == nil {
		r.called.Write(line)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if cmd.ProcessState.ExitCode() < 0 { // by a signal
				return true
			}
			if err != nil {
				r.Fatalf("%v: %v\n%s", args, err, r.seen.String())
			}
			return false
		case <-time.After(time.Millisecond):
			if reached() {
				_ = cmd.Process.Kill()
			}
		}
	}
}

// everySecretWorks checks that each repository's secret, once it is there,
// holds a live token.
func (r *fleetRun) everySecretWorks() (stored int) {
	for _, repo := range r.s.World.Organization("acme").Repositories {
		value, ok := r.github.Value("actions/acme/"+repo.Name, "CODACY_PROJECT_TOKEN")
		if !ok {
			continue
		}
		stored++
		if !slices.Contains(r.codacy.Values("acme", repo.Name), value) {
			r.Errorf("the secret of acme/%s holds no live token", repo.Name)
		}
	}
	return stored
}

// silent looks for every token ever made in everything that was written, in
// every form that an encoder may give it.
func (r *fleetRun) silent() {
	written := map[string][]byte{"output": r.seen.Bytes(), "process list": r.called.Bytes()}
	err := filepath.WalkDir(r.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			written[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	issued := r.codacy.Issued()
	if len(issued) < 20 {
		r.Fatalf("only %d tokens were made", len(issued))
	}
	for _, v := range issued {
		quoted, _ := json.Marshal(v)
		for _, form := range []string{
			v, hex.EncodeToString([]byte(v)), strings.ToUpper(hex.EncodeToString([]byte(v))), url.QueryEscape(v), strings.Trim(string(quoted), `"`),
			base64.StdEncoding.EncodeToString([]byte(v)), base64.RawURLEncoding.EncodeToString([]byte(v)),
			// within a longer text, base64 of the same bytes may begin at any of three places
			base64.RawStdEncoding.EncodeToString([]byte(v)[1:])[:40], base64.RawStdEncoding.EncodeToString([]byte(v)[2:])[:40],
		} {
			for where, text := range written {
				if bytes.Contains(text, []byte(form)) {
					r.Errorf("%s holds a token, as %.6s…", where, form)
				}
			}
		}
	}
	r.Logf("%d tokens looked for in %d files and %d bytes of output", len(issued), len(written)-2, r.seen.Len())
}

// TestFleetKilled kills real processes at many moments; the next run goes on,
// and in the end every repository has one live token in its secret. Nothing
// that was written anywhere holds a token.
func TestFleetKilled(t *testing.T) {
	t.Parallel()
	r := newFleetRun(t)
	about := []string{"--service", "codacy", "--forge", "github", "--org", "acme", "--workers", "4"}
	apply := append([]string{"fleet", "apply", "--yes", "--grace", "0s", "--report", "out.json,out.csv,out.md,out.html,out.xml"}, about...)
	kills := 0
	for lines := 3; ; lines += 11 {
		if !r.killAfter(lines, apply...) {
			break
		}
		kills++
		r.everySecretWorks()
	}
	if kills < 5 {
		t.Errorf("killed only %d times", kills)
	}
	if n := r.everySecretWorks(); n != 21 {
		t.Errorf("%d secrets are stored, want 21", n)
	}
	// A rotation, killed as well, and a sweep.
	session, err := journal.Read(filepath.Join(r.dir, "fleet.journal"), journal.Keys{Unsigned: true})
	entries := session.Entries
	if err != nil {
		t.Fatal(err)
	}
	rotate := append([]string{"fleet", "rotate", "--yes", "--grace", "0s"}, about...)
	if !r.killAfter(len(entries)+40, rotate...) {
		t.Error("the rotation was not killed")
	}
	r.everySecretWorks()
	r.run(apply...)
	r.run(append([]string{"fleet", "sweep", "--yes", "--grace", "0s"}, about...)...)
	r.run(append([]string{"fleet", "sweep", "--yes", "--grace", "0s"}, about...)...)
	r.everySecretWorks()
	for _, repo := range r.s.World.Organization("acme").Repositories {
		want := 1
		if repo.Name == "api" {
			want++ // the sandbox's own
		}
		if repo.Archived || repo.NotAdded {
			want = 0
		}
		if got := r.codacy.Live("acme", repo.Name); got != want {
			t.Errorf("acme/%s has %d live tokens, want %d", repo.Name, got, want)
		}
	}
	r.run("fleet", "status")
	r.run(append([]string{"fleet", "audit"}, about...)...)
	r.silent()
	t.Logf("killed %d times while creating", kills)
}

// TestFleetInterrupted asks a run to end: it finishes what it has in hand,
// starts no more, reports, and leaves nothing half done.
func TestFleetInterrupted(t *testing.T) {
	t.Parallel()
	r := newFleetRun(t)
	// Six tokens are made; the next two when the run was asked to end, and no more until long after.
	asked := make(chan struct{})
	r.s.World.Faults.Add(world.Fault{System: "codacy", Method: "POST", Skip: 6, Times: 2, Met: func() { <-asked }})
	r.s.World.Faults.Add(world.Fault{System: "codacy", Method: "POST", Skip: 6, Times: -1, Delay: 10 * time.Second})
	cmd := r.command("--output", "json", "fleet", "apply", "--yes", "--service", "codacy", "--forge", "github", "--org", "acme", "--workers", "2")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	for done := 0; done < 3; {
		select {
		case <-ended:
			t.Fatalf("it ended by itself\n%s", said.String())
		case <-time.After(time.Millisecond):
		}
		text, _ := os.ReadFile(filepath.Join(r.dir, "fleet.journal"))
		done = bytes.Count(text, []byte(`"kind":"done"`))
	}
	second := r.command("fleet", "apply", "--yes", "--service", "codacy", "--forge", "github", "--org", "acme")
	if _ = second.Run(); second.ProcessState.ExitCode() != 2 || !strings.Contains(r.seen.String(), "another run holds the journal") {
		t.Errorf("a second run at the same time: exit code %d\n%s", second.ProcessState.ExitCode(), r.seen.String())
	}
	_ = cmd.Process.Signal(os.Interrupt)
	close(asked)
	<-ended
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(said.String(), " of 25 done (") {
		t.Errorf("exit code %d, want 130\n%s", code, said.String())
	}
	var report struct{ Summary map[string]int }
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if report.Summary["not-started"] == 0 || report.Summary["failed"] != 0 || report.Summary["created"] < 3 {
		t.Errorf("summary %v", report.Summary)
	}
	session, err := journal.Read(filepath.Join(r.dir, "fleet.journal"), journal.Keys{Unsigned: true})
	entries := session.Entries
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[journal.Kind]int{}
	for _, e := range entries {
		kinds[e.Kind]++
	}
	if kinds[journal.Planned] != kinds[journal.Done] || kinds[journal.End] != 1 {
		t.Errorf("something is half done: %v", kinds)
	}
	if n := r.everySecretWorks(); n != report.Summary["created"] {
		t.Errorf("%d secrets stored, %d reported", n, report.Summary["created"])
	}
}
