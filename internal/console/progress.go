package console

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/secret"
)

// status is the one line that says what is being done. On a terminal it is
// redrawn in place; elsewhere it is printed after a silence, which widens up to
// quietest.
type status struct {
	mu      sync.Mutex
	w       io.Writer // the process's stderr
	width   func() int
	redraw  bool // stderr is a terminal in front of somebody
	drawn   bool // the line stands there now
	partial bool // the cursor is within a line, as after a prompt

	what        string
	done, total int64
	since       time.Time // when what began
	spoke       time.Time // when something was last printed
	silence     time.Duration
}

// The first line comes after firstSilence; nothing is silent for longer than
// quietest.
const (
	firstSilence = 3 * time.Second
	quietest     = 5 * time.Second
	frame        = 200 * time.Millisecond
)

func newStatus(stderr io.Writer, getenv func(string) string) *status {
	s := &status{w: stderr, silence: firstSilence, width: func() int { return 80 }}
	if f, ok := stderr.(*os.File); ok && isTerminal(stderr) && getenv("TERM") != "dumb" && !logged(getenv) {
		s.redraw = true
		s.width = func() int {
			if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
				return w
			}
			return 80
		}
	}
	return s
}

// logged reports whether what is printed goes to a CI's log, which may be behind
// a terminal of its own, as with act and CircleCI: lines are kept there as they
// were drawn.
func logged(getenv func(string) string) bool {
	return on(getenv, "CI") || secret.Setting(getenv("TF_BUILD")) != ""
}

// Watch shows what is being done, whenever nothing else is printed for a while,
// until stop is called.
func (c *Console) Watch(what string) (stop func()) {
	if c.Quiet {
		return func() {}
	}
	s := c.status
	s.begin(what)
	ticker, end, ended := time.NewTicker(frame), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case now := <-ticker.C:
				s.tick(now)
			case <-end:
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		ticker.Stop()
		close(end)
		<-ended
		s.mu.Lock()
		defer s.mu.Unlock()
		s.clear()
	})
}

// Doing says what is being done, and how much of it is done; see trace.Listener.
func (c *Console) Doing(what string, done, total int64) {
	c.status.doing(Inert(Printable(c.Redact.Clean(what))), done, total)
}

// Idle ends the showing of what is being done: from now on the user is waited
// for.
func (c *Console) Idle() { c.status.begin("") }

// Progress returns a function to call with how much of what is done.
func (c *Console) Progress(what string) func(done, total int) {
	return func(done, total int) { c.Doing(what, int64(done), int64(total)) }
}

func (s *status) begin(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.what, s.done, s.total, s.since, s.spoke, s.silence = what, 0, 0, now, now, firstSilence
}

func (s *status) doing(what string, done, total int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what != s.what || done < s.done {
		s.what, s.since, s.silence = what, time.Now(), firstSilence
	}
	s.done, s.total = done, total
	if done >= total {
		s.done, s.total = 0, 0
	}
}

// said notes that something was printed. A whole line is also what is being
// done, as far as anybody knows.
func (s *status) said(text []byte, talk bool) {
	s.spoke = time.Now()
	s.partial = len(text) > 0 && text[len(text)-1] != '\n'
	if line := strings.TrimSpace(string(text)); talk && !s.partial && s.total == 0 && line != "" && !strings.Contains(line, "\n") {
		s.what, s.since, s.silence = line, s.spoke, firstSilence
	}
}

// clear takes the drawn line away.
func (s *status) clear() {
	if s.drawn {
		_, _ = io.WriteString(s.w, "\r\x1b[K")
		s.drawn = false
	}
}

func (s *status) tick(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.what == "" || s.partial:
	case s.redraw && now.Sub(s.since) >= time.Second:
		line := []rune(s.line(now))
		_, _ = io.WriteString(s.w, "\r\x1b[K"+string(line[:min(len(line), s.width()-1)]))
		s.drawn = true
	case !s.redraw && now.Sub(s.spoke) >= s.silence:
		fmt.Fprintf(s.w, "… %s\n", s.line(now))
		s.spoke, s.silence = now, min(s.silence+time.Second, quietest)
	}
}

// line is the status in words: bar, share, rate and time left of what has a
// known end, the time it has taken of anything else.
func (s *status) line(now time.Time) string {
	took := now.Sub(s.since)
	if s.total <= 0 || s.done <= 0 {
		return fmt.Sprintf("%s (%s)", s.what, took.Round(time.Second))
	}
	share := min(float64(s.done)/float64(s.total), 1)
	const cells = 20
	full := int(share * cells)
	rate := float64(s.done) / max(took.Seconds(), 0.001)
	left := time.Duration(float64(s.total-s.done) / max(rate, 0.001) * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s %s%s %s of %s, %s/s, %s left",
		s.what, strings.Repeat("█", full), strings.Repeat("░", cells-full), amount(s.done), amount(s.total), amount(int64(rate)), left)
}

// amount writes large numbers short: they are bytes.
func amount(n int64) string {
	switch {
	case n < 100_000:
		return fmt.Sprint(n)
	case n < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// aware is a stream that clears the status line before it is written to.
type aware struct {
	w      io.Writer
	status *status
	talk   bool
}

func (a *aware) Write(p []byte) (int, error) {
	a.status.mu.Lock()
	defer a.status.mu.Unlock()
	a.status.clear()
	n, err := a.w.Write(p)
	if utf8.Valid(p) {
		a.status.said(p, a.talk)
	}
	return n, err
}
