package azuredevops

import "github.com/gatewright/gatewright/internal/sandbox/world"

// The quirks that a seed can switch on, by name (docs/fidelity/azuredevops.md).
const (
	server2022  = "azuredevops-server-2022"
	emptyGroups = "azuredevops-empty-groups"
	signIn      = "azuredevops-sign-in"
	keptRefs    = "azuredevops-kept-references"
	caseNames   = "azuredevops-case-names"
	inProjects  = "azuredevops-project-writes"
)

// Quirks are what Azure DevOps does at times, or in an older version.
type Quirks struct {
	Version     string // the newest API version: "7.1", or "7.0" as of Server 2022
	EmptyGroups bool   // a variable group may lose its last variable; that it may not is inferred
	KeptRefs    bool   // a PUT with fewer references takes a group away from no project; that it does is inferred
	CaseNames   bool   // names of groups differ by case; that they do not is inferred
	InProjects  bool   // groups are changed at their project's address alone; at the organization's it is 401
	SignIn      bool   // a bad token is answered with a redirect to the sign-in page
}

func quirksOf(w *world.World) Quirks {
	q := Quirks{Version: "7.1", EmptyGroups: w.Quirk(emptyGroups), SignIn: w.Quirk(signIn), KeptRefs: w.Quirk(keptRefs), CaseNames: w.Quirk(caseNames), InProjects: w.Quirk(inProjects)}
	if w.Quirk(server2022) {
		q.Version = "7.0"
	}
	return q
}
