package codacy

import (
	"net/url"
	"strings"
)

// isCloud reports whether an address is one of Codacy's cloud.
func isCloud(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "codacy.com" || strings.HasSuffix(u.Hostname(), ".codacy.com"))
}

// origin makes the address of Codacy from what users set CODACY_API_BASE_URL to.
// Codacy's own reporter drops any path, so pages of repositories and addresses
// of either API are in use; at a server of one's own a path may lead to it, and
// only that of an API is cut off.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if isCloud(address) {
		u.Path, u.RawPath, u.RawQuery, u.Fragment = "", "", "", ""
		return u.String()
	}
	address = strings.TrimRight(address, "/")
	for _, api := range []string{"/api/v3", "/2.0"} {
		address = strings.TrimSuffix(address, api)
	}
	return address
}
