//go:build linux

// Command gates makes large inputs, runs gatewright on them as its users do,
// and prints how long it took and how much memory it held:
//
//	go run ./bench/gates            build gatewright and measure
//	go run ./bench/gates -make DIR  only make the inputs
//
// A pull request that touches 2,000 files with a report of 200,000 lines and
// 5,000 findings is judged and summarised; 10,000 files of 300 lines become an
// HTML report.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	only := flag.String("make", "", "make the inputs in this folder and stop")
	flag.Parse()
	if *only != "" {
		check(inputs(*only))
		return
	}
	dir, err := os.MkdirTemp("", "bench-gates-")
	check(err)
	defer func() { _ = os.RemoveAll(dir) }()
	check(inputs(dir))
	binary := filepath.Join(dir, "gatewright")
	build := exec.Command("scripts/build", "-o", binary)
	build.Stderr = os.Stderr
	check(build.Run())
	fmt.Println("| what | seconds | CPU seconds | peak memory, MB |")
	fmt.Println("|---|---|---|---|")
	measure("gate and summary, 2,000 changed files, 200,000-line report", filepath.Join(dir, "pull"), 1, binary, "gate", "--local",
		"--min-patch", "99", "--min-total", "10", "--max-new", "any=0", "--findings", "scan.sarif", "--baseline", "lcov.info", "--diff", "change.diff",
		"--summary", "summary.md", "--code-quality", "cq.json", "--junit", "junit.xml", "--quiet", "lcov.info")
	measure("the same from git", filepath.Join(dir, "pull"), 1, binary, "gate", "--local", "--min-patch", "99", "--base", "main", "--quiet", "lcov.info")
	measure("HTML, 10,000 files of 300 lines", filepath.Join(dir, "html"), 0, binary, "coverage", "report", "lcov.info", "--html", "out", "--quiet")
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// measure runs a command that must end with the exit code, and prints a row.
func measure(what, dir string, exit int, command ...string) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	var talk strings.Builder
	cmd.Stderr = &talk
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if cmd.ProcessState.ExitCode() != exit {
		log.Fatalf("%v: %v\n%s", command, err, talk.String())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Printf("| %s | %.2f | %.2f | %d |\n", what, took.Seconds(), cpu.Seconds(), usage.Maxrss/1024)
}

// inputs makes the folders pull and html.
func inputs(dir string) error {
	pull, html := filepath.Join(dir, "pull"), filepath.Join(dir, "html")
	if err := tree(pull, 2000, 100, false); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"add", "src"},
		{"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one"},
		{"checkout", "-q", "-b", "topic"},
	} {
		if err := git(pull, args...); err != nil {
			return err
		}
	}
	if err := tree(pull, 2000, 100, true); err != nil {
		return err
	}
	if err := git(pull, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "two"); err != nil {
		return err
	}
	diff := exec.Command("git", "diff", "main...topic")
	diff.Dir = pull
	out, err := diff.Output()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(pull, "change.diff"), out, 0o644); err != nil {
		return err
	}
	if err := sarif(filepath.Join(pull, "scan.sarif"), 5000); err != nil {
		return err
	}
	if err := tree(html, 10000, 300, false); err != nil {
		return err
	}
	return nil
}

func git(dir string, args ...string) error {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %v: %w: %s", args, err, out)
	}
	return nil
}

func name(i int) string { return fmt.Sprintf("src/m%02d/p%02d/file%05d.go", i%20, i/20%25, i) }

// tree writes so many files of so many lines with a report over them. Edited
// files have every fifth line changed.
func tree(dir string, files, lines int, edited bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	report, err := os.Create(filepath.Join(dir, "lcov.info"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(report)
	for i := range files {
		path := filepath.Join(dir, filepath.FromSlash(name(i)))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		var text strings.Builder
		fmt.Fprintf(w, "SF:%s\n", name(i))
		for n := 1; n <= lines; n++ {
			hits := (i*7 + n*13) % 11
			if hits < 1+i%5 {
				hits = 0
			}
			fmt.Fprintf(w, "DA:%d,%d\n", n, hits)
			if edited && n%5 == 0 {
				fmt.Fprintf(&text, "\tedited(%d, %q) // line %d <&>\n", i, "x", n)
			} else {
				fmt.Fprintf(&text, "\tif value%d := call(%d, %q); value%d > 0 { // line %d\n", n, i, "text", n, n)
			}
		}
		w.WriteString("end_of_record\n")
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return report.Close()
}

func sarif(path string, results int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	w.WriteString(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"bench"}},"results":[`)
	for i := range results {
		if i > 0 {
			w.WriteString(",")
		}
		fmt.Fprintf(w, `{"ruleId":"R%d","level":"warning","message":{"text":"finding %d"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":%q},"region":{"startLine":%d}}}]}`,
			i%50, i, name(i%2000), i%100+1)
	}
	w.WriteString("]}]}\n")
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
