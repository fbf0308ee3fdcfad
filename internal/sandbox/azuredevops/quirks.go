package azuredevops

// The quirks that a seed can switch on, by name (docs/fidelity/azuredevops.md): what
// Azure DevOps does at times, or in an older version.
const (
	Server2022  = "azuredevops-server-2022"     // 7.0 is the newest API version
	EmptyGroups = "azuredevops-empty-groups"    // a variable group may lose its last variable; that it may not is inferred
	SignIn      = "azuredevops-sign-in"         // a bad token is answered with a redirect to the sign-in page
	KeptRefs    = "azuredevops-kept-references" // a PUT with fewer references takes a group away from no project; that it does is inferred
	CaseNames   = "azuredevops-case-names"      // names of groups differ by case; that they do not is inferred
	InProjects  = "azuredevops-project-writes"  // groups are changed at their project's address alone; at the organization's it is 401
)
