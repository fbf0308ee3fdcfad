package main

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"
)

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
		"malformed":     "http://user:%zz" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"no port":       "http://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:x",
		"SOCKS":         "socks5://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"nowhere":       "http://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"no scheme":     "user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"bad scheme":    "gopher://user:" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"odd letters":   "http://user:a^b#c/" + a.env["GITEA_TOKEN"] + "?x@127.0.0.1:1",
		"a host of it":  "http://" + a.env["GITEA_TOKEN"] + "/x@127.0.0.1:1",
		"a path of it":  "http://user:12/" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
		"a query of it": "http://127.0.0.1:2?" + a.env["GITEA_TOKEN"] + "@127.0.0.1:1",
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
		"a host of it":  "https://TOKEN/x@127.0.0.1:1",
		"a path of it":  "https://user:12/TOKEN@127.0.0.1:1",
		"a user of it":  "https://user:TOKEN@127.0.0.1:1/x@y",
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
