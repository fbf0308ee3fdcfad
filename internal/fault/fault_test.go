package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	cause := errors.New("boom")
	tests := []struct {
		name string
		err  error
		want Kind
	}{
		{"nil", nil, OK},
		{"plain", cause, Bug},
		{"kind alone", Gate, Gate},
		{"made", Errorf(Auth, "no token"), Auth},
		{"wrapped further up", fmt.Errorf("upload: %w", Errorf(Service, "put: %w", cause)), Service},
		{"outermost kind wins", As(Partial, Errorf(Service, "x")), Partial},
		{"hint keeps the kind", WithHint(Errorf(Input, "x"), "do y"), Input},
		{"deadline", fmt.Errorf("wait: %w", context.DeadlineExceeded), Timeout},
		{"signal", fmt.Errorf("wait: %w", context.Canceled), Stopped},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Of(tt.err); got != tt.want {
				t.Errorf("Of = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestHintSurvivesWrapping(t *testing.T) {
	err := As(Partial, fmt.Errorf("apply: %w", WithHint(Errorf(Service, "put"), "run it again")))
	if got := Hint(err); got != "run it again" {
		t.Errorf("Hint = %q", got)
	}
	if !errors.Is(err, Service) {
		t.Error("errors.Is lost the inner kind")
	}
	if got := err.Error(); got != "apply: put" {
		t.Errorf("Error = %q: a hint must not leak into the message", got)
	}
	if got := Text(err); got != "apply: put; run it again" {
		t.Errorf("Text = %q", got)
	}
	if got := Text(errors.New("plain")); got != "plain" {
		t.Errorf("Text = %q of an error without a hint", got)
	}
}

func TestAsAndWithHintKeepNil(t *testing.T) {
	if As(Auth, nil) != nil || WithHint(nil, "x") != nil {
		t.Error("nil did not stay nil")
	}
}
