package diff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEdits: a change that was made of another's edits leads to the same lines, and
// its way back to where they came from.
func TestEdits(t *testing.T) {
	const text = `diff --git a/a.go b/a.go
--- a/a.go
+++ b/a.go
@@ -0,0 +1,2 @@
+x
+y
@@ -3 +4,0 @@
-gone
@@ -5,2 +6 @@
-a
-b
+c
diff --git a/old.go b/new.go
similarity index 90%
rename from old.go
rename to new.go
--- a/old.go
+++ b/new.go
@@ -1 +0,0 @@
-x
diff --git a/added.go b/added.go
new file mode 100644
--- /dev/null
+++ b/added.go
@@ -0,0 +1 @@
+x
diff --git a/deleted.go b/deleted.go
deleted file mode 100644
--- a/deleted.go
+++ /dev/null
@@ -1 +0,0 @@
-x
`
	c, err := Parse(strings.NewReader(text), "d")
	if err != nil {
		t.Fatal(err)
	}
	type at struct {
		path string
		line int
		ok   bool
	}
	before := func(c Change, path string, line int) at {
		path, line, _, ok := c.Before(path, line, 0)
		return at{path, line, ok}
	}
	again, back := OfEdits(c.Edits()), c.Back()
	for _, path := range []string{"a.go", "new.go", "added.go", "other.go"} {
		for line := 1; line < 12; line++ {
			want := before(c, path, line)
			if got := before(again, path, line); got != want {
				t.Errorf("%s:%d was at %v, want %v", path, line, got, want)
			}
			if got := before(back, want.path, want.line); want.ok && got != (at{path, line, true}) {
				t.Errorf("%v is at %v, want %s:%d", want, got, path, line)
			}
		}
	}
	for line, want := range map[int]at{1: {}, 2: {}, 3: {"a.go", 1, true}, 4: {"a.go", 2, true}, 5: {"a.go", 4, true}, 6: {}, 7: {"a.go", 7, true}} {
		if got := before(again, "a.go", line); got != want {
			t.Errorf("line %d was at %v, want %v", line, got, want)
		}
	}
	if diff := cmp.Diff(at{"old.go", 2, true}, before(again, "new.go", 1), cmp.AllowUnexported(at{})); diff != "" {
		t.Error(diff)
	}
}
