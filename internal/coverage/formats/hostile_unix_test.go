//go:build unix

package formats

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkHostile tells CPU time beside the clock's, which on a shared machine
// means little.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostile() {
		report := h.report()
		b.Run(h.name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				_, _, _ = Parse(h.name, strings.NewReader(report), h.options())
			}
			b.ReportMetric(float64((cpuTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
