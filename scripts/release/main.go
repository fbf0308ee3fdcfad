// Command release builds everything a release of Gatewright consists of, for
// every platform, so that two builds of one commit give the same bytes:
//
//	go run ./scripts/release --version 1.2.3 --out dist
//
// It writes the bare binaries, an archive of each with man page and shell
// completion, an SBOM (CycloneDX 1.6), a provenance statement (in-toto, SLSA
// provenance v1) and checksums.txt over all of them. With --pin it also writes
// version and checksums into the installers, and the version wherever a package
// names a part of its own release; those files are not part of any binary, so a
// tag's own build yields the checksums that the tag carries.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
)

// platforms are the six that CI runners come in.
func platforms() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// release is one run: what to build, and what has been written so far.
type release struct {
	version string
	commit  string
	out     string
	sums    map[string]string // asset name to SHA-256, in hex
}

func main() {
	version := flag.String("version", "", "the version, as 1.2.3 (required)")
	out := flag.String("out", "dist", "the folder to write; emptied first")
	only := flag.String("platforms", strings.Join(platforms(), ","), "which platforms to build")
	pin := flag.Bool("pin", false, "write version and checksums into the installers and packages")
	flag.Parse()
	if err := run(*version, *out, strings.Split(*only, ","), *pin); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(version, out string, targets []string, pin bool) error {
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$`).MatchString(version) {
		return fmt.Errorf("version %q is not of the form 1.2.3 or 1.2.3-rc.1", version)
	}
	r := &release{version: version, out: out, sums: map[string]string{}}
	commit, err := command(nil, "git", "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	r.commit = strings.TrimSpace(string(commit))
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	extras, err := r.extras()
	if err != nil {
		return err
	}
	for _, target := range targets {
		if err := r.build(target, extras); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
	}
	if err := r.describe(targets); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "checksums.txt"), []byte(r.checksums()), 0o644); err != nil {
		return err
	}
	if pin {
		return r.pin()
	}
	return nil
}

// extras are the files that go into every archive: licence, README, man page
// and completions, the last two asked of the program itself.
func (r *release) extras() ([]file, error) {
	var files []file
	for _, name := range []string{"LICENSE", "README.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name, text: text, mode: 0o644})
	}
	host := filepath.Join(r.out, "host")
	if err := r.compile(host, runtime.GOOS, runtime.GOARCH); err != nil {
		return nil, err
	}
	defer os.Remove(host)
	self := func(name string, args ...string) error {
		text, err := command(nil, host, append([]string{"self"}, args...)...)
		files = append(files, file{name: name, text: text, mode: 0o644})
		return err
	}
	return files, firstError(
		self("gatewright.1", "man"),
		self("completion/gatewright.bash", "completion", "bash"),
		self("completion/_gatewright", "completion", "zsh"),
		self("completion/gatewright.fish", "completion", "fish"),
	)
}

// build makes the binary of one platform and its archives.
func (r *release) build(target string, extras []file) error {
	goos, goarch, ok := strings.Cut(target, "/")
	if !ok {
		return fmt.Errorf("a platform is named as linux/amd64")
	}
	base, exe := "gatewright_"+goos+"_"+goarch, ""
	if goos == "windows" {
		exe = ".exe"
	}
	bin := filepath.Join(r.out, base+exe)
	if err := r.compile(bin, goos, goarch); err != nil {
		return err
	}
	text, err := os.ReadFile(bin)
	if err != nil {
		return err
	}
	r.sums[base+exe] = sum(text)
	files := append([]file{{name: "gatewright" + exe, text: text, mode: 0o755}}, extras...)
	archive, err := tarball(files)
	if err != nil {
		return err
	}
	if err := r.write(base+".tar.gz", archive); err != nil {
		return err
	}
	if goos != "windows" {
		return nil
	}
	zipped, err := zipball(files)
	if err != nil {
		return err
	}
	return r.write(base+".zip", zipped)
}

// compile builds without anything of this machine in the result: no paths, no
// cgo, no VCS stamp (the version says which commit), fixed CPU levels. The
// other flags are those of every build.
func (r *release) compile(bin, goos, goarch string) error {
	_, err := command([]string{
		"GOOS=" + goos, "GOARCH=" + goarch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=",
		"GATEWRIGHT_LDFLAGS=-buildid= -X github.com/gatewright/gatewright/internal/cli.version=" + r.version,
	}, "bash", "scripts/build", "-buildvcs=false", "-o", bin)
	return err
}

func (r *release) write(name string, text []byte) error {
	r.sums[name] = sum(text)
	return os.WriteFile(filepath.Join(r.out, name), text, 0o644)
}

// checksums is the form that sha256sum -c reads.
func (r *release) checksums() string {
	var b strings.Builder
	for _, name := range r.names() {
		fmt.Fprintf(&b, "%s  %s\n", r.sums[name], name)
	}
	return b.String()
}

func (r *release) names() []string {
	var names []string
	for name := range r.sums {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// command runs a program with env added and returns what it printed on stdout.
func command(env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
