package fleet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// quick answers at once what the model of the other tests answers with checks,
// so that what is measured is our own time and memory.
type quick struct {
	simForge
	service.TokenLister
	tokens map[string]service.Token
	value  string
}

func (q *quick) Tokens(_ context.Context, s service.Scope) ([]service.Token, error) {
	if t, ok := q.tokens[s.Name]; ok {
		return []service.Token{t}, nil
	}
	return nil, nil
}

func (q *quick) Stat(_ context.Context, ref forge.Ref) (forge.Stat, error) {
	if t, ok := q.tokens[ref.Repo]; ok {
		return forge.Stat{Name: ref.Name, UpdatedAt: t.CreatedAt.Add(time.Second)}, nil
	}
	return forge.Stat{}, os.ErrNotExist
}

func (q *quick) Mint(_ context.Context, r service.MintRequest) (service.Minted, error) {
	at, exp := q.w.now, r.ExpiresAt
	t := service.Token{ID: r.Scope.Name, Name: r.Name, CreatedAt: &at, ExpiresAt: &exp}
	q.tokens[r.Scope.Name] = t
	return service.Minted{Token: t, Value: secret.New(q.value)}, nil
}

func (q *quick) Put(context.Context, forge.Ref, secret.Value) (forge.Written, error) {
	return forge.Created, nil
}

// TestScale plans for 10,000 repositories beside the journal of having
// provisioned them all.
func TestScale(t *testing.T) {
	const n = 10000
	w := newWorld(t)
	w.repos = nil
	for i := range n {
		w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i), Owner: "acme", Name: fmt.Sprintf("repository-%05d", i), Writable: true})
	}
	q := &quick{simForge: simForge{w}, tokens: map[string]service.Token{}, value: "tok-0123456789abcdef0123456789abcdef01234567"}
	f := w.fleet(forge.Actions)
	f.Service.Minter, f.Service.Tokens, f.Service.Prove, f.Forge.Secrets, f.Forge.Stater, f.Forge.WriteChecker, f.Forge.Sealer = q, q, nil, q, q, nil, nil
	path := filepath.Join(shm(t), "j")
	if _, err, _ := w.runOnce(f, path); err != nil {
		t.Fatal(err)
	}
	w.trace = nil

	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	j, err := journal.Read(path, journal.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	plan := mustPlan(t, f, j)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if plan.Summary[Keep] != n || plan.Changes() != 0 {
		t.Errorf("summary %v", plan.Summary)
	}
	heap := (after.HeapAlloc - before.HeapAlloc) >> 20
	if heap > 200 {
		t.Errorf("planning took %d MB", heap)
	}
	t.Logf("%d repositories, %d lines of journal: planned in %s of our own time; heap grew by %d MB, %d MB taken from the system in all", n, len(j.Entries), took.Round(time.Millisecond), heap, after.Sys>>20)
}
