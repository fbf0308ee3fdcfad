package match

import "strings"

// repositoryRoot returns how long the beginning of a path is that stands for the
// repository's root by agreement, 0 if there is none: .NET's deterministic
// builds call it /_/, an address at a forge has the path after the commit's id,
// and CI systems check out into folders of their own.
func repositoryRoot(p string) int {
	if strings.HasPrefix(p, "/_/") {
		return len("/_/")
	}
	n, _ := checkedOut(p, true)
	return n
}

// checkedOut returns how long the beginning of a path is that is a CI system's
// checkout, 0 if it is none, and what the repository is called, "" if that does
// not show. With addresses, one at a forge counts as a checkout too.
func checkedOut(p string, addresses bool) (end int, name string) {
	if !isAbs(p) {
		return 0, ""
	}
	for _, dir := range [...]string{
		"/github/workspace/", "/home/circleci/project/", "/opt/atlassian/pipelines/agent/build/", "/bitrise/src/", "/drone/src/",
	} {
		if strings.HasPrefix(p, dir) {
			return len(dir), ""
		}
	}
	var before [2]string // the last two folders
	for at := 0; ; {
		end := strings.IndexByte(p[at:], '/')
		if end < 0 {
			return 0, ""
		}
		dir := p[at : at+end]
		at += end + 1
		switch {
		case addresses && len(dir) == 40 && strings.Trim(dir, "0123456789abcdef") == "": // a commit's id
			return at, ""
		case agentFolder(before[0], p) && dir == before[1]: // the repository's name twice
			return at, dir
		case agentFolder(before[0], p) && dir == "s" && isNumber(before[1]): // Azure's s for sources
			return at, ""
		}
		before = [2]string{before[1], dir}
	}
}

// agentFolder reports whether runners of GitHub and Azure DevOps check out in a
// folder of that name: /home/runner/work/app/app, D:/a/app/app, C:/agent/_work/1/s.
func agentFolder(name, p string) bool {
	return name == "work" || name == "_work" || name == "__w" || name == "a" && drive(p)
}

// isNumber reports whether a folder is called by a number, as an agent's are.
func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// otherMachine reports whether two paths are absolute on machines of different
// kinds: none has both drives and a single root. /_/ and addresses are of no
// machine.
func otherMachine(a, b string) bool {
	return isAbs(a) && isAbs(b) && drive(a) != drive(b) && !nowhereAtAll(a) && !nowhereAtAll(b)
}

// nowhereAtAll reports whether a path begins with what stands for a repository's
// root and is no folder of a machine.
func nowhereAtAll(p string) bool {
	ci, _ := checkedOut(p, false)
	return ci == 0 && repositoryRoot(p) > 0
}
