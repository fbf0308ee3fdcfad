package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

// world is the checkout, the stand-ins and the tokens of a hunt.
type world struct {
	program string
	work    string
	env     map[string]string // the stand-ins' variables; addresses are the front's
	tokens  map[string]string // variable to token
	needles rig.Needles
	given   map[string]bool // files that were there before
	front   *front
}

// start makes a checkout, runs the stand-ins, and puts TLS in front of them.
func start(program, work string) (*world, func(), error) {
	w := &world{program: program, work: work, env: map[string]string{}, tokens: map[string]string{}, needles: rig.Needles{}, given: map[string]bool{}}
	for _, dir := range []string{"checkout/src", "home", "tmp"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o755); err != nil {
			return nil, nil, err
		}
	}
	env, stop, err := rig.Sandbox(program, work)
	if err != nil {
		return nil, nil, err
	}
	w.env = env
	delete(env, "GITHUB_APP_PRIVATE_KEY") // lines of a key are no token that a line could hold
	delete(env, "GITHUB_APP_ID")
	f, err := newFront(filepath.Join(work, "ca.pem"))
	if err != nil {
		stop()
		return nil, nil, err
	}
	w.front = f
	for name, value := range w.env {
		switch {
		case strings.HasPrefix(value, "http://"):
			w.env[name], err = f.before(value)
		case rig.IsToken(name):
			w.tokens[name] = value
			w.needles.Add(name, value)
		}
		if err != nil {
			stop()
			return nil, nil, err
		}
	}
	if err := w.checkout(); err != nil {
		stop()
		return nil, nil, err
	}
	return w, func() { stop(); f.close() }, nil
}

// checkout makes a repository with a remote that carries a password, and a
// report.
func (w *world) checkout() error {
	dir := filepath.Join(w.work, "checkout")
	files := map[string]string{
		"src/a.go":  "package a\n\nfunc A() int {\n\treturn 1\n}\n",
		"lcov.info": "SF:src/a.go\nDA:3,1\nDA:4,0\nend_of_record\n",
	}
	if err := rig.Checkout(dir, "https://x-access-token:"+w.env["GH_TOKEN"]+"@github.com/acme/api.git", files); err != nil {
		return err
	}
	files["token.txt"] = w.env["CODACY_API_TOKEN"] + "\n"
	for name := range files {
		w.given[filepath.Join(dir, name)] = true
	}
	return os.WriteFile(filepath.Join(dir, "token.txt"), []byte(files["token.txt"]), 0o600)
}

// environment returns a run's variables. Mangled, every address has a token
// as its password and an escape that no parser takes.
func (w *world) environment(mangled bool) map[string]string {
	env := maps.Clone(w.env)
	env["PATH"], env["HOME"], env["TMPDIR"] = os.Getenv("PATH"), filepath.Join(w.work, "home"), filepath.Join(w.work, "tmp")
	env["SSL_CERT_FILE"] = filepath.Join(w.work, "ca.pem")
	if mangled {
		for name, value := range env {
			if rest, ok := strings.CutPrefix(value, "https://"); ok {
				env[name] = "https://user:" + w.env["GITEA_TOKEN"] + "%zz@" + rest
			}
		}
		env["HTTPS_PROXY"] = "http://user:" + w.env["GITEA_TOKEN"] + "@127.0.0.1:1"
	}
	return env
}

// front stands between the program and the stand-ins: TLS and HTTP/2, faults
// and delays.
type front struct {
	requests atomic.Int64
	mu       sync.Mutex
	faults   bool
	delay    time.Duration
	protos   map[string]int
	cert     tls.Certificate
	servers  []*httptest.Server
}

// newFront makes a certificate for loopback, and writes its authority to file.
func newFront(file string) (*front, error) {
	authority, err := rig.NewAuthority()
	if err != nil {
		return nil, err
	}
	cert, err := authority.Server(time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour), "127.0.0.1")
	if err != nil {
		return nil, err
	}
	return &front{protos: map[string]int{}, cert: cert}, authority.WriteTo(file)
}

// before returns the https address that stands before a stand-in's.
func (f *front) before(address string) (string, error) {
	target, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	path := target.Path
	target.Path = ""
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		f.requests.Add(1)
		f.mu.Lock()
		faults, delay := f.faults, f.delay
		f.protos[r.Proto]++
		n := f.protos[r.Proto]
		f.mu.Unlock()
		time.Sleep(delay)
		if faults && n%2 == 0 {
			fault(rw, r, n/2)
			return
		}
		proxy.ServeHTTP(rw, r)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{f.cert}}
	server.Config.ErrorLog = nil
	server.StartTLS()
	f.servers = append(f.servers, server)
	return server.URL + path, nil
}

// fault answers as servers and proxies do that show what they were sent.
func fault(rw http.ResponseWriter, r *http.Request, n int) {
	var sent strings.Builder
	_ = r.Header.Write(&sent)
	switch n % 5 {
	case 0:
		http.Error(rw, "bad request: "+sent.String(), http.StatusBadRequest)
	case 1:
		rw.Header().Set("Content-Type", "text/html")
		rw.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(rw, "<html><title>Blocked</title><pre>%s</pre>", sent.String())
	case 2:
		rw.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(rw).Encode(map[string]any{"message": "not you: " + sent.String()})
	case 3:
		http.Redirect(rw, r, "https://127.0.0.1:1/?was="+url.QueryEscape(sent.String()), http.StatusFound)
	case 4:
		panic(http.ErrAbortHandler)
	}
}

func (f *front) set(faults bool, delay time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.delay = faults, delay
}

func (f *front) protocols() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(slices.Sorted(maps.Keys(f.protos)), ", ")
}

func (f *front) close() {
	for _, s := range f.servers {
		s.CloseClientConnections()
		s.Close()
	}
}
