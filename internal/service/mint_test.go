package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/service"
)

func TestSuccessor(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 5, 0, time.UTC)
	long := strings.Repeat("x", 100)
	for old, want := range map[string]string{
		"ci":                 "ci-20261121-120005",
		"":                   "gatewright-20261121-120005",
		"ci-20260101-000000": "ci-20261121-120005",
		"20260101-000000":    "20260101-000000-20261121-120005",
		long:                 long[:84] + "-20261121-120005",
	} {
		if got := service.Successor(old, now); got != want || len(got) > 100 {
			t.Errorf("%q is followed by %q, want %q", old, got, want)
		}
	}
}
