// Command soak runs the built program for long, and under conditions that a
// machine can be in:
//
//	go run ./soak --gatewright FILE [--uploads N] [--killed N]
//
// It uploads a report of N commits, 100 at a time, while one answer of ten is a
// fault: none may be lost, none counted twice, no process may grow. Then it
// runs with a full disk, a read-only one, without HOME, git or authorities, at
// other times, and ends commands at random moments. It prints what it counted,
// and "N passed, N failed".
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

func main() {
	program := flag.String("gatewright", "", "the program under test (required)")
	uploads := flag.Int("uploads", 300, "uploads in all")
	killed := flag.Int("killed", 60, "commands that are ended at a random moment")
	clocked := flag.String("clocked", "", "a program of scripts/clocked, for runs at other times")
	flag.Parse()
	s := &soak{clocked: *clocked}
	if err := s.run(*program, *uploads, *killed); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(2)
	}
	fmt.Printf("%d passed, %d failed\n", s.passed, s.failed)
	if s.failed > 0 {
		os.Exit(1)
	}
}

type soak struct {
	program string
	work    string
	clocked string
	env     map[string]string
	needles rig.Needles

	mu             sync.Mutex
	passed, failed int
}

func (s *soak) check(ok bool, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok {
		s.passed++
		return
	}
	s.failed++
	fmt.Printf("WRONG  "+format+"\n", args...)
}

func (s *soak) run(program string, uploads, killed int) (err error) {
	if s.work, err = os.MkdirTemp("", "soak"); err != nil {
		return err
	}
	defer os.RemoveAll(s.work)
	if s.program, err = filepath.Abs(program); err != nil {
		return err
	}
	if s.clocked != "" { // commands run in a folder of their own
		if s.clocked, err = filepath.Abs(s.clocked); err != nil {
			return err
		}
	}
	var stop func()
	if s.env, stop, err = rig.Sandbox(s.program, s.work); err != nil {
		return err
	}
	defer stop()
	s.needles = rig.Needles{}
	for name, value := range s.env {
		if rig.IsToken(name) {
			s.needles.Add(name, value)
		}
	}
	delete(s.env, "GITHUB_APP_PRIVATE_KEY")
	delete(s.env, "GITHUB_APP_ID")
	s.env["PATH"], s.env["HOME"] = os.Getenv("PATH"), s.work
	files := map[string]string{"a.go": "package a\n", "lcov.info": "SF:a.go\nDA:1,1\nend_of_record\n"}
	if err := rig.Checkout(filepath.Join(s.work, "checkout"), "https://github.com/acme/api.git", files); err != nil {
		return err
	}
	if err := s.uploads(uploads); err != nil {
		return err
	}
	s.conditions()
	s.ended(killed)
	return nil
}

// do runs a command in the checkout.
func (s *soak) do(line string, change func(*rig.Run)) rig.Outcome {
	r := rig.Run{Program: s.program, Args: strings.Fields(line), Dir: filepath.Join(s.work, "checkout"), Env: maps.Clone(s.env), Limit: 3 * time.Minute, Memory: 400 << 20}
	if change != nil {
		change(&r)
	}
	return r.Do()
}

// uploads sends n reports, each of another commit, 100 at a time.
func (s *soak) uploads(n int) error {
	target, err := url.Parse(s.env["CODACY_API_BASE_URL"])
	if err != nil {
		return err
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	c := &counter{next: proxy, stored: map[string]map[string]bool{}, finals: map[string]int{}}
	server := httptest.NewServer(c)
	server.Config.ErrorLog = rig.Quiet
	defer server.Close()
	before := descriptors(os.Getpid())
	var unsure atomic.Int64
	peaks := make([]int64, n)
	began := time.Now()
	rig.Parallel(n, 100, func(i int) {
		commit := fmt.Sprintf("%040x", i+1)
		o := s.do("--output json coverage upload --service codacy --timeout 2m --commit "+commit, func(r *rig.Run) { r.Env["CODACY_API_BASE_URL"] = server.URL })
		peaks[i] = o.Peak
		c.mu.Lock()
		stored := len(c.stored[commit])
		c.mu.Unlock()
		switch {
		case o.Code == 0:
			s.check(stored == 1, "commit %d: exit 0 with %d different reports stored", i, stored)
		case o.Code == 4 || o.Code == 5:
			unsure.Add(1) // it said so
			s.check(stored <= 1, "commit %d: %d different reports stored", i, stored)
		default:
			s.check(false, "commit %d: exit %d: %s", i, o.Code, o.Err)
		}
	})
	s.check(int(unsure.Load()) <= n/20, "%d of %d uploads ended with an error, although each fault can be borne", unsure.Load(), n)
	slices.Sort(peaks)
	fmt.Printf("uploads: %d in %.0f s, 100 at once, %d requests, %d faults; %d lost, %d doubled, %d said to be uncertain; memory %d to %d MB; descriptors of the server %d before, %d after\n",
		n, time.Since(began).Seconds(), c.n.Load(), c.faults.Load(), n-len(c.stored), doubled(c.stored), unsure.Load(), peaks[0]>>20, peaks[n-1]>>20, before, descriptors(os.Getpid()))
	return nil
}

func descriptors(pid int) int {
	list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(list)
}

// conditions are states of a machine.
func (s *soak) conditions() {
	gate := "gate --local --min-total 1 lcov.info"
	upload := "coverage upload --service codacy --timeout 30s"
	list := []struct {
		name, line string
		codes      []int
		change     func(*rig.Run)
	}{
		{"no HOME", gate, []int{0}, func(r *rig.Run) { delete(r.Env, "HOME") }},
		{"no HOME", upload, []int{0}, func(r *rig.Run) { delete(r.Env, "HOME") }},
		{"HOME that is not there", upload, []int{0}, func(r *rig.Run) { r.Env["HOME"] = "/nowhere" }},
		{"no PATH, so no git", gate, []int{0, 2}, func(r *rig.Run) { r.Env["PATH"] = "/nowhere" }},
		{"no PATH, so no git", upload, []int{0, 2}, func(r *rig.Run) { r.Env["PATH"] = "/nowhere" }},
		{"no variables", "coverage report lcov.info", []int{0}, func(r *rig.Run) { r.Env = map[string]string{} }},
		{"no TMPDIR", gate, []int{0, 2}, func(r *rig.Run) { r.Env["TMPDIR"] = "/nowhere" }},
		{"no authorities", "token check --service codacy --timeout 10s", []int{2}, func(r *rig.Run) {
			r.Env["SSL_CERT_FILE"], r.Env["SSL_CERT_DIR"], r.Env["CODACY_API_BASE_URL"] = "/nowhere", "/nowhere", "https://127.0.0.1:1"
		}},
		{"few descriptors", upload, []int{0, 2, 4, 5}, func(r *rig.Run) { r.Prefix = []string{"sh", "-c", `ulimit -n 16; exec "$@"`, "sh"} }},
		{"small files", "coverage report lcov.info --html page", []int{2}, func(r *rig.Run) { r.Prefix = []string{"sh", "-c", `ulimit -f 0; exec "$@"`, "sh"} }},
		{"closed streams", gate, []int{0, 1, 2}, func(r *rig.Run) { r.Prefix = []string{"sh", "-c", `exec "$@" <&- >&- 2>&-`, "sh"} }},
	}
	if s.clocked != "" {
		for _, when := range []string{"10", "951825600", "2147483648", "4102444800"} { // 1970, a 29th of February, 2038, 2100
			for _, line := range []string{gate, upload, "fleet plan --service codacy --forge github --org acme --include sdk-* --journal " + filepath.Join(s.work, "clock.journal"), "doctor"} {
				list = append(list, struct {
					name, line string
					codes      []int
					change     func(*rig.Run)
				}{"the clock at " + when, line, []int{0, 1, 2, 3, 4, 5, 6}, func(r *rig.Run) { r.Program, r.Env["CLOCK"] = s.clocked, when }})
			}
		}
	}
	for _, c := range list {
		o := s.do(c.line, c.change)
		said := o.Out + o.Err
		if c.name == "no TMPDIR" {
			// Linux has a folder in memory for it.
			_, err := os.Stat("/dev/shm")
			asked := !strings.Contains(said, "set TMPDIR") && !strings.Contains(said, "make a folder to call git in")
			s.check(asked == (err == nil), "%s: git is asked: %v; /dev/shm: %v: %s", c.name, asked, err, o.Err)
		}
		good := slices.Contains(c.codes, o.Code) && !strings.Contains(said, "goroutine ") && len(s.needles.In(said)) == 0
		s.check(good, "%s: gatewright %s: exit %d %s: %s", c.name, c.line, o.Code, o.Signal, o.Err)
	}
	fmt.Printf("conditions: %d\n", len(list))
	s.readOnly()
}

// readOnly runs in a checkout that may not be written to, as another user.
func (s *soak) readOnly() {
	if os.Getuid() != 0 {
		return
	}
	if _, err := exec.LookPath("setpriv"); err != nil {
		return
	}
	_ = os.Chmod(s.work, 0o755)
	for _, line := range []string{"gate --local --min-total 1 lcov.info", "coverage upload --service codacy --timeout 30s", "doctor"} {
		o := s.do(line, func(r *rig.Run) {
			r.Prefix = []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}
			r.Env["HOME"] = "/nonexistent"
		})
		s.check((o.Code == 0 || o.Code == 1 && line == "doctor") && !strings.Contains(o.Err, "goroutine "), "read-only, another's checkout: gatewright %s: exit %d: %s", line, o.Code, o.Err)
	}
}

// ended sends SIGTERM to commands at random moments: each ends soon, with what
// it says, and leaves no half file.
func (s *soak) ended(n int) {
	lines := []string{
		"coverage upload --service codacy --timeout 1m",
		"gate --service codacy --timeout 1m --junit JUNIT",
		"scan --service codeant --timeout 1m",
		"fleet plan --service codacy --forge github --org acme --include sdk-* --plan-out JSON --journal DIR/a",
		"fleet apply --yes --service codacy --forge github --org acme --include sdk-* --journal DIR/a --report JSON",
		"fleet audit --service codacy --forge github --org acme --journal DIR/a",
		"coverage report lcov.info --html DIR/page",
		"findings none*.sarif",
		"secret list --forge gitlab --repo acme/api",
		"doctor",
	}
	var slowest atomic.Int64
	rig.Parallel(n, 4, func(i int) {
		dir := filepath.Join(s.work, fmt.Sprint("ended", i))
		_ = os.MkdirAll(filepath.Join(dir, "tmp"), 0o755)
		line := strings.NewReplacer("DIR", dir, "JSON", dir+"/x.json", "JUNIT", dir+"/x.xml").Replace(lines[i%len(lines)])
		var term time.Duration
		o := s.do(line, func(r *rig.Run) {
			term = time.Duration(1+rand.N(int64(300*time.Millisecond))) * time.Nanosecond
			r.Term, r.Limit, r.Env["TMPDIR"] = term, 30*time.Second, filepath.Join(dir, "tmp")
		})
		if late := int64(o.Wall - term); late > slowest.Load() {
			slowest.Store(late)
		}
		s.check(!o.Hung && !strings.Contains(o.Err, "goroutine ") && o.Code != 70, "ended after %s: gatewright %s: exit %d %s: %s", term, line, o.Code, o.Signal, o.Err)
		if text, err := os.ReadFile(dir + "/x.json"); err == nil {
			s.check(json.Valid(text[strings.IndexByte(string(text), '{'):]), "ended after %s: gatewright %s: half a file", term, line)
		}
		left, _ := filepath.Glob(dir + "/.gatewright-*")
		more, _ := filepath.Glob(dir + "/tmp/*")
		left = append(left, more...)
		s.check(len(left) == 0, "ended after %s: gatewright %s: left %v", term, line, left)
		if strings.HasPrefix(line, "fleet apply") {
			o := s.do("fleet status --journal "+dir+"/a", nil)
			s.check(o.Code == 0 || o.Code == 6 || strings.Contains(o.Err, "there is no journal"), "ended after %s: the journal is not read: %s", term, o.Err)
		}
	})
	fmt.Printf("ended at random: %d, the slowest %.1f s after the signal\n", n, time.Duration(slowest.Load()).Seconds())
}
