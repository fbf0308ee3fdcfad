package secret

import "strings"

// Issuer is who made a token, as far as its prefix tells.
type Issuer struct {
	Prefix string
	System string // "github", "gitlab", …
	What   string // in words, for doctor: "GitHub App installation token"
}

// issuers lists the token prefixes that forges document, longest first where
// one is the beginning of another.
func issuers() []Issuer {
	return []Issuer{
		{"github_pat_", "github", "GitHub fine-grained personal access token"},
		{"ghp_", "github", "GitHub personal access token (classic)"},
		{"ghs_", "github", "GitHub App installation token"},
		{"gho_", "github", "GitHub OAuth token"},
		{"ghu_", "github", "GitHub user-to-server token"},
		{"glpat-", "gitlab", "GitLab personal, project or group access token"},
		{"glcbt-", "gitlab", "GitLab CI job token"},
		{"gldt-", "gitlab", "GitLab deploy token"},
		{"ATCTT", "bitbucket", "Bitbucket access token"},
		{"ATBB", "bitbucket", "Bitbucket app password"},
	}
}

// Recognise returns who issued the token, by its prefix.
func Recognise(v Value) (Issuer, bool) {
	text := v.Expose()
	for _, i := range issuers() {
		if strings.HasPrefix(text, i.Prefix) {
			return i, true
		}
	}
	return Issuer{}, false
}
