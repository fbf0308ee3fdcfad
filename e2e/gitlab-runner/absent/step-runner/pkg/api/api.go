// Package api is absent: where the step runner listens.
package api

import "net"

// SocketAddr is the address of a socket.
func SocketAddr(path string) *net.UnixAddr { return &net.UnixAddr{Name: path, Net: "unix"} }

// DefaultSocketPath is nowhere.
func DefaultSocketPath() string { return "" }
