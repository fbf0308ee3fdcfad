package console

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/secret"
)

// lines is a buffer that a watcher may write to beside the test.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.b.String()
	l.b.Reset()
	return text
}

func watched(d Dialect) (*Console, *lines) {
	out := &lines{}
	return New(Streams{Stderr: out, Getenv: func(string) string { return "" }}, d), out
}

func TestSilenceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := watched(Plain)
		defer c.Watch("gatewright gate")()
		var at []time.Duration
		start := time.Now()
		for range 600 { // a minute
			time.Sleep(100 * time.Millisecond)
			if text := out.take(); text != "" {
				at = append(at, time.Since(start))
				if !strings.HasPrefix(text, "… gatewright gate (") || strings.Count(text, "\n") != 1 {
					t.Fatalf("%q", text)
				}
			}
		}
		last, gap := time.Duration(0), time.Duration(0)
		for _, now := range at {
			if now-last < gap-300*time.Millisecond || now-last > 5300*time.Millisecond {
				t.Errorf("silent from %s to %s; at %v", last, now, at)
			}
			last, gap = now, now-last
		}
		if len(at) < 10 || len(at) > 14 {
			t.Errorf("%d lines in a minute: %v", len(at), at)
		}
	})
}

func TestProgressSaysHowFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := watched(Plain)
		defer c.Watch("gatewright coverage upload")()
		c.Say("upload coverage")
		out.take()
		for n := range int64(10) {
			c.Doing("PUT https://example.com/x", n*10_000_000, 100_000_000)
			time.Sleep(time.Second)
		}
		if text := out.take(); !strings.Contains(text, "… PUT https://example.com/x ██████") || !strings.Contains(text, "of 100.0 MB, ") || !strings.Contains(text, "/s, ") || !strings.Contains(text, " left\n") {
			t.Errorf("%q", text)
		}
	})
}

// What masks a secret, and a secret in what is being done, is never repeated.
func TestStatusRepeatsNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := watched(Workflow)
		defer c.Watch("gatewright gate")()
		token := secret.New("cdt_0123456789abcdef")
		c.Hide(token)
		c.Doing("PUT https://x/?t="+token.Expose()+" ##vso[task.complete]", 0, 0)
		time.Sleep(time.Minute)
		text := out.take()
		if !strings.HasPrefix(text, "::add-mask::"+token.Expose()+"\n…") || strings.Count(text, token.Expose()) != 1 || strings.Contains(text, "##vso[") {
			t.Errorf("%q", text)
		}
	})
}

func TestQuietAndIdleSayNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := watched(Plain)
		c.Quiet = true
		defer c.Watch("gatewright gate")()
		c.Quiet = false
		defer c.Watch("gatewright demo")()
		c.Idle()
		time.Sleep(time.Minute)
		if text := out.take(); text != "" {
			t.Errorf("%q", text)
		}
	})
}

// On a terminal the line is drawn in place, and gone before anything else is
// printed.
func TestStatusIsRedrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := watched(Plain)
		c.status.redraw, c.status.width = true, func() int { return 30 }
		stop := c.Watch("gatewright coverage upload of something long")
		time.Sleep(2*time.Second + frame/2) // no frame is drawn while the test looks
		synctest.Wait()
		if text := out.take(); !strings.HasPrefix(text, "\r\x1b[Kgatewright coverage upload of") || strings.Contains(text, "\n") || strings.Contains(text, "something") {
			t.Errorf("%q", text)
		}
		c.Say("said")
		if text := out.take(); text != "\r\x1b[Ksaid\n" {
			t.Errorf("%q", text)
		}
		c.Stderr.Write([]byte("Go on? ")) // a prompt is not drawn over
		time.Sleep(10 * time.Second)
		stop()
		if text := out.take(); text != "Go on? " {
			t.Errorf("%q", text)
		}
	})
}

func TestDebugSpeaksTheCIsForm(t *testing.T) {
	for dialect, want := range map[Dialect]string{
		Plain: "debug: a::b 100%\n", Workflow: "::debug::a::b 100%25\n", Logging: "##[debug]a::b 100%\n",
	} {
		c, out := watched(dialect)
		c.Debugf("unseen")
		c.Getenv = func(name string) string { return map[string]string{"SYSTEM_DEBUG": "True"}[name] }
		c.DebugIf(false)
		c.Debugf("a::b %d%%", 100)
		if got := out.take(); got != want {
			t.Errorf("%s: %q, want %q", dialect, got, want)
		}
	}
}

// TestDebugIsNoCommand: what a fact or a file's name holds is not one, of however
// many signs it is made, and controls no terminal.
func TestDebugIsNoCommand(t *testing.T) {
	for _, text := range []string{"##vso[task.x]y", "###vso[task.x]y", "#####[command]y", "a\x1b[0Kb", "section_start:1:x\r\x1b[0K", "a\u009b31mb", "a\u202eb", "a\u2028b"} {
		for _, dialect := range []Dialect{Plain, Workflow, Logging, Messages} {
			c, out := watched(dialect)
			c.DebugIf(true)
			c.Debug(text)
			_, got, _ := strings.Cut(out.take(), "debug")
			c.Doing(text, 1, 2)
			got += c.status.what
			if dialect == Logging && strings.Contains(got, "##") || strings.ContainsAny(got, "\r\x1b\u009b\u202e\u2028") {
				t.Errorf("%q as %q: %q", text, dialect, got)
			}
		}
	}
}

func TestColorFollowsTheVariables(t *testing.T) {
	for _, tc := range []struct {
		vars map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"FORCE_COLOR": "1"}, true},
		{map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{map[string]string{"FORCE_COLOR": "0"}, false},
		{map[string]string{"FORCE_COLOR": "1", "NO_COLOR": "1"}, false},
	} {
		c := New(Streams{Getenv: func(n string) string { return tc.vars[n] }}, Plain)
		if got := c.Color(); got != tc.want {
			t.Errorf("%v: %v", tc.vars, got)
		}
	}
}

func TestLogged(t *testing.T) {
	for text, want := range map[string]bool{"": false, "CI=true": true, "CI=1": true, "CI=false": false, "CI=": false, "CI=$(CI)": false, "TF_BUILD=True": true} {
		name, value, _ := strings.Cut(text, "=")
		if got := logged(func(asked string) string { return map[string]string{name: value}[asked] }); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
