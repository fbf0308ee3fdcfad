package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// fineEmpty reports whether an answer that is whole but says nothing may be all
// that a command needs, as of a PUT.
func fineEmpty(text string) bool {
	return strings.HasPrefix(text, "HTTP/1.1 200 OK\r\n") && strings.Contains(text, "Content-Length: 0")
}

// limits are answers that ask to wait, in every spelling, before or instead of
// the honest answer.
func limits() (list []hostAttack) {
	soon := time.Now().Add(time.Second)
	for _, value := range []string{
		"0", "1", "-1", "0.5", "1e300", "NaN", "Inf", "-Inf", "999999999999999999999", "0x10", "1,2", "1 ", "", "soon", "１",
		soon.UTC().Format(http.TimeFormat), soon.Add(-time.Hour).UTC().Format(http.TimeFormat), soon.Add(time.Hour).UTC().Format(http.TimeFormat),
		soon.UTC().Format(time.RFC850), soon.UTC().Format(time.ANSIC), "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 00 Foo 2026 99:99:99 GMT",
	} {
		for _, status := range []int{429, 503, 403, 200} {
			list = append(list, hostAttack{kind: "Retry-After", name: fmt.Sprintf("%d once, %q", status, value), fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
				w.Header()["Retry-After"] = []string{value}
				if status != 200 && r.reached.Load() == 1 {
					w.WriteHeader(status)
					_, _ = io.WriteString(w, `{"message":"You have exceeded a secondary rate limit"}`)
					return
				}
				r.honest.ServeHTTP(w, q)
			})})
			if status == 200 {
				continue
			}
			list = append(list, hostAttack{kind: "Retry-After", name: fmt.Sprintf("%d for ever, %q", status, value), serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Retry-After"] = []string{value, "7"}
				w.WriteHeader(status)
			})})
		}
	}
	now := time.Now().Unix()
	for name, h := range map[string]map[string]string{
		"remaining 0, reset soon":    {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"remaining 0, reset never":   {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": "99999999999999999999"},
		"remaining 0, reset past":    {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": "1"},
		"remaining 0, no reset":      {"X-RateLimit-Remaining": "0"},
		"remaining -5":               {"X-RateLimit-Remaining": "-5", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"remaining NaN":              {"X-RateLimit-Remaining": "NaN", "X-RateLimit-Reset": "NaN"},
		"limit 0":                    {"X-RateLimit-Remaining": "10", "X-RateLimit-Limit": "0", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"limit huge":                 {"X-RateLimit-Remaining": "9999999999999", "X-RateLimit-Limit": "99999999999999999", "X-RateLimit-Reset": fmt.Sprint(now + 2)},
		"reset Inf":                  {"RateLimit-Remaining": "0", "RateLimit-Reset": "Inf"},
		"reset negative":             {"RateLimit-Remaining": "0", "RateLimit-Reset": "-1"},
		"reset in milliseconds":      {"RateLimit-Remaining": "0", "RateLimit-Reset": fmt.Sprint(now*1000 + 1000)},
		"reset in a year":            {"RateLimit-Remaining": "0", "RateLimit-Reset": fmt.Sprint(now + 31536000)},
		"structured":                 {"RateLimit": `"default";r=0;t=1`, "RateLimit-Policy": `"default";q=100;w=60`},
		"a date long ago":            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now + 1), "Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
		"a date to come":             {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now + 1), "Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
		"another resource":           {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now + 3600), "X-RateLimit-Resource": "search"},
		"Azure's delay":              {"X-RateLimit-Delay": "1e9", "Retry-After": "1"},
		"thousands":                  {"X-RateLimit-Remaining": strings.Repeat("9", 5000)},
		"several, that do not agree": {"X-RateLimit-Remaining": "0", "RateLimit-Remaining": "100", "X-RateLimit-Reset": fmt.Sprint(now + 1), "RateLimit-Reset": "0"},
	} {
		set := func(w http.ResponseWriter) {
			for k, v := range h {
				w.Header().Set(k, v)
			}
		}
		list = append(list,
			hostAttack{kind: "rate headers", name: name + ", answered", fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
				set(w)
				r.honest.ServeHTTP(w, q)
			})},
			hostAttack{kind: "rate headers", name: name + ", 403 for ever", serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
				set(w)
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, `{"message":"API rate limit exceeded"}`)
			})},
			hostAttack{kind: "rate headers", name: name + ", 429 for ever", serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
				set(w)
				w.WriteHeader(http.StatusTooManyRequests)
			})})
	}
	return list
}

// answers are whole answers with every status, and of every shape that was not
// asked for.
func answers() (list []hostAttack) {
	for status := 200; status < 600; status++ {
		if http.StatusText(status) == "" && status%25 != 0 || status >= 300 && status < 400 {
			continue
		}
		list = append(list, hostAttack{kind: "status", name: fmt.Sprint(status, " and a page"), serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title>")
		}), fine: status == 204 || status == 205})
	}
	for name, text := range map[string]string{
		"nothing": "", "null": "null", "a text": `"ok"`, "a number": "7", "true": "true", "a list": "[]", "an object": "{}", "a list of null": "[null]",
		"data null": `{"data":null}`, "data of another kind": `{"data":7}`, "data of lists": `{"data":[[[]]]}`, "an error with 200": `{"error":"no","message":"no"}`,
		"success false": `{"success":false,"status":"failed","error":"x"}`, "cut": `{"data":[{"id":`, "two": "{}{}", "byte order": "\ufeff{}", "UTF-16": "\xff\xfe{\x00}\x00",
		"no UTF-8": "{\"data\":\"\xff\xfe\"}", "negative ids": `{"data":[{"id":-1,"name":"","repositoryId":-1}],"pagination":{"cursor":""}}`,
		"an endless list": `{"data":[{"id":1,"name":"api","full_name":"acme/api"}],"pagination":{"cursor":"again","limit":1,"total":9999999}}`,
		"floats":          `{"data":{"id":1e400,"coverage":NaN}}`, "large": `{"data":{"id":99999999999999999999999}}`, "comment": "// hi\n{}", "twice": `{"data":{},"data":[]}`,
		"done, undone": `{"status":"completed","state":"COMPLETED","data":{"isUpToStandards":null,"resultReasons":null}}`,
	} {
		list = append(list, hostAttack{kind: "shape", name: name, serve: plainHTTP(func(_ *round, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, text)
		})})
	}
	list = append(list, hostAttack{kind: "shape", name: "an endless list by link", fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, q.Host, q.URL.Path, r.reached.Load()+1))
		_, _ = io.WriteString(w, "[]")
	})}, hostAttack{kind: "shape", name: "a list that goes on elsewhere", serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<http://127.0.0.1:%s/x?page=2&try=%s>; rel="next"`, r.evil.port4, r.id))
		_, _ = io.WriteString(w, fmt.Sprintf(`{"next":"http://127.0.0.1:%s/x?try=%s","data":[],"values":[]}`, r.evil.port4, r.id))
	})}, hostAttack{kind: "shape", name: "an upload address elsewhere", only: "upload", serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) {
		_, _ = io.WriteString(w, fmt.Sprintf(`{"presignedUrl":"http://127.0.0.1:%[1]s/x?try=%[2]s","url":"http://127.0.0.1:%[1]s/x?try=%[2]s","upload_url":"http://127.0.0.1:%[1]s/x?try=%[2]s"}`, r.evil.port4, r.id))
	})})
	return list
}
