package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

// TestGoaway: a server that closes every HTTP/2 connection before it answers
// costs a few connections for each attempt, not thousands.
func TestGoaway(t *testing.T) {
	t.Parallel()
	donor := httptest.NewTLSServer(nil)
	defer donor.Close()
	roots := x509.NewCertPool()
	roots.AddCert(donor.Certificate())
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: donor.TLS.Certificates, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	var opened atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			opened.Add(1)
			go goaway(conn)
		}
	}()
	c := hurried(client(t, "https://"+listener.Addr().String(), func(cfg *Config) { cfg.RootCAs, cfg.Tries = roots, 3 }))
	_, err = c.Do(t.Context(), Request{Op: "upload", Method: "PUT", Path: "/", Body: []byte("x")})
	if fault.Of(err) != fault.Service || !strings.Contains(err.Error(), errDials.Error()) {
		t.Errorf("err = %v", err)
	}
	if n := opened.Load(); n > 3*(maxDials+1) {
		t.Errorf("%d connections for three attempts", n)
	}
}

// goaway takes a connection and ends it with a GOAWAY for all its streams
// (RFC 9113, section 6.8).
func goaway(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	preface := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	settings := []byte{0, 0, 0, 4, 0, 0, 0, 0, 0}
	end := []byte{0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	_, _ = conn.Write(append(settings, end...))
	_, _ = io.Copy(io.Discard, conn)
}

// TestProxyIsNamed: what stands between is said, without its password.
func TestProxyIsNamed(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer refusing.Close()
	for address, want := range map[string]string{
		"http://user:hunter2@127.0.0.1:1":                                   "connection refused (by the proxy 127.0.0.1:1)",
		strings.Replace(refusing.URL, "http://", "http://user:hunter2@", 1): "answered 407 Proxy Authentication Required (by the proxy 127.0.0.1",
	} {
		proxy, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		c := client(t, "https://codacy.example", func(cfg *Config) {
			cfg.Tries, cfg.Proxy = 1, func(*url.URL) (*url.URL, error) { return proxy, nil }
		})
		_, err = c.Do(t.Context(), Request{Op: "upload", Method: "POST", Path: "/", Body: []byte("x")})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(fault.Hint(err), "NO_PROXY") {
			t.Errorf("through %s: %v (hint: %s)", proxy.Host, err, fault.Hint(err))
		}
		if err != nil && strings.Contains(err.Error()+fault.Hint(err), "hunter2") {
			t.Error("the proxy's password is shown")
		}
		if Ambiguous(err) {
			t.Errorf("%v: the request never left the proxy", err)
		}
	}
}

// TestProxyPasswordIsNoHost: a password with a slash makes a host of what stands
// before it, which is neither looked up nor shown.
func TestProxyPasswordIsNoHost(t *testing.T) {
	for _, address := range []string{"http://hunter2/x@127.0.0.1:1", "http://hunter2?x@127.0.0.1:1", "http://hunter2#x@127.0.0.1:1", "http://user:12/hunter2@127.0.0.1:1"} {
		proxy, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		c := client(t, "https://codacy.example", func(cfg *Config) { cfg.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil } })
		_, err = c.Do(t.Context(), Request{Op: "upload", Method: "POST", Path: "/", Body: []byte("x")})
		if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "HTTPS_PROXY") || strings.Contains(err.Error()+fault.Hint(err), "hunter2") {
			t.Errorf("%v (hint: %s)", err, fault.Hint(err))
		}
	}
}

// TestEnvironmentProxy asks a process of its own for each environment: net/http reads it once.
func TestEnvironmentProxy(t *testing.T) {
	if address := os.Getenv("PROXY_TO"); address != "" {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		p, err := EnvironmentProxy(os.Getenv)(u)
		fmt.Printf("proxy %v, %v\n", p, err)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		to   string
		env  []string
		want string
	}{
		{"https://x.example", []string{"HTTPS_PROXY=http://me@proxy.example:3128"}, "proxy http://me@proxy.example:3128, <nil>"},
		{"https://x.example", []string{"https_proxy=proxy.example:3128"}, "proxy http://proxy.example:3128, <nil>"},
		{"https://x.example", []string{"HTTPS_PROXY=10.0.0.1:3128", "NO_PROXY=x.example"}, "proxy <nil>, <nil>"},
		{"https://x.example", []string{"HTTPS_PROXY=%zz"}, "proxy <nil>, parse"},
		{"http://127.0.0.1", []string{"HTTP_PROXY=%zz"}, "proxy <nil>, <nil>"}, // what stays here goes through none
		{"http://x.example", []string{"HTTP_PROXY=proxy.example", "REQUEST_METHOD=GET"}, "proxy <nil>, refusing to use HTTP_PROXY"},
	} {
		cmd := exec.CommandContext(t.Context(), self, "-test.run", "^TestEnvironmentProxy$")
		cmd.Env = append(os.Environ(), "PROXY_TO="+tt.to, "HTTPS_PROXY=", "https_proxy=", "HTTP_PROXY=", "http_proxy=", "NO_PROXY=", "no_proxy=")
		cmd.Env = append(cmd.Env, tt.env...)
		out, err := cmd.CombinedOutput()
		if got := string(out); err != nil || !strings.Contains(got, "\n"+tt.want) && !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s with %v: %v, %s; want %s", tt.to, tt.env, err, got, tt.want)
		}
	}
}

// TestConnectionsOfAnAttempt: it opens eight and no more, each attempt as many; what is no attempt's is not counted.
func TestConnectionsOfAnAttempt(t *testing.T) {
	dial := countDials(func(context.Context, string, string) (net.Conn, error) { return nil, nil })
	for range 2 {
		ctx := context.WithValue(t.Context(), dialsKey{}, new(atomic.Int32))
		for i := range 10 {
			if _, err := dial(ctx, "tcp", "x.example:443"); (err == nil) != (i < maxDials) {
				t.Errorf("connection %d: %v", i+1, err)
			}
		}
	}
	for range 10 {
		if _, err := dial(t.Context(), "tcp", "x.example:443"); err != nil {
			t.Error(err)
		}
	}
}

// TestProxyThatIsNoAddress: one that cannot be parsed is not stepped over.
func TestProxyThatIsNoAddress(t *testing.T) {
	for _, address := range []string{"%zz", "http://hunter2%@proxy:3128", "::1::"} {
		env := func(name string) string { return map[string]string{"HTTPS_PROXY": address}[name] }
		c := client(t, "https://codacy.example", func(cfg *Config) { cfg.Proxy = EnvironmentProxy(env) })
		_, err := c.Do(t.Context(), Request{Op: "upload", Method: "POST", Path: "/", Body: []byte("x")})
		if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "HTTPS_PROXY") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v (hint: %s)", address, err, fault.Hint(err))
		}
	}
}
