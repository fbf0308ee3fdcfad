package match

import "strings"

// explain writes down what each rule says of each path. The rules are asked
// again, so that those who do not want to know pay nothing.
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
			switch {
			case !a.applies:
			case decided:
				a.said = "not asked"
			case len(a.files) == 0:
				a.said += ", which the commit does not have"
			case len(a.files) == 1:
				a.said = strings.TrimSuffix("it is "+m.tree.files[a.files[0]]+", "+a.said, ", ")
			}
			decided = decided || a.applies
			rules = append(rules, Answer{r.name, a.said})
		}
		last := Answer{"beginning", "decided before"}
		if byPackage(p) {
			last.Rule = "package"
		}
		if !decided {
			last.Said = f.Reason()
		}
		f.extend().rules = append(rules, last)
	}
}
