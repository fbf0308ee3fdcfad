package main

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

// hostAttack is one way in which a host misbehaves.
type hostAttack struct {
	kind, name string
	serve      func(*round) (address string, stop func(), err error)
	fine       bool   // a command may end well: the fault can be borne
	input      bool   // exit 2 is right: the address is refused
	silent     bool   // the host need not be reached
	only       string // commands whose name holds this
}

// round is one try's side of an attack.
type round struct {
	*arena
	id      string
	honest  http.Handler
	env     map[string]string // more variables for the command
	reached atomic.Int64      // requests or connections
}

// listen accepts connections until stop is called.
func (r *round) listen(serve func(net.Conn)) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.reached.Add(1)
			go func() {
				defer func() { _ = c.Close() }()
				_ = c.SetDeadline(time.Now().Add(5 * time.Minute))
				serve(c)
			}()
		}
	}()
	return l.Addr().String(), func() { _ = l.Close() }, nil
}

// server runs an http.Server on loopback.
func (r *round) server(h http.Handler, cfg *tls.Config) (string, func(), error) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.reached.Add(1)
		h.ServeHTTP(w, q)
	}))
	s.Config.ErrorLog = rig.Quiet
	if cfg == nil {
		s.Start()
	} else {
		s.TLS, s.EnableHTTP2 = cfg, true
		s.StartTLS()
	}
	return s.URL, func() { s.CloseClientConnections(); go s.Close() }, nil
}

// plainHTTP answers each request by answer.
func plainHTTP(answer func(*round, http.ResponseWriter, *http.Request)) func(*round) (string, func(), error) {
	return func(r *round) (string, func(), error) {
		return r.server(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { answer(r, w, q) }), nil)
	}
}

// overH2 does so by TLS and HTTP/2.
func overH2(answer func(*round, http.ResponseWriter, *http.Request)) func(*round) (string, func(), error) {
	return func(r *round) (string, func(), error) {
		cert, err := r.authority.Server(time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "127.0.0.1")
		if err != nil {
			return "", nil, err
		}
		return r.server(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { answer(r, w, q) }), &tls.Config{Certificates: []tls.Certificate{cert}})
	}
}

// rawHTTP writes to each connection what it likes, once it was asked.
func rawHTTP(write func(*round, net.Conn)) func(*round) (string, func(), error) {
	return func(r *round) (string, func(), error) {
		address, stop, err := r.listen(func(c net.Conn) {
			_, _ = c.Read(make([]byte, 64<<10))
			write(r, c)
		})
		return "http://" + address, stop, err
	}
}

// says writes a text and waits for the other side to go.
func says(text string) func(*round) (string, func(), error) {
	return rawHTTP(func(_ *round, c net.Conn) {
		_, _ = io.WriteString(c, text)
	})
}

// rawTLS is a listener below TLS with a configuration of its own.
func rawTLS(cfg func(*round) (*tls.Config, error), serve func(*round, net.Conn)) func(*round) (string, func(), error) {
	return func(r *round) (string, func(), error) {
		c, err := cfg(r)
		if err != nil {
			return "", nil, err
		}
		address, stop, err := r.listen(func(conn net.Conn) {
			t := tls.Server(conn, c)
			if t.Handshake() != nil {
				return
			}
			serve(r, t)
		})
		return "https://" + address, stop, err
	}
}

func certified(from, to time.Duration, change func(*tls.Config), names ...string) func(*round) (*tls.Config, error) {
	return func(r *round) (*tls.Config, error) {
		cert, err := r.authority.Server(time.Now().Add(from), time.Now().Add(to), names...)
		c := &tls.Config{Certificates: []tls.Certificate{cert}}
		if change != nil {
			change(c)
		}
		return c, err
	}
}

// attacks returns all of them.
func (a *arena) attacks() ([]hostAttack, error) {
	var all []hostAttack
	for _, more := range [][]hostAttack{a.redirects(), transports(), a.proxies(), bodies(), heads(), limits(), resets(), http2s(), answers()} {
		all = append(all, more...)
	}
	return all, nil
}

// redirects lead elsewhere, by every way an address can be written.
func (a *arena) redirects() (list []hostAttack) {
	targets := map[string]string{
		"port":               "http://127.0.0.1:PORT/x",
		"host":               "http://localhost:PORT/x",
		"host with a dot":    "http://localhost.:PORT/x",
		"number":             "http://2130706433:PORT/x",
		"octal":              "http://0177.0.0.1:PORT/x",
		"short":              "http://127.1:PORT/x",
		"mapped":             "http://[::ffff:127.0.0.1]:PORT/x",
		"IPv6":               "http://[::1]:PORT6/x",
		"zone":               "http://[::1%25lo]:PORT6/x",
		"userinfo":           "http://HERE@127.0.0.1:PORT/x",
		"userinfo, password": "http://codacy.com:443@127.0.0.1:PORT/x",
		"no scheme":          "//127.0.0.1:PORT/x",
		"backslashes":        `\\127.0.0.1:PORT\x`,
		"slash, backslash":   `/\127.0.0.1:PORT/x`,
		"scheme":             "https://127.0.0.1:PORT/x",
		"ftp":                "ftp://127.0.0.1:PORT/x",
		"file":               "file:///etc/passwd",
		"gopher":             "gopher://127.0.0.1:PORT/_x",
		"data":               "data:application/json,{}",
		"javascript":         "javascript:alert(1)",
		"punycode":           "http://xn--codcy-2ve.invalid:PORT/x",
		"letters of others":  "http://cоdacy.invalid:PORT/x",
		"suffix":             "http://127.0.0.1.invalid:PORT/x",
		"plain elsewhere":    "http://192.0.2.1/x",
		"metadata":           "http://169.254.169.254/latest/meta-data/",
		"port 0":             "http://127.0.0.1:0/x",
		"port too large":     "http://127.0.0.1:99999/x",
		"control":            "http://127.0.0.1:PORT/\x01x",
		"empty":              "",
		"space":              " http://127.0.0.1:PORT/x",
		"itself":             "SAME",
		"longer and longer":  "LONGER",
	}
	for name, target := range targets {
		for _, status := range []int{301, 302, 303, 307, 308} {
			list = append(list, hostAttack{kind: "redirect", name: fmt.Sprintf("%d to another %s", status, name), serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
				to := strings.NewReplacer("PORT6", r.evil.port6, "PORT", r.evil.port4, "HERE", q.Host, "SAME", q.URL.String(), "LONGER", q.URL.Path+"/x").Replace(target)
				if strings.Contains(to, "/x") && !strings.HasPrefix(to, "data:") && target != "LONGER" {
					to += "?try=" + r.id
				}
				w.Header()["Location"] = []string{to}
				w.WriteHeader(status)
			}), fine: false})
		}
	}
	for _, status := range []int{300, 304, 305, 306, 310, 399} {
		list = append(list, hostAttack{kind: "redirect", name: fmt.Sprint(status, " without a place"), serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })})
	}
	return list
}

// transports are hosts whose TLS is not to be believed.
func transports() []hostAttack {
	hour := time.Hour
	good := func(r *round, c net.Conn) {
		_, _ = c.Read(make([]byte, 64<<10))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
	}
	stranger := func(r *round) (*tls.Config, error) {
		s := httptest.NewUnstartedServer(nil)
		s.StartTLS()
		defer s.Close()
		return &tls.Config{Certificates: s.TLS.Certificates}, nil
	}
	old := func(v uint16) func(*tls.Config) { return func(c *tls.Config) { c.MinVersion, c.MaxVersion = v, v } }
	bytesBelow := func(text string) func(*round) (string, func(), error) {
		return func(r *round) (string, func(), error) {
			address, stop, err := r.listen(func(c net.Conn) {
				_, _ = c.Read(make([]byte, 4096))
				_, _ = io.WriteString(c, text)
			})
			return "https://" + address, stop, err
		}
	}
	return []hostAttack{
		{kind: "TLS", name: "expired", serve: rawTLS(certified(-2*hour, -hour, nil, "127.0.0.1"), good)},
		{kind: "TLS", name: "not yet valid", serve: rawTLS(certified(hour, 2*hour, nil, "127.0.0.1"), good)},
		{kind: "TLS", name: "another's name", serve: rawTLS(certified(-hour, hour, nil, "codacy.example"), good)},
		{kind: "TLS", name: "another address", serve: rawTLS(certified(-hour, hour, nil, "127.0.0.2"), good)},
		{kind: "TLS", name: "signed by a stranger", serve: rawTLS(stranger, good)},
		{kind: "TLS", name: "TLS 1.0", serve: rawTLS(certified(-hour, hour, old(tls.VersionTLS10), "127.0.0.1"), good)},
		{kind: "TLS", name: "TLS 1.1", serve: rawTLS(certified(-hour, hour, old(tls.VersionTLS11), "127.0.0.1"), good)},
		{kind: "TLS", name: "asks for a certificate", serve: rawTLS(certified(-hour, hour, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, "127.0.0.1"), good)},
		{kind: "TLS", name: "plain HTTP", serve: bytesBelow("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")},
		{kind: "TLS", name: "noise", serve: bytesBelow(strings.Repeat("\x16\x03\x03\xff\xff", 4000))},
		{kind: "TLS", name: "alert", serve: bytesBelow("\x15\x03\x03\x00\x02\x02\x28")},
		{kind: "TLS", name: "silence", serve: func(r *round) (string, func(), error) {
			address, stop, err := r.listen(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
			return "https://" + address, stop, err
		}},
		{kind: "TLS", name: "ends after the handshake", serve: rawTLS(certified(-hour, hour, nil, "127.0.0.1"), func(*round, net.Conn) {})},
	}
}

// proxies stand between, and are set in the usual variables.
func (a *arena) proxies() (list []hostAttack) {
	// The address leads nowhere but through the proxy; the proxy's has a password.
	through := func(serve func(*round, net.Conn)) func(*round) (string, func(), error) {
		return func(r *round) (string, func(), error) {
			address, stop, err := r.listen(func(c net.Conn) {
				_, _ = c.Read(make([]byte, 64<<10))
				serve(r, c)
			})
			proxy := "http://user:" + r.arena.env["GITEA_TOKEN"] + "@" + address
			r.env = map[string]string{"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "https_proxy": proxy}
			return "https://codacy.invalid", stop, err
		}
	}
	text := func(s string) func(*round, net.Conn) {
		return func(_ *round, c net.Conn) { _, _ = io.WriteString(c, s) }
	}
	for name, serve := range map[string]func(*round, net.Conn){
		"407":                  text("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"),
		"403 with a page":      text("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html><title>Blocked</title>"),
		"502":                  text("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
		"302":                  text("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + a.evil.port4 + "/x\r\nContent-Length: 0\r\n\r\n"),
		"200 and a page":       text("HTTP/1.1 200 OK\r\n\r\n<html><title>Sign in</title>"),
		"200 with a length":    text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		"nothing":              text(""),
		"noise":                text("SSH-2.0-OpenSSH_9\r\n"),
		"endless":              func(_ *round, c net.Conn) { endless(c, "HTTP/1.1 200 OK\r\nX: ", "aaaaaaaaaaaaaaaa") },
		"silence":              func(_ *round, c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"another's TLS behind": lyingTunnel,
	} {
		list = append(list, hostAttack{kind: "proxy", name: name, serve: through(serve)})
	}
	for name, address := range map[string]string{
		"malformed":   "http://user:%zz" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"no port":     "http://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:x",
		"SOCKS":       "socks5://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"nowhere":     "http://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"no scheme":   "user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"bad scheme":  "gopher://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"odd letters": "http://user:a^b#c/" + a.env["GITEA_TOKEN"] + "?x@127.0.0.1:1",
	} {
		list = append(list, hostAttack{kind: "proxy", name: "address: " + name, silent: true, input: true, serve: func(r *round) (string, func(), error) {
			r.env = map[string]string{"HTTPS_PROXY": address, "HTTP_PROXY": address}
			return "https://codacy.invalid", func() {}, nil
		}})
	}
	for name, pattern := range map[string]string{
		"malformed":     "https://user:%zz@127.0.0.1:1",
		"space":         "https://user:TOKEN@127.0.0 .1:1",
		"no scheme":     "user:TOKEN@127.0.0.1:1",
		"odd letters":   "https://user:a^b#c/TOKEN?x@127.0.0.1:1",
		"slash":         "https//user:TOKEN@127.0.0.1",
		"query":         "https://127.0.0.1:1/?token=TOKEN",
		"fragment":      "https://127.0.0.1:1/#TOKEN",
		"user alone":    "https://TOKEN@127.0.0.1:1",
		"escaped":       "https://user%3ATOKEN%40127.0.0.1:1",
		"line end":      "https://user:TOKEN@127.0.0.1:1\n",
		"another's":     "ftp://user:TOKEN@127.0.0.1:1",
		"brackets":      "https://user:TOKEN@[::1",
		"letter's port": "https://user:TOKEN@127.0.0.1:http",
	} {
		list = append(list, hostAttack{kind: "address with a password", name: name, silent: true, input: true, serve: func(r *round) (string, func(), error) {
			return strings.ReplaceAll(pattern, "TOKEN", r.arena.env["GITEA_TOKEN"]), func() {}, nil
		}})
	}
	return list
}

// lyingTunnel says that it connected, and is itself what is behind.
func lyingTunnel(r *round, c net.Conn) {
	_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
	cert, err := r.authority.Server(time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "another.invalid")
	if err != nil {
		return
	}
	t := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}})
	if t.Handshake() == nil {
		_, _ = io.Copy(io.Discard, t)
	}
}

// endless writes until the other side goes.
func endless(c io.Writer, begin, again string) {
	if _, err := io.WriteString(c, begin); err != nil {
		return
	}
	block := []byte(strings.Repeat(again, max(1, (32<<10)/len(again))))
	for {
		if _, err := c.Write(block); err != nil {
			return
		}
	}
}

// slowly writes a text, a byte at a time.
func slowly(c io.Writer, text string) {
	for i := range len(text) {
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	time.Sleep(time.Minute)
}

// bomb is zeros, 10 MB packed to 10 kB, as often as is wanted.
var bomb = func() []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	zeros := make([]byte, 1<<20)
	for range 300 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	return b.Bytes()
}()

// bodies are answers whose text is the attack.
func bodies() []hostAttack {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	packed := func(inside []byte) func(*round) (string, func(), error) {
		return rawHTTP(func(_ *round, c net.Conn) {
			fmt.Fprintf(c, head+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", len(inside))
			_, _ = c.Write(inside)
		})
	}
	return []hostAttack{
		{kind: "bomb", name: "gzip of 300 MB", serve: packed(bomb)},
		{kind: "bomb", name: "gzip cut", serve: packed(bomb[:len(bomb)/2])},
		{kind: "bomb", name: "no gzip", serve: packed([]byte("not packed at all"))},
		{kind: "bomb", name: "gzip over HTTP/2", serve: overH2(func(_ *round, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		})},
		{kind: "bomb", name: "endless text", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, head+"\r\n[", "1,") })},
		{kind: "bomb", name: "endless chunks", serve: rawHTTP(func(_ *round, c net.Conn) {
			endless(c, head+"Transfer-Encoding: chunked\r\n\r\n", "4\r\n[[[[\r\n")
		})},
		{kind: "bomb", name: "endless chunk extension", serve: rawHTTP(func(_ *round, c net.Conn) {
			endless(c, head+"Transfer-Encoding: chunked\r\n\r\n1;", "a=b;")
		})},
		{kind: "bomb", name: "endless trailers", serve: rawHTTP(func(_ *round, c net.Conn) {
			endless(c, head+"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X: y\r\n")
		})},
		{kind: "bomb", name: "endless page with 403", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "HTTP/1.1 403 No\r\n\r\n", "x") })},
		{kind: "bomb", name: "endless page with 500", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "HTTP/1.1 500 No\r\n\r\n", "x") })},
		{kind: "bomb", name: "endless over HTTP/2", serve: overH2(func(_ *round, w http.ResponseWriter, _ *http.Request) { endless(w, "[", "1,") })},
		{kind: "bomb", name: "deep JSON", serve: says(head + "\r\n" + strings.Repeat("[", 2<<20))},
		{kind: "bomb", name: "deep objects", serve: says(head + "\r\n" + strings.Repeat(`{"data":`, 1<<20))},
		{kind: "bomb", name: "long number", serve: says(head + "\r\n" + `{"id":1` + strings.Repeat("0", 1<<20) + "}")},
		{kind: "bomb", name: "many keys", serve: says(head + "\r\n{" + strings.Repeat(`"a":1,`, 1<<20) + `"b":2}`)},
		{kind: "bomb", name: "many empty things", serve: says(head + "\r\n" + `{"data":[` + strings.Repeat("{},", 2<<20) + "{}]}")},
		{kind: "drip", name: "status line", serve: rawHTTP(func(_ *round, c net.Conn) { slowly(c, head+"\r\n{}") })},
		{kind: "drip", name: "body", serve: rawHTTP(func(_ *round, c net.Conn) {
			_, _ = io.WriteString(c, head+"Content-Length: 1000000\r\n\r\n")
			slowly(c, strings.Repeat(" ", 1e6))
		})},
		{kind: "drip", name: "silence", serve: rawHTTP(func(_ *round, c net.Conn) { _, _ = io.Copy(io.Discard, c) })},
		{kind: "drip", name: "does not read", serve: func(r *round) (string, func(), error) {
			address, stop, err := r.listen(func(net.Conn) { time.Sleep(time.Minute) })
			return "http://" + address, stop, err
		}},
		{kind: "drip", name: "HTTP/2 silence", serve: overH2(func(_ *round, _ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })},
		{kind: "drip", name: "HTTP/2 body", serve: overH2(func(_ *round, w http.ResponseWriter, q *http.Request) {
			for q.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(100 * time.Millisecond)
			}
		})},
	}
}

// heads are answers whose head is the attack.
func heads() (list []hostAttack) {
	for name, text := range map[string]string{
		"no HTTP":                   "220 smtp.example ESMTP\r\n",
		"HTTP/0.9":                  "{}",
		"HTTP/9.9":                  "HTTP/9.9 200 OK\r\n\r\n{}",
		"status -1":                 "HTTP/1.1 -1 OK\r\n\r\n{}",
		"status 99999":              "HTTP/1.1 99999 OK\r\n\r\n{}",
		"status 000":                "HTTP/1.1 000 OK\r\n\r\n{}",
		"status 999":                "HTTP/1.1 999 OK\r\n\r\n{}",
		"no status":                 "HTTP/1.1\r\n\r\n{}",
		"two lengths":               "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		"negative length":           "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
		"huge length":               "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n{}",
		"length over all":           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
		"bad chunk":                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		"huge chunk":                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
		"chunks and length":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
		"no colon":                  "HTTP/1.1 200 OK\r\nhello\r\n\r\n{}",
		"NUL in a header":           "HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n{}",
		"folded":                    "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n{}",
		"switches protocols":        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
		"escape in the reason":      "HTTP/1.1 500 \x1b]0;owned\x07\x1b[2J\r\nContent-Length: 0\r\n\r\n",
		"escape in the text":        "HTTP/1.1 400 No\r\nContent-Type: application/json\r\n\r\n{\"message\":\"\\u001b[2J\\u0000\\r::error::x\\u202e\"}",
		"CI command in the text":    "HTTP/1.1 400 No\r\n\r\n\n::set-env name=PATH::x\n##vso[task.setvariable variable=x]y\n",
		"cookie, then all":          "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
		"refresh":                   "HTTP/1.1 200 OK\r\nRefresh: 0; url=http://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n",
		"another's host by Alt-Svc": "HTTP/1.1 200 OK\r\nAlt-Svc: h2=\"evil.invalid:443\"\r\nContent-Length: 0\r\n\r\n",
	} {
		list = append(list, hostAttack{kind: "head", name: name, serve: says(text), fine: fineEmpty(text), input: strings.Contains(text, " 400 ")})
	}
	return append(list,
		hostAttack{kind: "head", name: "endless status line", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "HTTP/1.1 200 ", "O") })},
		hostAttack{kind: "head", name: "endless headers", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "HTTP/1.1 200 OK\r\n", "X-A: b\r\n") })},
		hostAttack{kind: "head", name: "one endless header", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "HTTP/1.1 200 OK\r\nX: ", "a") })},
		hostAttack{kind: "head", name: "1xx storm", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n") })},
		hostAttack{kind: "head", name: "100 storm", serve: rawHTTP(func(_ *round, c net.Conn) { endless(c, "", "HTTP/1.1 100 Continue\r\n\r\n") })},
		hostAttack{kind: "head", name: "slow 102 storm", serve: rawHTTP(func(_ *round, c net.Conn) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 102 Processing\r\n\r\n"); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		})},
		hostAttack{kind: "head", name: "some hints, then the answer", fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			r.honest.ServeHTTP(w, q)
		})},
		hostAttack{kind: "head", name: "answers twice", serve: says(strings.Repeat("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", 3))},
	)
}

// fineEmpty reports whether an answer that is whole but says nothing may be all
// that a command needs, as of a PUT.
func fineEmpty(text string) bool {
	return strings.HasPrefix(text, "HTTP/1.1 200 OK\r\n") && strings.Contains(text, "Content-Length: 0")
}

// limits are answers that ask to wait, in every spelling, before or instead of
// the honest answer.
func limits() (list []hostAttack) {
	soon := time.Now().Add(time.Second)
	for _, value := range []string{
		"0", "1", "-1", "0.5", "1e300", "NaN", "Inf", "-Inf", "999999999999999999999", "0x10", "1,2", "1 ", "", "soon", "１",
		soon.UTC().Format(http.TimeFormat), soon.Add(-time.Hour).UTC().Format(http.TimeFormat), soon.Add(time.Hour).UTC().Format(http.TimeFormat),
		soon.UTC().Format(time.RFC850), soon.UTC().Format(time.ANSIC), "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 00 Foo 2026 99:99:99 GMT",
	} {
		for _, status := range []int{429, 503, 403, 200} {
			list = append(list, hostAttack{kind: "Retry-After", name: fmt.Sprintf("%d once, %q", status, value), fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
				w.Header()["Retry-After"] = []string{value}
				if status != 200 && r.reached.Load() == 1 {
					w.WriteHeader(status)
					_, _ = io.WriteString(w, `{"message":"You have exceeded a secondary rate limit"}`)
					return
				}
				r.honest.ServeHTTP(w, q)
			})})
			if status == 200 {
				continue
			}
			list = append(list, hostAttack{kind: "Retry-After", name: fmt.Sprintf("%d for ever, %q", status, value), serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Retry-After"] = []string{value, "7"}
				w.WriteHeader(status)
			})})
		}
	}
	now := time.Now().Unix()
	for name, h := range map[string]map[string]string{
		"remaining 0, reset soon":    {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"remaining 0, reset never":   {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": "99999999999999999999"},
		"remaining 0, reset past":    {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": "1"},
		"remaining 0, no reset":      {"X-RateLimit-Remaining": "0"},
		"remaining -5":               {"X-RateLimit-Remaining": "-5", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"remaining NaN":              {"X-RateLimit-Remaining": "NaN", "X-RateLimit-Reset": "NaN"},
		"limit 0":                    {"X-RateLimit-Remaining": "10", "X-RateLimit-Limit": "0", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"limit huge":                 {"X-RateLimit-Remaining": "9999999999999", "X-RateLimit-Limit": "99999999999999999", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"reset Inf":                  {"RateLimit-Remaining": "0", "RateLimit-Reset": "Inf"},
		"reset negative":             {"RateLimit-Remaining": "0", "RateLimit-Reset": "-1"},
		"reset in milliseconds":      {"RateLimit-Remaining": "0", "RateLimit-Reset": fmt.Sprint(now*1000 + 1000)},
		"reset in a year":            {"RateLimit-Remaining": "0", "RateLimit-Reset": fmt.Sprint(now + 31536000)},
		"structured":                 {"RateLimit": `"default";r=0;t=1`, "RateLimit-Policy": `"default";q=100;w=60`},
		"a date long ago":            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now + 1), "Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
		"a date to come":             {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now + 1), "Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
		"another resource":           {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now + 3600), "X-RateLimit-Resource": "search"},
		"Azure's delay":              {"X-RateLimit-Delay": "1e9", "Retry-After": "1"},
		"thousands":                  {"X-RateLimit-Remaining": strings.Repeat("9", 5000)},
		"several, that do not agree": {"X-RateLimit-Remaining": "0", "RateLimit-Remaining": "100", "X-RateLimit-Reset": fmt.Sprint(now + 1), "RateLimit-Reset": "0"},
	} {
		set := func(w http.ResponseWriter) {
			for k, v := range h {
				w.Header().Set(k, v)
			}
		}
		list = append(list,
			hostAttack{kind: "rate headers", name: name + ", answered", fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
				set(w)
				r.honest.ServeHTTP(w, q)
			})},
			hostAttack{kind: "rate headers", name: name + ", 403 for ever", serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
				set(w)
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, `{"message":"API rate limit exceeded"}`)
			})},
			hostAttack{kind: "rate headers", name: name + ", 429 for ever", serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
				set(w)
				w.WriteHeader(http.StatusTooManyRequests)
			})})
	}
	return list
}

// resets cut an answer at every byte, by an end and by a reset.
func resets() (list []hostAttack) {
	for at := range 40 {
		for _, hard := range []bool{false, true} {
			list = append(list, hostAttack{kind: "cut", name: fmt.Sprintf("after %d fortieths, reset %v", at, hard), serve: rawHTTP(func(r *round, c net.Conn) {
				whole := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 120\r\n\r\n{\"data\":[" + strings.Repeat(`{"id":1},`, 11) + `{"id":2}]   }`
				_, _ = io.WriteString(c, whole[:len(whole)*at/40])
				if t, ok := c.(*net.TCPConn); ok && hard {
					_ = t.SetLinger(0)
				}
			})})
		}
	}
	for _, n := range []int64{1, 2, 3} {
		list = append(list, hostAttack{kind: "cut", name: fmt.Sprintf("each %dth honest answer", n+1), fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
			if r.reached.Load()%(n+1) == 0 {
				panic(http.ErrAbortHandler)
			}
			r.honest.ServeHTTP(w, q)
		})})
	}
	return list
}

// http2s are hosts whose HTTP/2 is the attack.
func http2s() []hostAttack {
	frame := func(kind, flags byte, stream uint32, body string) string {
		h := make([]byte, 9)
		h[0], h[1], h[2], h[3], h[4] = byte(len(body)>>16), byte(len(body)>>8), byte(len(body)), kind, flags
		binary.BigEndian.PutUint32(h[5:], stream)
		return string(h) + body
	}
	settings := frame(4, 0, 0, "")
	raw := func(name string, write func(net.Conn)) hostAttack {
		return hostAttack{kind: "HTTP/2", name: name, serve: rawTLS(certified(-time.Hour, time.Hour, func(c *tls.Config) { c.NextProtos = []string{"h2"} }, "127.0.0.1"), func(_ *round, c net.Conn) {
			go func() { _, _ = io.Copy(io.Discard, c) }()
			_, _ = io.WriteString(c, settings)
			write(c)
		})}
	}
	wait := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			_, _ = io.WriteString(c, text)
			time.Sleep(20 * time.Second)
		}
	}
	return []hostAttack{
		raw("GOAWAY at once", wait(frame(7, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x00"))),
		raw("GOAWAY with an error", wait(frame(7, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x0bcalm"))),
		raw("GOAWAY for later streams", wait(frame(7, 0, 0, "\x7f\xff\xff\xff\x00\x00\x00\x00"))),
		raw("GOAWAY, again and again", func(c net.Conn) { endless(c, "", frame(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00")) }),
		raw("refused streams", wait(frame(3, 0, 1, "\x00\x00\x00\x07")+frame(3, 0, 3, "\x00\x00\x00\x07")+frame(3, 0, 5, "\x00\x00\x00\x07"))),
		raw("ping flood", func(c net.Conn) { endless(c, "", frame(6, 0, 0, "12345678")) }),
		raw("settings flood", func(c net.Conn) { endless(c, "", settings) }),
		raw("no window", wait(frame(4, 0, 0, "\x00\x04\x00\x00\x00\x00"))),
		raw("no streams", wait(frame(4, 0, 0, "\x00\x03\x00\x00\x00\x00"))),
		raw("continuation flood", func(c net.Conn) {
			endless(c, frame(1, 0, 1, "\x88"), frame(9, 0, 1, "\x00\x01a\x01b"))
		}),
		raw("table of headers", func(c net.Conn) { endless(c, "", frame(1, 4, 1, "\x3f\xff\xff\xff\xff\x0f")) }),
		raw("a huge frame", wait("\xff\xff\xff\x00\x00\x00\x00\x00\x01")),
		raw("push", wait(frame(5, 4, 1, "\x00\x00\x00\x02\x88"))),
		raw("window overflow", wait(frame(8, 0, 0, "\x7f\xff\xff\xff")+frame(8, 0, 0, "\x7f\xff\xff\xff"))),
		raw("noise", wait(strings.Repeat("\x00\xfe", 5000))),
		raw("HTTP/1 instead", wait("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")),
		raw("nothing more", wait("")),
	}
}

// answers are whole answers with every status, and of every shape that was not
// asked for.
func answers() (list []hostAttack) {
	for status := 200; status < 600; status++ {
		if http.StatusText(status) == "" && status%25 != 0 || status >= 300 && status < 400 {
			continue
		}
		list = append(list, hostAttack{kind: "status", name: fmt.Sprint(status, " and a page"), serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title>")
		}), fine: status == 204 || status == 205})
	}
	for name, text := range map[string]string{
		"nothing": "", "null": "null", "a text": `"ok"`, "a number": "7", "true": "true", "a list": "[]", "an object": "{}", "a list of null": "[null]",
		"data null": `{"data":null}`, "data of another kind": `{"data":7}`, "data of lists": `{"data":[[[]]]}`, "an error with 200": `{"error":"no","message":"no"}`,
		"success false": `{"success":false,"status":"failed","error":"x"}`, "cut": `{"data":[{"id":`, "two": "{}{}", "byte order": "\ufeff{}", "UTF-16": "\xff\xfe{\x00}\x00",
		"no UTF-8": "{\"data\":\"\xff\xfe\"}", "negative ids": `{"data":[{"id":-1,"name":"","repositoryId":-1}],"pagination":{"cursor":""}}`,
		"an endless list": `{"data":[{"id":1,"name":"api","full_name":"acme/api"}],"pagination":{"cursor":"again","limit":1,"total":9999999}}`,
		"floats":          `{"data":{"id":1e400,"coverage":NaN}}`, "large": `{"data":{"id":99999999999999999999999}}`, "comment": "// hi\n{}", "twice": `{"data":{},"data":[]}`,
		"done, undone": `{"status":"completed","state":"COMPLETED","data":{"isUpToStandards":null,"resultReasons":null}}`,
	} {
		list = append(list, hostAttack{kind: "shape", name: name, serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, text)
		})})
	}
	list = append(list, hostAttack{kind: "shape", name: "an endless list by link", fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, q.Host, q.URL.Path, r.reached.Load()+1))
		_, _ = io.WriteString(w, "[]")
	})}, hostAttack{kind: "shape", name: "a list that goes on elsewhere", serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<http://127.0.0.1:%s/x?page=2&try=%s>; rel="next"`, r.evil.port4, r.id))
		_, _ = io.WriteString(w, fmt.Sprintf(`{"next":"http://127.0.0.1:%s/x?try=%s","data":[],"values":[]}`, r.evil.port4, r.id))
	})}, hostAttack{kind: "shape", name: "an upload address elsewhere", only: "upload", serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
		_, _ = io.WriteString(w, fmt.Sprintf(`{"presignedUrl":"http://127.0.0.1:%[1]s/x?try=%[2]s","url":"http://127.0.0.1:%[1]s/x?try=%[2]s","upload_url":"http://127.0.0.1:%[1]s/x?try=%[2]s"}`, r.evil.port4, r.id))
	})})
	return list
}
