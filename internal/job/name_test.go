package job

import (
	"strings"
	"testing"
)

// Gates with different names never share a marker or a context.
func TestNamesStayApart(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"", "gate", "api", "Api", "a b", "a-b", "a--b", "a/b", "-->", "ä", "ö", strings.Repeat("x", 100), strings.Repeat("x", 101)} {
		j := Job{Publish: Publish{Name: name}}
		for _, text := range []string{j.marker(), j.context()} {
			other, ok := seen[text]
			if ok && !(name == "gate" && other == "" && text == "gatewright/gate") {
				t.Errorf("%q and %q are both %s", name, other, text)
			}
			seen[text] = name
			if strings.Contains(text, "--") || len(text) > 100 {
				t.Errorf("%q: %s", name, text)
			}
		}
	}
}
