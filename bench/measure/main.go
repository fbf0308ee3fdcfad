//go:build linux

// Command measure runs a program several times and prints the CPU time of its
// best run and of the one in the middle, in seconds, the peak memory of the best
// in MB, and the number of runs:
//
//	measure [-runs N] [-enough DURATION] [-limit DURATION] [-out FILE] PROGRAM [ARG…]
//
// CPU time is user and system time of the program and of those it has waited
// for, as the kernel accounts for them, to the microsecond.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	runs := flag.Int("runs", 9, "how often to run")
	enough := flag.Duration("enough", 6*time.Second, "stop running again after so much CPU time")
	limit := flag.Duration("limit", 2*time.Minute, "end a run that takes longer")
	out := flag.String("out", os.DevNull, "where the program's output goes")
	flag.Parse()
	var all []usage
	for spent := time.Duration(0); len(all) < *runs && spent < *enough; {
		u, err := run(flag.Args(), *out, *limit)
		if err != nil {
			log.Fatal(err)
		}
		spent += u.cpu
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b usage) int { return cmp.Compare(a.cpu, b.cpu) })
	fmt.Printf("%.4f %.4f %d %d\n", all[0].cpu.Seconds(), all[len(all)/2].cpu.Seconds(), all[0].memory>>20, len(all))
}

// usage is what a run took.
type usage struct {
	cpu    time.Duration
	memory int64 // bytes at its peak
}

func run(command []string, out string, limit time.Duration) (usage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	stdout, err := os.Create(out)
	if err != nil {
		return usage{}, err
	}
	defer stdout.Close()
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return usage{}, fmt.Errorf("took longer than %v", limit)
	case err != nil:
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return usage{}, fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	state := cmd.ProcessState
	return usage{
		cpu:    state.UserTime() + state.SystemTime(),
		memory: state.SysUsage().(*syscall.Rusage).Maxrss << 10,
	}, nil
}
