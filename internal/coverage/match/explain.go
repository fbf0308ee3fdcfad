package match

import "strings"

// explain writes down what each rule says of each path.
func (m *matcher) explain(found []Match) {
	if m.tree == nil {
		return
	}
	for i := range found {
		f := &found[i]
		p := clean(f.Report)
		var rules []Answer
		decided := false
		for _, r := range definiteRules() {
			a := r.ask(m, p)
			said := a.said
			if a.applies && !decided {
				decided = true
				switch len(a.files) {
				case 0:
					said += ", which the commit does not have"
				case 1:
					said = joinNonEmpty("it is "+m.tree.files[a.files[0]], said)
				}
			} else if a.applies {
				said = "not asked"
			}
			rules = append(rules, Answer{r.name, said})
		}
		together := "decided before"
		if !decided {
			together = f.Reason()
		}
		rules = append(rules, Answer{m.togetherRule(p), together})
		f.extend().rules = rules
	}
}

func (m *matcher) togetherRule(p string) string {
	if byPackage(p) {
		return "package"
	}
	return "beginning"
}

func joinNonEmpty(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ", ")
}
