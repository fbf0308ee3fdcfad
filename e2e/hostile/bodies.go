package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

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
