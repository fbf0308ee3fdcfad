package main

import (
	"bytes"
	"compress/gzip"
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

// attacks returns all of them.
func (a *arena) attacks() ([]hostAttack, error) {
	var all []hostAttack
	for _, more := range [][]hostAttack{a.redirects(), transports(), a.proxies(), bodies(), heads(), limits(), resets(), http2s(), answers()} {
		all = append(all, more...)
	}
	return all, nil
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
