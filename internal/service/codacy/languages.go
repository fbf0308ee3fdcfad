package codacy

import "github.com/gatewright/gatewright/internal/service"

// languages are Codacy's names for languages, whose coverage is uploaded one by
// one. Source: codacy-plugins-api (Language.scala), plus the extensions .svelte,
// .mts, .cts and .cjs, which users of it miss.
func languages() service.Languages {
	return service.ParseLanguages("Codacy", `
ABAP: .abap
Apex: .cls .trigger
C: .c .h
Clojure: .clj .cljs .cljc .edn
Cobol: .cbl .cob
CoffeeScript: .coffee
CPP: .cpp .hpp .cc .cxx .ino .hh .hxx
Crystal: .cr
CSharp: .cs
CSS: .css
Dart: .dart
Dockerfile: .dockerfile Dockerfile*
Elixir: .ex .exs
Elm: .elm
Erlang: .erl
Fortran: .f .for .f90 .f95 .f03 .f08
FSharp: .fs .fsi .fsx
Go: .go
Groovy: .groovy
Haskell: .hs .lhs
HTML: .html
Java: .java
Javascript: .js .jsx .jsm .vue .mjs .cjs .svelte
JSON: .json
JSP: .jsp
Julia: .jl
Kotlin: .kt .kts
LESS: .less
Lisp: .lisp .lsp .cl
Lua: .lua
Markdown: .md .markdown
Objective C: .m .mm
OCaml: .ml .mli
Perl: .pl .pm
PHP: .php
PLSQL: .trg .prc .fnc .pld .pls .plh .plb .pck .pks .pkh .pkb .typ .tyb .tps .tpb
Powershell: .ps1 .psc1 .psd1 .psm1 .ps1xml .pssc .cdxml .clixml
Prolog: .pro
Python: .py
R: .r
Ruby: .rb .gemspec .podspec .jbuilder .rake .opal
Rust: .rs .rlib
SASS: .scss .sass
Scala: .scala
Shell: .sh .bash
Solidity: .sol
SQL: .sql
Swift: .swift
Terraform: .tf
TSQL: .tsql
TypeScript: .ts .tsx .mts .cts
Velocity: .vm
VisualBasic: .vb
VisualForce: .component .page
XML: .xml .xsl .wsdl .pom
YAML: .yaml .yml
`)
}
