package codacy

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

func TestLanguageOf(t *testing.T) {
	for file, want := range map[string]string{
		"a/b.go": "go", "x.tsx": "typescript", "x.MTS": "typescript", "x.svelte": "javascript", "Dockerfile.dev": "dockerfile",
		"a.m": "objective c", "a.h": "c", "a.hpp": "cpp", "a.kt": "kotlin", "Gemfile": "", "a.unknown": "", "a.pas": "", ".cs": "csharp",
	} {
		if got := strings.ToLower(languages().Of(file)); got != want {
			t.Errorf("the language of %q is %q; want %q", file, got, want)
		}
	}
	// The coverage path has them in lower case.
	r := coverage.New()
	r.File("a.m").Hit(1, 1)
	parts, _, err := split(service.Upload{Files: []service.ReportFile{{Path: "lcov.info", Report: r}}}, false)
	if err != nil || len(parts) != 1 || parts[0].language != "objective c" {
		t.Errorf("%+v, %v", parts, err)
	}
	if l, err := languages().Named("OBJECTIVE c"); err != nil || l != "Objective C" {
		t.Errorf("%q, %v", l, err)
	}
	if _, err := languages().Named("pascal"); fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "Objective C") {
		t.Errorf("%v (hint: %s)", err, fault.Hint(err))
	}
}

func TestOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://api.codacy.com": "https://api.codacy.com",
		"https://app.codacy.com/gh/DataBiosphere/terra-workspace-manager?x=1": "https://app.codacy.com",
		"https://api.codacy.com/api/v3/":                                      "https://api.codacy.com",
		"https://codacy.example/api/v3":                                       "https://codacy.example",
		"https://codacy.example/2.0/":                                         "https://codacy.example",
		"https://tools.example/codacy":                                        "https://tools.example/codacy",
		"https://tools.example/codacy/api/v3":                                 "https://tools.example/codacy",
		"https://notcodacy.com/gh":                                            "https://notcodacy.com/gh",
	} {
		if got := origin(in); got != want {
			t.Errorf("origin(%q) = %q, want %q", in, got, want)
		}
	}
}
