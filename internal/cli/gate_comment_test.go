package cli

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestComment runs the gate as several jobs of one pull request would, on every
// forge: one comment stays, with the newest words, and the status is set.
func TestComment(t *testing.T) {
	t.Parallel()
	s := standIns(t)
	vars := map[string]string{}
	for _, v := range s.Variables() {
		vars[v.Name] = v.Value
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lcov.info"), []byte("SF:src/a.go\nDA:1,1\nDA:2,0\nend_of_record\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	head := s.World.Repository("acme", "api").PullRequest(7).Head
	for _, f := range forges() {
		t.Run(f.Name, func(t *testing.T) {
			stand, ok := s.Stand(f.Name).(interface {
				Comments(owner, repo string, number int) []string
			})
			if !ok {
				t.Fatalf("the stand-in of %s shows no comments", f.Name)
			}
			gate := func(min, want string) {
				args := []string{
					"gate", "--local", "--min-total", min, "--paths", "raw", "lcov.info", "--forge", f.Name, "--comment", "--status",
					"--pull-request", "7", "--commit", head,
				}
				if f.Name == "azuredevops" {
					args = append(args, "--provider", "azuredevops", "--repository", "acme/platform/api")
				} else {
					args = append(args, "--repository", "acme/api")
				}
				_, out, talk := place{dir, vars}.call("", args...)
				if !strings.Contains(talk, "commented on pull request 7") || strings.Contains(talk, "status") || !strings.Contains(out, want) {
					t.Errorf("%s\n%s", out, talk)
				}
			}
			var jobs sync.WaitGroup
			for range 4 {
				jobs.Go(func() { gate("80", "FAILED") })
			}
			jobs.Wait()
			gate("20", "PASSED")
			ours := 0
			for _, c := range stand.Comments("acme", "api", 7) {
				if strings.Contains(c, "gatewright:gate") {
					ours++
					if !strings.Contains(c, "✅ Gatewright: passed") {
						t.Errorf("the comment is not the newest:\n%s", c)
					}
				}
			}
			if ours != 1 {
				t.Errorf("%d comments of ours", ours)
			}
		})
	}
}
