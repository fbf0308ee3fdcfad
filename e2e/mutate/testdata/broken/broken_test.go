package broken

import "testing"

func TestLess(t *testing.T) {
	if !Less(1) {
		t.Error("wrong")
	}
}
