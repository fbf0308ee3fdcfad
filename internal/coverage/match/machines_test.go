package match

import "testing"

// TestSeveralMachines has reports that the runs of several machines were merged
// into: one file of the commit under the names that their checkouts gave it.
func TestSeveralMachines(t *testing.T) {
	const linux, mac, windows = "/home/runner/work/r/r/", "/Users/runner/work/r/r/", `D:\a\r\r\`
	commit := []string{"src/a.c", "src/b.c", "src/x/a.c"}
	for _, tt := range []struct {
		name   string
		report []string
		same   bool // all are src/a.c
	}{
		{"GitHub's Linux and Windows", []string{linux + "src/a.c", windows + `src\a.c`}, true},
		{"GitHub's three", []string{linux + "src/a.c", mac + "src/a.c", windows + `src\a.c`}, true},
		{"a container of a job and its host", []string{"/__w/r/r/src/a.c", linux + "src/a.c", "/github/workspace/src/a.c"}, true},
		{"Azure's", []string{"/home/vsts/work/1/s/src/a.c", `D:\a\1\s\src\a.c`}, true},
		{"as it stands and below a CI's checkout", []string{"src/a.c", linux + "src/a.c"}, true},
		{"this checkout and a CI's", []string{"/repo/src/a.c", windows + `src\a.c`}, true},
		{"two repositories of a CI", []string{linux + "src/a.c", "/home/runner/work/dep/dep/src/a.c"}, false},
		{"what any package's build calls its root", []string{linux + "src/a.c", "/_/src/a.c"}, false},
		{"the same on Windows", []string{windows + `src\a.c`, "/_/src/a.c"}, false},
		{"a relative path and a drive", []string{"SRC/a.c", `C:\w\src\a.c`}, false},
		{"two folders of one machine", []string{"/w/src/a.c", "/x/src/a.c"}, false},
		{"a folder within the checkout", []string{linux + "src/a.c", linux + "old/src/a.c"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			matched := 0
			for _, m := range NewTree(commit).Paths(tt.report, Options{Checkout: "/repo"}) {
				if m.Path == "src/a.c" {
					matched++
				} else if m.Path != "" {
					t.Errorf("%s is %s", m.Report, m.Path)
				}
			}
			if tt.same && matched != len(tt.report) || !tt.same && matched > 1 {
				t.Errorf("%d of %d paths are src/a.c", matched, len(tt.report))
			}
		})
	}
}

// TestDriveAndRoot has a report of Windows and of another system: no one machine
// has both kinds of paths, so that two names need not be two files.
func TestDriveAndRoot(t *testing.T) {
	commit := []string{"src/build/a.cs", "src/build/b.cs"}
	for _, tt := range []struct {
		name    string
		report  []string
		matched int
	}{
		{"two machines", []string{`C:\w\src\build\a.cs`, `C:\w\src\build\b.cs`, "/var/w/src/build/a.cs", "/var/w/src/build/b.cs"}, 4},
		{"the same, and one file alone", []string{`C:\w\src\build\a.cs`, `C:\w\src\build\b.cs`, "/var/w/src/build/a.cs"}, 2},
		{"one file of each", []string{`C:\w\src\build\a.cs`, "/w/src/build/a.cs"}, 0},
		{"another file of each", []string{`C:\w\src\build\b.cs`, "/w/src/build/a.cs"}, 0},
		{"two folders of one", []string{`C:\w\src\build\a.cs`, `C:\w\src\build\b.cs`, `C:\v\src\build\a.cs`, `C:\v\src\build\b.cs`}, 0},
		{"most of which is another's", []string{
			`C:\w\src\build\a.cs`, `C:\w\src\build\b.cs`, "/dep/src/build/a.cs", "/dep/src/build/b.cs", "/dep/src/c.cs", "/dep/src/d.cs", "/dep/src/e.cs",
		}, 0},
		{"most of which is another's, on one machine", []string{"/w/src/build/a.cs", "/w/src/build/b.cs", "/dep/src/build/a.cs", "/dep/src/build/b.cs", "/dep/src/c.cs"}, 0},
	} {
		matched := 0
		for _, m := range NewTree(commit).Paths(tt.report, Options{}) {
			if m.Path != "" {
				matched++
			}
		}
		if matched != tt.matched {
			t.Errorf("%s: %d paths are matched, want %d", tt.name, matched, tt.matched)
		}
	}
}

// TestFolderWithin has copies of files of the commit in a folder that is beside them
// in a further run.
func TestFolderWithin(t *testing.T) {
	for _, tt := range []booking{
		{
			name: "the second machine's folder is no more the root than the first's", commit: []string{"lib/u.ts", "src/x.ts", "src/z.ts"},
			report: []string{`C:\w\r\a\src\x.ts`, `C:\w\r\a\src\z.ts`, `C:\w\r\src\z.ts`, "/w/r/a/src/x.ts", "/w/r/a/src/z.ts", "/w/r/src/z.ts"},
			want:   []string{"- not-in-commit", "- not-in-commit", "- not-in-commit", "- not-in-commit", "- not-in-commit", "src/z.ts beginning"},
		},
		{
			name: "nor where a file of this checkout is known", commit: []string{"lib/u.ts", "p/src/x.ts", "p/src/z.ts"}, o: Options{Checkout: "/repo"},
			report: []string{"/repo/lib/u.ts", "/w/r/a/src/x.ts", "/w/r/a/src/z.ts", "/w/r/src/z.ts"},
			want:   []string{"lib/u.ts checkout", "- not-in-commit", "- not-in-commit", "- not-in-commit"},
		},
		{
			name: "a CI system's root is, whatever lies above it", commit: []string{"e/src/y.ts", "src/x.ts", "src/z.ts"},
			report: []string{`C:\w\src\x.ts`, `C:\w\src\z.ts`, "/home/runner/work/r/e/src/y.ts", "/home/runner/work/r/r/src/x.ts"},
			want:   []string{"src/x.ts beginning", "src/z.ts beginning", "- not-in-commit", "src/x.ts beginning"},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestAbsoluteTree matches relative paths to a tree of absolute ones, which another
// report of the same run has.
func TestAbsoluteTree(t *testing.T) {
	for i, m := range NewTree([]string{"/w/src/a.js", "/w/src/b.js"}).Paths([]string{"src/a.js", "src/b.js"}, Options{}) {
		if want := []string{"/w/src/a.js", "/w/src/b.js"}[i]; m.Path != want {
			t.Errorf("%s is %q (%s), want %s", m.Report, m.Path, m.Reason(), want)
		}
	}
}
