package match

import (
	"testing"
)

// TestPackages has what decides which file of its name a class is in.
func TestPackages(t *testing.T) {
	two := []string{"a/src/main/java/c/X.java", "b/src/main/java/c/X.java"}
	for _, tt := range []booking{
		{
			name: "Kotlin of a package that ends alike", commit: []string{"src/main/kotlin/com/acme/App.kt", "src/main/kotlin/org/com/acme/App.kt"},
			report: []string{"com/acme/App.kt"}, want: []string{"src/main/kotlin/com/acme/App.kt package"},
		},
		{name: "Kotlin without a package, deeper", commit: []string{"src/main/java/c/x.kt"}, report: []string{"X.kt"}, want: []string{"src/main/java/c/x.kt package"}},
		{name: "Java of a package that the commit lacks", commit: []string{"src/main/java/A.java"}, report: []string{"com/A.java"}, want: []string{"- not-in-commit"}},
		{
			name: "Kotlin above its package, and a namesake that is no source", commit: []string{"docs/util/E.kt", "src/main/kotlin/acme/E.kt"},
			report: []string{"acme/util/E.kt"}, want: []string{"src/main/kotlin/acme/E.kt package"},
		},
		{
			name: "among 256 namesakes", commit: append(each(255, "m%d/E.kt"), "src/main/kotlin/org/acme/E.kt"),
			report: []string{"org/acme/inner/E.kt"}, want: []string{"src/main/kotlin/org/acme/E.kt package"},
		},
		{
			name: "among more", commit: append(each(256, "m%d/E.kt"), "src/main/kotlin/org/acme/E.kt"),
			report: []string{"org/acme/inner/E.kt"}, want: []string{"- not-in-commit"},
		},
		{
			name: "the very path", commit: []string{"lib/X.clj", "lib/x.clj"}, report: []string{"lib/x.clj"}, want: []string{"lib/x.clj exact"},
		},

		// Kotlin's source sets: expect in one, actual in another.
		{
			name: "two of one module", commit: []string{"s/src/commonMain/kotlin/x/A.kt", "s/src/commonMain/kotlin/x/P.kt", "s/src/androidMain/kotlin/x/P.kt"},
			report: []string{"x/A.kt", "x/P.kt"}, want: []string{"s/src/commonMain/kotlin/x/A.kt package", "- ambiguous | several source sets of one module have it"},
		},
		{
			name: "of two modules", commit: []string{"s/src/commonMain/kotlin/x/A.kt", "s/src/commonMain/kotlin/x/P.kt", "t/src/commonMain/kotlin/x/P.kt"},
			report: []string{"x/A.kt", "x/P.kt"}, want: []string{"s/src/commonMain/kotlin/x/A.kt package", "s/src/commonMain/kotlin/x/P.kt package"},
		},
		{
			name: "sources and tests", commit: []string{"src/main/kotlin/x/A.kt", "src/main/kotlin/x/P.kt", "src/test/kotlin/x/P.kt"},
			report: []string{"x/A.kt", "x/P.kt"}, want: []string{"src/main/kotlin/x/A.kt package", "src/main/kotlin/x/P.kt package"},
		},
		{
			name: "at the root", commit: []string{"src/commonMain/kotlin/x/A.kt", "src/commonMain/kotlin/x/P.kt", "src/jvmMain/kotlin/x/P.kt"},
			report: []string{"x/A.kt", "x/P.kt"}, want: []string{"src/commonMain/kotlin/x/A.kt package", "- ambiguous"},
		},

		// Modules that the report names before the package.
		{
			name: "a module within another", commit: []string{"a/b/src/main/java/c/X.java", "b/a/src/main/java/c/X.java"},
			report: []string{"a/b/c/X.java"}, want: []string{"a/b/src/main/java/c/X.java package"},
		},
		{
			name: "within one of the same name", commit: []string{"a/a/src/main/java/c/X.java", "a/src/main/java/c/X.java"},
			report: []string{"a/a/c/X.java"}, want: []string{"a/a/src/main/java/c/X.java package"},
		},

		// What the user and the report say of its folders.
		{name: "below --root", commit: two, o: Options{Root: "b"}, report: []string{"c/X.java"}, want: []string{"b/src/main/java/c/X.java package"}},
		{name: "not below --root", commit: two, o: Options{Root: "d"}, report: []string{"c/X.java"}, want: []string{"- not-in-commit"}},
		{
			name: "below a source root", commit: two, o: Options{Checkout: "/repo", Sources: []string{"/repo/b"}},
			report: []string{"c/X.java"}, want: []string{"b/src/main/java/c/X.java package | the only one"},
		},
		{
			name: "below --root, and not below a source root", commit: two, o: Options{Checkout: "/repo", Root: "a", Sources: []string{"/repo/b"}},
			report: []string{"c/X.java"}, want: []string{"- not-in-commit"},
		},
		{
			name: "not below a source root", commit: two, o: Options{Checkout: "/repo", Sources: []string{"/repo/d"}},
			report: []string{"c/X.java"}, want: []string{"- not-in-commit"},
		},
		{
			name: "not below the one that is known, of two", commit: two[:1], o: Options{Checkout: "/repo", Sources: []string{"/repo/d", "/v/x"}},
			report: []string{"c/X.java"}, want: []string{"a/src/main/java/c/X.java package"},
		},
		{
			name: "as a source root of another machine is called, before the report's folder", commit: []string{"p/a/src/main/java/c/X.java", "p/b/src/main/java/c/X.java", "q/a/src/main/java/c/X.java"},
			o:      Options{Location: "p/b/target/jacoco.xml", Sources: []string{"/ci/a/src/main/java"}},
			report: []string{"c/X.java"}, want: []string{"p/a/src/main/java/c/X.java package | nearest to the report"},
		},
		{
			name: "called like none", commit: []string{"p/b/src/x.kt", "x.kt"}, o: Options{Sources: []string{"/w"}},
			report: []string{"a/src/x.kt"}, want: []string{"- ambiguous | nothing says which"},
		},

		// Where the report and its other files are.
		{
			name: "near one, and beside another", commit: append([]string{"b/src/main/java/c/Z.java"}, two...), o: Options{Location: "a/target/jacoco.xml"},
			report: []string{"c/X.java", "c/Z.java"}, want: []string{"- ambiguous | near one, and its other files are beside another", "b/src/main/java/c/Z.java package"},
		},
		{
			name: "near one, and beside it", commit: append([]string{"b/src/main/java/c/Z.java"}, two...), o: Options{Location: "b/target/jacoco.xml"},
			report: []string{"c/X.java", "c/Z.java"}, want: []string{"b/src/main/java/c/X.java package | nearest", "b/src/main/java/c/Z.java package"},
		},
		{
			name: "near one, and others are in two places", commit: append([]string{"b/src/main/java/c/Z.java", "d/src/main/java/c/Y.java"}, two...), o: Options{Location: "a/target/jacoco.xml"},
			report: []string{"c/X.java", "c/Y.java", "c/Z.java"},
			want:   []string{"a/src/main/java/c/X.java package | nearest", "d/src/main/java/c/Y.java package", "b/src/main/java/c/Z.java package"},
		},
		{
			name: "near one, and others are beside none", commit: append([]string{"d/src/main/java/c/Y.java"}, two...), o: Options{Location: "a/target/jacoco.xml"},
			report: []string{"c/X.java", "c/Y.java"}, want: []string{"a/src/main/java/c/X.java package | nearest", "d/src/main/java/c/Y.java package"},
		},
		// JaCoCo's groups are called as modules are, which their folders need not be.
		{
			name: "beside the other files of its module", commit: append([]string{"a/src/main/java/c/Y.java", "b/src/main/java/c/Z.java"}, two...), o: Options{Location: "target/jacoco.xml"},
			report: []string{"p-a/c/X.java", "p-a/c/Y.java", "p-b/c/X.java", "p-b/c/Z.java"},
			want: []string{
				"a/src/main/java/c/X.java package | beside it", "a/src/main/java/c/Y.java package",
				"b/src/main/java/c/X.java package | beside it", "b/src/main/java/c/Z.java package",
			},
		},
		{
			name: "a module of which a report lies in another one", commit: append([]string{"b/src/main/java/c/Z.java"}, two...), o: Options{Location: "a/target/site/jacoco-aggregate/jacoco.xml"},
			report: []string{"p-b/c/X.java", "p-b/c/Z.java"}, want: []string{"b/src/main/java/c/X.java package | beside it", "b/src/main/java/c/Z.java package"},
		},
		{
			name: "a module that has no other file", commit: append([]string{"d/src/main/java/c/Z.java"}, two...), o: Options{Location: "a/target/site/jacoco-aggregate/jacoco.xml"},
			report: []string{"p-b/c/X.java", "p-d/c/Z.java"}, want: []string{"- ambiguous | near none of them", "d/src/main/java/c/Z.java package"},
		},
		{
			name: "Kotlin without the beginning of its package, or a module", commit: []string{"a/src/main/kotlin/c/X.kt", "b/src/main/kotlin/c/X.kt", "b/src/main/kotlin/c/Z.kt"}, o: Options{Location: "a/target/jacoco.xml"},
			report: []string{"p-b/c/X.kt", "p-b/c/Z.kt"}, want: []string{"- ambiguous | near one, and its other files are beside another", "b/src/main/kotlin/c/Z.kt package"},
		},
		{
			name: "a module that the report lies in", commit: append([]string{"b/src/main/java/c/Z.java"}, two...), o: Options{Location: "b/target/jacoco.xml"},
			report: []string{"p-b/c/X.java", "p-b/c/Z.java"}, want: []string{"b/src/main/java/c/X.java package | nearest", "b/src/main/java/c/Z.java package"},
		},
		{
			name: "a folder that is called like a source root", commit: []string{"app/m1/src/main/java/c/X.java", "app/m2/src/main/java/c/X.java"}, o: Options{Location: "out/jacoco-m2.xml"},
			report: []string{"c/X.java"}, want: []string{"app/m2/src/main/java/c/X.java package | named after its folder"},
		},
		{
			name: "a folder of the report", commit: two, o: Options{Location: "reports/b/jacoco.xml"},
			report: []string{"c/X.java"}, want: []string{"b/src/main/java/c/X.java package | named after its folder"},
		},
		{
			name: "a word of the report's own name", commit: two, o: Options{Location: "out/b_1.xml"},
			report: []string{"c/X.java"}, want: []string{"b/src/main/java/c/X.java package | named after its folder"},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestNames has which folders are source roots, parts of a package, others' and words of a name.
func TestNames(t *testing.T) {
	is := map[string]func(string) bool{
		"maybe the user's": MayBeOwn, "a source root": sourceRoot, "inside one": insideRoot, "others'": ForeignFolder,
		"with the word m1": func(s string) bool { return hasWord(s, "m1") },
	}
	for what, names := range map[string]struct{ yes, no []string }{
		"a source root": {
			yes: []string{"", "core/src/", "src/commonMain", "src/jvmTest", "src/main/scala-2.13", "src/main/java-11"},
			no:  []string{"docs", "domain", "contest"},
		},
		"inside one": {
			yes: []string{"src/main/java/org", "a/src/test/kotlin/org/acme"},
			no:  []string{"", "src/main", "a/src/main", "src/main/java", "app/java/x", "src/main/res/org", "src/main/java/app"},
		},
		"others'":          {yes: []string{"node_modules", "vendor", "bazel-out", "linux-headers-6.1"}, no: []string{"src", "bazel"}},
		"maybe the user's": {yes: []string{"vendor", "gems"}, no: []string{"node_modules", "src"}},
		"with the word m1": {yes: []string{"m1", "m1-x", "x-m1", "xm1-m1", "m1.é"}, no: []string{"", "m", "m1a", "m1z", "m10", "m19", "\u00c0m1", "am1", "Am1", "zm1"}},
	} {
		for _, s := range names.yes {
			if !is[what](s) {
				t.Errorf("%q is not %s", s, what)
			}
		}
		for _, s := range names.no {
			if is[what](s) {
				t.Errorf("%q is %s", s, what)
			}
		}
	}
	for _, tt := range []struct {
		folder, pkg string
		want        int
	}{
		{"src/main/kotlin", "org/acme", 0},
		{"src/main/kotlin/org", "org/acme", 1},
		{"src/main/kotlin/org/acme", "org/acme", 2},
		{"src/main/kotlin/acme", "org/acme", -1},
		{"docs/org", "org/acme", -1},
		{"docs", "org/acme", -1},
	} {
		if got := prefixOfPackage(tt.folder, tt.pkg); got != tt.want {
			t.Errorf("%s has %d folders of %s, want %d", tt.folder, got, tt.pkg, tt.want)
		}
	}
}

// TestCheckouts has what stands for the repository's root by agreement, and what only looks like it.
func TestCheckouts(t *testing.T) {
	const id = "2582f069080a0b4291a2410c3d43f7c1ff3f6840"
	for p, want := range map[string]string{
		"/_/src/a.cs": "/_/", "/_1/src/a.cs": "", "/github/workspace/a": "/github/workspace/", "/home/runner/work/r/r/src/a": "/home/runner/work/r/r/",
		"/home/runner/work/r/q/src/a": "", "/home/vsts/work/1/s/src/a": "/home/vsts/work/1/s/", "/home/vsts/work/x/s/src/a": "", "/home/vsts/1/s/src/a": "",
		"/home/vsts/work/1/t/src/a": "", "D:/a/r/r/src/a": "D:/a/r/r/", "D:/a/1/s/src/a": "D:/a/1/s/", "/a/r/r/src/a": "", "/a/1/s/src/a": "", "D:/b/r/r/a": "",
		"C:/agent/_work/12/s/a": "C:/agent/_work/12/s/", "/__w/r/r/a": "/__w/r/r/", "work/r/r/a": "", "/home/runner/work/r/r": "",
		"/raw.e.com/o/r/" + id + "/a.cs": "/raw.e.com/o/r/" + id + "/", "/e.com/" + id[1:] + "/a": "", "/e.com/" + id[:39] + "x/a": "",
	} {
		if got := p[:repositoryRoot(p)]; got != want {
			t.Errorf("%s begins with %q, want %q", p, got, want)
		}
	}
	if n, _ := checkedOut("/raw.e.com/o/r/"+id+"/a.cs", false); n != 0 {
		t.Errorf("an address is a checkout of %d bytes", n)
	}
}
