package plugin_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/plugin"
	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/secret"
)

// documented returns the stores with one of plugins/store as its program, whose client is a
// stand-in that keeps values in the folder held.
func documented(t *testing.T) (s *plugin.Stores, held, notes string) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		reference.Missing(t, "%v", err)
	}
	bin, err := filepath.Abs("testdata/bin")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("../../../plugins/store")
	if err != nil {
		t.Fatal(err)
	}
	held, notes = t.TempDir(), filepath.Join(t.TempDir(), "notes")
	for k, v := range map[string]string{
		"PATH": bin + ":" + os.Getenv("PATH"), "HELD": held, "NOTES": notes,
		"VAULT_ADDR": "https://vault.example", "AZURE_KEY_VAULT": "v", "DENY": "",
	} {
		t.Setenv(k, v)
	}
	return plugin.New(plugin.Options{Process: plugin.Process{Dir: dir, Passes: func(string, string) bool { return true }}}), held, notes
}

// TestWhatNobodyReads: a secret that people deleted, disabled or put down for deletion with
// the store's own tools is not there, though the store still knows it and when it was
// written; one that ends in the future is.
func TestWhatNobodyReads(t *testing.T) {
	for _, tt := range []struct {
		name, by, value string
		there           bool
	}{
		{"vault", "ENDS", "", true},
		{"vault", "ENDS", "2026-01-02T04:00:00.5Z", false}, // vault kv delete
		{"vault", "ENDS", "2126-01-02T04:00:00.5Z", true},  // delete_version_after
		{"vault", "GONE", "destroyed", false},
		{"aws", "ENDS", "None", true},
		{"aws", "ENDS", "2026-02-01T03:04:05.678000+00:00", false}, // scheduled for deletion
		{"gcloud", "GONE", "ENABLED", true},
		{"gcloud", "GONE", "DISABLED", false},
		{"gcloud", "GONE", "DESTROYED", false},
	} {
		t.Run(tt.name+" "+tt.value, func(t *testing.T) {
			s, _, _ := documented(t)
			ref := forge.Ref{Store: forge.Store("exec:./" + tt.name), Owner: "acme", Repo: "api", Name: "TOKEN"}
			for range 2 {
				if _, err := s.Put(t.Context(), ref, secret.New("some-value-0123456789")); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv(tt.by, tt.value)
			if _, err := s.Stat(t.Context(), ref); (err == nil) != tt.there || err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("there %v: %v", tt.there, err)
			}
		})
	}
}

// TestPassInGit: files of a password store are as new as their checkout; when they were
// written its history says, but for one that is cut off.
func TestPassInGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		reference.Missing(t, "%v", err)
	}
	s, _, _ := documented(t)
	origin, clone := t.TempDir(), filepath.Join(t.TempDir(), "clone")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com", "-C", origin}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-01-02T05:04:05+02:00", "GIT_CONFIG_GLOBAL=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	file := filepath.Join(origin, "gatewright", "acme", "api", "TOKEN.gpg")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("sealed"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "--message=x")
	ref := forge.Ref{Store: "exec:./pass", Owner: "acme", Repo: "api", Name: "TOKEN"}
	for depth, want := range map[string]string{"--no-tags": "2026-01-02T03:04:05Z", "--depth=1": "0001-01-01T00:00:00Z"} {
		git("clone", "--quiet", depth, "file://"+origin, clone+depth)
		t.Setenv("PASSWORD_STORE_DIR", clone+depth)
		if st, err := s.Stat(t.Context(), ref); err != nil || st.UpdatedAt.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v, want %s", depth, st.UpdatedAt, err, want)
		}
	}
}

// TestKubernetesEdited: what another manager of fields wrote last is when it was written.
func TestKubernetesEdited(t *testing.T) {
	s, _, _ := documented(t)
	ref := forge.Ref{Store: "exec:./kubectl", Owner: "acme", Repo: "api", Name: "TOKEN"}
	if _, err := s.Put(t.Context(), ref, secret.New("some-value-0123456789")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("EDITED", "2026-05-02T03:04:05Z\n")
	if st, err := s.Stat(t.Context(), ref); err != nil || st.UpdatedAt.Month() != 5 {
		t.Errorf("%+v, %v", st, err)
	}
}

// TestKeyVaultPurges: a secret that cannot be purged yet, just after its deletion, is purged a
// moment later, for its name to be free; who may not purge has deleted it all the same.
func TestKeyVaultPurges(t *testing.T) {
	for how, left := range map[string]int{"SLOW": 0, "KEPT": 1} {
		t.Run(how, func(t *testing.T) {
			s, held, _ := documented(t)
			ref := forge.Ref{Store: "exec:./azure", Owner: "acme", Repo: "api", Name: "TOKEN"}
			if _, err := s.Put(t.Context(), ref, secret.New("some-value-0123456789")); err != nil {
				t.Fatal(err)
			}
			t.Setenv(how, "yes")
			if err := s.Delete(t.Context(), ref); err != nil {
				t.Error(err)
			}
			if _, err := s.Stat(t.Context(), ref); !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
			if files, _ := os.ReadDir(held); len(files) != left {
				t.Errorf("left: %v", files)
			}
		})
	}
}

// TestDocumentedPrograms runs the programs of plugins/store as they are, each
// with a stand-in of its client that keeps values in files and notes how it was
// called: no value in its arguments or environment, the client's refusals told,
// one secret for each path.
func TestDocumentedPrograms(t *testing.T) {
	for _, name := range []string{"vault", "aws", "gcloud", "azure", "kubectl"} {
		t.Run(name, func(t *testing.T) {
			s, held, notes := documented(t)
			ref := forge.Ref{Store: forge.Store("exec:./" + name), Owner: "acme/tools", Repo: "my_api", Name: "CODACY_PROJECT_TOKEN"}
			twin := ref
			twin.Repo = "my-api"
			ctx := t.Context()
			if _, err := s.Stat(ctx, ref); !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("nothing there yet: %v", err)
			}
			for i, v := range []string{"first-value-0123456789", "second-value-0123456789"} {
				w, err := s.Put(ctx, ref, secret.New(v))
				if err != nil || w != []forge.Written{forge.Created, forge.Replaced}[i] {
					t.Fatalf("put %d: %v, %v", i, w, err)
				}
			}
			if st, err := s.Stat(ctx, ref); err != nil || st.UpdatedAt.Year() != 2026 || !st.Ours {
				t.Errorf("%+v, %v", st, err)
			}
			if w, err := s.Put(ctx, twin, secret.New("third-value-0123456789")); err != nil || w != forge.Created {
				t.Errorf("another path: %v, %v", w, err)
			}
			if err := s.Delete(ctx, twin); err != nil {
				t.Error(err)
			}
			files, err := filepath.Glob(filepath.Join(held, "*"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			if text, err := os.ReadFile(files[0]); err != nil || string(text) != "second-value-0123456789" {
				t.Errorf("it holds %q, %v", text, err)
			}
			for range 2 {
				if err := s.Delete(ctx, ref); err != nil {
					t.Error(err)
				}
			}
			if left, _ := os.ReadDir(held); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
			if _, err := s.List(ctx, ref); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("list: %v", err)
			}
			t.Setenv("DENY", "yes")
			if _, err := s.Put(ctx, ref, secret.New("fourth-value-0123456789")); fault.Of(err) != fault.Auth || !strings.Contains(err.Error(), "exit code 3: ") || len(err.Error()) < 100 {
				t.Errorf("not allowed: %v", err)
			}
			seen, err := os.ReadFile(notes)
			if err != nil || len(seen) == 0 || strings.Contains(string(seen), "-value-0123456789") {
				t.Errorf("%v; %d bytes of arguments and environment", err, len(seen))
			}
		})
	}
}
