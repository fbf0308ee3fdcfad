// Command inputs makes the reports that bench/coverage.sh and bench/findings.sh
// measure with: 100 MB of each format, the same on every machine.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "bench-inputs", "folder to write to")
	size := flag.Int64("mb", 100, "size of each report in MB")
	only := flag.String("only", "", "make only the files whose names match this glob")
	flag.Parse()
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		log.Fatal(err)
	}
	for _, m := range []struct {
		name string
		make func(*writer)
	}{
		{"lcov.info", lcov},
		{"cobertura.xml", cobertura},
		{"jacoco.xml", jacoco},
		{"clover.xml", clover},
		{"cover.out", goProfile},
		{"coverage-final.json", istanbul},
		{"gcovr.json", gcovr},
		{"findings.sarif", sarif},
		{"findings-shuffled.sarif", shuffledSARIF},
	} {
		if ok, err := filepath.Match(*only, m.name); err != nil {
			log.Fatal(err)
		} else if *only != "" && !ok {
			continue
		}
		if err := create(filepath.Join(*dir, m.name), *size<<20, m.make); err != nil {
			log.Fatal(err)
		}
	}
}

// writer writes until its size is reached.
type writer struct {
	*bufio.Writer
	rand *rand.Rand
	n    int64
	size int64
	file int // files so far
}

func (w *writer) full() bool { return w.n >= w.size }

func (w *writer) f(format string, args ...any) {
	n, _ := fmt.Fprintf(w.Writer, format, args...)
	w.n += int64(n)
}

func create(path string, size int64, fill func(*writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := &writer{Writer: bufio.NewWriterSize(f, 1<<20), rand: rand.New(rand.NewPCG(1, 2)), size: size}
	fill(w)
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// path is the next file's: a tree of packages as real projects have them.
func (w *writer) path(ext string) (dir, base string) {
	w.file++
	return fmt.Sprintf("src/module%02d/package%03d", w.file%37, w.file%513), fmt.Sprintf("File%05d.%s", w.file, ext)
}

// lines calls each for the coverable lines of one file: about two in three of
// some hundred lines, most of them covered.
func (w *writer) lines(each func(line, hits int, branch bool)) {
	for line, end := 3, 60+w.rand.IntN(700); line < end; line += 1 + w.rand.IntN(2) {
		hits := 0
		if w.rand.IntN(4) > 0 {
			hits = 1 + w.rand.IntN(1<<w.rand.IntN(14))
		}
		each(line, hits, w.rand.IntN(8) == 0)
	}
}

func lcov(w *writer) {
	for !w.full() {
		dir, base := w.path("ts")
		w.f("TN:\nSF:%s/%s\n", dir, base)
		found, hit := 0, 0
		w.lines(func(line, hits int, branch bool) {
			if branch {
				w.f("BRDA:%d,%d,0,%d\nBRDA:%d,%d,1,%d\n", line, found, hits, line, found, hits/2)
			}
			w.f("DA:%d,%d\n", line, hits)
			found++
			hit += min(hits, 1)
		})
		w.f("LF:%d\nLH:%d\nend_of_record\n", found, hit)
	}
}

func cobertura(w *writer) {
	w.f(`<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.75" branch-rate="0.5" version="1.9" timestamp="1700000000">
	<sources>
		<source>.</source>
	</sources>
	<packages>
`)
	for !w.full() {
		dir, base := w.path("py")
		w.f("\t\t<package name=\"%s\" line-rate=\"0.75\" branch-rate=\"0.5\" complexity=\"0\">\n\t\t\t<classes>\n", dir)
		w.f("\t\t\t\t<class name=\"%s\" filename=\"%s/%s\" line-rate=\"0.75\" branch-rate=\"0.5\" complexity=\"0\">\n\t\t\t\t\t<methods/>\n\t\t\t\t\t<lines>\n", base, dir, base)
		w.lines(func(line, hits int, branch bool) {
			if branch {
				w.f("\t\t\t\t\t\t<line number=\"%d\" hits=\"%d\" branch=\"true\" condition-coverage=\"50%% (1/2)\"/>\n", line, hits)
				return
			}
			w.f("\t\t\t\t\t\t<line number=\"%d\" hits=\"%d\" branch=\"false\"/>\n", line, hits)
		})
		w.f("\t\t\t\t\t</lines>\n\t\t\t\t</class>\n\t\t\t</classes>\n\t\t</package>\n")
	}
	w.f("\t</packages>\n</coverage>\n")
}

func jacoco(w *writer) {
	w.f(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="bench"><sessioninfo id="host-1" start="1700000000000" dump="1700000001000"/>`)
	for !w.full() {
		dir, base := w.path("java")
		w.f(`<package name="%s"><class name="%s/%s" sourcefilename="%s"><method name="run" desc="()V" line="3"><counter type="INSTRUCTION" missed="3" covered="9"/><counter type="LINE" missed="1" covered="3"/></method><counter type="CLASS" missed="0" covered="1"/></class>`, dir, dir, base[:9], base)
		w.f(`<sourcefile name="%s">`, base)
		w.lines(func(line, hits int, branch bool) {
			mb := 0
			if branch {
				mb = 1
			}
			w.f(`<line nr="%d" mi="%d" ci="%d" mb="%d" cb="%d"/>`, line, 3*(1-min(hits, 1)), min(hits, 40), mb, mb)
		})
		w.f(`<counter type="LINE" missed="1" covered="3"/></sourcefile></package>`)
	}
	w.f(`</report>`)
}

func clover(w *writer) {
	w.f("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<coverage generated=\"1700000000\">\n  <project timestamp=\"1700000000\">\n")
	for !w.full() {
		dir, base := w.path("php")
		w.f("    <file name=\"/app/%s/%s\">\n", dir, base)
		w.lines(func(line, hits int, branch bool) {
			if branch {
				w.f("      <line num=\"%d\" type=\"method\" name=\"run%d\" visibility=\"public\" complexity=\"1\" crap=\"1\" count=\"%d\"/>\n", line, line, hits)
				return
			}
			w.f("      <line num=\"%d\" type=\"stmt\" count=\"%d\"/>\n", line, hits)
		})
		w.f("      <metrics loc=\"500\" ncloc=\"400\" classes=\"1\" methods=\"3\" coveredmethods=\"1\" conditionals=\"0\" coveredconditionals=\"0\" statements=\"9\" coveredstatements=\"6\" elements=\"12\" coveredelements=\"7\"/>\n    </file>\n")
	}
	w.f("  </project>\n</coverage>\n")
}

func goProfile(w *writer) {
	w.f("mode: count\n")
	for !w.full() {
		dir, base := w.path("go")
		for line, end := 10, 60+w.rand.IntN(700); line < end; {
			next := line + 1 + w.rand.IntN(6)
			hits := 0
			if w.rand.IntN(4) > 0 {
				hits = 1 + w.rand.IntN(200)
			}
			w.f("github.com/acme/bench/%s/%s:%d.%d,%d.%d %d %d\n", dir, base, line, 2+w.rand.IntN(40), next, 2+w.rand.IntN(20), 1+w.rand.IntN(4), hits)
			line = next + w.rand.IntN(2)
		}
	}
}

func istanbul(w *writer) {
	w.f("{")
	for first := true; !w.full(); first = false {
		dir, base := w.path("js")
		if !first {
			w.f(",")
		}
		w.f(`"/app/%s/%s": {"path":"/app/%s/%s","statementMap":{`, dir, base, dir, base)
		var counts []int
		w.lines(func(line, hits int, _ bool) {
			comma := ","
			if len(counts) == 0 {
				comma = ""
			}
			w.f(`%s"%d":{"start":{"line":%d,"column":4},"end":{"line":%d,"column":40}}`, comma, len(counts), line, line)
			counts = append(counts, hits)
		})
		w.f(`},"fnMap":{"0":{"name":"run","decl":{"start":{"line":1,"column":9},"end":{"line":1,"column":12}},"loc":{"start":{"line":1,"column":15},"end":{"line":9,"column":1}},"line":1}},"branchMap":{},"s":{`)
		for i, hits := range counts {
			if i > 0 {
				w.f(",")
			}
			w.f(`"%d":%d`, i, hits)
		}
		w.f(`},"f":{"0":1},"b":{}}`)
		w.f("\n")
	}
	w.f("}\n")
}

func gcovr(w *writer) {
	w.f(`{"gcovr/format_version": "0.3", "files": [`)
	for first := true; !w.full(); first = false {
		dir, base := w.path("c")
		if !first {
			w.f(", ")
		}
		w.f(`{"file": "%s/%s", "lines": [`, dir, base)
		comma := ""
		w.lines(func(line, hits int, branch bool) {
			branches := ""
			if branch {
				branches = fmt.Sprintf(`{"count": %d, "fallthrough": true, "throw": false}, {"count": 0, "fallthrough": false, "throw": false}`, hits)
			}
			w.f(`%s{"branches": [%s], "count": %d, "gcovr/excluded": false, "gcovr/noncode": false, "line_number": %d}`, comma, branches, hits, line)
			comma = ", "
		})
		w.f(`], "functions": []}`)
	}
	w.f("]}\n")
}

// sarif is a log as linters write it: the tool first, then its results.
func sarif(w *writer) {
	w.f(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{%s,"results":[`, sarifTool())
	w.results(func(rule int, path string, line int, print uint64) {
		w.f(`{"ruleId":"rule-%02d","ruleIndex":%d,"level":"warning","message":{"text":"Unused variable value%d."},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"%s"},"region":{"startLine":%d,"endLine":%d}}}],"partialFingerprints":{"primaryLocationLineHash":"%016x:1"}}`,
			rule, rule, w.rand.IntN(100000), path, line, line+1, print)
	})
	w.f("]}]}\n")
}

// shuffledSARIF is the same with the keys of every object the other way round.
func shuffledSARIF(w *writer) {
	w.f(`{"runs":[{"results":[`)
	w.results(func(rule int, path string, line int, print uint64) {
		w.f(`{"partialFingerprints":{"primaryLocationLineHash":"%016x:1"},"locations":[{"physicalLocation":{"region":{"endLine":%d,"startLine":%d},"artifactLocation":{"uri":"%s"}}}],"message":{"text":"Unused variable value%d."},"level":"warning","ruleIndex":%d,"ruleId":"rule-%02d"}`,
			print, line+1, line, path, w.rand.IntN(100000), rule, rule)
	})
	w.f(`],%s}],"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json"}`+"\n", sarifTool())
}

func (w *writer) results(each func(rule int, path string, line int, print uint64)) {
	for first := true; !w.full(); first = false {
		if !first {
			w.f(",\n")
		}
		w.file = w.rand.IntN(5000)
		dir, base := w.path("ts")
		each(w.rand.IntN(60), dir+"/"+base, 1+w.rand.IntN(900), w.rand.Uint64())
	}
}

func sarifTool() string {
	text := `"tool":{"driver":{"name":"linter","version":"9.1.0","rules":[`
	for i := range 60 {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"id":"rule-%02d","shortDescription":{"text":"what rule %d is about"},"helpUri":"https://example.com/rules/%d"}`, i, i, i)
	}
	return text + "]}}"
}
