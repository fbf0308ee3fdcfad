package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

// talker is a command that talks, and the variable that names whom to.
type talker struct {
	name     string
	variable string
	args     []string
	env      map[string]string
	ends     bool // it has a --timeout of its own
	offers   bool // it is allowed to end well without the host: doctor
	lists    bool // it may be told that there is nothing: an empty list is an answer
}

func talkers() []talker {
	t := func(variable, line string) talker {
		return talker{name: line, variable: variable, args: strings.Fields(line), ends: strings.Contains(line, "--timeout")}
	}
	fleet := " --service codacy --forge github --org acme --workers 4 --journal fleet.journal"
	action := t("CODACY_API_BASE_URL", "action")
	action.env = map[string]string{"INPUT_ACCESS_TOKEN": "$CODACY_PROJECT_TOKEN", "INPUT_STEPS": "coverage,gate", "INPUT_TIMEOUT": "5s", "INPUT_POLL_INTERVAL": "1s"}
	action.ends = true
	runs := t("CODEDIG_API_URL", "runs --service codedig --timeout 5s")
	runs.lists = true
	doctor := t("CODACY_API_BASE_URL", "doctor")
	doctor.offers = true
	return []talker{
		t("CODACY_API_BASE_URL", "coverage upload --service codacy --timeout 5s"),
		t("CODEANT_API_URL", "coverage upload --service codeant --timeout 5s"),
		t("GITHUB_API_URL", "coverage upload --service github --timeout 5s"),
		t("CODACY_API_BASE_URL", "gate --service codacy --timeout 5s --poll-interval 1s"),
		t("CODEANT_API_URL", "gate --service codeant --timeout 5s --poll-interval 1s"),
		t("CODEDIG_API_URL", "scan --service codedig --pull-request 7 --timeout 5s --poll-interval 1s"),
		t("CODEANT_API_URL", "scan --service codeant --timeout 5s --poll-interval 1s"),
		runs,
		t("CODACY_API_BASE_URL", "token check --service codacy --timeout 5s"),
		t("CODEDIG_API_URL", "token list --service codedig --timeout 5s"),
		t("CODACY_API_BASE_URL", "coverage finish --service codacy"),
		t("GITHUB_API_URL", "secret put --forge github --repo acme/api HUNTED --yes --value-env GITEA_TOKEN --timeout 5s"),
		t("GITLAB_URL", "secret put --forge gitlab --repo acme/api HUNTED --yes --value-env CODEDIG_TOKEN --timeout 5s"),
		t("SYSTEM_COLLECTIONURI", "secret put --forge azuredevops --repo acme/api HUNTED --yes --value-env GITEA_TOKEN --timeout 5s"),
		t("BITBUCKET_API_URL", "secret list --forge bitbucket --repo acme/api --timeout 5s"),
		t("GITEA_URL", "secret put --forge gitea --repo acme/api HUNTED --yes --value-env CODEDIG_TOKEN --timeout 5s"),
		t("CODACY_API_BASE_URL", "fleet plan"+fleet),
		t("GITHUB_API_URL", "fleet plan --all"+fleet),
		t("CODACY_API_BASE_URL", "fleet apply --yes"+fleet),
		t("GITHUB_API_URL", "fleet apply --yes --adopt"+fleet),
		t("CODACY_API_BASE_URL", "fleet audit"+fleet),
		t("CODACY_API_BASE_URL", "fleet revoke --yes api"+fleet),
		action,
		doctor,
	}
}

// arena is the ground of the attacks.
type arena struct {
	program   string
	work      string
	env       map[string]string
	needles   rig.Needles
	honest    map[string]http.Handler // by the variable of the host
	authority *rig.Authority
	evil      *evil
	unasked   atomic.Int64 // tries that were over before the host was asked
}

// evil is a host that has no business with any token, and notes what it is
// sent. It listens on both kinds of loopback.
type evil struct {
	port4, port6 string
	needles      rig.Needles
	mu           sync.Mutex
	got          map[string][]string // path's last segment, which names the try, to what came
}

func newEvil(needles rig.Needles) (*evil, error) {
	e := &evil{needles: needles, got: map[string][]string{}}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue // a machine without IPv6
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		if strings.HasPrefix(address, "[") {
			e.port6 = port
		} else {
			e.port4 = port
		}
		go func() { _ = http.Serve(l, e) }()
	}
	if e.port4 == "" {
		return nil, errors.New("no loopback to listen on")
	}
	return e, nil
}

func (e *evil) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var sent strings.Builder
	_ = r.Write(&sent)
	if names := e.needles.In(sent.String()); len(names) > 0 {
		id := r.URL.Query().Get("try")
		e.mu.Lock()
		e.got[id] = append(e.got[id], fmt.Sprintf("%s %s carried %s", r.Method, r.URL.Path, strings.Join(names, ", ")))
		e.mu.Unlock()
	}
	_, _ = io.WriteString(w, "{}")
}

func (e *evil) of(id string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.got[id]
}

func hosts(program, work string, t *tally, s scope) error {
	a := &arena{program: program, work: work, needles: rig.Needles{}, honest: map[string]http.Handler{}}
	env, stop, err := rig.Sandbox(program, work)
	if err != nil {
		return err
	}
	defer stop()
	a.env = env
	delete(env, "GITHUB_APP_PRIVATE_KEY")
	delete(env, "GITHUB_APP_ID")
	for name, value := range env {
		if rig.IsToken(name) {
			a.needles.Add(name, value)
		}
		if target, err := url.Parse(value); err == nil && target.Scheme == "http" {
			target.Path = ""
			proxy := httputil.NewSingleHostReverseProxy(target)
			proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
			a.honest[name] = proxy
		}
	}
	if a.evil, err = newEvil(a.needles); err != nil {
		return err
	}
	if a.authority, err = rig.NewAuthority(); err != nil {
		return err
	}
	if err := a.authority.WriteTo(filepath.Join(work, "ca.pem")); err != nil {
		return err
	}
	files := map[string]string{"src/a.go": "package a\n\nfunc A() int {\n\treturn 1\n}\n", "lcov.info": "SF:src/a.go\nDA:3,1\nDA:4,0\nend_of_record\n"}
	if err := rig.Checkout(filepath.Join(work, "checkout"), "https://github.com/acme/api.git", files); err != nil {
		return err
	}
	return a.fight(t, s)
}

// try is one attack on one command.
type try struct {
	attack hostAttack
	talker talker
}

func (a *arena) fight(t *tally, s scope) error {
	attacks, err := a.attacks()
	if err != nil {
		return err
	}
	// Which attack meets which command hangs on the order, and is the same each time.
	slices.SortStableFunc(attacks, func(x, y hostAttack) int { return strings.Compare(x.kind+x.name, y.kind+y.name) })
	// The commands work when nobody attacks: or else nothing is tried.
	var tries []try
	commands := talkers()
	for _, c := range commands {
		tries = append(tries, try{hostAttack{kind: "none", name: "honest", fine: true, serve: plainHTTP(func(r *round, w http.ResponseWriter, q *http.Request) { r.honest.ServeHTTP(w, q) })}, c})
	}
	for i, attack := range attacks {
		for j, c := range commands {
			if attack.only != "" && !strings.Contains(c.name, attack.only) {
				continue
			}
			if s.has(i, j, len(commands)) && s.takes(attack.kind+": "+attack.name+": "+c.name) {
				tries = append(tries, try{attack, c})
			}
		}
	}
	rig.Parallel(len(tries), 12, func(i int) { a.one(i, tries[i], t, s) })
	if lost := a.unasked.Load(); lost > int64(len(tries)/10) {
		return fmt.Errorf("in %d of %d tries the time was over before the host was asked: nothing was tried", lost, len(tries))
	}
	return nil
}

// one plays one try.
func (a *arena) one(i int, y try, t *tally, s scope) {
	id := fmt.Sprint(i)
	dir := filepath.Join(a.work, "try"+id)
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		panic(err)
	}
	r := &round{arena: a, id: id, honest: a.honest[y.talker.variable]}
	address, stop, err := y.attack.serve(r)
	if err != nil {
		t.note(attempt{y.attack.kind, y.attack.name, y.talker.name}, rig.Outcome{}, []string{"the attack did not start: " + err.Error()})
		return
	}
	defer stop()
	env := maps.Clone(a.env)
	env["PATH"], env["HOME"], env["TMPDIR"], env["SSL_CERT_FILE"] = os.Getenv("PATH"), dir, dir, filepath.Join(a.work, "ca.pem")
	was, _ := url.Parse(env[y.talker.variable])
	if address != "" {
		env[y.talker.variable] = address + was.Path
		if y.attack.kind == "address with a password" {
			env[y.talker.variable] = address
		}
	}
	delete(env, "CI_API_V4_URL")
	maps.Copy(env, r.env)
	for k, v := range y.talker.env {
		env[k] = os.Expand(v, func(n string) string { return a.env[n] })
	}
	honest := y.attack.kind == "none" // which has all the time that a slow machine needs
	if honest && env["INPUT_TIMEOUT"] != "" {
		env["INPUT_TIMEOUT"] = "4m"
	}
	args := slices.Clone(y.talker.args)
	for i, arg := range args {
		switch {
		case arg == "fleet.journal":
			args[i] = filepath.Join(dir, arg)
		case honest && i > 0 && args[i-1] == "--timeout":
			args[i] = "4m"
		}
	}
	run := rig.Run{Program: a.program, Args: args, Dir: filepath.Join(a.work, "checkout"), Env: env, Limit: 25 * time.Second, Memory: 300 << 20}
	switch {
	case honest, s.all && !y.talker.ends:
		run.Limit = 5 * time.Minute
	case y.talker.ends:
	default:
		run.Term, run.Limit = 6*time.Second, 16*time.Second
	}
	o := run.Do()
	wrong := broken(o, a.needles)
	if honest && !slices.Contains([]int{0, 1, 6}, o.Code) && !y.talker.offers {
		wrong = append(wrong, fmt.Sprintf("exit %d although nobody attacked", o.Code))
	}
	empty := y.talker.lists && y.attack.name == "a list"
	if o.Code == 0 && !y.attack.fine && !y.talker.offers && !empty {
		wrong = append(wrong, "exit 0")
	}
	if slices.Contains([]string{"redirect", "TLS", "proxy", "bomb", "drip", "head", "cut", "HTTP/2"}, y.attack.kind) && o.Code == 2 && !y.attack.input {
		wrong = append(wrong, "exit 2: the host's fault is called the user's")
	}
	wrong = append(wrong, a.evil.of(id)...)
	switch {
	case r.reached.Load() > 0 || y.attack.silent:
	case o.Code == 5 || o.Code == 130:
		a.unasked.Add(1)
	default:
		wrong = append(wrong, "the host was never asked")
	}
	t.note(attempt{y.attack.kind, y.attack.name, y.talker.name}, o, wrong)
}
