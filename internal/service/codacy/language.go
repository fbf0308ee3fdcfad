package codacy

import (
	"encoding/json"
	"path"
	"strings"
)

// languageOf is Codacy's name for the language of a file, in lower case as the
// coverage path wants it, or "" if Codacy has none.
func languageOf(file string) string {
	if base := path.Base(file); strings.EqualFold(base, "Dockerfile") {
		return "dockerfile"
	}
	ext := extension(file)
	for _, l := range languages() {
		for _, e := range l.extensions {
			if e == ext {
				return l.name
			}
		}
	}
	return ""
}

func extension(file string) string { return strings.ToLower(path.Ext(file)) }

type language struct {
	name       string
	extensions []string
}

// languages is Codacy's table of languages and file extensions
// (codacy-plugins-api, Language.scala). Extensions that the table lacks and
// that are unmistakable are added to their language and marked.
func languages() []language {
	return []language{
		{"javascript", []string{".js", ".jsx", ".jsm", ".vue", ".mjs", ".cjs" /* added */}},
		{"typescript", []string{".ts", ".tsx", ".mts" /* added */, ".cts" /* added */}},
		{"scala", []string{".scala"}},
		{"css", []string{".css"}},
		{"php", []string{".php"}},
		{"python", []string{".py"}},
		{"ruby", []string{".rb", ".gemspec", ".podspec", ".jbuilder", ".rake", ".opal"}},
		{"java", []string{".java"}},
		{"coffeescript", []string{".coffee"}},
		{"swift", []string{".swift"}},
		{"cpp", []string{".cpp", ".hpp", ".cc", ".cxx", ".ino"}},
		{"c", []string{".c", ".h"}},
		{"shell", []string{".sh", ".bash"}},
		{"sql", []string{".sql"}},
		{"json", []string{".json"}},
		{"sass", []string{".scss"}},
		{"less", []string{".less"}},
		{"go", []string{".go"}},
		{"jsp", []string{".jsp"}},
		{"velocity", []string{".vm"}},
		{"xml", []string{".xml"}},
		{"apex", []string{".cls", ".trigger"}},
		{"csharp", []string{".cs"}},
		{"kotlin", []string{".kt", ".kts"}},
		{"elixir", []string{".ex", ".exs"}},
		{"powershell", []string{".ps1", ".psm1"}},
		{"crystal", []string{".cr"}},
		{"cobol", []string{".cob", ".cbl"}},
		{"groovy", []string{".groovy"}},
		{"visualbasic", []string{".vb"}},
		{"objective c", []string{".m"}},
		{"yaml", []string{".yaml", ".yml"}},
		{"terraform", []string{".tf"}},
		{"dart", []string{".dart"}},
		{"rust", []string{".rs", ".rlib"}},
		{"clojure", []string{".clj", ".cljs", ".cljc"}},
		{"haskell", []string{".hs", ".lhs"}},
		{"erlang", []string{".erl"}},
		{"elm", []string{".elm"}},
		{"html", []string{".html"}},
		{"perl", []string{".pl", ".pm" /* added */}},
		{"fsharp", []string{".fs"}},
		{"fortran", []string{".f", ".f90", ".f95"}},
		{"r", []string{".r"}},
		{"lua", []string{".lua"}},
		{"lisp", []string{".lisp", ".lsp"}},
		{"prolog", []string{".pro"}},
		{"julia", []string{".jl"}},
		{"ocaml", []string{".ml", ".mli"}},
		{"solidity", []string{".sol"}},
	}
}

// quote is text as a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string always marshals
	return string(b)
}
