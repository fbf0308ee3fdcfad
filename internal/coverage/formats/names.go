package formats

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// reportNames are how test tools and the people who call them name reports, in
// lower case. What Find takes for a report is decided by its content, so that a
// name may be a common one.
func reportNames() []string {
	return []string{
		"*.info", "*.lcov", "lcov", "*lcov.dat", "coverage.dat", "_coverage_report.dat", // LCOV; Bazel's
		"*cobertura*.xml", "*cov*.xml", // Cobertura and others: coverage, covertool, OpenCover, dotCover, gcovr
		"*jacoco*.xml", "report*.xml", "kover*.xml", // JaCoCo: Maven, Gradle; Kover
		"*clover.xml", "*.clover", // Clover
		"*.out", "*.cov", "*coverage*.txt", "*coverage*.profile", "*.coverprofile", // Go
		"*coverage*.json",                    // Istanbul, coverage.py, SimpleCov's formatter, gcovr
		"*cov.json",                          // Codecov's, llvm-cov, xccov
		".resultset.json",                    // SimpleCov
		"*.coveragexml", "luacov.report.out", // Visual Studio, LuaCov
		"coveralls.json", "excoveralls.json", // Coveralls, excoveralls
		"*.gcov", "*.gcov.json", "gcovr*.json", // gcov
		"sonar*.xml",
	}
}

// named reports whether a file is called as a report is, packed or not.
func named(file string) bool {
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(file)), ".gz")
	if base == "coverage-summary.json" || v8Name(base) || strings.HasSuffix(base, ".php.xml") {
		return false // Istanbul's totals, V8's raw data, and the parts of PHPUnit's report
	}
	switch filepath.Base(filepath.Dir(file)) {
	case "coverage-xml": // PHPUnit's
		if base == "index.xml" {
			return true
		}
	case "codecov": // swift test calls its report as the package
		if path.Ext(base) == ".json" {
			return true
		}
	}
	return slices.ContainsFunc(reportNames(), func(p string) bool {
		ok, _ := path.Match(p, base)
		return ok
	})
}

// commonName reports whether files of that name are often no reports at all.
func commonName(base string) bool {
	name := strings.TrimSuffix(strings.ToLower(base), ".gz")
	switch path.Ext(name) {
	case ".info", ".out", ".cov", ".txt", ".profile", "":
		return true
	case ".json":
		return commonJSON(name)
	}
	if strings.Contains(name, "cov") && path.Ext(name) == ".xml" && !strings.HasSuffix(name, "cov.xml") && !strings.HasPrefix(name, "gcovr") {
		return !slices.ContainsFunc([]string{"coverage", "coveralls", "covertool", "opencover", "dotcover"}, func(tool string) bool { return strings.Contains(name, tool) })
	}
	return name == "report.xml" || strings.HasPrefix(name, "sonar")
}

// commonJSON reports whether a JSON file has "coverage" or "cov" in a name that no
// tool is known to write by itself.
func commonJSON(name string) bool {
	switch name {
	case "coverage-final.json", "codecov.json", "llvm-cov.json", "xccov.json":
		return false
	}
	if strings.HasSuffix(name, "coverage.json") || strings.HasSuffix(name, ".gcov.json") || strings.HasPrefix(name, "gcovr") {
		return false
	}
	return strings.Contains(name, "coverage") || strings.HasSuffix(name, "cov.json")
}
