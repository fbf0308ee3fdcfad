package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
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
)

// world is the checkout, the stand-ins and the tokens of a hunt.
type world struct {
	program string
	work    string
	env     map[string]string // the stand-ins' variables; addresses are the front's
	tokens  map[string]string // variable to token
	needles map[string]string // spelling to the token's name
	given   map[string]bool   // files that were there before
	front   *front
}

// start makes a checkout, runs the stand-ins, and puts TLS in front of them.
func start(program, work string) (*world, func(), error) {
	w := &world{program: program, work: work, env: map[string]string{}, tokens: map[string]string{}, needles: map[string]string{}, given: map[string]bool{}}
	for _, dir := range []string{"checkout/src", "home", "tmp"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o755); err != nil {
			return nil, nil, err
		}
	}
	envFile := filepath.Join(work, "env.sh")
	sandbox := exec.Command(program, "sandbox", "--print-env", envFile)
	if err := sandbox.Start(); err != nil {
		return nil, nil, err
	}
	stop := func() { _ = sandbox.Process.Kill(); _ = sandbox.Wait() }
	var text []byte
	for range 200 {
		if text, _ = os.ReadFile(envFile); bytes.HasSuffix(text, []byte("\n")) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if ok {
			w.env[name] = strings.Trim(value, "'")
		}
	}
	if len(w.env) < 10 {
		stop()
		return nil, nil, fmt.Errorf("the stand-ins did not start: %d variables", len(w.env))
	}
	delete(w.env, "GITHUB_APP_PRIVATE_KEY") // lines of a key are no token that a line could hold
	delete(w.env, "GITHUB_APP_ID")
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
		case strings.Contains(name, "TOKEN") || strings.Contains(name, "PAT"):
			w.tokens[name] = value
			for _, s := range spell(value) {
				w.needles[s] = name
			}
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
		"token.txt": w.env["CODACY_API_TOKEN"] + "\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		w.given[path] = true
	}
	remote := "https://x-access-token:" + w.env["GH_TOKEN"] + "@github.com/acme/api.git"
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"remote", "add", "origin", remote}, {"add", "src", "lcov.info"}, {"-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qm", "one"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return nil
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

// in returns the names of the tokens that text holds.
func (w *world) in(text string) []string {
	names := map[string]bool{}
	for needle, name := range w.needles {
		if strings.Contains(text, needle) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (w *world) spellings() int { return len(w.needles) }

// spell returns what a token may look like: base64 at each of its three
// alignments, without the ends that depend on what stands beside it.
func spell(token string) map[string]string {
	all := map[string]string{"plain": token, "hex": hex.EncodeToString([]byte(token)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(token)))}
	reversed := []byte(token)
	slices.Reverse(reversed)
	all["reversed"] = string(reversed)
	quoted, _ := json.Marshal(token)
	all["JSON"], all["URL"] = strings.Trim(string(quoted), `"`), url.QueryEscape(token)
	for i := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + token))
		text = strings.TrimRight(text, "=")
		if i > 0 {
			text = text[4:]
		}
		all[fmt.Sprint("base64 at ", i)] = text[:len(text)-2]
	}
	return all
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

// newFront makes a certificate for loopback, and writes it to file as the
// authority to believe.
func newFront(file string) (*front, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "leaks"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return &front{protos: map[string]int{}, cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}, os.WriteFile(file, text, 0o644)
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
