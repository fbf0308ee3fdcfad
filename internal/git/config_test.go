package git_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/git"
)

// TestConfigAsGitReadsIt: what git says of a configuration, or that it refuses it.
func TestConfigAsGitReadsIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "\ufeff[a]b=c", "# only\n; that", "a = b", "[]\na=b", "[a", "[a]", "[a]b", "[a]b=", "[a]b=c", "[a] b = c\n[a]\n\tb = d\r\n",
		"[remote \"origin\"]\n\turl = https://github.com/acme/api.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\tpromisor\n",
		"[Remote \"Or\\\"ig\\\\in\"] URL = x", "[a \"b\nc\"]d=e", "[a \"b\\\nc\"]d=e", "[a \"b\" ]c=d", "[a  \"b\"]c", "[a b]c", "[ \"b\"]c=d", "[a.B]c=d", "[a_b]c", "[a]\nb_c=d", "[a]1=b", "[a]b1-c=d",
		"[a]b = c d  ; e", "[a]b = \"c ; d\" # e", "[a]b=\"c", "[a]b=c\\\n d", "[a]b=\"c\\\nd\"", "[a]b=c \"\" ", "[a]b=c \\\n  \n", "[a]b=\\t\\n\\b\\\\\\\"", "[a]b=\\q", "[a]b=c\\",
		"[a]b c", "[a]b\t=\tc", "[a]b # c", "[include]path=/etc/passwd\n[a]b=c", "[a]b=c]\n[d]e", "[a]b=c # d\\\ne=f", "[a]\r\nb=c\r", "-", "[a]b=\"c\" d\"e\"",
	} {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, refused := exec.Command("git", "config", "--file", file, "--no-includes", "--null", "--list").Output()
		want := map[string][]string{}
		for item := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			key, value, ok := strings.Cut(item, "\n")
			if !ok {
				value = "true" // it stands alone
			}
			if key = strings.ToLower(key); key != "" {
				want[key] = append(want[key], value)
			}
		}
		got, err := git.ParseConfig(text)
		switch {
		case (err == nil) != (refused == nil):
			t.Errorf("%q: %v, of git %v", text, err, refused)
		case err == nil && !cmp.Equal(got, want):
			t.Errorf("%q:\n%s", text, cmp.Diff(want, got))
		}
	}
}
