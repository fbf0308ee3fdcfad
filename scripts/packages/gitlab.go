package main

import (
	"fmt"
	"strings"
)

// gitlab writes the inputs and variables of the component.
func gitlab(old string, all []input) (string, error) {
	var spec, variables strings.Builder
	for _, i := range of(gitlabCI, all) {
		fmt.Fprintf(&spec, "    %s:\n      description: %s\n", i.Name, quote(i.help(gitlabCI)))
		def := `"` + i.Default + `"`
		switch {
		case i.yes():
			spec.WriteString("      type: boolean\n")
			def = i.Default
		case i.choices != nil:
			options := i.choices
			if i.Default == "" {
				options = append([]string{""}, options...)
			}
			fmt.Fprintf(&spec, "      options: [\"%s\"]\n      type: string\n", strings.Join(options, `", "`))
		case i.pattern != "":
			fmt.Fprintf(&spec, "      regex: %s\n      type: string\n", i.pattern)
		default:
			spec.WriteString("      type: string\n")
		}
		fmt.Fprintf(&spec, "      default: %s\n", def)
		fmt.Fprintf(&variables, "    %s: \"$[[ inputs.%s ]]\"\n", i.variable(), i.Name)
	}
	const end = "# inputs: end"
	text, err := between(old, "    # inputs: begin (written by scripts/packages)", "    "+end, spec.String())
	if err != nil {
		return "", err
	}
	return between(text, "    # variables: begin (written by scripts/packages)", "    # variables: end", variables.String())
}
