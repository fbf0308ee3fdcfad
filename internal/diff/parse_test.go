package diff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		diff string
		want []File
	}{
		{"git with context", `diff --git a/src/a.py b/src/a.py
index 1..2 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,3 +1,4 @@ def f():
 one
-two
+zwei
+drei
 three
@@ -10 +11,0 @@
-gone
\ No newline at end of file
`, []File{{Path: "src/a.py", Kind: Modified, Lines: []int{2, 3}}}},
		{"no context, new and deleted", `diff --git a/new b/new
new file mode 100644
--- /dev/null
+++ b/new
@@ -0,0 +1,2 @@
+a
+b
diff --git a/old b/old
deleted file mode 100644
--- a/old
+++ /dev/null
@@ -1 +0,0 @@
-a
`, []File{{Path: "new", Kind: Added, Lines: []int{1, 2}}, {Path: "old", Kind: Deleted}}},
		{"prefixes of the user's own", `diff --git old/src/a b/a new/src/a b/a
--- old/src/a b/a
+++ new/src/a b/a
@@ -1 +1 @@
-1
+2
diff --git old/src/n new/src/n
new file mode 100644
--- /dev/null
+++ new/src/n
@@ -0,0 +1 @@
+1
diff --git old/src/g new/src/g
deleted file mode 100644
--- old/src/g
+++ /dev/null
@@ -1 +0,0 @@
-1
diff --git old/src/m new/src/m
old mode 100644
new mode 100755
diff -ru was/src/r is/src/r
--- was/src/r	2024-01-01
+++ is/src/r	2024-01-01
@@ -1 +1 @@
-1
+2
`, []File{
			{Path: "src/a b/a", Kind: Modified, Lines: []int{1}},
			{Path: "src/n", Kind: Added, Lines: []int{1}},
			{Path: "src/g", Kind: Deleted},
			{Path: "src/m", Kind: Modified},
			{Path: "src/r", Kind: Modified, Lines: []int{1}},
		}},
		{"lines that look like headers", `diff --git a/x.sql b/x.sql
--- a/x.sql
+++ b/x.sql
@@ -1,2 +1,2 @@
--- a/x.sql
-+++ b
++++ b/evil
+-- @@ -1 +1 @@
`, []File{{Path: "x.sql", Kind: Modified, Lines: []int{1, 2}}}},
		{"renames, pure and edited", `diff --git a/a b/b
similarity index 100%
rename from a
rename to b
diff --git a/dir/c b/dir/d
similarity index 90%
rename from dir/c
rename to dir/d
--- a/dir/c
+++ b/dir/d
@@ -5,0 +6 @@
+x
`, []File{{Path: "b", OldPath: "a", Kind: Renamed}, {Path: "dir/d", OldPath: "dir/c", Kind: Renamed, Lines: []int{6}}}},
		{"binary, mode, empty, submodule", `diff --git a/i.png b/i.png
index 1..2 100644
Binary files a/i.png and b/i.png differ
diff --git a/j.png b/j.png
new file mode 100644
GIT binary patch
literal 3
+c$@)Zzzz

diff --git a/run me.sh b/run me.sh
old mode 100644
new mode 100755
diff --git a/empty b/empty
new file mode 100644
index 0..1
diff --git a/lib b/lib
index 1..2 160000
--- a/lib
+++ b/lib
@@ -1 +1 @@
-Subproject commit 1
+Subproject commit 2
`, []File{
			{Path: "i.png", Kind: Modified, Binary: true},
			{Path: "j.png", Kind: Added, Binary: true},
			{Path: "run me.sh", Kind: Modified},
			{Path: "empty", Kind: Added},
			{Path: "lib", Kind: Modified, Submodule: true, Lines: []int{1}},
		}},
		{"quoted names", `diff --git "a/t\303\244b\there" "b/t\303\244b\there"
--- "a/t\303\244b\there"
+++ "b/t\303\244b\there"
@@ -1 +1 @@
-a
+b
diff --git a/with space b/with space
--- a/with space	
+++ b/with space	
@@ -1 +1 @@
-a
+b
diff --git "a/q\"" "b/q\""
old mode 100644
new mode 100755
`, []File{{Path: "täb\there", Kind: Modified, Lines: []int{1}}, {Path: "with space", Kind: Modified, Lines: []int{1}}, {Path: `q"`, Kind: Modified}}},
		{"no prefix, in a folder named b", "diff --git b/x b/x\n--- b/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", []File{{Path: "b/x", Kind: Modified, Lines: []int{1}}}},
		{"mnemonic prefixes", "diff --git i/x w/x\n--- i/x\n+++ w/x\n@@ -1 +1 @@\n-a\n+b\n", []File{{Path: "x", Kind: Modified, Lines: []int{1}}}},
		{"diff -u with dates", "--- src/x.c.orig\t2020-01-01 00:00:00\n+++ src/x.c\t2020-01-02 00:00:00\n@@ -1 +1 @@\n-a\n+b\n", []File{{Path: "src/x.c", Kind: Modified, Lines: []int{1}}}},
		{"svn", "Index: trunk/x.c\n===================\n--- trunk/x.c\t(revision 1)\n+++ trunk/x.c\t(working copy)\n@@ -1 +1,2 @@\n-a\n+b\n+c\n", []File{{Path: "trunk/x.c", Kind: Modified, Lines: []int{1, 2}}}},
		{"svn with properties, a new and a deleted file", "Index: a.c\n===\n--- a.c\t(revision 1)\n+++ a.c\t(working copy)\n@@ -1 +1,2 @@\n a\n+b\n\nProperty changes on: a.c\n___\nAdded: svn:log\n## -0,0 +1,3 ##\n+--- x\n++++ y\n+@@ -1 +1 @@\n\\ No newline at end of property\nIndex: new.c\n===\n--- new.c\t(nonexistent)\n+++ new.c\t(working copy)\n@@ -0,0 +1 @@\n+a\nIndex: gone.c\n===\n--- gone.c\t(revision 1)\n+++ gone.c\t(nonexistent)\n@@ -1 +0,0 @@\n-a\nIndex: pic.png\n===\nCannot display: file marked as a binary type.\nsvn:mime-type = application/octet-stream\n", []File{
			{Path: "a.c", Kind: Modified, Lines: []int{2}}, {Path: "new.c", Kind: Added, Lines: []int{1}}, {Path: "gone.c", Kind: Deleted},
		}},
		{"a series of patches, each with files of its own", series("From ", "x", "y"), []File{{Path: "x", Kind: Modified, Lines: []int{1}}, {Path: "y", Kind: Modified, Lines: []int{1}}}},
		{"git log -p", series("commit ", "x", "y"), []File{{Path: "x", Kind: Modified, Lines: []int{1}}, {Path: "y", Kind: Modified, Lines: []int{1}}}},
		{"a file that became a link", "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\ndiff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n\\ No newline at end of file\n", []File{{Path: "x", Kind: Deleted}, {Path: "x", Kind: Added, Lines: []int{1}}}},
		{"mail around a patch", "From 1234\nSubject: [PATCH] x\n\n---\n x | 2 +-\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39.5\n\n", []File{{Path: "x", Kind: Modified, Lines: []int{1}}}},
		{"stripped blank lines", "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n a\n\n+b\n c\n", []File{{Path: "x", Kind: Modified, Lines: []int{3}}}},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		for _, eol := range []string{"\n", "\r\n"} {
			t.Run(tt.name, func(t *testing.T) {
				got, err := Parse(strings.NewReader(strings.ReplaceAll(tt.diff, "\n", eol)), "x.diff")
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got.Files); diff != "" {
					t.Error(diff)
				}
				if got.Cut {
					t.Error("Cut")
				}
			})
		}
	}
}

// series is patches as git format-patch or git log -p writes them.
func series(start string, files ...string) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString(start + strings.Repeat("1", 40) + "\nAuthor: A <a@example.com>\nSubject: [PATCH] a subject so long\n that it goes on\n\n    a message\n    --- with marks\n+in it\n---\n x | 2 +-\n\n")
		b.WriteString("diff --git a/" + f + " b/" + f + "\n--- a/" + f + "\n+++ b/" + f + "\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39.5\n\n")
	}
	return b.String()
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n":           "diff d:6: more lines than the hunk's header says",
		"--- a/x\n+++ b/x\n@@ -1,9 +1 @@\n-a\ndiff --git a b\n": `diff d:5: the hunk's header promises 8 more lines, found "diff --git a b"`,
		"--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n-b\n":             "diff d:5: the hunk holds other lines than its header says",
		"--- a/x\n+++ b/x\n@@ -x +1 @@\n":                       `diff d:3: expected @@ -LINE,COUNT +LINE,COUNT @@, found "@@ -x +1 @@"`,
		"@@ -1 +1 @@\n":                                         "diff d:1: a hunk before the name of a file",
		"diff --cc x\n":                                         "diff d:1: is a combined diff of a merge",
		"*** x\n--- x\n***************\n*** 2 ****\n":           "diff d:3: is a context diff",
		"\xff\xfed\x00":                                         "diff d:1: is UTF-16",
		series("From ", "x", "y", "x"):                          "diff d: is a series of 3 patches, more than one of which changes x",
		series("commit ", "x") + "commit " + strings.Repeat("2", 40) + "\ndiff --git a/x b/y\nrename from x\nrename to y\n":                                          "diff d: is a series of 2 patches, more than one of which changes y",
		series("commit ", "x") + "commit " + strings.Repeat("2", 40) + "\ndiff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n": "diff d: is a series of 2 patches, more than one of which changes x",
		strings.Repeat("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 2):                                                                                                 "diff d: changes x twice",
		"<!doctype html><title>Sign in</title>": "diff d: names no file, so it is no unified diff",
		"[[[[":                                  "diff d: names no file, so it is no unified diff",
		"\x00\x00\x00":                          "diff d: names no file, so it is no unified diff",
		"no such branch\n":                      "diff d: names no file, so it is no unified diff",
	} {
		_, err := Parse(strings.NewReader(in), "d")
		if err == nil || err.Error() != want {
			t.Errorf("%.40q: got %v\nwant %s", in, err, want)
		}
		if fault.Of(err) != fault.Input {
			t.Errorf("%.40q: kind %v", in, fault.Of(err))
		}
	}
}

// TestParseOfNoChange: that nothing changed, or nothing that has lines, is said
// in several ways.
func TestParseOfNoChange(t *testing.T) {
	for _, in := range []string{
		"", "\n\n", "Binary files a/x.png and b/x.png differ\n", "Only in b: x\n", "Submodule lib 1111111..2222222:\n  > one\n",
		"commit " + strings.Repeat("1", 40) + "\nAuthor: a\n\n    nothing\n",
		"Index: x\n===================================================================\n--- x\t(revision 1)\n+++ x\t(working copy)\n\nProperty changes on: x\n___________________________________________________________________\nAdded: p\n",
	} {
		if c, err := Parse(strings.NewReader(in), "d"); err != nil {
			t.Errorf("%q: %+v, %v", in, c, err)
		}
	}
}

func TestParseTellsThatADiffWasCut(t *testing.T) {
	c, err := Parse(strings.NewReader("--- a/x\n+++ b/x\n@@ -1 +1,9 @@\n-a\n+b\n+c"), "d")
	if err != nil || !c.Cut {
		t.Fatalf("%+v, %v", c, err)
	}
	if diff := cmp.Diff([]int{1, 2}, c.Files[0].Lines); diff != "" {
		t.Error(diff)
	}
	for _, in := range []string{"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n", "--- a/x\n+++ b/x\n"} {
		if c, err := Parse(strings.NewReader(in), "d"); err != nil || !c.Cut {
			t.Errorf("%q: %+v, %v", in, c, err)
		}
	}
}

func TestParseVeryLongLines(t *testing.T) {
	c, err := Parse(strings.NewReader("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+"+strings.Repeat("x", 1<<20)+"\n+c\n"), "d")
	if err != nil || len(c.Files[0].Lines) != 2 {
		t.Fatalf("%+v, %v", c.Files, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
	f.Add("--- \"a\\\\\n+++ \"\\303\"\n@@ -0,0 +1 @@\n+x")
	f.Add("diff --git \n")
	f.Fuzz(func(t *testing.T, in string) {
		c, err := Parse(strings.NewReader(in), "d")
		if err != nil {
			return
		}
		for _, file := range c.Files {
			for i, n := range file.Lines {
				if n < 0 || i > 0 && n <= file.Lines[i-1] {
					t.Fatalf("lines %v do not ascend", file.Lines)
				}
			}
		}
	})
}

// TestBefore asks where lines were, in files that the change edits, adds, moves and
// leaves alone.
func TestBefore(t *testing.T) {
	c, err := Parse(strings.NewReader(`diff --git a/a.go b/a.go
--- a/a.go
+++ b/a.go
@@ -0,0 +1,2 @@
+one
+two
@@ -5,2 +6,0 @@
-five
-six
@@ -9 +9 @@
-nine
+NINE
diff --git a/new.go b/new.go
new file mode 100644
--- /dev/null
+++ b/new.go
@@ -0,0 +1 @@
+x
diff --git a/gone.go b/gone.go
deleted file mode 100644
--- a/gone.go
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/old.go b/moved.go
similarity index 100%
rename from old.go
rename to moved.go
`), "d")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path  string
		line  int
		from  string
		old   int
		known bool
	}{
		{"a.go", 2, "", 0, false},
		{"a.go", 3, "a.go", 1, true},
		{"a.go", 6, "a.go", 4, true},
		{"a.go", 7, "a.go", 7, true},
		{"a.go", 9, "", 0, false},
		{"a.go", 10, "a.go", 10, true},
		{"new.go", 1, "", 0, false},
		{"gone.go", 1, "gone.go", 1, true}, // it is not in the new version
		{"moved.go", 4, "old.go", 4, true},
		{"other.go", 4, "other.go", 4, true},
	} {
		if from, old, _, known := c.Before(tt.path, tt.line, 0); from != tt.from || old != tt.old || known != tt.known {
			t.Errorf("%s:%d was %s:%d, %t, want %s:%d, %t", tt.path, tt.line, from, old, known, tt.from, tt.old, tt.known)
		}
	}
	if c, err = Parse(strings.NewReader(""), "d"); err != nil {
		t.Fatal(err)
	}
	if _, old, _, known := c.Before("a.go", 3, 0); old != 3 || !known {
		t.Error("an empty change moves a line")
	}
}
