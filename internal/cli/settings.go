package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/manual"
	"github.com/gatewright/gatewright/internal/secret"
)

// settings are where the values of flags come from. What precedes what is said
// here and nowhere else: the flag, then its variable GATEWRIGHT_<FLAG>, then the
// project's file (reports.Flags.Over and job.Rules.Over, which job.Job calls, and
// what it puts in by itself), then what the CI says (TargetFlags.Resolve), then
// the default. A variable that is blank is not set.
type settings struct {
	getenv func(string) string
	from   map[string]string // flags that are set: the variable they were read from, or "flag"
	values map[string]string
	known  []string // the flags of all commands
}

// Validate is part of kong.Resolver.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve reads a flag that is not on the command line from its variable. A list
// that a comma does not split has one value a line.
func (s *settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	name, text := manual.Variable(flag.Name), ""
	if name != "" {
		text = strings.TrimSpace(s.getenv(name))
	}
	if text == "" || ci.Absent(flag.Name, text) {
		return nil, nil
	}
	s.from[flag.Name] = name
	if flag.IsSlice() && flag.Tag.Sep == -1 {
		var list []any
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
		return list, nil
	}
	return text, nil
}

// take notes what was set. It is an error where that says nothing: a reference that
// the CI did not replace, or a rule that is blank, as of a variable that is not there.
func (s *settings) take(k *kong.Context) error {
	s.values, s.known = map[string]string{}, flagNames(k.Model.Node)
	for _, p := range k.Path {
		if p.Flag == nil || !p.Flag.Set {
			continue
		}
		if !p.Resolved {
			s.from[p.Flag.Name] = "--" + p.Flag.Name
		}
		value := k.FlagValue(p.Flag)
		list, _ := value.([]string)
		text := fmt.Sprint(value)
		s.values[p.Flag.Name] = text
		err := secret.Replaced(append(list, text)...)
		if p.Flag.Group != nil && p.Flag.Group.Title == "Rules" && strings.Trim(text, "[] ") == "" {
			err = errors.New("it is blank, and nothing would be judged by it; leave it out")
		}
		if err != nil {
			return fault.Errorf(fault.Input, "--%s: %w", p.Flag.Name, err)
		}
	}
	return nil
}

// lines says which flags are set, and which of their sources won.
func (s *settings) lines(c *console.Console) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		text := fmt.Sprintf("%s = %s, from %s", name, s.values[name], s.from[name])
		// A variable that a flag has overruled is worth a word: it is set for other runs.
		if v := manual.Variable(name); v != s.from[name] && c.Env(v) != "" {
			text += "; " + v + " is set too"
		}
		out = append(out, text)
	}
	for _, name := range s.unused(c) {
		out = append(out, name+" is set, for other commands")
	}
	return out
}

// unused lists variables of flags that this command does not have.
func (s *settings) unused(c *console.Console) []string {
	var out []string
	for _, name := range s.known {
		if v := manual.Variable(name); v != "" && s.from[name] == "" && c.Env(v) != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// flagNames lists the flags of a command and of those below it.
func flagNames(n *kong.Node) []string {
	var out []string
	for _, f := range n.Flags {
		out = append(out, f.Name)
	}
	for _, child := range n.Children {
		out = append(out, flagNames(child)...)
	}
	return out
}

// debug shows what was set, and where.
func (s *settings) debug(c *console.Console) {
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		c.Debugf("setting %s = %s, from %s", name, s.values[name], s.from[name])
	}
}

// explain names the variable where the value that is wrong came from one.
func (s *settings) explain(err error) error {
	if fault.Of(err) != fault.Input {
		return err
	}
	for name, from := range s.from {
		if strings.Contains(err.Error(), "--"+name) && strings.HasPrefix(from, "GATEWRIGHT_") {
			return fmt.Errorf("%s: %w", from, err)
		}
	}
	return err
}
