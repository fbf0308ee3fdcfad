package codeant

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

var errShape = errors.New("a shape that Gatewright does not know")

// object is a JSON object whose fields have several names in the wild.
type object map[string]json.RawMessage

func (o object) text(keys ...string) string {
	for _, k := range keys {
		if s := plain(o[k]); s != "" && s != "null" {
			return s
		}
	}
	return ""
}

func (o object) number(keys ...string) int {
	n, _ := strconv.Atoi(o.text(keys...))
	return n
}

// located is one result with the file it was listed under, if it was.
type located struct {
	file string
	item object
}

// listed reads every shape in which results come: a bare array, an object with
// the array under one of the keys, the same below "results", and an object
// that lists results by file.
func listed(raw json.RawMessage, keys ...string) ([]located, error) {
	var list []object
	if json.Unmarshal(raw, &list) == nil && list != nil { // null is no list
		return under("", list)
	}
	var o object
	if json.Unmarshal(raw, &o) != nil || o == nil {
		return nil, errShape
	}
	for _, k := range keys {
		var files object
		switch raw := o[k]; {
		case len(raw) == 0 || string(raw) == "null":
		case json.Unmarshal(raw, &list) == nil:
			return under("", list)
		case json.Unmarshal(raw, &files) == nil:
			return byFile(files, nil)
		default:
			return nil, fmt.Errorf("%w under %q", errShape, k)
		}
	}
	if results, ok := o["results"]; ok {
		if string(results) == "null" {
			return nil, nil
		}
		if string(results) == "{}" {
			return nil, nil
		}
		return listed(results, keys...)
	}
	out, err := byFile(o, keys)
	if err == nil && len(out) == 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(o)), func(k string) bool { return slices.Contains(keys, k) || isFile(k) }) {
		return nil, errShape // nothing of it says that there is nothing
	}
	return out, err
}

// isFile reports whether a key is the name of a file with results.
func isFile(key string) bool {
	return slices.ContainsFunc(suffixes(), func(s string) bool { return strings.HasSuffix(key, s) })
}

// byFile reads an object of files, each with one result or a list of them; of
// the keys, one may be null.
func byFile(o object, keys []string) ([]located, error) {
	var out []located
	for _, file := range slices.Sorted(maps.Keys(o)) {
		var list []object
		var one object
		switch {
		case string(o[file]) == "null" && !slices.Contains(keys, file):
			return nil, fmt.Errorf("%w under %q", errShape, file)
		case json.Unmarshal(o[file], &list) == nil:
			rows, err := under(file, list)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
		case json.Unmarshal(o[file], &one) == nil:
			out = append(out, located{file, one})
		case file == "status" || file == "commit_id" || file == "message":
		default:
			return nil, fmt.Errorf("%w under %q", errShape, file)
		}
	}
	return out, nil
}

func under(file string, list []object) ([]located, error) {
	var out []located
	for _, item := range list {
		if item == nil {
			return nil, fmt.Errorf("%w: null in place of a result", errShape)
		}
		out = append(out, located{file, item})
	}
	return out, nil
}

// suffixes end the keys of results listed by file: the name of the file in
// which CodeAnt keeps them.
func suffixes() []string {
	return []string{"/security_issues.json", "/anti_patterns.json", "/docstring.json", "/complex_functions.json"}
}

// cleanPath takes a path out of CodeAnt's storage back into the repository:
// what comes before the commit's id is theirs.
func cleanPath(path, commit string) string {
	for _, s := range suffixes() {
		path = strings.TrimSuffix(path, s)
	}
	if _, rest, ok := strings.Cut(path, commit+"/"); ok && commit != "" {
		return rest
	}
	if at := regexp.MustCompile(`/[0-9a-f]{40}/`).FindStringIndex(path); at != nil {
		return path[at[1]:]
	}
	return strings.TrimPrefix(path, "/")
}

// severity is the common word for a vendor's.
func severity(word string) string {
	switch strings.ToLower(word) {
	case "critical", "blocker", "p0":
		return "critical"
	case "high", "error", "major", "p1":
		return "high"
	case "medium", "warning", "moderate", "p2":
		return "medium"
	case "low", "note", "minor", "p3":
		return "low"
	case "info", "informational", "p4":
		return "info"
	default:
		return "unknown"
	}
}

// form is how one scanner's results look: the keys their list may be under, and
// what one of them says. An item that is no finding has none.
type form struct {
	keys []string
	read func(item object) []service.Finding
}

// findings reads all results of a scanner. What an item says of its file is
// way to the file it is listed under.
func (f form) findings(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, f.keys...)
	if err != nil {
		return nil, err
	}
	out := []service.Finding{}
	for _, l := range list {
		for _, found := range f.read(l.item) {
			found.Path = cleanPath(firstOf(l.file, found.Path), commit)
			out = append(out, found)
		}
	}
	return out, nil
}

func (o object) file() string {
	return o.text("file_path", "filename", "file", "path", "manifest")
}

func (o object) line() int { return o.number("line_number", "start_line", "line") }

func sast(o object) []service.Finding {
	return []service.Finding{{
		Rule: o.text("test_id", "check_id", "rule_id", "cwe", "cwe_id"), Severity: severity(o.text("severity")),
		Path: o.file(), Line: o.line(), Message: o.text("issue_text", "message", "description", "name"), Kind: "sast",
	}}
}

func antipatterns(o object) []service.Finding {
	return []service.Finding{{
		Rule: o.text("message-id", "symbol", "test_id"), Severity: severity(o.text("severity")),
		Path: o.file(), Line: o.line(), Message: o.text("issue_text", "message"), Kind: "antipatterns",
	}}
}

func sca(o object) []service.Finding {
	id := o.text("vulnerability_id", "cve_id", "advisory_id")
	if id == "" && o.text("package_name") == "" {
		return nil // not a vulnerability, as the list of healthy packages
	}
	message := fmt.Sprintf("%s %s has the vulnerability %s", o.text("package_name"), o.text("version"), id)
	if fix := o.text("fix_version"); fix != "" {
		message += ", fixed in " + fix
	}
	return []service.Finding{{Rule: id, Severity: severity(o.text("severity")), Path: o.file(), Message: message, Kind: "sca"}}
}

func secrets(o object) []service.Finding {
	if strings.EqualFold(o.text("confidence_score"), "FALSE_POSITIVE") {
		return nil
	}
	return []service.Finding{{
		Rule: o.text("type"), Severity: "critical", Path: o.file(), Line: o.line(),
		Message: "a secret is in the code: " + o.text("type"), Kind: "secrets",
	}}
}

// iac reads failed checks, which come one by one or in a report that lists them.
func iac(o object) []service.Finding {
	checks := []object{o}
	if raw, ok := o["results"]; ok {
		var report struct {
			FailedChecks []object `json:"failed_checks"`
		}
		_ = json.Unmarshal(raw, &report) // another shape has none
		checks = report.FailedChecks
	}
	var out []service.Finding
	for _, check := range checks {
		f := service.Finding{
			Rule: check.text("check_id"), Severity: severity(check.text("severity")), Path: check.file(),
			Message: check.text("check_name", "guideline"), Kind: "iac",
		}
		var lines []int
		if json.Unmarshal(check["file_line_range"], &lines) == nil && len(lines) > 0 {
			f.Line = lines[0]
		}
		out = append(out, f)
	}
	return out
}
