package manual

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Completion returns the completion script of a shell: bash, zsh or fish. It
// holds the whole grammar, so that completing starts no program. Values are
// those of flags, by name, that the grammar itself does not list.
func Completion(app *kong.Application, shell string, values map[string][]string) string {
	nodes := nodesOf(app)
	// Services, forges and formats are tables of the program, not of its grammar.
	for _, n := range nodes {
		for _, f := range n.flags {
			known := strings.ReplaceAll(f.Tag.Get("choices"), "*", "") // of a setting, where * is what the user adds
			if f.Enum == "" {                                          // of a grammar that is printed and then done with
				f.Enum = cmp.Or(known, strings.Join(values[f.Name], ","))
			}
		}
	}
	switch shell {
	case "bash":
		return bashCompletion(nodes)
	case "zsh":
		return zshCompletion(nodes)
	default:
		return fishCompletion(nodes)
	}
}

// slashed names a command as the scripts do: "/coverage/upload".
func (n node) slashed() string {
	if len(n.path) == 0 {
		return ""
	}
	return "/" + strings.Join(n.path, "/")
}

// patterns is the list of all commands for a case statement.
func patterns(nodes []node) string {
	var list []string
	for _, n := range nodes[1:] {
		list = append(list, n.slashed())
	}
	return strings.Join(list, "|")
}

// valueCases returns a case for each flag that takes a value: with its choices,
// or for one that takes anything. Both are formats of command and flag.
func valueCases(nodes []node, chosen, anything string) string {
	var b strings.Builder
	for _, n := range nodes {
		for _, f := range n.flags {
			if set := choices(f.Value); set != nil {
				fmt.Fprintf(&b, chosen, n.slashed(), f.Name, strings.Join(set, " "))
			} else if !f.IsBool() {
				fmt.Fprintf(&b, anything, n.slashed(), f.Name)
			}
		}
	}
	return b.String()
}

func bashCompletion(nodes []node) string {
	var words strings.Builder
	for _, n := range nodes {
		var list []string
		for _, c := range n.children {
			list = append(list, c.Name)
		}
		for _, f := range n.flags {
			list = append(list, flagWords(f)...)
		}
		for _, a := range n.args {
			list = append(list, choices(a)...)
		}
		fmt.Fprintf(&words, "    '%s') set='%s' ;;\n", n.slashed(), strings.Join(list, " "))
	}
	return `# bash completion for gatewright
_gatewright() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at='' set='' i
  # "=" is a word of its own to bash.
  if [ "$cur" = = ]; then cur=''; elif [ "$prev" = = ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at/${COMP_WORDS[i]}" in
    ` + patterns(nodes) + `) at=$at/${COMP_WORDS[i]} ;;
    esac
  done
  COMPREPLY=()
  case "$at:$prev" in
` + valueCases(nodes, "    '%s:--%s') set='%s' ;;\n", "    '%s:--%s') return ;;\n") + `    *) case "$at" in
` + indent(words.String()) + `    esac ;;
  esac
  local IFS=$' \t\n'
  mapfile -t COMPREPLY < <(compgen -W "$set" -- "$cur")
}
complete -o default -F _gatewright gatewright
`
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

func zshCompletion(nodes []node) string {
	var cases strings.Builder
	quote := func(word, help string) string {
		return " '" + strings.ReplaceAll(word+":"+firstLine(help), "'", `'\''`) + "'"
	}
	for _, n := range nodes {
		fmt.Fprintf(&cases, "  '%s')\n    commands=(", n.slashed())
		for _, c := range n.children {
			cases.WriteString(quote(c.Name, c.Help))
		}
		for _, a := range n.args {
			for _, v := range choices(a) {
				cases.WriteString(quote(v, a.Help))
			}
		}
		cases.WriteString(")\n    flags=(")
		for _, f := range n.flags {
			for _, w := range flagWords(f) {
				cases.WriteString(quote(w, f.Help))
			}
		}
		cases.WriteString(") ;;\n")
	}
	return `#compdef gatewright
_gatewright() {
  local at='' word
  local -a commands flags values
  for word in ${words[2,CURRENT-1]}; do
    case "$at/$word" in
    ` + patterns(nodes) + `) at=$at/$word ;;
    esac
  done
  # A value stands after its flag, or after its "=".
  local flag=${words[CURRENT-1]}
  if [[ ${words[CURRENT]} == --*=* ]]; then
    flag=${words[CURRENT]%%=*}
    compset -P '*='
  fi
  case "$at:$flag" in
` + valueCases(nodes, "  '%s:--%s') values=(%s) ;;\n", "  '%s:--%s') _files; return ;;\n") + `  esac
  if (( $#values )); then
    compadd -- $values
    return
  fi
  case "$at" in
` + cases.String() + `  esac
  if [[ ${words[CURRENT]} == -* ]]; then
    _describe -o flag flags
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}
# Sourced, it registers itself; autoloaded, it completes.
if [[ $funcstack[1] == _gatewright ]]; then _gatewright "$@"; else compdef _gatewright gatewright; fi
`
}

func fishCompletion(nodes []node) string {
	var b strings.Builder
	b.WriteString(`# fish completion for gatewright
function __gatewright_at
    set -l at ''
    for word in (commandline -opc)[2..]
        switch "$at/$word"
            case ` + "'" + strings.ReplaceAll(patterns(nodes), "|", "' '") + "'" + `
                set at "$at/$word"
        end
    end
    test "$at" = "$argv[1]"
end
`)
	quote := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
	}
	for _, n := range nodes {
		at := "complete -c gatewright -n \"__gatewright_at '" + n.slashed() + "'\""
		for _, c := range n.children {
			fmt.Fprintf(&b, "%s -f -a %s -d %s\n", at, c.Name, quote(firstLine(c.Help)))
		}
		for _, a := range n.args {
			if set := choices(a); set != nil {
				fmt.Fprintf(&b, "%s -f -a %s\n", at, quote(strings.Join(set, " ")))
			}
		}
		for _, f := range n.flags {
			fmt.Fprintf(&b, "%s -l %s -d %s", at, f.Name, quote(firstLine(f.Help)))
			if f.Short != 0 {
				fmt.Fprintf(&b, " -s %c", f.Short)
			}
			if set := choices(f.Value); set != nil {
				fmt.Fprintf(&b, " -x -a %s", quote(strings.Join(set, " ")))
			} else if !f.IsBool() {
				b.WriteString(" -r")
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
