package fleet

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Schema returns the JSON schema of fleet.yml, made from File's tags and the
// names of the services and forges that there are.
func Schema(services, forges []string) []byte {
	s := object(reflect.TypeFor[File]())
	restrict(s, map[string][]string{"service": services, "forge": forges})
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://gatewright.github.io/schema/fleet.json"
	s["title"] = "fleet.yml"
	s["description"] = "One token per repository for a whole organization: what `gatewright fleet` is to do. Flags override."
	// Maps are marshalled by their keys' order, so the text is always the same.
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // texts and maps always marshal
	}
	return append(text, '\n')
}

// restrict sets the words that properties take, here and in every fleet of a list.
func restrict(s map[string]any, words map[string][]string) {
	properties, _ := s["properties"].(map[string]any)
	for name, known := range words {
		if p, ok := properties[name].(map[string]any); ok {
			p["enum"] = known
		}
	}
	if fleets, ok := properties["fleets"].(map[string]any); ok {
		restrict(fleets["items"].(map[string]any), words)
	}
}

// object describes a struct. What it embeds stands among its own fields, as the
// yaml tags say (inline).
func object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		p := property(f.Type)
		p["description"] = f.Tag.Get("help")
		if choices := f.Tag.Get("choices"); choices != "" {
			words := strings.Split(choices, ",")
			switch {
			case p["type"] == "integer":
				p["const"] = json.Number(choices)
			case p["type"] == "array":
				p["items"] = items(words)
			default:
				p["enum"] = words
			}
		}
		properties[f.Tag.Get("yaml")] = p
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
}

// items is what a list of words holds: the words, and those that begin as one
// that ends in *.
func items(words []string) map[string]any {
	i := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, "*") })
	if i < 0 {
		return map[string]any{"type": "string", "enum": words}
	}
	begin := strings.TrimSuffix(words[i], "*")
	return map[string]any{"type": "string", "anyOf": []map[string]any{{"enum": slices.Delete(words, i, i+1)}, {"pattern": "^" + begin + "."}}}
}

// property describes a field by its type. Numbers of a fleet are counts: none is
// below zero.
func property(t reflect.Type) map[string]any {
	if t == reflect.TypeFor[Span]() {
		return map[string]any{"type": "string", "pattern": `^([0-9]+d)?([0-9.]+(h|m|s|ms))*$`}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return property(t.Elem())
	case reflect.Struct:
		return object(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": property(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": property(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 0}
	default:
		return map[string]any{"type": "string"}
	}
}
