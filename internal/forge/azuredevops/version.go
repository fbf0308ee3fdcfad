package azuredevops

import (
	"regexp"
	"strings"
	"sync"
)

// versions are the API versions that the server takes: Azure DevOps Services
// 7.1, a Server as much as it says when it refuses that. Until a resource is
// released its version needs "-preview". Safe for concurrent use.
type versions struct {
	mu      sync.Mutex
	number  string
	preview map[string]bool // by resource
}

// of returns the version for a path.
func (v *versions) of(path string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.preview[resource(path)] {
		return v.number + "-preview"
	}
	return v.number
}

// learn reads a refusal and reports whether the request is worth repeating
// with another version than used. The words, as captured:
// 400 The requested REST API version of 7.1 is out of range for this server. The latest REST API version this server supports is 7.0.
// 400 The requested version "7.0" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "7.0-preview"
func (v *versions) learn(path, used, words string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if m := regexp.MustCompile(`version this server supports is (\d+\.\d+)`).FindStringSubmatch(words); m != nil {
		v.number = m[1]
		return !strings.HasPrefix(used, m[1])
	}
	if !strings.Contains(words, "-preview flag must be supplied") {
		return false
	}
	if v.preview == nil {
		v.preview = map[string]bool{}
	}
	v.preview[resource(path)] = true
	return !strings.HasSuffix(used, "-preview")
}

// resource is what a path's version belongs to: "distributedtask/variablegroups".
func resource(path string) string {
	_, rest, _ := strings.Cut(path, "_apis/")
	parts := strings.SplitN(rest, "/", 3)
	return strings.Join(parts[:min(len(parts), 2)], "/")
}
