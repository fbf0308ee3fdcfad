package git

import (
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/address"
)

// Remote is the address of a repository taken apart. It holds no credential.
type Remote struct {
	Scheme string // of a URL, in lower case; "ssh" for the scp form
	Host   string // without a port
	Port   string
	Owner  string // everything before the last segment
	Name   string
}

// Origin returns the web address of the remote's host, "" unless the remote was
// reached by http or https.
func (r Remote) Origin() string {
	if r.Scheme != "http" && r.Scheme != "https" {
		return ""
	}
	origin := r.Scheme + "://" + r.Host
	if r.Port != "" {
		origin += ":" + r.Port
	}
	return origin
}

// ParseRemote reads the two forms of a remote's address, the URL and the scp
// form (git@host:owner/name.git). ok is false for a local path, and for what
// is not surely one or the other: its parts might be those of a password.
func ParseRemote(text string) (r Remote, ok bool) {
	scheme, rest, ok := address.Cut(text)
	if !ok {
		return Remote{}, false
	}
	separator := "/"
	if scheme == "" {
		scheme, separator = "ssh", ":"
	}
	before, path, found := strings.Cut(rest, separator)
	host, port, ok := address.Host(before)
	if !found || !ok || separator == ":" && len(host) == 1 { // C:\src is a path
		return Remote{}, false
	}
	path, err := url.PathUnescape(strings.TrimSuffix(strings.Trim(path, "/"), ".git"))
	i := strings.LastIndex(path, "/")
	if err != nil || i < 1 || i == len(path)-1 || strings.ContainsFunc(path, unlikely) {
		return Remote{}, false
	}
	return Remote{Scheme: scheme, Host: host, Port: port, Owner: path[:i], Name: path[i+1:]}, true
}

// unlikely reports whether a character in a path means that the address was
// not understood.
func unlikely(r rune) bool { return r < ' ' || strings.ContainsRune("@:?#\\\x7f", r) }
