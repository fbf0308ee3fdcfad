package codacy

import (
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// languages are Codacy's names for languages, whose coverage is uploaded one by
// one. Source: codacy-plugins-api (Language.scala), plus the extensions .svelte,
// .mts, .cts and .cjs, which users of it miss.
func languages() []string {
	return []string{
		"ABAP", "Apex", "C", "Clojure", "Cobol", "CoffeeScript", "CPP", "Crystal", "CSharp", "CSS", "Dart",
		"Dockerfile", "Elixir", "Elm", "Erlang", "Fortran", "FSharp", "Go", "Groovy", "Haskell", "HTML", "Java",
		"Javascript", "JSON", "JSP", "Julia", "Kotlin", "LESS", "Lisp", "Lua", "Markdown", "Objective C", "OCaml",
		"Perl", "PHP", "PLSQL", "Powershell", "Prolog", "Python", "R", "Ruby", "Rust", "SASS", "Scala", "Shell",
		"Solidity", "SQL", "Swift", "Terraform", "TSQL", "TypeScript", "Velocity", "VisualBasic", "VisualForce",
		"XML", "YAML",
	}
}

// languageNamed returns a language as the coverage path has it, in lower case.
func languageNamed(name string) (string, error) {
	for _, l := range languages() {
		if strings.EqualFold(l, name) {
			return strings.ToLower(l), nil
		}
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "Codacy has no language %q", name), "known: %s", strings.Join(languages(), ", "))
}

// languageOf returns the language of a file as the coverage path has it, or ""
// if its name shows none.
func languageOf(file string) string {
	base := path.Base(file)
	if strings.HasPrefix(base, "Dockerfile") {
		return "dockerfile"
	}
	return strings.ToLower(byExtension(strings.ToLower(path.Ext(base))))
}

// byExtension returns the language of an extension in lower case, or "".
func byExtension(ext string) string {
	switch ext {
	case ".js", ".jsx", ".jsm", ".vue", ".mjs", ".cjs", ".svelte":
		return "Javascript"
	case ".ts", ".tsx", ".mts", ".cts":
		return "TypeScript"
	case ".scala":
		return "Scala"
	case ".css":
		return "CSS"
	case ".php":
		return "PHP"
	case ".py":
		return "Python"
	case ".rb", ".gemspec", ".podspec", ".jbuilder", ".rake", ".opal":
		return "Ruby"
	case ".java":
		return "Java"
	case ".coffee":
		return "CoffeeScript"
	case ".swift":
		return "Swift"
	case ".cpp", ".hpp", ".cc", ".cxx", ".ino", ".hh", ".hxx":
		return "CPP"
	case ".c", ".h":
		return "C"
	case ".sh", ".bash":
		return "Shell"
	case ".dockerfile":
		return "Dockerfile"
	case ".sql":
		return "SQL"
	case ".tsql":
		return "TSQL"
	case ".trg", ".prc", ".fnc", ".pld", ".pls", ".plh", ".plb", ".pck", ".pks", ".pkh", ".pkb", ".typ", ".tyb", ".tps", ".tpb":
		return "PLSQL"
	case ".json":
		return "JSON"
	case ".scss", ".sass":
		return "SASS"
	case ".less":
		return "LESS"
	case ".go":
		return "Go"
	case ".jsp":
		return "JSP"
	case ".vm":
		return "Velocity"
	case ".xml", ".xsl", ".wsdl", ".pom":
		return "XML"
	case ".cls", ".trigger":
		return "Apex"
	case ".component", ".page":
		return "VisualForce"
	case ".cs":
		return "CSharp"
	case ".kt", ".kts":
		return "Kotlin"
	case ".ex", ".exs":
		return "Elixir"
	case ".md", ".markdown":
		return "Markdown"
	case ".ps1", ".psc1", ".psd1", ".psm1", ".ps1xml", ".pssc", ".cdxml", ".clixml":
		return "Powershell"
	case ".cr":
		return "Crystal"
	case ".cbl", ".cob":
		return "Cobol"
	case ".groovy":
		return "Groovy"
	case ".abap":
		return "ABAP"
	case ".vb":
		return "VisualBasic"
	case ".m", ".mm":
		return "Objective C"
	case ".yaml", ".yml":
		return "YAML"
	case ".tf":
		return "Terraform"
	case ".dart":
		return "Dart"
	case ".rs", ".rlib":
		return "Rust"
	case ".clj", ".cljs", ".cljc", ".edn":
		return "Clojure"
	case ".hs", ".lhs":
		return "Haskell"
	case ".erl":
		return "Erlang"
	case ".elm":
		return "Elm"
	case ".html":
		return "HTML"
	case ".pl", ".pm":
		return "Perl"
	case ".fs", ".fsi", ".fsx":
		return "FSharp"
	case ".f", ".for", ".f90", ".f95", ".f03", ".f08":
		return "Fortran"
	case ".r":
		return "R"
	case ".lua":
		return "Lua"
	case ".lisp", ".lsp", ".cl":
		return "Lisp"
	case ".pro":
		return "Prolog"
	case ".jl":
		return "Julia"
	case ".ml", ".mli":
		return "OCaml"
	case ".sol":
		return "Solidity"
	}
	return ""
}
