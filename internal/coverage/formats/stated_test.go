package formats

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/reference"
)

// cut are reference reports whose records do not add up to their own totals
// because somebody shortened or edited them, or because the tool was wrong.
func cut() map[string]string {
	const (
		edited  = "shortened or edited by hand after the tool had counted"
		several = "several reports were put under one <root>, or one package was copied"
	)
	return map[string]string{
		"clover/codacy_codacy-coverage-reporter__test_clover_with_paths.xml":            edited,
		"clover/codeclimate_test-reporter__empty_example.xml":                           edited,
		"clover/codeclimate_test-reporter__example_without_package.xml":                 edited,
		"clover/coverallsapp_coverage-reporter__clover-phpcsutils.xml":                  edited,
		"clover/coverallsapp_coverage-reporter__clover-unleash.xml":                     edited,
		"clover/danielpalme_ReportGenerator__Other_Clover_Istanbul.xml":                 edited,
		"clover/k1LoW_octocov__coverage_package.xml":                                    edited,
		"cobertura/codacy_codacy-coverage-reporter__thousand_sep_cobertura.xml":         edited,
		"cobertura/codacy_codacy-coverage-reporter__windows_paths_cobertura.xml":        edited,
		"cobertura/danielpalme_ReportGenerator__Cpp_Cobertura_CPPCoverage.xml":          edited,
		"cobertura/danielpalme_ReportGenerator__Other_Cobertura_Istanbul.xml":           edited,
		"cobertura/k1LoW_octocov__coverage.xml":                                         edited,
		"jacoco/coverallsapp_coverage-reporter__jacoco-report-multiple-packages.xml":    several,
		"merge-lcov/fastcov__combine3a.info":                                            edited,
		"opencover/danielpalme_ReportGenerator__CSharp_OpenCoverWithEmbeddedSource.xml": edited,
		"patch-coverage/diff_cover__coverage.xml":                                       edited,
		"patch-coverage/diff_cover__moved_coverage.xml":                                 edited,
		"patch-coverage/diff_cover__unicode_coverage.xml":                               edited,
		"crossformat/gcovr__nested__oos__gcc-5/coverage.lcov":                           "that version of gcovr leaves the line of each function out of LF",
		"crossformat/gcovr__const-functions__gcc-14/coverage.lcov":                      gcovrTwice,
		"crossformat/gcovr__exclusion__exclude-line-branch__gcc-14/coverage.lcov":       gcovrTwice,
		"crossformat/gcovr__several-functions-on-same-line__gcc-8/coverage.lcov":        gcovrTwice,
		"crossformat/gcovr__template-function__template-function__gcc-8/coverage.lcov":  gcovrTwice,
		"crossformat/gcovr__virtual-classes__gcc-14/coverage.lcov":                      gcovrTwice,
		"crossformat/gcovr__virtual-classes__gcc-14-Windows/coverage.lcov":              gcovrTwice,
	}
}

const gcovrTwice = "gcovr counts a line in LF once for every function that is on it"

// TestStatedTotals compares the totals that the reference reports state
// themselves with what is read of them. It prints "n of n", and every
// difference with its reason.
func TestStatedTotals(t *testing.T) {
	root := reference.Path(t, "fixtures")
	stated, agree := 0, 0
	known, seen := cut(), map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(file) == root {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, file)
		report, _, err := Parse(rel, bytes.NewReader(data), Options{})
		if err != nil {
			return nil
		}
		n := report.NumStated()
		remarks := report.Remarks()
		stated += n
		agree += n
		for _, r := range remarks {
			if r.Counted == nil {
				continue
			}
			agree--
			reason, listed := known[filepath.ToSlash(rel)]
			seen[filepath.ToSlash(rel)] = true
			switch {
			case listed:
				t.Logf("%s: %s [%s]", filepath.ToSlash(rel), r.Message, reason)
			case strings.HasPrefix(r.Why, "its own records"):
				t.Errorf("%s: %s", filepath.ToSlash(rel), r.Message)
			default:
				t.Logf("%s: %s", filepath.ToSlash(rel), r.Message)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for file := range known {
		if !seen[file] {
			t.Errorf("%s agrees now: take it off the list", file)
		}
	}
	if agree < 570 {
		t.Errorf("no more than %d totals agree", agree)
	}
	t.Logf("stated totals: %d of %d agree", agree, stated)
}
