package git

import (
	"net/url"
	"regexp"
	"strings"
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

// authority is a host name or an address, and a port.
var authority = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$`)

// ParseRemote reads the two forms of a remote's address, the URL and the scp
// form (git@host:owner/name.git). ok is false for a local path, and for what
// is not surely one or the other: its parts might be those of a password.
func ParseRemote(address string) (r Remote, ok bool) {
	scheme, rest, isURL := strings.Cut(strings.TrimSpace(address), "://")
	if !isURL {
		scheme, rest = "ssh", scheme
	}
	rest, ok = withoutUserinfo(rest, isURL)
	if !ok {
		return Remote{}, false
	}
	separator := "/"
	if !isURL {
		separator = ":"
	}
	host, path, found := strings.Cut(rest, separator)
	m := authority.FindStringSubmatch(host)
	if !found || m == nil || !isURL && len(host) == 1 { // C:\src is a path
		return Remote{}, false
	}
	path, err := url.PathUnescape(strings.TrimSuffix(strings.Trim(path, "/"), ".git"))
	i := strings.LastIndex(path, "/")
	if err != nil || i < 1 || i == len(path)-1 || strings.ContainsFunc(path, unlikely) {
		return Remote{}, false
	}
	return Remote{Scheme: strings.ToLower(scheme), Host: strings.Trim(m[1], "[]"), Port: m[2], Owner: path[:i], Name: path[i+1:]}, true
}

// unlikely reports whether a character in a path means that the address was
// not understood.
func unlikely(r rune) bool { return r < ' ' || strings.ContainsRune("@:?#\\\x7f", r) }

// withoutUserinfo cuts off what stands before the host. A password may hold
// any character, so the last @ ends it; an address whose @ may as well be one
// of its path is not understood.
func withoutUserinfo(rest string, isURL bool) (string, bool) {
	at := strings.LastIndex(rest, "@")
	if at < 0 {
		return rest, true
	}
	if first, _, _ := strings.Cut(rest, "/"); isURL && at > len(first) && authority.MatchString(first) {
		return "", false
	}
	return rest[at+1:], true
}
