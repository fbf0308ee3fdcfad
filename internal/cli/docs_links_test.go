package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPagesHoldTogether: each link within the project leads to a file, and to a
// heading of it; and each table has a head, without which it is shown as text.
func TestPagesHoldTogether(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, file := range snippetFiles(t, filepath.Join("..", "..")) {
		if filepath.Ext(file) == ".md" {
			pages = append(pages, file)
		}
	}
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	rule := regexp.MustCompile(`^\|[ :|-]+\|$`)
	links := 0
	for _, page := range pages {
		lines := prose(t, page)
		for i, line := range lines {
			if strings.HasPrefix(line, "|") && (i == 0 || !strings.HasPrefix(lines[i-1], "|")) && (i+1 == len(lines) || !rule.MatchString(lines[i+1])) {
				t.Errorf("%s: a table without a head: %s", page, line)
			}
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if strings.Contains(m[1], ":") {
					continue
				}
				links++
				path, anchor, _ := strings.Cut(m[1], "#")
				to := page
				if path != "" {
					to = filepath.Join(filepath.Dir(page), filepath.FromSlash(path))
				}
				if _, err := os.Stat(to); err != nil {
					t.Errorf("%s: %s: %v", page, m[1], err)
				} else if anchor != "" && !headings(t, to)[anchor] {
					t.Errorf("%s: %s: there is no such heading", page, m[1])
				}
			}
		}
	}
	if links < 150 {
		t.Errorf("%d links", links)
	}
}

// prose returns the lines of a page, those of its code blank.
func prose(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	code := false
	for i, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if code = code != fence; code || fence {
			lines[i] = ""
		}
	}
	return lines
}

// headings returns the anchors of a page as forges make them.
func headings(t *testing.T, page string) map[string]bool {
	t.Helper()
	anchors := map[string]bool{}
	for _, line := range prose(t, page) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			title = regexp.MustCompile(`[^\pL\pN\- _]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			anchors[strings.ReplaceAll(title, " ", "-")] = true
		}
	}
	return anchors
}
