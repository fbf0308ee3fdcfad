// Package address reads the addresses that people, CI systems and checkouts
// write, in which a password may stand, in any place and of any characters.
// What it returns holds none, and may be shown.
package address

import (
	"net/url"
	"regexp"
	"strings"
)

// authority is a host name or an address, and a port.
var authority = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$`)

// scheme is what stands before :// in a URL.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)

// Host splits a host name or address, without brackets, and a port, "" if there
// is none. ok is false for what is neither.
func Host(text string) (host, port string, ok bool) {
	m := authority.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return strings.Trim(m[1], "[]"), m[2], true
}

// Cut takes a URL or an scp form (git@host:owner/name) apart: the scheme in
// lower case, "" for the scp form, and what follows it and the user
// information. ok is false if that cannot surely be told from the rest, of
// which nothing may be shown then.
func Cut(text string) (before, rest string, ok bool) {
	before, rest, isURL := strings.Cut(strings.TrimSpace(text), "://")
	if !isURL || !scheme.MatchString(before) {
		before, rest, isURL = "", strings.TrimSpace(text), false
	}
	// A password may hold any character, so the last @ ends it; but what stands
	// before an @ of the path looks like a host already.
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		first, _, _ := strings.Cut(rest, "/")
		if _, _, host := Host(first); isURL && at > len(first) && host {
			return "", "", false
		}
		rest = rest[at+1:]
	}
	return strings.ToLower(before), rest, true
}

// Web parses an http or https address and leaves out its user information. ok
// is false if it is none, or may not be shown.
func Web(text string) (u *url.URL, ok bool) {
	before, rest, ok := Cut(text)
	if !ok || before != "http" && before != "https" {
		return nil, false
	}
	u, err := url.Parse(before + "://" + rest)
	return u, err == nil && u.Host != ""
}

// Shown returns a web address as it may be shown, without user information and
// slashes at its end, "" if there is none in the text.
func Shown(text string) string {
	u, ok := Web(text)
	if !ok {
		return ""
	}
	return strings.TrimRight(u.String(), "/")
}
