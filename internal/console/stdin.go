package console

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/fault"
)

// InterruptedBy makes reading standard input end when ctx does: nobody may ever
// write there.
func (c *Console) InterruptedBy(ctx context.Context) {
	if c.raw.Stdin != nil {
		c.Stdin = &stdin{ctx: ctx, in: c.raw.Stdin, read: make(chan chunk)}
	}
}

// stdin reads ahead in a goroutine of its own, which is left behind where the
// run ends. It is for one reader at a time.
type stdin struct {
	ctx   context.Context
	in    io.Reader
	read  chan chunk
	begun bool
	left  chunk
}

type chunk struct {
	text []byte
	err  error
}

const chunkSize = 64 << 10

// Read returns what has been read, or waits for it.
func (s *stdin) Read(p []byte) (int, error) {
	for len(s.left.text) == 0 && s.left.err == nil {
		if !s.begun {
			s.begun = true
			go s.ahead()
		}
		select {
		case s.left = <-s.read:
		case <-s.ctx.Done():
			return 0, errInterrupted()
		}
	}
	n := copy(p, s.left.text)
	s.left.text = s.left.text[n:]
	if len(s.left.text) > 0 {
		return n, nil
	}
	return n, s.left.err
}

func (s *stdin) ahead() {
	for {
		text := make([]byte, chunkSize)
		n, err := s.in.Read(text)
		select {
		case s.read <- chunk{text[:n], err}:
		case <-s.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func errInterrupted() error {
	return fault.Errorf(fault.Stopped, "interrupted while standard input was waited for")
}

// Typed returns standard input's descriptor if it is a terminal, where somebody
// can be asked.
func (c *Console) Typed() (fd int, ok bool) {
	f, ok := c.raw.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	return int(f.Fd()), true
}

// Hidden asks for a line and reads it from the terminal without showing it.
func (c *Console) Hidden(ctx context.Context, fd int, question string) ([]byte, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(c.Stderr, question)
	defer fmt.Fprintln(c.Stderr)
	read := make(chan chunk, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		read <- chunk{text, err}
	}()
	select {
	case line := <-read:
		return line.text, line.err
	case <-ctx.Done():
		_ = term.Restore(fd, before) // what is typed from now on is for the shell
		return nil, errInterrupted()
	}
}
