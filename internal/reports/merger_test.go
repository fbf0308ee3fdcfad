package reports

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/service"
)

// shard returns the report of one job of a matrix: all of them name the same
// files, and each ran one line of each.
func shard(i, files, lines int) string {
	var b strings.Builder
	for f := range files {
		fmt.Fprintf(&b, "SF:src/f%d.c\n", f)
		for n := 1; n <= lines; n++ {
			ran := 0
			if n == 1+i%lines {
				ran = 1
			}
			fmt.Fprintf(&b, "DA:%d,%d\n", n, ran)
		}
		b.WriteString("end_of_record\n")
	}
	return b.String()
}

func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMergerKeepsTheUnion merges the shards of a matrix side by side: what is
// kept is the union, however many there are. It is run with -race too.
func TestMergerKeepsTheUnion(t *testing.T) {
	const shards, files, lines = 1000, 400, 40
	text := make([]string, lines) // the others are the same
	for i := range text {
		text[i] = shard(i, files, lines)
	}
	m := newMerger(shards, false, false)
	merge := func(from, to int) {
		var g errgroup.Group
		g.SetLimit(4)
		for i := from; i < to; i++ {
			g.Go(func() error {
				report, format, err := formats.Parse("lcov.info", strings.NewReader(text[i%lines]), formats.Options{})
				if err == nil {
					m.add(i, booked{file: service.ReportFile{Path: fmt.Sprintf("shard-%d/lcov.info", i), Format: format, Report: report}})
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	before := liveHeap()
	merge(0, 100)
	some := liveHeap() - before
	merge(100, shards)
	all := liveHeap() - before
	if most := int64(8 << 20); all > most {
		t.Errorf("%d bytes are kept of %d shards, %d at most", all, shards, most)
	}
	if all > some+some/2+1<<20 {
		t.Errorf("%d bytes are kept of 100 shards, %d of %d: it is not only the union", some, all, shards)
	}
	r := m.end(&console.Console{}, false)
	if got := r.Merged().Totals().Lines; got.Covered != files*lines || got.Coverable != files*lines || len(r.Files) != shards {
		t.Errorf("%+v of %d reports", got, len(r.Files))
	}
	runtime.KeepAlive(text)
	t.Logf("%d KiB of 100 shards, %d KiB of %d", some>>10, all>>10, shards)
}
