package main

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

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
