package plugin_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/plugin"
	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

const value = "value-0123456789abcdef"

// program writes a shell script, and returns the place that it keeps.
func program(t *testing.T, script string) (dir string, ref forge.Ref) {
	t.Helper()
	dir = t.TempDir()
	// Nothing is forked meanwhile: it would have the file open until it has become
	// another program, and a file that is open for writing cannot be run.
	syscall.ForkLock.RLock()
	err := os.WriteFile(filepath.Join(dir, "store"), []byte("#!/bin/sh\n"+script+"\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		reference.Missing(t, "%v", err)
	}
	return dir, forge.Ref{Store: "exec:./store", Owner: "acme", Repo: "api", Name: "TOKEN"}
}

// TestPrograms: whatever a program does, one message says it, and what may have
// been stored is not called refused.
func TestPrograms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, script string
		kind         fault.Kind
		message      string
		refused      bool // surely nothing was stored
	}{
		{"stores", `echo '{"written":"created"}'`, fault.OK, "", false},
		{"says no and ends well", `echo '{"written":"created","error":"the vault is sealed"}'`, fault.Service, "the vault is sealed", false},
		{"says no", `echo '{"error":"the vault is sealed"}'; exit 2`, fault.Input, "store TOKEN in acme/api (exec:./store): ./store: exit code 2: the vault is sealed", true},
		{"may not", `echo '{"error":"denied"}'; exit 3`, fault.Auth, "exit code 3: denied", true},
		{"a shell's own 2", `if`, fault.Input, "exit code 2: ", false},
		{"crashes", `kill -9 $$`, fault.Service, "ended by signal: killed", false},
		{"crashes with words", `echo "cannot reach it" >&2; exit 70`, fault.Service, "exit code 70: cannot reach it", false},
		{"hangs", `sleep 60`, fault.Service, "did not end within 300ms and was killed", false},
		{"hangs with a child that holds its output", `test -e crashed || { >crashed; kill -9 $$; }; echo waiting >&2; sleep 60 & wait`, fault.Service, "did not end within 3s and was killed: waiting", false},
		{"floods", `yes`, fault.Service, "wrote more than 1024 KB", false},
		{"talks", `echo "Hello there"; echo '{"written":"created"}'`, fault.Service, "answered with Hello there {", false},
		{"talks on", `echo '{"written":"created"}'; echo bye`, fault.Service, "where one JSON object is expected", false},
		{"talks to standard error", `yes | head -c 3000000 >&2; echo '{"written":"replaced"}'`, fault.OK, "", false},
		{"says nothing", `true`, fault.Service, "answered with nothing", false},
		{"answers something else", `echo '{"exists":true}'`, fault.Service, `answered {"exists":true}, which does not say what became of a put`, false},
		{"a word that is none", `echo '{"written":"yes"}'`, fault.Service, "which does not say what became of a put", false},
		{"a type that is none", `echo '{"written":true}'`, fault.Service, "where one JSON object is expected", false},
		{"repeats the value", `cat; exit 1`, fault.Service, "exit code 1", false},
		{"repeats the value in words", `read -r line; printf '{"error":"bad value '; cat; printf '"}'; exit 2`, fault.Input, "bad value ***", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, ref := program(t, tt.script)
			// Only one that hangs has little time, and what it says first is in it.
			_, within, _ := strings.Cut(tt.message, "did not end within ")
			limit, _, _ := strings.Cut(within, " ")
			deadline, _ := time.ParseDuration(limit)
			s := plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir, Deadline: deadline}})
			_, err := s.Put(t.Context(), ref, secret.New(value))
			if fault.Of(err) != tt.kind || err != nil && !strings.Contains(err.Error(), tt.message) {
				t.Errorf("%v (%v), want %v with %q", err, fault.Of(err), tt.kind, tt.message)
			}
			if err != nil && (rest.Refused(err) != tt.refused || rest.Ambiguous(err) == tt.refused) {
				t.Errorf("%v: refused %v, ambiguous %v", err, rest.Refused(err), rest.Ambiguous(err))
			}
			if err != nil && (strings.Contains(err.Error(), value) || strings.ContainsRune(err.Error(), '\n')) {
				t.Errorf("the message: %q", err)
			}
		})
	}
}

// TestOneThatIsNotThere and one that may not be run: nothing was stored, and the
// hint says what to do.
func TestOneThatIsNotThere(t *testing.T) {
	dir, ref := program(t, "true")
	if err := os.WriteFile(filepath.Join(dir, "text"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, store := range []forge.Store{"exec:./nowhere", "exec:no-such-program", "exec:./text", "exec:."} {
		ref.Store = store
		s := plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}})
		_, err := s.Put(t.Context(), ref, secret.New(value))
		if fault.Of(err) != fault.Input || !rest.Refused(err) || !strings.Contains(fault.Hint(err), "exec:./NAME") {
			t.Errorf("%s: %v (hint %q)", store, err, fault.Hint(err))
		}
		if err := s.CanWrite(t.Context(), ref); fault.Of(err) != fault.Input {
			t.Errorf("%s can be written: %v", store, err)
		}
	}
}

// TestInput is what a program is told, and where: the value on standard input
// alone, behind one line.
func TestInput(t *testing.T) {
	dir, ref := program(t, `cat > got; { echo "$#"; env; tr '\0' '\n' < /proc/$$/cmdline; } > seen; echo '{"written":"created"}'`)
	ref.Environment = "staging & co"
	t.Setenv("KEPT", "yes")
	t.Setenv("DROPPED_TOKEN", "its-own-token")
	p := plugin.Process{Dir: dir, Passes: func(name, _ string) bool { return name == "KEPT" }}
	if _, err := plugin.New(plugin.Options{Pause: time.Millisecond, Process: p}).Put(t.Context(), ref, secret.New(value)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "got"))
	want := `{"version":1,"op":"put","path":"acme/api/staging & co/TOKEN","owner":"acme","repository":"api","environment":"staging & co","name":"TOKEN"}` + "\n" + value
	if err != nil || string(got) != want {
		t.Errorf("%v, input %s", err, got)
	}
	seen, err := os.ReadFile(filepath.Join(dir, "seen"))
	if err != nil || !strings.HasPrefix(string(seen), "0\n") || !strings.Contains(string(seen), "KEPT=yes") || !strings.Contains(string(seen), "PATH=") {
		t.Errorf("%v, arguments and environment %s", err, seen)
	}
	for _, never := range []string{value, "its-own-token"} {
		if strings.Contains(string(seen), never) {
			t.Errorf("%q stands in the arguments or the environment", never)
		}
	}
}

// TestMoods: the way through a crash, a wait that is asked for, a list that a
// program cannot do, an interruption.
func TestMoods(t *testing.T) {
	dir, ref := program(t, `if [ ! -e before ]; then touch before; cat > held; kill -9 $$; fi; echo '{"written":"replaced"}'`)
	s := plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}})
	if w, err := s.Put(t.Context(), ref, secret.New(value)); err != nil || w != 0 { // the crashed one may have made it
		t.Errorf("after a crash: %v, %v", w, err)
	}
	dir, ref = program(t, `echo '{"unsupported":true}'`)
	s = plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}})
	if _, err := s.List(t.Context(), ref); !errors.Is(err, errors.ErrUnsupported) || fault.Of(err) != fault.Input {
		t.Errorf("a list: %v", err)
	}
	dir, ref = program(t, `echo '{"error":"slow down","retryAfter":3600}'; exit 4`)
	s = plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}, MaxWait: time.Second})
	if _, err := s.Put(t.Context(), ref, secret.New(value)); fault.Of(err) != fault.Service || !rest.Ambiguous(err) {
		t.Errorf("a wait that is too long: %v", err)
	}
	dir, ref = program(t, `echo '{"exists":false}'`)
	s = plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}})
	if _, err := s.Stat(t.Context(), ref); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	dir, ref = program(t, `touch began; sleep 60`)
	s = plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for _, err := os.Stat(filepath.Join(dir, "began")); err != nil && ctx.Err() == nil; _, err = os.Stat(filepath.Join(dir, "began")) {
		}
		cancel()
	}()
	if _, err := s.Put(ctx, ref, secret.New(value)); !errors.Is(err, context.Canceled) || rest.Refused(err) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestNames: what a store could take for something else is never passed on.
func TestNames(t *testing.T) {
	dir, _ := program(t, `touch ran; echo '{"written":"created"}'`)
	s := plugin.New(plugin.Options{Pause: time.Millisecond, Process: plugin.Process{Dir: dir}})
	for _, ref := range []forge.Ref{
		{Owner: "..", Repo: "api"},
		{Owner: "acme/../x", Repo: "api"},
		{Owner: "acme", Repo: "-rf"},
		{Owner: "acme", Repo: `a"b`},
		{Owner: "acme", Repo: "a\nb"},
		{Owner: "acme", Repo: "api", Environment: `x\y`},
		{Owner: "", Repo: "api"},
		{Owner: "/acme", Repo: "api"},
	} {
		ref.Store, ref.Name = "exec:./store", "TOKEN"
		if _, err := s.Put(t.Context(), ref, secret.New(value)); fault.Of(err) != fault.Input {
			t.Errorf("%+v: %v", ref, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("it was run")
	}
}
