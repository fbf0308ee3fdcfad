package table

import "testing"

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"":                            0,
		"src/a.go":                    8,
		"Größe":                       5,
		"Gro\u0308ße":                 5, // the same, its accent a character of its own
		"生命.go":                       7,
		"ｆ":                           2, // fullwidth
		"ｶ":                           1, // halfwidth
		"🎉":                           2,
		"½ · ─ █":                     7, // wide only in old fonts of East Asia
		"a\u200bb":                    2,
		"\x1b[31mfailed\x1b[0m":       6,
		"a \x1b[32m生\x1b[0m b\x1b[0m": 6,
	} {
		if got := Columns(text); got != want {
			t.Errorf("Columns(%q) = %d, want %d", text, got, want)
		}
	}
}
