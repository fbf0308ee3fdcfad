package main

import (
	"fmt"
	"net/http"
	"strings"
)

// redirects lead elsewhere, by every way an address can be written.
func (a *arena) redirects() (list []hostAttack) {
	targets := map[string]string{
		"port":               "http://127.0.0.1:PORT/x",
		"host":               "http://localhost:PORT/x",
		"host with a dot":    "http://localhost.:PORT/x",
		"number":             "http://2130706433:PORT/x",
		"octal":              "http://0177.0.0.1:PORT/x",
		"short":              "http://127.1:PORT/x",
		"mapped":             "http://[::ffff:127.0.0.1]:PORT/x",
		"IPv6":               "http://[::1]:PORT6/x",
		"zone":               "http://[::1%25lo]:PORT6/x",
		"userinfo":           "http://HERE@127.0.0.1:PORT/x",
		"userinfo, password": "http://codacy.com:443@127.0.0.1:PORT/x",
		"no scheme":          "//127.0.0.1:PORT/x",
		"backslashes":        `\\127.0.0.1:PORT\x`,
		"slash, backslash":   `/\127.0.0.1:PORT/x`,
		"scheme":             "https://127.0.0.1:PORT/x",
		"ftp":                "ftp://127.0.0.1:PORT/x",
		"file":               "file:///etc/passwd",
		"gopher":             "gopher://127.0.0.1:PORT/_x",
		"data":               "data:application/json,{}",
		"javascript":         "javascript:alert(1)",
		"punycode":           "http://xn--codcy-2ve.invalid:PORT/x",
		"letters of others":  "http://cоdacy.invalid:PORT/x",
		"suffix":             "http://127.0.0.1.invalid:PORT/x",
		"plain elsewhere":    "http://192.0.2.1/x",
		"metadata":           "http://169.254.169.254/latest/meta-data/",
		"port 0":             "http://127.0.0.1:0/x",
		"port too large":     "http://127.0.0.1:99999/x",
		"control":            "http://127.0.0.1:PORT/\x01x",
		"empty":              "",
		"space":              " http://127.0.0.1:PORT/x",
		"itself":             "SAME",
		"longer and longer":  "LONGER",
	}
	for name, target := range targets {
		for _, status := range []int{301, 302, 303, 307, 308} {
			list = append(list, hostAttack{kind: "redirect", name: fmt.Sprintf("%d to another %s", status, name), serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
				to := strings.NewReplacer("PORT6", r.evil.port6, "PORT", r.evil.port4, "HERE", q.Host, "SAME", q.URL.String(), "LONGER", q.URL.Path+"/x").Replace(target)
				if strings.Contains(to, "/x") && !strings.HasPrefix(to, "data:") && target != "LONGER" {
					to += "?try=" + r.id
				}
				w.Header()["Location"] = []string{to}
				w.WriteHeader(status)
			}), fine: false})
		}
	}
	for _, status := range []int{300, 304, 305, 306, 310, 399} {
		list = append(list, hostAttack{kind: "redirect", name: fmt.Sprint(status, " without a place"), serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })})
	}
	return list
}
