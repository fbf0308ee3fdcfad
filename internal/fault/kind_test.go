package fault

import (
	"errors"
	"fmt"
	"testing"
)

// TestKinds holds names and exit codes, which scripts rely on.
func TestKinds(t *testing.T) {
	for kind, want := range map[Kind]struct {
		code int
		name string
	}{
		OK:       {0, "ok"},
		Gate:     {1, "gate failed"},
		Input:    {2, "bad input"},
		Auth:     {3, "not authorized"},
		Service:  {4, "service or network error"},
		Timeout:  {5, "timed out"},
		Partial:  {6, "partly done"},
		Bug:      {70, "internal error"},
		Stopped:  {130, "stopped"},
		Kind(99): {99, "internal error"},
	} {
		if kind.String() != want.name || kind.Error() != want.name {
			t.Errorf("%d is called %q", kind, kind)
		}
		if got := ExitCode(fmt.Errorf("more: %w", Errorf(kind, "x"))); got != want.code {
			t.Errorf("%s exits with %d, want %d", kind, got, want.code)
		}
	}
	if ExitCode(nil) != 0 || ExitCode(errors.New("x")) != 70 {
		t.Error("the exit code of no error, or of one without a kind")
	}
}

func TestHintOfTheNearest(t *testing.T) {
	inner := WithHint(Errorf(Auth, "no"), "inner %d", 1)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("x"), ""},
		{Errorf(Input, "x"), ""},
		{inner, "inner 1"},
		{Errorf(Input, "outer: %w", inner), "inner 1"},
		{WithHint(inner, "outer"), "outer"},
		{As(Service, inner), "inner 1"},
	} {
		if got := Hint(tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
	if WithHint(nil, "x") != nil || As(Gate, nil) != nil {
		t.Error("a hint or a kind made an error of none")
	}
}
