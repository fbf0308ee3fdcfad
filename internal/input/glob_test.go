package input_test

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/input"
)

func TestCheckGlob(t *testing.T) {
	t.Parallel()
	for glob, want := range map[string]string{
		"**/*.{js,jsx,ts,tsx}":           "",
		"{src,lib}/**/{a,b,{c,d}}/*.go":  "",
		strings.Repeat("**/", 200) + "a": "",
		"a{b":                            "a bracket or brace is not closed",
		"**/" + strings.Repeat("{a,a/a,a/a/a}/**/", 20) + "b":       "more than 1000 globs",
		strings.Repeat("{a,{b,", 64) + strings.Repeat("}}", 64):     "more than 1000 globs",
		"{" + strings.Repeat("a,", 2000) + "b}":                     "more than 1000 globs",
		strings.Repeat("{a,b}", 200):                                "more than 1000 globs",
		"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}/**/*.c": "more than 1000 globs",
	} {
		err := input.CheckGlob(glob)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.60q: %v", glob, err)
		}
	}
}
