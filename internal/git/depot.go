package git

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/secret"
)

// Access says where a repository is and with what it is read and written.
type Access struct {
	URL   string // without a credential
	User  string // that the forge wants beside the token
	Token secret.Value
}

// Depot is one reference of a repository at its forge, in which a run keeps
// files for later runs. It works in a bare repository of its own, without the
// checkout's configuration and hooks; the token is in the environment of the git
// process and nowhere else. It must be closed.
type Depot struct {
	access Access
	ref    string
	dir    string
	tip    string            // commit that was fetched; "" if the reference is not there
	files  map[string]string // name → id, as fetched

	patience time.Duration // for one call of git; 0: patience
}

// OpenDepot fetches the newest commit of a reference. One that is not there
// holds no files.
func OpenDepot(ctx context.Context, a Access, ref string) (*Depot, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	dir, err := workFolder()
	if err != nil {
		return nil, err
	}
	d := &Depot{access: a, ref: ref, dir: dir}
	if _, err = d.run(ctx, nil, "init", "--quiet", "--bare", dir); err == nil {
		err = d.fetch(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close removes the folder.
func (d *Depot) Close() error { return os.RemoveAll(d.dir) }

func (a Access) check() error {
	u, err := url.Parse(a.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fault.Errorf(fault.Input, "the repository has no web address to fetch from")
	case u.User != nil:
		return fault.Errorf(fault.Input, "the repository's address holds credentials")
	case u.Scheme == "http" && u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback():
		return fault.Errorf(fault.Input, "refusing to send a credential in clear to http://%s", u.Host)
	}
	return nil
}

// fetch reads the reference's newest commit and the names of its files.
func (d *Depot) fetch(ctx context.Context) error {
	d.tip, d.files = "", map[string]string{}
	out, err := d.run(ctx, nil, "ls-remote", "--", d.access.URL, d.ref)
	tip, _, found := strings.Cut(out, "\t")
	if err != nil || !found {
		return err
	}
	if _, err := d.run(ctx, nil, "fetch", "--quiet", "--depth=1", "--no-tags", "--", d.access.URL, d.ref); err != nil {
		return err
	}
	out, err = d.run(ctx, nil, "ls-tree", "-z", tip)
	if err != nil {
		return err
	}
	d.tip = tip
	for text := range strings.SplitSeq(out, "\x00") {
		meta, name, ok := strings.Cut(text, "\t")
		if fields := strings.Fields(meta); ok && len(fields) == 3 && fields[1] == "blob" {
			d.files[name] = fields[2]
		}
	}
	return nil
}

// Names returns the names of the files that are kept, sorted.
func (d *Depot) Names() []string { return slices.Sorted(maps.Keys(d.files)) }

// Read returns a file, refusing one of more than limit bytes.
func (d *Depot) Read(ctx context.Context, name string, limit int64) ([]byte, error) {
	id, ok := d.files[name]
	if !ok {
		return nil, fault.Errorf(fault.Input, "%s holds no %s", d.ref, name)
	}
	size, err := d.run(ctx, nil, "cat-file", "-s", id)
	if n := int64(0); err == nil {
		if _, err = fmt.Sscan(size, &n); err == nil && n > limit {
			err = fault.Errorf(fault.Input, "%s in %s has %d bytes; at most %d are read", name, d.ref, n, limit)
		}
	}
	if err != nil {
		return nil, err
	}
	out, err := d.run(ctx, nil, "cat-file", "blob", id)
	return []byte(out), err
}

// Update adds one commit. change returns the files to put and the names to
// drop, of what is kept at the time. A push that somebody else's came before is
// made anew from theirs; nothing is ever forced.
func (d *Depot) Update(ctx context.Context, message string, change func() (put map[string][]byte, drop []string, err error)) error {
	// Runs of a matrix end together, and each push refuses all others.
	const tries = 5
	for try := 1; ; try++ {
		put, drop, err := change()
		if err != nil {
			return err
		}
		commit, err := d.commit(ctx, message, put, drop)
		if err != nil || commit == d.tip {
			return err
		}
		if _, err = d.run(ctx, nil, "push", "--quiet", "--", d.access.URL, commit+":"+d.ref); err == nil {
			return nil
		}
		before := d.tip
		if ferr := d.fetch(ctx); ferr != nil || try == tries || d.tip == before {
			return err // refused, and not for a race
		}
	}
}

// commit makes the commit and returns its id, the tip's where nothing changes.
func (d *Depot) commit(ctx context.Context, message string, put map[string][]byte, drop []string) (string, error) {
	files := maps.Clone(d.files)
	for _, name := range drop {
		delete(files, name)
	}
	for name, text := range put {
		id, err := d.run(ctx, text, "hash-object", "-w", "--stdin")
		if err != nil {
			return "", err
		}
		files[name] = strings.TrimSpace(id)
	}
	// A run that is repeated leaves no empty commit.
	if d.tip != "" && maps.Equal(files, d.files) {
		return d.tip, nil
	}
	var tree bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&tree, "100644 blob %s\t%s\x00", files[name], name)
	}
	id, err := d.run(ctx, tree.Bytes(), "mktree", "-z")
	if err != nil {
		return "", err
	}
	args := []string{"commit-tree", strings.TrimSpace(id), "-m", message}
	if d.tip != "" {
		args = append(args, "-p", d.tip)
	}
	commit, err := d.run(ctx, nil, args...)
	return strings.TrimSpace(commit), err
}

// run runs git in the depot's folder.
func (d *Depot) run(ctx context.Context, in []byte, args ...string) (string, error) {
	limited, cancel := context.WithTimeout(ctx, cmp.Or(d.patience, patience))
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(limited, "git", append([]string{"--no-pager"}, args...)...)
	cmd.Dir = d.dir
	cmd.Env = d.environment(cmd.Environ())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, new(bytes.Buffer)
	cmd.WaitDelay = min(cmp.Or(d.patience, lag), lag)
	err := result(ctx, cmd, cmd.Run())
	return out.String(), err
}

// environment adds to what a git process may know what the network needs: the
// proxies, the authorities, and the credential, for this one origin and no
// redirect.
func (d *Depot) environment(all []string) []string {
	env := only(all, append(startable(), networked()...))
	if file := authorities(d.dir, all, systemAuthorities()); file != "" {
		env = append(env, "GIT_SSL_CAINFO="+file)
	}
	u, _ := url.Parse(d.access.URL) // check has read it
	basic := base64.StdEncoding.EncodeToString([]byte(d.access.User + ":" + d.access.Token.Expose()))
	config := [][2]string{{"http.followRedirects", "false"}, {"credential.helper", ""}, {"protocol.version", "2"}}
	if !d.access.Token.Empty() {
		config = append(config, [2]string{"http." + u.Scheme + "://" + u.Host + "/.extraHeader", "Authorization: Basic " + basic})
	}
	env = append(env,
		"GIT_DIR="+d.dir, "HOME="+d.dir, "XDG_CONFIG_HOME="+d.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_ALLOW_PROTOCOL=https:http", "GIT_TERMINAL_PROMPT=0", "GIT_EDITOR=false", "LC_ALL=C",
		"GIT_AUTHOR_NAME=gatewright", "GIT_AUTHOR_EMAIL=gatewright@localhost", "GIT_COMMITTER_NAME=gatewright", "GIT_COMMITTER_EMAIL=gatewright@localhost",
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(config)))
	for i, c := range config {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, c[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, c[1]))
	}
	return env
}

// authorities returns a file in dir of the certificate authorities that the
// variables of our own client name, with the system's, which is the first of a
// list that is there: git takes one file alone, and does not read those
// variables. "" leaves it to git.
func authorities(dir string, all, system []string) string {
	value := func(name string) string {
		i := slices.IndexFunc(all, func(v string) bool { return strings.HasPrefix(v, name+"=") && len(v) > len(name)+1 })
		if i < 0 {
			return ""
		}
		return all[i][len(name)+1:]
	}
	if value("GIT_SSL_CAINFO") != "" {
		return ""
	}
	var text []byte
	add := func(name string) bool {
		more, err := input.Read(name)
		if err == nil {
			text = append(append(text, more...), '\n')
		}
		return err == nil
	}
	whole := add(value("SSL_CERT_FILE"))
	extra, own := add(value("NODE_EXTRA_CA_CERTS")), add(value("CI_SERVER_TLS_CA_FILE"))
	if !whole && !extra && !own {
		return ""
	}
	// The last two add to what is trusted. Where no list is there git has its
	// own, as on Windows, and the file would take the place of that.
	if !slices.ContainsFunc(system, add) && !whole {
		return ""
	}
	file := filepath.Join(dir, "authorities.pem")
	if os.WriteFile(file, text, 0o600) != nil {
		return ""
	}
	return file
}

// systemAuthorities are where systems keep theirs, after crypto/x509.
func systemAuthorities() []string {
	return []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"}
}

// startable are the variables that a program needs to start.
func startable() []string {
	return []string{"PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH"}
}

// networked are those by which git reaches a server.
func networked() []string {
	return []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"}
}
