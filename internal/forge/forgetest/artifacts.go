package forgetest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// artifacts: what the branch's own runs left is found, newest first, and read;
// that of another branch, of a pull request and of a fork is not, nor what has
// expired.
func artifacts(t *testing.T, s *Subject) {
	if s.Forge.Artifacts == nil {
		return // runs leave nothing there
	}
	ctx := ctxFor(t)
	q := forge.ArtifactQuery{Owner: s.Shown, Repo: "api", Branch: "main", Name: "gatewright-baseline", File: "kept.json.gz", Limit: 100}
	id := func(c string) string { return strings.Repeat(c, 40) }
	if s.Forge.Keeps != nil {
		keep(t, s, q)
		return
	}
	if s.Artifacts == nil { // a real forge, where no run has left anything
		if list, err := s.Forge.Artifacts.Artifacts(ctx, q); err != nil || len(list) > 0 {
			t.Errorf("%v, %v", list, err)
		}
		return
	}
	s.World.Lock()
	repo := s.World.Repository("acme", "api")
	for _, a := range []answer.Artifact{
		{Commit: id("a"), Branch: "main", Event: s.Events[0], Text: []byte("of a")},
		{Commit: id("b"), Branch: "feature", Event: s.Events[0], Text: []byte("of b")},
		{Commit: id("c"), Branch: "main", Event: s.Events[1], Text: []byte("a pull request's, from a branch that is called main")},
		{Commit: id("d"), Branch: "main", Event: s.Events[1], From: "stranger", Text: []byte("a fork's")},
		{Commit: id("e"), Branch: "main", Event: s.Events[0], Gone: true, Text: []byte("expired")},
		{Commit: id("f"), Branch: "main", Event: s.Events[0], Text: []byte("of f")},
		{Commit: id("1"), Branch: "main", Event: s.Events[0], Text: []byte(strings.Repeat("much", 100))},
	} {
		a.Repo, a.Name, a.File = repo, q.Name, q.File
		s.Artifacts.Add(s.World, a)
	}
	s.World.Unlock()
	list, err := s.Forge.Artifacts.Artifacts(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]string{}
	var order []string
	for _, a := range list {
		if text, err := s.Forge.Artifacts.ReadArtifact(ctx, q, a); err == nil {
			read[a.Commit[:1]] = string(text)
			order = append(order, a.Commit[:1])
		}
	}
	if diff := cmp.Diff(map[string]string{"a": "of a", "f": "of f"}, read); diff != "" {
		t.Errorf("what counts: %s", diff)
	}
	if diff := cmp.Diff([]string{"f", "a"}, order); diff != "" {
		t.Errorf("the order: %s", diff)
	}
	missing := q
	missing.Repo = "nosuch"
	if _, err := s.Forge.Artifacts.Artifacts(ctx, missing); err == nil {
		t.Error("a repository that is not there has artifacts")
	}
	if _, err := s.Stranger.Artifacts.Artifacts(ctx, q); fault.Of(err) != fault.Auth {
		t.Errorf("a wrong token: %v", err)
	}
}

// keep: a file that is put is found by its commit, and the oldest are cleared up.
func keep(t *testing.T, s *Subject, q forge.ArtifactQuery) {
	ctx := ctxFor(t)
	const many = 23
	for i := range many {
		commit := strings.Repeat(string(rune('a'+i%6)), 38) + string(rune('0'+i/10)) + string(rune('0'+i%10))
		for range 2 { // a job that is run again replaces its file
			if err := s.Forge.Keeps.PutArtifact(ctx, q, commit, []byte("of "+commit)); err != nil {
				t.Fatal(err)
			}
		}
	}
	other := q
	other.File = "kept-other.json.gz"
	if err := s.Forge.Keeps.PutArtifact(ctx, other, strings.Repeat("a", 40), []byte("another gate's")); err != nil {
		t.Fatal(err)
	}
	list, err := s.Forge.Artifacts.Artifacts(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 20 {
		t.Errorf("%d are kept, want 20", len(list))
	}
	for _, a := range list {
		text, err := s.Forge.Artifacts.ReadArtifact(ctx, q, a)
		if err != nil || string(text) != "of "+a.Commit {
			t.Errorf("%s: %q %v", a.Commit, text, err)
		}
	}
	small := q
	small.Limit = 3
	if _, err := s.Forge.Artifacts.ReadArtifact(ctx, small, list[0]); err == nil {
		t.Error("a file above the limit is read")
	}
	wantKind(t, s.Stranger.Keeps.PutArtifact(ctx, q, strings.Repeat("a", 40), nil), fault.Auth)
}
