package ci

// Withheld says why a CI may have kept a secret from a job, as a hint for a
// token that is not there; "" if nothing says so.
func Withheld(getenv func(string) string) string {
	if getenv("GITLAB_CI") != "" && getenv("CI_COMMIT_REF_PROTECTED") == "false" {
		return "this branch is not protected at GitLab, and a protected variable reaches protected branches and tags only: unset Protected in the variable's settings, or protect the branch"
	}
	return ""
}
