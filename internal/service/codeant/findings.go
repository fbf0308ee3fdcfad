package codeant

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

var errShape = errors.New("a shape that Gatewright does not know")

// located is one result with the file it was listed under, if it was.
type located struct {
	file string
	item service.Object
}

// listed reads every shape in which results come: a bare array, an object with
// the array under one of the keys, the same below "results", and an object
// that lists results by file.
func listed(raw json.RawMessage, keys ...string) ([]located, error) {
	var list []service.Object
	if json.Unmarshal(raw, &list) == nil && list != nil { // null is no list
		return under("", list)
	}
	o := service.ParseObject(raw)
	if o == nil {
		return nil, errShape
	}
	for _, k := range keys {
		var files service.Object
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
	switch results, ok := o["results"]; {
	case string(results) == "null" || string(results) == "{}":
		return nil, nil
	case ok:
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
func byFile(o service.Object, keys []string) ([]located, error) {
	var out []located
	for _, file := range slices.Sorted(maps.Keys(o)) {
		var list []service.Object
		var one service.Object
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

func under(file string, list []service.Object) ([]located, error) {
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

// findings reads all results of a scanner. The file that an item is listed under
// goes before what it says of it.
func (s scanner) findings(body []byte, commit string) ([]service.Finding, error) {
	list, err := listed(body, s.keys...)
	if err != nil {
		return nil, err
	}
	o := service.ParseObject(body)
	if len(list) == 0 && !s.bare && o == nil {
		return nil, fmt.Errorf("%w: an empty list in place of an object", errShape)
	}
	if n := o.Inside("results").Int(s.name + "Count"); n > len(list) {
		return nil, fmt.Errorf("%d of %d are listed", len(list), n)
	}
	out := []service.Finding{}
	for _, l := range list {
		for _, found := range s.read(l.item) {
			if found.Rule == "" && found.Message == "" {
				return nil, fmt.Errorf("%w: a result that says nothing", errShape)
			}
			found.Path = cleanPath(cmp.Or(l.file, found.Path), commit)
			out = append(out, found)
		}
	}
	return out, nil
}

// finding reads what results of most scanners have in common.
func finding(kind string, o service.Object) service.Finding {
	return service.Finding{
		Kind: kind, Severity: severity(o.Text("severity")), Line: o.Int("line_number", "start_line", "line"), EndLine: o.Int("end_line", "endLine"),
		Path: o.Text("file_path", "filename", "file", "path", "manifest"),
	}
}

func sast(o service.Object) []service.Finding {
	f := finding("sast", o)
	f.Rule, f.Message = o.Text("test_id", "check_id", "rule_id", "cwe", "cwe_id"), o.Text("issue_text", "message", "description", "name")
	return []service.Finding{f}
}

func antipatterns(o service.Object) []service.Finding {
	f := finding("antipatterns", o)
	f.Rule, f.Message = o.Text("message-id", "symbol", "test_id"), o.Text("issue_text", "message")
	return []service.Finding{f}
}

func sca(o service.Object) []service.Finding {
	said := func(key string) bool { return len(o[key]) > 0 && string(o[key]) != "null" }
	if !slices.ContainsFunc([]string{"vulnerability_id", "cve_id", "advisory_id", "package_name"}, said) {
		return nil // not a vulnerability, as the list of healthy packages
	}
	f, id := finding("sca", o), o.Text("vulnerability_id", "cve_id", "advisory_id")
	f.Rule, f.Line = id, 0
	if id == "" && o.Text("package_name") == "" {
		return []service.Finding{f} // it is there, and of no kind that can be read
	}
	f.Message = fmt.Sprintf("%s %s has the vulnerability %s", o.Text("package_name"), o.Text("version"), id)
	if fix := o.Text("fix_version"); fix != "" {
		f.Message += ", fixed in " + fix
	}
	return []service.Finding{f}
}

func secrets(o service.Object) []service.Finding {
	if strings.EqualFold(o.Text("confidence_score"), "FALSE_POSITIVE") {
		return nil
	}
	f := finding("secrets", o)
	f.Rule, f.Severity = o.Text("type"), "critical"
	if f.Rule != "" || f.Path != "" {
		f.Message = strings.TrimSuffix("a secret is in the code: "+f.Rule, ": ")
	}
	return []service.Finding{f}
}

// iac reads failed checks, which come one by one or in a report that lists them.
func iac(o service.Object) []service.Finding {
	checks := []service.Object{o}
	if raw, ok := o["results"]; ok {
		var report struct {
			FailedChecks []service.Object `json:"failed_checks"`
		}
		if json.Unmarshal(raw, &report) == nil && report.FailedChecks != nil {
			checks = report.FailedChecks
		}
	}
	var out []service.Finding
	for _, check := range checks {
		f := finding("iac", check)
		f.Rule, f.Message, f.Line = check.Text("check_id"), check.Text("check_name", "guideline"), 0
		var lines []int
		if json.Unmarshal(check["file_line_range"], &lines) == nil && len(lines) > 0 {
			f.Line, f.EndLine = lines[0], lines[len(lines)-1]
		}
		out = append(out, f)
	}
	return out
}
