package main

import (
	"debug/buildinfo"
	"encoding/json"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

const source = "git+https://github.com/gatewright/gatewright"

// module is one dependency that is linked into at least one binary.
type module struct{ path, version, sum string }

func (m module) purl() string { return "pkg:golang/" + m.path + "@" + m.version }

// modules reads from the finished binaries what is really inside them.
func (r *release) modules(targets []string) ([]module, error) {
	seen := map[module]bool{}
	for _, t := range targets {
		name := "gatewright_" + strings.ReplaceAll(t, "/", "_")
		if strings.HasPrefix(t, "windows/") {
			name += ".exe"
		}
		info, err := buildinfo.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return nil, err
		}
		for _, d := range info.Deps {
			seen[module{d.Path, d.Version, d.Sum}] = true
		}
	}
	var all []module
	for m := range seen {
		all = append(all, m)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].purl() < all[j].purl() })
	return all, nil
}

// describe writes the SBOM and the provenance statement.
func (r *release) describe(targets []string) error {
	mods, err := r.modules(targets)
	if err != nil {
		return err
	}
	if err := r.writeJSON("gatewright.cdx.json", r.sbom(mods)); err != nil {
		return err
	}
	return r.writeJSON("gatewright.provenance.json", r.provenance(mods))
}

func (r *release) writeJSON(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return r.write(name, append(text, '\n'))
}

type object = map[string]any

// sbom is a CycloneDX 1.6 document: the program, its modules with the checksum
// that go.sum holds for them, and the toolchain whose standard library is in it.
func (r *release) sbom(mods []module) object {
	self := "pkg:golang/github.com/gatewright/gatewright@v" + r.version
	std := module{path: "std", version: strings.TrimPrefix(runtime.Version(), "go")}
	components := []object{{"type": "library", "name": "std", "version": std.version, "bom-ref": std.purl(), "purl": std.purl()}}
	refs := []string{std.purl()}
	for _, m := range mods {
		components = append(components, object{
			"type": "library", "name": m.path, "version": m.version, "bom-ref": m.purl(), "purl": m.purl(),
			"properties": []object{{"name": "go.sum", "value": m.sum}},
		})
		refs = append(refs, m.purl())
	}
	return object{
		"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"metadata": object{"component": object{
			"type": "application", "name": "gatewright", "version": r.version, "bom-ref": self, "purl": self,
			"licenses": []object{{"license": object{"id": "Apache-2.0"}}},
		}},
		"components":   components,
		"dependencies": []object{{"ref": self, "dependsOn": refs}},
	}
}

// provenance is an in-toto statement with SLSA's provenance predicate. It says
// how to get these bytes again; the release workflow signs it as an attestation.
func (r *release) provenance(mods []module) object {
	var subjects []object
	for _, name := range r.names() {
		subjects = append(subjects, object{"name": name, "digest": object{"sha256": r.sums[name]}})
	}
	deps := []object{
		{"uri": source, "digest": object{"gitCommit": r.commit}},
		{"uri": "https://go.dev/dl/", "name": runtime.Version()},
	}
	for _, m := range mods {
		deps = append(deps, object{"uri": m.purl(), "annotations": object{"go.sum": m.sum}})
	}
	return object{
		"_type": "https://in-toto.io/Statement/v1", "subject": subjects,
		"predicateType": "https://slsa.dev/provenance/v1",
		"predicate": object{
			"buildDefinition": object{
				"buildType":            "https://github.com/gatewright/gatewright/scripts/release@v1",
				"externalParameters":   object{"version": r.version, "source": source},
				"internalParameters":   object{"command": "go run ./scripts/release --version " + r.version},
				"resolvedDependencies": deps,
			},
			"runDetails": object{"builder": object{"id": "https://github.com/gatewright/gatewright/.github/workflows/release.yml"}},
		},
	}
}
