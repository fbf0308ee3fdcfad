package summary

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// TestFindingWithoutFile: it has no link, which would lead to no file.
func TestFindingWithoutFile(t *testing.T) {
	p := Page{Run: Run{SourceURL: "https://example.com/blob/1/"}, Findings: &Findings{Items: []service.Finding{{Rule: "CVE", Severity: "high", Message: "m"}}}}
	if text := Markdown(p, 0); strings.Contains(text, "](") || !strings.Contains(text, "| high |  | CVE | m |") {
		t.Error(text)
	}
}

// TestSortFindings compares with a plain stable sort.
func TestSortFindings(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		var f Findings
		for i := range r.IntN(30) {
			f.Items = append(f.Items, service.Finding{
				Severity: []string{"critical", "high", "low", "", "odd"}[r.IntN(5)], Path: fmt.Sprint("p", r.IntN(3)), Line: r.IntN(3),
				Age: []service.Age{service.New, service.Old, ""}[r.IntN(3)], Message: fmt.Sprint(i),
			})
		}
		want := slices.Clone(f.Items)
		old := func(f service.Finding) int {
			if f.Age == service.Old {
				return 1
			}
			return 0
		}
		slices.SortStableFunc(want, func(a, b service.Finding) int {
			return cmp.Or(old(a)-old(b), rank(a.Severity)-rank(b.Severity), strings.Compare(a.Path, b.Path), a.Line-b.Line)
		})
		f.Sort()
		if !slices.Equal(f.Items, want) {
			t.Fatalf("seed %d:\n got %+v\nwant %+v", seed, f.Items, want)
		}
	}
}

// TestNoSpellingOfASecret: what tests and tools printed may hold the token that the
// job has; no form that a page or a comment shows it in is left.
func TestNoSpellingOfASecret(t *testing.T) {
	var r secret.Redactor
	for _, token := range []string{"ghp_0123456789abcdefGHIJ_KLMN", "ATATT3x-f_F0=3D", "a+b/c~d==0123", "k.www.x@y#z:1!2$3", "|`bars`and|ticks`"} {
		r.Add(secret.New(token))
		for name, shown := range map[string]string{"text": mdText("denied: "+token, maxMessage), "code": mdCode("src/"+token, maxPath), "link": mdLink("here", fileURL("https://forge/", token, 7))} {
			if got := r.Clean(shown); !strings.Contains(got, "***") || strings.Contains(got, "KLMN") {
				t.Errorf("%s as %s: %s", token, name, got)
			}
		}
	}
}
