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
	if json.Unmarshal(raw, &list) == nil {
		return under("", list), nil
	}
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil, errShape
	}
	for _, k := range keys {
		var files object
		switch raw := o[k]; {
		case len(raw) == 0 || string(raw) == "null":
		case json.Unmarshal(raw, &list) == nil:
			return under("", list), nil
		case json.Unmarshal(raw, &files) == nil:
			return byFile(files)
		default:
			return nil, fmt.Errorf("%w under %q", errShape, k)
		}
	}
	if results, ok := o["results"]; ok {
		if string(results) == "null" {
			return nil, nil
		}
		return listed(results, keys...)
	}
	return byFile(o)
}

// byFile reads an object of files, each with one result or a list of them.
func byFile(o object) ([]located, error) {
	var out []located
	for _, file := range slices.Sorted(maps.Keys(o)) {
		var list []object
		var one object
		switch {
		case json.Unmarshal(o[file], &list) == nil:
			out = append(out, under(file, list)...)
		case json.Unmarshal(o[file], &one) == nil:
			out = append(out, located{file, one})
		case file == "status" || file == "commit_id" || file == "message":
		default:
			return nil, fmt.Errorf("%w under %q", errShape, file)
		}
	}
	return out, nil
}

func under(file string, list []object) []located {
	var out []located
	for _, item := range list {
		out = append(out, located{file, item})
	}
	return out
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

func readSAST(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, "issues")
	if err != nil {
		return nil, err
	}
	out := []service.Finding{}
	for _, l := range list {
		out = append(out, service.Finding{
			Rule:     firstOf(l.item.text("test_id", "check_id", "rule_id"), l.item.text("cwe", "cwe_id")),
			Severity: severity(l.item.text("severity")),
			Path:     cleanPath(firstOf(l.file, l.item.text("file_path", "filename", "file", "path")), commit),
			Line:     l.item.number("line_number", "start_line", "line"),
			Message:  l.item.text("issue_text", "message", "description", "name"),
			Kind:     "sast",
		})
	}
	return out, nil
}

func readAntipatterns(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, "issues")
	if err != nil {
		return nil, err
	}
	out := []service.Finding{}
	for _, l := range list {
		out = append(out, service.Finding{
			Rule: l.item.text("message-id", "symbol", "test_id"), Severity: severity(l.item.text("severity")),
			Path: cleanPath(firstOf(l.file, l.item.text("file_path", "filename")), commit), Line: l.item.number("line_number", "line"),
			Message: l.item.text("issue_text", "message"), Kind: "antipatterns",
		})
	}
	return out, nil
}

func readSCA(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, "vulnerabilities", "all_vulnerabilities")
	if err != nil {
		return nil, err
	}
	out := []service.Finding{}
	for _, l := range list {
		id := l.item.text("vulnerability_id", "cve_id", "advisory_id")
		if id == "" && l.item.text("package_name") == "" {
			continue // not a vulnerability, as the list of healthy packages
		}
		message := fmt.Sprintf("%s %s has the vulnerability %s", l.item.text("package_name"), l.item.text("version"), id)
		if fix := l.item.text("fix_version"); fix != "" {
			message += ", fixed in " + fix
		}
		out = append(out, service.Finding{
			Rule: id, Severity: severity(l.item.text("severity")), Message: message, Kind: "sca",
			Path: cleanPath(l.item.text("file_path", "filename", "manifest"), commit),
		})
	}
	return out, nil
}

func readSecrets(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, "secrets")
	if err != nil {
		return nil, err
	}
	out := []service.Finding{}
	for _, l := range list {
		if strings.EqualFold(l.item.text("confidence_score"), "FALSE_POSITIVE") {
			continue
		}
		out = append(out, service.Finding{
			Rule: l.item.text("type"), Severity: "critical", Kind: "secrets",
			Path: cleanPath(firstOf(l.file, l.item.text("filename", "file_path")), commit), Line: l.item.number("line_number", "line"),
			Message: "a secret is in the code: " + l.item.text("type"),
		})
	}
	return out, nil
}

// readIaC reads failed checks, which come in a list of reports.
func readIaC(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, "failed_checks")
	if err != nil {
		return nil, err
	}
	out := []service.Finding{}
	for _, l := range list {
		checks := []object{l.item}
		var nested struct {
			Results struct {
				FailedChecks []object `json:"failed_checks"`
			} `json:"results"`
		}
		whole, _ := json.Marshal(l.item) // came from JSON
		if json.Unmarshal(whole, &nested) == nil && len(l.item["results"]) > 0 {
			checks = nested.Results.FailedChecks
		}
		for _, check := range checks {
			var lines []int
			_ = json.Unmarshal(check["file_line_range"], &lines) // absent: the whole file
			f := service.Finding{
				Rule: check.text("check_id"), Severity: severity(check.text("severity")), Kind: "iac",
				Path: cleanPath(check.text("file_path"), commit), Message: check.text("check_name", "guideline"),
			}
			if len(lines) > 0 {
				f.Line = lines[0]
			}
			out = append(out, f)
		}
	}
	return out, nil
}
