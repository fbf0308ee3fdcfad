package formats

import (
	"bytes"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/scan"
)

// remedy says of a file that is no report, but that one can be made of, how.
type remedy struct {
	file string
	what string
	how  string
}

func (r remedy) String() string {
	return r.file + " is " + r.what + ": " + r.how
}

func coveragePy() remedy {
	return remedy{what: "coverage.py's private data", how: "coverage combine, if there are several, then coverage xml writes a report from it"}
}

func jacocoExec() remedy {
	return remedy{what: "JaCoCo's execution data", how: "mvn jacoco:report, or Gradle's jacocoTestReport with its xml report enabled, writes a report from it"}
}

func llvmProfile() remedy {
	return remedy{what: "an LLVM profile", how: "llvm-profdata merge, then llvm-cov export -format=lcov with the binary writes a report from it"}
}

func gcovData() remedy {
	return remedy{what: "gcov's data", how: "gcovr --cobertura cobertura.xml, or lcov --capture --directory . --output-file lcov.info, writes a report from it"}
}

func v8() remedy {
	return remedy{what: "V8's raw data", how: "c8 report --reporter=lcov, or the test runner's own lcov reporter, writes a report from it"}
}

func phpData() remedy {
	return remedy{what: "PHPUnit's own data", how: "phpcov merge --clover clover.xml, or phpunit --coverage-clover clover.xml, writes a report from it"}
}

// remedyForName recognises files by their names alone: they are binary, large,
// or many.
func remedyForName(base string) (remedy, bool) {
	switch name := strings.ToLower(base); {
	case name == ".coverage" || strings.HasPrefix(name, ".coverage.") && name != ".coverage.toml" && name != ".coverage.ini":
		return coveragePy(), true
	case name == "jacoco.exec", strings.HasSuffix(name, ".exec") && strings.Contains(name, "jacoco"), path.Ext(name) == ".ec":
		return jacocoExec(), true
	case path.Ext(name) == ".profraw", path.Ext(name) == ".profdata":
		return llvmProfile(), true
	case path.Ext(name) == ".gcda":
		return gcovData(), true
	case path.Ext(name) == ".ic":
		return remedy{what: "Kover's binary data", how: "./gradlew koverXmlReport writes a report from it"}, true
	case v8Name(name):
		return v8(), true
	case path.Ext(name) == ".coverage":
		return remedy{what: "Visual Studio's binary data", how: "dotnet-coverage merge -f cobertura -o cobertura.xml writes a report from it"}, true
	}
	return remedy{}, false
}

// v8Name reports whether a file is called as V8's are: coverage, the process, the
// time and a number.
func v8Name(name string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "coverage-")
	return ok && strings.HasSuffix(name, ".json") && strings.Count(rest, "-") == 2 && strings.Trim(rest, "-0123456789") == ""
}

// remedyForFolder recognises folders of such data.
func remedyForFolder(name string) (remedy, bool) {
	switch {
	case path.Ext(name) == ".xcresult":
		return remedy{what: "Xcode's result bundle", how: "xcrun xccov view --archive --json writes a report from it"}, true
	case name == ".nyc_output":
		return remedy{what: "nyc's raw data", how: "nyc report --reporter=lcov writes a report from it"}, true
	}
	return remedy{}, false
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
func remedyFor(base string, head []byte) (remedy, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return coveragePy(), true
	case bytes.HasPrefix(head, []byte("\x01\xc0\xc0")):
		return jacocoExec(), true
	case bytes.HasPrefix(head, []byte("\x81rforpl\xff")), bytes.HasPrefix(head, []byte("\xfflprofi\x81")), bytes.HasPrefix(head, []byte("\xfflprofr\x81")):
		return llvmProfile(), true
	case bytes.HasPrefix(head, []byte("adcg")), bytes.HasPrefix(head, []byte("gcda")):
		return gcovData(), true
	case scan.Has(head, "result/[]/scriptId"):
		return v8(), true
	case bytes.HasPrefix(head, []byte("<?php")):
		return phpData(), true
	case bytes.HasPrefix(head, []byte("GROUP,PACKAGE,CLASS,")):
		return remedy{what: "JaCoCo's CSV of totals", how: "the XML of the same run has them: switch JaCoCo's xml report on"}, true
	case coverlet(head):
		return remedy{what: "Coverlet's own JSON", how: "CoverletOutputFormat=cobertura, or --format cobertura, makes it write a report"}, true
	}
	return remedyForName(base)
}
