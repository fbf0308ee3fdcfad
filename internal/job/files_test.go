package job

import (
	"bytes"
	"strings"
	"testing"
)

// TestDotenvKeepsToItsLimit writes values that a CI would refuse whole.
func TestDotenvKeepsToItsLimit(t *testing.T) {
	long := []Output{{"failed-gates", strings.Repeat("coverage of ü/**,", 1000)}, {"coverage", "79.99"}, {"details-url", "https://example.com/" + strings.Repeat("x", 9000)}}
	var b bytes.Buffer
	if err := writeDotenv(&b, long, 5000); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 5000 || !strings.Contains(b.String(), "GATEWRIGHT_COVERAGE=79.99\n") || strings.Count(b.String(), "...\n") != 2 || strings.Contains(b.String(), "\ufffd") {
		t.Errorf("%d bytes:\n%s", b.Len(), b.String())
	}
	b.Reset()
	if err := writeDotenv(&b, long, 0); err != nil || b.Len() < 20_000 {
		t.Errorf("cut without a limit: %d bytes, %v", b.Len(), err)
	}
}
