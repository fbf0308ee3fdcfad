package github

import (
	"path"
	"strings"
)

// linguist returns the name that GitHub's Linguist has for the language of a
// file, or "" if its name shows none. Only languages that are tested are here.
func linguist(file string) string {
	switch strings.ToLower(path.Ext(file)) {
	case ".go":
		return "Go"
	case ".js", ".jsx", ".mjs", ".cjs":
		return "JavaScript"
	case ".ts", ".tsx", ".mts", ".cts":
		return "TypeScript"
	case ".vue":
		return "Vue"
	case ".svelte":
		return "Svelte"
	case ".py":
		return "Python"
	case ".rb", ".rake":
		return "Ruby"
	case ".java":
		return "Java"
	case ".kt", ".kts":
		return "Kotlin"
	case ".scala":
		return "Scala"
	case ".groovy":
		return "Groovy"
	case ".clj", ".cljs", ".cljc":
		return "Clojure"
	case ".php":
		return "PHP"
	case ".cs":
		return "C#"
	case ".fs":
		return "F#"
	case ".vb":
		return "Visual Basic .NET"
	case ".c", ".h":
		return "C"
	case ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx":
		return "C++"
	case ".m":
		return "Objective-C"
	case ".mm":
		return "Objective-C++"
	case ".swift":
		return "Swift"
	case ".rs":
		return "Rust"
	case ".dart":
		return "Dart"
	case ".ex", ".exs":
		return "Elixir"
	case ".erl":
		return "Erlang"
	case ".hs":
		return "Haskell"
	case ".ml", ".mli":
		return "OCaml"
	case ".pl", ".pm":
		return "Perl"
	case ".lua":
		return "Lua"
	case ".r":
		return "R"
	case ".jl":
		return "Julia"
	case ".sh", ".bash":
		return "Shell"
	case ".ps1", ".psm1":
		return "PowerShell"
	case ".pas":
		return "Pascal"
	case ".f", ".f90", ".f95":
		return "Fortran"
	case ".sol":
		return "Solidity"
	case ".cr":
		return "Crystal"
	case ".nim":
		return "Nim"
	case ".zig":
		return "Zig"
	case ".d":
		return "D"
	}
	return ""
}
