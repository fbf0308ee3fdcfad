package formats

import (
	"bytes"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/scan"
)

// remedy says of a file that is no report, but that one can be made of, how.
// The zero remedy is that of any other file.
type remedy struct {
	file string
	what string
	how  string // what the user does
}

// of is the remedy as a note on a file.
func (r remedy) of(file string) string { return file + " is " + r.what + ": " + r.how }

// The remedies, which are not changed.
var (
	coveragePy   = remedy{what: "coverage.py's private data", how: "coverage combine, if there are several, then coverage xml writes a report from it"}
	jacocoExec   = remedy{what: "JaCoCo's execution data", how: "mvn jacoco:report, or Gradle's jacocoTestReport with its xml report enabled, writes a report from it"}
	jacocoCSV    = remedy{what: "JaCoCo's CSV of totals", how: "the XML of the same run has them: switch JaCoCo's xml report on"}
	koverData    = remedy{what: "Kover's binary data", how: "./gradlew koverXmlReport writes a report from it"}
	llvmProfile  = remedy{what: "an LLVM profile", how: "llvm-profdata merge, then llvm-cov export -format=lcov with the binary writes a report from it"}
	gcovData     = remedy{what: "gcov's data", how: "gcovr --cobertura cobertura.xml, or lcov --capture --directory . --output-file lcov.info, writes a report from it"}
	v8           = remedy{what: "V8's raw data", how: "c8 report --reporter=lcov, or the test runner's own lcov reporter, writes a report from it"}
	nycData      = remedy{what: "nyc's raw data", how: "nyc report --reporter=lcov writes a report from it"}
	phpData      = remedy{what: "PHPUnit's own data", how: "phpcov merge --clover clover.xml, or phpunit --coverage-clover clover.xml, writes a report from it"}
	visualStudio = remedy{what: "Visual Studio's binary data", how: "dotnet-coverage merge -f cobertura -o cobertura.xml writes a report from it"}
	coverletJSON = remedy{what: "Coverlet's own JSON", how: "CoverletOutputFormat=cobertura, or --format cobertura, makes it write a report"}
	tarpaulin    = remedy{what: "cargo-tarpaulin's own JSON", how: "cargo tarpaulin --out lcov writes a report"}
	xcodeBundle  = remedy{what: "Xcode's result bundle", how: "xcrun xccov view --archive --json writes a report from it"}
)

// remedyForName recognises files by their names alone: they are binary, large,
// or many.
func remedyForName(base string) remedy {
	name := strings.ToLower(base)
	switch {
	case name == ".coverage" || strings.HasPrefix(name, ".coverage.") && name != ".coverage.toml" && name != ".coverage.ini":
		return coveragePy
	case strings.HasSuffix(name, ".exec") && strings.Contains(name, "jacoco"):
		return jacocoExec
	case v8Name(name):
		return v8
	}
	switch path.Ext(name) {
	case ".ec":
		return jacocoExec
	case ".profraw", ".profdata":
		return llvmProfile
	case ".gcda":
		return gcovData
	case ".ic":
		return koverData
	case ".coverage":
		return visualStudio
	}
	return remedy{}
}

// v8Name reports whether a file is called as V8's are: coverage, the process, the
// time and a number.
func v8Name(name string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "coverage-")
	return ok && strings.HasSuffix(name, ".json") && strings.Count(rest, "-") == 2 && strings.Trim(rest, "-0123456789") == ""
}

// remedyForFolder recognises folders of such data.
func remedyForFolder(name string) remedy {
	switch {
	case path.Ext(name) == ".xcresult":
		return xcodeBundle
	case name == ".nyc_output":
		return nycData
	}
	return remedy{}
}

// coverlet reports whether a JSON file begins with the name of an assembly, as
// Coverlet's own does.
func coverlet(head []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(head), []byte("{"))
	name, _, closed := bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(rest), []byte(`"`)), []byte(`"`))
	return ok && closed && (bytes.HasSuffix(name, []byte(".dll")) || bytes.HasSuffix(name, []byte(".exe")))
}

// remedyFor recognises a file that is no report by its first bytes, or by its
// name.
func remedyFor(base string, head []byte) remedy {
	for _, m := range [...]struct {
		magic string
		remedy
	}{
		{"SQLite format 3\x00", coveragePy},
		{"\x01\xc0\xc0", jacocoExec},
		{"\x81rforpl\xff", llvmProfile},
		{"\xfflprofi\x81", llvmProfile},
		{"\xfflprofr\x81", llvmProfile},
		{"adcg", gcovData},
		{"gcda", gcovData},
		{"<?php", phpData},
		{"GROUP,PACKAGE,CLASS,", jacocoCSV},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.remedy
		}
	}
	switch {
	case scan.Has(head, "result/[]/scriptId", "scriptId"): // Deno's has one script
		return v8
	case scan.Has(head, "files/[]/path/[]"):
		return tarpaulin
	case coverlet(head):
		return coverletJSON
	}
	return remedyForName(base)
}
