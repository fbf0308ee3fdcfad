package formats

import (
	"bytes"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage/gcov"
	"github.com/gatewright/gatewright/internal/coverage/istanbul"
	"github.com/gatewright/gatewright/internal/coverage/llvmcov"
	"github.com/gatewright/gatewright/internal/input"
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
	none         remedy // of a file that is nothing of the kind
	coveragePy   = remedy{what: "coverage.py's private data", how: "coverage combine, if there are several, then coverage xml writes a report from it"}
	jacocoExec   = remedy{what: "JaCoCo's execution data", how: "mvn jacoco:report, or Gradle's jacocoTestReport with its xml report enabled, writes a report from it"}
	jacocoCSV    = remedy{what: "JaCoCo's CSV of totals", how: "the XML of the same run has them: switch JaCoCo's xml report on"}
	koverData    = remedy{what: "Kover's binary data", how: "./gradlew koverXmlReport writes a report from it"}
	llvmProfile  = remedy{what: "an LLVM profile", how: "llvm-profdata merge, then llvm-cov export -format=lcov with the binary writes a report from it"}
	gcovData     = remedy{what: "gcov's data", how: "gcovr --cobertura cobertura.xml, or lcov --capture --directory . --output-file lcov.info, writes a report from it"}
	v8           = remedy{what: "V8's raw data", how: "c8 report --reporter=lcov, deno coverage --lcov, or the test runner's own lcov reporter, writes a report from it"}
	nycData      = remedy{what: "nyc's raw data", how: "nyc report --reporter=lcov writes a report from it"}
	phpData      = remedy{what: "PHPUnit's own data", how: "phpcov merge --clover clover.xml, or phpunit --coverage-clover clover.xml, writes a report from it"}
	visualStudio = remedy{what: "Visual Studio's binary data", how: "dotnet-coverage merge -f cobertura -o cobertura.xml writes a report from it"}
	coverletJSON = remedy{what: "Coverlet's own JSON", how: "CoverletOutputFormat=cobertura, or --format cobertura, makes it write a report"}
	tarpaulin    = remedy{what: "cargo-tarpaulin's own JSON", how: "cargo tarpaulin --out lcov writes a report"}
	monocart     = remedy{what: "Monocart's own JSON", how: "\"lcov\" among its reports writes one that others read"}
	istanbulSum  = remedy{what: "Istanbul's coverage-summary.json, totals without lines", how: "coverage-final.json has them: add \"json\" or \"lcov\" to the coverage reporters"}
	gcovrSum     = remedy{what: "gcovr's summary, totals without lines", how: "gcovr --json or --cobertura has them"}
	llvmSum      = remedy{what: "llvm-cov's summary, totals without lines", how: "llvm-cov export without -summary-only has them"}
	kcovSum      = remedy{what: "kcov's summary, totals without lines", how: "cobertura.xml beside it has them"}
	grcovJSON    = remedy{what: "grcov's own JSON", how: "grcov -t lcov, or -t cobertura, writes a report"}
	coberturaSer = remedy{what: "Cobertura's data", how: "cobertura-report --format xml writes a report from it"}
	scoverage    = remedy{what: "scoverage's data", how: "sbt coverageReport writes a report from it"}
	bisect       = remedy{what: "Bisect_ppx's data", how: "bisect-ppx-report cobertura coverage.xml writes a report from it"}
	erlang       = remedy{what: "Erlang's coverage data", how: "rebar3 covertool generate, or mix coveralls.lcov of excoveralls, writes a report"}
	hpc          = remedy{what: "GHC's coverage data", how: "hpc-codecov --format=lcov writes a report from it"}
	develCover   = remedy{what: "Devel::Cover's database", how: "cover -report clover, of Devel::Cover::Report::Clover, writes a report from it"}
	luacovStats  = remedy{what: "LuaCov's data", how: "the luacov command writes luacov.report.out from it"}
	verilator    = remedy{what: "Verilator's data", how: "verilator_coverage --write-info coverage.info writes a report from it"}
	julia        = remedy{what: "Julia's data", how: "LCOV.writefile(\"lcov.info\", process_folder()) of Coverage.jl writes a report from it"}
	dart         = remedy{what: "Dart's raw data", how: "dart run coverage:format_coverage --lcov --in=coverage --out=coverage/lcov.info writes a report from it"}
	dListing     = remedy{what: "a listing of D's -cov", how: "gdc --coverage, then gcovr --cobertura cobertura.xml, writes a report"}
	xcodeBundle  = remedy{what: "Xcode's result bundle", how: "xcrun xccov view --archive --json writes a report from it"}
)

// remediesByName are for names that begin and end so, in lower case. The first counts.
var remediesByName = [...]struct {
	prefix, suffix string
	*remedy
}{
	{".coverage.", ".toml", &none}, // settings
	{".coverage.", ".ini", &none},
	{".coverage.", "", &coveragePy},
	{"", ".vm.json", &dart},
	{"coverage-summary.json", "", &istanbulSum},
	{"cobertura.ser", "", &coberturaSer},
	{"scoverage.coverage", "", &scoverage},
	{"bisect", ".coverage", &bisect},
	{"cover.14", "", &develCover}, // the version of its form, in cover_db
	{"luacov.stats.out", "", &luacovStats},
	{"", ".coverdata", &erlang},
	{"", ".tix", &hpc},
	{"", ".ec", &jacocoExec},
	{"", ".profraw", &llvmProfile},
	{"", ".profdata", &llvmProfile},
	{"", ".gcda", &gcovData},
	{"", ".ic", &koverData},
	{"", ".coverage", &visualStudio},
}

// remedyForName recognises files by their names alone: they are binary, large,
// or many.
func remedyForName(base string) *remedy {
	name := strings.ToLower(base)
	switch {
	case name == ".coverage":
		return &coveragePy
	case strings.HasSuffix(name, ".exec") && strings.Contains(name, "jacoco"):
		return &jacocoExec
	case v8Name(name):
		return &v8
	case strings.Contains(name, ".jl.") && path.Ext(name) == ".cov":
		return &julia
	}
	for _, n := range &remediesByName {
		if strings.HasPrefix(name, n.prefix) && strings.HasSuffix(name, n.suffix) {
			return n.remedy
		}
	}
	return &none
}

// v8Name reports whether a file is called as V8's are: coverage, the process, the
// time and a number.
func v8Name(name string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "coverage-")
	return ok && strings.HasSuffix(name, ".json") && strings.Count(rest, "-") == 2 && strings.Trim(rest, "-0123456789") == ""
}

// unsaid reports whether a name may be that of such data, and its first bytes
// have to say whether it is: Deno and tap call V8's after a UUID.
func unsaid(base string) bool {
	name := strings.ToLower(base)
	id, ok := strings.CutSuffix(name, ".json")
	return ok && len(id) == 36 && strings.Trim(id, "-0123456789abcdef") == "" || path.Ext(name) == ".lst" || strings.HasPrefix(name, "covdir")
}

// remedyInside recognises a file by its first bytes alone.
func remedyInside(file string) *remedy {
	f, err := input.Open(file)
	if err != nil {
		return &none
	}
	defer f.Close()
	t, err := open(f, DefaultMaxSize)
	if err != nil || t.entries != nil {
		return &none
	}
	return remedyFor("", t.head)
}

// remedyForFolder recognises folders of such data.
func remedyForFolder(name string) *remedy {
	switch {
	case path.Ext(name) == ".xcresult":
		return &xcodeBundle
	case name == ".nyc_output":
		return &nycData
	}
	return &none
}

// coverlet reports whether a JSON file begins with the name of an assembly, as
// Coverlet's own does.
func coverlet(head []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(head), []byte("{"))
	name, _, closed := bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(rest), []byte(`"`)), []byte(`"`))
	return ok && closed && (bytes.HasSuffix(name, []byte(".dll")) || bytes.HasSuffix(name, []byte(".exe")))
}

// remediesByMagic are for files that begin so.
var remediesByMagic = [...]struct {
	magic string
	*remedy
}{
	{"SQLite format 3\x00", &coveragePy},
	{"\x01\xc0\xc0", &jacocoExec},
	{"\x81rforpl\xff", &llvmProfile},
	{"\xfflprofi\x81", &llvmProfile},
	{"\xfflprofr\x81", &llvmProfile},
	{"adcg", &gcovData},
	{"gcda", &gcovData},
	{"<?php", &phpData},
	{"GROUP,PACKAGE,CLASS,", &jacocoCSV},
	{"!coverage.py: This is a private format", &coveragePy}, // before 5.0
	{"# SystemC::Coverage", &verilator},
}

// remedyFor recognises a file that is no report by its first bytes, or by its
// name.
func remedyFor(base string, head []byte) *remedy {
	for _, m := range &remediesByMagic {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.remedy
		}
	}
	margin, _, _ := bytes.Cut(head, []byte("|"))
	switch {
	case scan.Has(head, "result/[]/scriptId", "scriptId", "[]/scriptId"): // Deno's has one script, Playwright's is a list of them
		return &v8
	case bytes.Contains(head, []byte(`"type":"v8"`)) && scan.Has(head, "reportPath", "data/[]/url"):
		return &monocart
	case istanbul.SniffSummary(head):
		return &istanbulSum
	case gcov.SniffSummary(head):
		return &gcovrSum
	case llvmcov.SniffSummary(head):
		return &llvmSum
	case scan.Has(head, "files/[]/percent_covered"):
		return &kcovSum
	case bytes.Contains(head, []byte(`"coveragePercent"`)) && scan.Has(head, "children"), scan.Has(head, "method/percentage_covered", "file/percentage_covered"):
		return &grcovJSON
	case len(margin) >= 7 && len(margin) < 20 && len(bytes.Trim(margin, " 0123456789")) == 0:
		return &dListing
	case scan.Has(head, "files/[]/path/[]"):
		return &tarpaulin
	case coverlet(head):
		return &coverletJSON
	}
	return remedyForName(base)
}
