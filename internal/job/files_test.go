package job

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
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

// TestDotenvForAShell: a step that sources the file has the values, whatever they hold,
// and runs nothing of them.
func TestDotenvForAShell(t *testing.T) {
	made := filepath.Join(t.TempDir(), "made")
	values := []Output{
		{"failed-gates", "total coverage,coverage of src/**;touch " + made + "&& x|(y)>" + made},
		{"details-url", "https://example.com/?a=1&b=~#c"},
		{"coverage", "81.25"},
		{"baseline-name", ""},
	}
	var b bytes.Buffer
	if err := writeDotenv(&b, values, 0); err != nil {
		t.Fatal(err)
	}
	read := "set -eu\n" + b.String() + `printf '%s\n' "$GATEWRIGHT_FAILED_GATES" "$GATEWRIGHT_DETAILS_URL" "$GATEWRIGHT_COVERAGE" "$GATEWRIGHT_BASELINE_NAME"`
	out, err := exec.CommandContext(t.Context(), "sh", "-c", read).CombinedOutput()
	if want := values[0].Value + "\n" + values[1].Value + "\n81.25\n\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s\nof\n%s", err, out, b.String())
	}
	if _, err := os.Stat(made); err == nil {
		t.Error("a command in a value was run")
	}
	if !strings.Contains(b.String(), "GATEWRIGHT_COVERAGE=81.25\n") {
		t.Errorf("quoted without need:\n%s", b.String())
	}
	// Quotes would be part of the value where the CI itself reads the file.
	b.Reset()
	if err := writeDotenv(&b, values, 5000); err != nil || strings.Contains(b.String(), "'") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
