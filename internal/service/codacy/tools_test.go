package codacy

import "testing"

// TestMatchOfPatternIDs: rules as tools name them, and as Codacy's own command line, which
// writes pattern ids into its SARIF.
func TestMatchOfPatternIDs(t *testing.T) {
	patterns := []pattern{{ID: "PMD7_category_java_bestpractices_UnusedLocalVariable"}, {ID: "ESLint9_@typescript-eslint_no-explicit-any"}, {ID: "ESLint9_no-eval"}}
	for rule, want := range map[string]string{
		"PMD7_category_java_bestpractices_UnusedLocalVariable": patterns[0].ID,
		"UnusedLocalVariable":                patterns[0].ID,
		"@typescript-eslint/no-explicit-any": patterns[1].ID,
		"eslint9_no-eval":                    patterns[2].ID,
		"no-eval":                            patterns[2].ID,
		"eval":                               "",
	} {
		p, ok := match(rule, tool{Prefix: "ESLint9_"}, patterns)
		if p.ID != want || ok != (want != "") {
			t.Errorf("match(%q) = %q, %v; want %q", rule, p.ID, ok, want)
		}
	}
}

func TestToolOfSARIF(t *testing.T) {
	k := &catalogue{tools: []tool{{Name: "ESLint9", ShortName: "eslint-9"}, {Name: "ESLint", ShortName: "eslint-8"}, {Name: "PMD7", ShortName: "pmd-7"}, {Name: "Trivy", ShortName: "trivy"}}}
	for driver, want := range map[[2]string]string{
		{"ESLint", "9.17.0"}: "ESLint9", {"eslint", "v8.57.0"}: "ESLint", {"ESLint", ""}: "ESLint9",
		{"PMD", "7.11.0"}: "PMD7", {"PMD7", ""}: "PMD7", {"trivy", "0.59"}: "Trivy", {"acmelint", ""}: "",
	} {
		got, err := k.tool(driver[0], driver[1])
		if got.Name != want || (err != nil) != (want == "") {
			t.Errorf("%v is %q, %v; want %q", driver, got.Name, err, want)
		}
	}
}
