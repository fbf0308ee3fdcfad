package github

import "github.com/gatewright/gatewright/internal/service"

// linguist are the names that GitHub's Linguist has for languages. Only those
// that are tested are here.
func linguist() service.Languages {
	return service.ParseLanguages("GitHub", `
Go: .go
JavaScript: .js .jsx .mjs .cjs
TypeScript: .ts .tsx .mts .cts
Vue: .vue
Svelte: .svelte
Python: .py
Ruby: .rb .rake
Java: .java
Kotlin: .kt .kts
Scala: .scala
Groovy: .groovy
Clojure: .clj .cljs .cljc
PHP: .php
C#: .cs
F#: .fs
Visual Basic .NET: .vb
C: .c .h
C++: .cc .cpp .cxx .hh .hpp .hxx
Objective-C: .m
Objective-C++: .mm
Swift: .swift
Rust: .rs
Dart: .dart
Elixir: .ex .exs
Erlang: .erl
Haskell: .hs
OCaml: .ml .mli
Perl: .pl .pm
Lua: .lua
R: .r
Julia: .jl
Shell: .sh .bash
PowerShell: .ps1 .psm1
Pascal: .pas
Fortran: .f .f90 .f95
Solidity: .sol
Crystal: .cr
Nim: .nim
Zig: .zig
D: .d
`)
}
