package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tree is a mapping of a YAML file.
type tree map[string]any

// at returns the value under keys, nil if there is none.
func (t tree) at(keys ...string) any {
	var v any = t
	for _, k := range keys {
		m, ok := mapping(v)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

// under returns the mapping under keys, nil if there is none.
func (t tree) under(keys ...string) tree {
	m, _ := mapping(t.at(keys...))
	return m
}

// keys are the tree's, sorted.
func (t tree) keys() []string { return slices.Sorted(maps.Keys(t)) }

func mapping(v any) (tree, bool) {
	switch m := v.(type) {
	case tree:
		return m, true
	case map[string]any:
		return m, true
	}
	return nil, false
}

// isOn and isOff read booleans as YAML 1.1 has them, whose words Codecov takes
// and the reader here leaves as they are.
func isOn(v any) bool  { return v == true || v == "yes" || v == "on" }
func isOff(v any) bool { return v == false || v == "no" || v == "off" }

// list returns a list of texts; a single text is a list of one.
func list(v any) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for _, item := range v {
			if text, ok := item.(string); ok && text != "" {
				out = append(out, text)
			}
		}
		return out
	case string:
		return []string{v}
	}
	return nil
}

// number reads a number, with or without "%".
func number(v any) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(fmt.Sprint(v)), "%")), 64)
	return n, err == nil && n >= 0 && n <= 100
}

// properties reads a Java properties file: key=value, "\" goes on in the next
// line, "#" and "!" begin comments.
func properties(text []byte) map[string]string {
	out := map[string]string{}
	joined := strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\\\n", "")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		if i := strings.IndexAny(line, "=:"); i > 0 {
			out[strings.TrimSpace(line[:i])] = strings.TrimSpace(line[i+1:])
		}
	}
	return out
}

func commas(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
