// Package sandbox runs stand-ins for the services and forges on loopback, for
// demo, sandbox and every test. They share one world, so that a repository that
// exists at one system exists at all of them, and they are held to the vendors'
// contracts: what the real system refuses, its stand-in refuses too.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// system is one line of the table: a name, and what makes its stand-in.
type system struct {
	name string
	make func(*world.World) world.Stand
}

// Sandbox is a running set of stand-ins.
type Sandbox struct {
	World *world.World

	stands map[string]world.Stand
	urls   map[string]string
	http   []*http.Server
}

// Options choose where the stand-ins listen and what they know.
type Options struct {
	Seed      world.Seed
	PortsFrom int // first port, the next ones follow; 0 is any free ports
}

// Start brings every stand-in up. They answer when it returns; Close ends them.
func Start(o Options) (*Sandbox, error) {
	s := &Sandbox{World: world.New(o.Seed), stands: map[string]world.Stand{}, urls: map[string]string{}}
	for i, sys := range systems() {
		port := 0
		if o.PortsFrom > 0 {
			port = o.PortsFrom + i
		}
		if err := s.start(sys, port); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Sandbox) start(sys system, port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fault.WithHint(fault.Errorf(fault.Input, "start the stand-in of %s: %w", sys.name, err),
			"choose other ports with --ports-from, or leave it out for free ones")
	}
	stand := sys.make(s.World)
	srv := &http.Server{
		Handler:           s.World.Faults.Wrap(sys.name, dated(s.World, stand)),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          nil,
	}
	s.stands[sys.name] = stand
	s.urls[sys.name] = "http://" + l.Addr().String()
	s.http = append(s.http, srv)
	go func() {
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("stand-in of %s: %v", sys.name, err)) // only if the listener breaks under us
		}
	}()
	return nil
}

// dated lets answers carry the world's time, which tests move.
func dated(w *world.World, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Date", w.Now().Format(http.TimeFormat))
		next.ServeHTTP(rw, r)
	})
}

// Names lists the systems in the order of their ports.
func Names() []string {
	var out []string
	for _, sys := range systems() {
		out = append(out, sys.name)
	}
	return out
}

// URL is the origin of a stand-in, or "" for a name not in Names.
func (s *Sandbox) URL(name string) string { return s.urls[name] }

// Stand returns a stand-in itself, for tests that look inside.
func (s *Sandbox) Stand(name string) world.Stand { return s.stands[name] }

// Variables returns the addresses and fresh tokens of all stand-ins, in the
// order of Names.
func (s *Sandbox) Variables() []world.Variable {
	var out []world.Variable
	for _, name := range Names() {
		out = append(out, s.stands[name].Variables(s.urls[name])...)
	}
	if host := s.World.Recorded.Host; host != "" { // repositories are who they were
		out = append(out, world.Variable{Name: "GATEWRIGHT_REHEARSAL_OF", Value: host})
	}
	return out
}

// Close ends all stand-ins, waiting a moment for requests under way.
func (s *Sandbox) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, srv := range s.http {
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close()
		}
	}
}
