package formats

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/reference"
)

// TestCrossFormat reads one run in every format that gcovr wrote it in: all
// must give the same lines. JaCoCo, Clover and SonarQube only tell whether a
// line ran in gcovr's hands, so there only that is compared.
func TestCrossFormat(t *testing.T) {
	root := reference.Path(t, "fixtures/crossformat")
	var expected struct {
		Sets []struct {
			Set        string
			Formats    []string
			Consistent bool
			Files      map[string]map[string]json.Number
			Lines      struct{ Total, Covered int }
		}
	}
	decodeJSON(reference.Read(t, "fixtures/crossformat/EXPECTED.json"), &expected)
	// What each of gcovr's writers is asked to leave out differs where lines
	// were excluded, so only sets that it wrote consistently are compared whole.
	compared, agreed := 0, 0
	for _, set := range expected.Sets {
		for _, name := range set.Formats {
			file := filepath.Join(root, set.Set, name)
			if strings.HasSuffix(name, ".txt") || strings.HasSuffix(name, ".csv") || strings.Contains(name, "summary") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				continue
			}
			report, format, err := Parse(file, strings.NewReader(string(data)), Options{})
			if name == "jacoco.xml" {
				// gcovr's JaCoCo does not say whether a line ran.
				if set.Lines.Total > 0 && (err == nil || !strings.Contains(err.Error(), "neither mi nor ci")) {
					t.Errorf("%s/%s: %v; expected a refusal", set.Set, name, err)
				}
				continue
			}
			compared++
			if err != nil {
				if reason := gcovrDiffers(set.Set, name, set.Consistent); reason != "" {
					t.Logf("disagree %s/%s: %s", set.Set, name, reason)
					continue
				}
				t.Errorf("%s: %v", set.Set, err)
				continue
			}
			want := linesOf(set.Files, format == "sonar")
			got := reportLines(report, format == "sonar")
			if diff := cmp.Diff(want, got); diff != "" {
				if reason := gcovrDiffers(set.Set, name, set.Consistent); reason != "" {
					t.Logf("disagree %s/%s: %s", set.Set, name, reason)
					continue
				}
				t.Errorf("%s/%s (-expected +ours):\n%s", set.Set, name, diff)
				continue
			}
			agreed++
		}
	}
	t.Logf("agree %d of %d", agreed, compared)
}

// gcovrDiffers returns the reason why gcovr's own writers say different things
// of a run, "" if they do not.
func gcovrDiffers(set, name string, consistent bool) string {
	switch {
	case !consistent:
		return "gcovr's writers differ in what they leave out"
	case name != "coverage.lcov":
		return ""
	case strings.Contains(set, "use-line-"):
		return "gcovr merges functions of one name for LCOV in another way than for the rest"
	case set == "gcovr__virtual-classes__gcc-7":
		return "gcovr's LCOV has 2 hits for line 24, its Cobertura 4"
	case set == "gcovr__nested__oos__gcc-5":
		return "gcovr's LCOV names lines that neither its LF nor its other reports count"
	case set == "gcovr__windows__drive-subst__gcc-14-Windows":
		return "gcovr's LCOV leaves the name of the file empty"
	}
	return ""
}

// linesOf returns path:line → hits.
func linesOf(files map[string]map[string]json.Number, onlyWhether bool) map[string]int64 {
	out := map[string]int64{}
	for path, lines := range files {
		for n, hits := range lines {
			h := count(hits)
			if onlyWhether {
				h = min(h, 1)
			}
			out[filepath.Base(path)+":"+n] += h
		}
	}
	return out
}

func reportLines(r *coverage.Report, onlyWhether bool) map[string]int64 {
	out := map[string]int64{}
	for _, f := range r.Files() {
		for n, hits := range f.Lines() {
			if onlyWhether {
				hits = min(hits, 1)
			}
			out[filepath.Base(strings.ReplaceAll(f.Path, `\`, "/"))+":"+strconv.Itoa(n)] += hits
		}
	}
	return out
}

// TestMergeLCOV merges as fastcov's own tests do and compares with what they
// expect. Its totals count a file once for each test that names it, so files
// are compared, not totals.
func TestMergeLCOV(t *testing.T) {
	var expected struct {
		Cases []struct {
			Inputs   []string
			Expected string
			Note     string
		}
	}
	decodeJSON(reference.Read(t, "fixtures/merge-lcov/EXPECTED.json"), &expected)
	agreed := 0
	for _, c := range expected.Cases {
		merged := coverage.New()
		failed := false
		for _, in := range c.Inputs {
			report, _, err := ParseFile(t.Context(), reference.Path(t, "fixtures/merge-lcov/"+in), Options{})
			if err != nil {
				t.Errorf("%v (%s): %v", c.Inputs, c.Note, err)
				failed = true
				break
			}
			merged.Merge(report)
		}
		if failed {
			continue
		}
		if glob, ok := strings.CutPrefix(c.Note, "--exclude-glob '*"); ok {
			var none *match.Tree
			merged, _ = none.Report(merged, match.Options{Ignore: []string{"**" + strings.TrimSuffix(glob, "'")}})
		}
		want := parseReference(t, "fixtures/merge-lcov/"+c.Expected)
		if diff := cmp.Diff(flatten(want), flatten(merged)); diff != "" {
			t.Errorf("%v (%s) (-expected +ours):\n%s", c.Inputs, c.Note, diff)
			continue
		}
		agreed++
	}
	t.Logf("agree %d of %d", agreed, len(expected.Cases))
}

// flat is a report as plain maps.
type flat struct {
	Lines    map[int]int64
	Branches map[int]coverage.Branches
}

func (f flat) equal(g flat) bool {
	return maps.Equal(f.Lines, g.Lines) && maps.Equal(f.Branches, g.Branches)
}

func flatten(r *coverage.Report) map[string]flat {
	out := map[string]flat{}
	for _, f := range r.Files() {
		out[f.Path] = flat{maps.Collect(f.Lines()), maps.Collect(f.Branches())}
	}
	return out
}

// TestLLVM compares cargo-llvm-cov's exports for Codecov, which have lines,
// with the totals of its LCOV exports.
func TestLLVM(t *testing.T) {
	var expected struct {
		Sets []struct {
			Set     string
			Files   []string
			LCOV    struct{ LF, LH int }
			Codecov struct{ Lines int }
		}
	}
	decodeJSON(reference.Read(t, "fixtures/llvm-cov/EXPECTED.json"), &expected)
	compared := 0
	for _, set := range expected.Sets {
		i := slices.IndexFunc(set.Files, func(f string) bool { return strings.HasSuffix(f, ".codecov.json") })
		if i < 0 {
			continue
		}
		report, format, err := ParseFile(t.Context(), reference.Path(t, "fixtures/llvm-cov/"+set.Files[i]), Options{})
		if set.Codecov.Lines == 0 && err != nil {
			continue // no files at all, which no format can be told from
		}
		if err != nil || format != "codecov" {
			t.Errorf("%s: %s: %v", set.Set, format, err)
			continue
		}
		compared++
		if got := report.Totals().Lines; got.Coverable != set.Codecov.Lines {
			t.Errorf("%s: %d lines, expected %d", set.Set, got.Coverable, set.Codecov.Lines)
		}
	}
	if compared < 10 {
		t.Errorf("compared only %d exports", compared)
	}
	t.Logf("%d exports compared", compared)
}
