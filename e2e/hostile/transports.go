package main

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

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
