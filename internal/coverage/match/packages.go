package match

import (
	"path"
	"slices"
	"strings"
)

// byPackage reports whether tools name a file by its package: the folders that
// the package is in may be anywhere, and differ from module to module.
func byPackage(p string) bool {
	return !isAbs(p) && slices.Contains([]string{".java", ".kt", ".kts", ".scala", ".groovy", ".clj", ".cljc"}, path.Ext(p))
}

// loosePackages reports whether a language leaves open which folder a package is
// in. Kotlin advises to leave out the packages that all files have in common,
// and its compiler and Scala's take a file from anywhere.
func loosePackages(p string) bool {
	return slices.Contains([]string{".kt", ".kts", ".scala"}, path.Ext(p))
}

// sourceRoot reports whether packages begin in a folder, by how it is called:
// Maven's and Gradle's layouts, Kotlin's source sets (commonMain, jvmTest) and
// the folders that sbt has for each version of a language.
func sourceRoot(dir string) bool {
	name := base(strings.TrimSuffix(dir, "/"))
	switch name {
	case "", "src", "source", "sources", "main", "test", "tests", "app", "code", "java", "kotlin", "scala", "groovy", "clojure":
		return true
	}
	return strings.HasSuffix(name, "Main") || strings.HasSuffix(name, "Test") || strings.HasPrefix(name, "scala-") || strings.HasPrefix(name, "java-")
}

// insideRoot reports whether a folder is below a source root of the usual
// layout, src/main/java: it is part of the package then.
func insideRoot(dir string) bool {
	names := strings.Split(strings.TrimSuffix(dir, "/"), "/")
	for i := 2; i < len(names); i++ {
		if names[i-2] == "src" && slices.Contains([]string{"java", "kotlin", "scala", "groovy", "clojure"}, names[i]) {
			return !sourceRoot(names[len(names)-1])
		}
	}
	return false
}

// prefixOfPackage returns how many folders of a package a file's folder has,
// given that they are the first ones and that a source root is before them; -1
// if not.
func prefixOfPackage(folder, pkg string) int {
	names := strings.Split(pkg, "/")
	for n := len(names); n > 0; n-- {
		if root, ok := strings.CutSuffix("/"+folder, "/"+strings.Join(names[:n], "/")); ok && sourceRoot(root) {
			return n
		}
	}
	if sourceRoot(folder) {
		return 0
	}
	return -1
}

// compiledIn returns the module of a file in a source set of Kotlin's that is compiled
// together with others, such as src/commonMain with src/jvmMain; "" of any other file.
// What is declared in one of them and made in another may be in files of one name.
func compiledIn(file string) string {
	module, rest, _ := strings.Cut("/"+file, "/src/")
	if set, _, _ := strings.Cut(rest, "/"); strings.HasSuffix(set, "Main") {
		return module + "/"
	}
	return ""
}
