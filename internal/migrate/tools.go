package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// codecov takes Codecov's file (docs.codecov.com, "codecov.yml Reference").
func (d *draft) codecov(t tree) {
	for _, g := range list(t.at("ignore")) {
		d.glob(g)
	}
	for _, fix := range list(t.at("fixes")) {
		from, to, ok := strings.Cut(fix, "::")
		if !ok || strings.ContainsAny(from, `^$*\(`) {
			d.leave("fixes: %q: write it as FROM: TO under path-map", fix)
			continue
		}
		if d.pathMap == nil {
			d.pathMap = map[string]string{}
		}
		d.pathMap[cmp.Or(strings.TrimSuffix(from, "/"), ".")] = strings.TrimSuffix(to, "/")
	}
	if !isOff(t.at("coverage", "status")) {
		d.codecovStatus("total", "project", t.at("coverage", "status", "project"))
		d.codecovStatus("patch", "patch", t.at("coverage", "status", "patch"))
	}
	for _, c := range items(t.at("component_management", "individual_components")) {
		d.component(text(c, "name", "component_id"), list(c.at("paths")), c)
	}
	flags := t.under("flags")
	for _, name := range flags.keys() {
		d.component(name, list(flags.under(name).at("paths")), flags.under(name))
	}
	d.comment = "always" // as Codecov does without a word
	if changes := t.at("comment", "require_changes"); isOff(t.at("comment")) {
		d.comment = "never"
	} else if changes != nil && !isOff(changes) {
		d.comment = "on-change"
	}
	d.noMarks = isOff(t.at("github_checks")) || isOff(t.at("github_checks", "annotations"))
	if t.under("coverage", "status").at("changes") != nil {
		d.leave("coverage.status.changes: use rules.drop and rules.unreported")
	}
	for _, key := range t.keys() {
		switch key {
		case "ignore", "fixes", "coverage", "component_management", "flags", "comment", "github_checks":
		case "flag_management":
			d.leave("flag_management: write components with paths")
		default:
			d.leave("%s: has no counterpart", key)
		}
	}
	if t.at("coverage", "round") != nil || t.at("coverage", "precision") != nil {
		d.leave("coverage.round and precision: numbers are always rounded down, to two places")
	}
	if t.at("coverage", "range") != nil {
		d.leave("coverage.range: colours follow the rules")
	}
	d.leave("partly covered lines count as missed at Codecov: set partials: miss under rules for the same number")
}

// codecovStatus takes the status of everything, or of the patch.
func (d *draft) codecovStatus(rule, theirs string, status any) {
	if rule == "total" && (status == nil || isOn(status)) {
		d.rule("drop", 0) // Codecov's own rule where nothing is said
	}
	s, _ := mapping(status)
	for _, name := range s.keys() {
		one, ok := mapping(s[name])
		paths := list(one.at("paths"))
		switch {
		case isOff(s[name]) || isOff(one.at("enabled")):
			continue
		case name != "default" && len(paths) > 0:
			d.component(name, paths, one)
			continue
		case name != "default":
			d.leave("coverage.status.%s.%s: write a component with its paths", theirs, name)
			continue
		case !ok && !isOn(s[name]):
			continue
		}
		value, fixed := number(one.at("target")) // else it is auto: what the base has
		level := ""
		if isOn(one.at("informational")) {
			level = "warn"
		}
		threshold, _ := number(one.at("threshold"))
		switch {
		// Codecov lets a number pass that is below its target by the threshold.
		case fixed:
			d.rule(rule, leveled("min", max(value-threshold, 0), level))
		case rule == "total":
			d.rule("drop", leveled("max", threshold, level))
		default:
			d.leave("coverage.status.patch with target auto: set rules.patch to a number")
		}
	}
}

// leveled is a threshold, with its level where it has one.
func leveled(key string, value float64, level string) any {
	if level == "" {
		return value
	}
	return map[string]any{key: value, "level": level}
}

// component adds a part of the repository with its target.
func (d *draft) component(name string, paths []string, of tree) {
	if name == "" || len(paths) == 0 {
		d.leave("component %q has no paths", name)
		return
	}
	if slices.ContainsFunc(d.components, func(c map[string]any) bool { return c["name"] == name }) {
		return
	}
	var globs []string
	for _, p := range paths {
		p = strings.TrimPrefix(p, "./")
		if strings.HasSuffix(p, "/") {
			p += "**"
		}
		if strings.ContainsAny(p, `^$\()|+`) {
			d.leave("component %s: %q is a regular expression: write it as a glob", name, p)
			continue
		}
		globs = append(globs, p)
	}
	if len(globs) == 0 {
		return
	}
	c := map[string]any{"name": name, "paths": globs}
	if v, ok := number(of.at("target")); ok {
		c["total"] = v
	}
	d.components = append(d.components, c)
}

// items are the mappings of a list.
func items(v any) []tree {
	all, _ := v.([]any)
	var out []tree
	for _, item := range all {
		if m, ok := mapping(item); ok {
			out = append(out, m)
		}
	}
	return out
}

func text(t tree, keys ...string) string {
	for _, k := range keys {
		if s, ok := t[k].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// octocov takes octocov's file (its README, "Configuration").
func (d *draft) octocov(t tree) {
	d.reports = list(t.at("coverage", "paths"))
	for _, g := range list(t.at("coverage", "exclude")) {
		d.glob(g)
	}
	if acceptable := t.at("coverage", "acceptable"); acceptable != nil {
		d.acceptable(fmt.Sprint(acceptable))
	}
	if _, ok := t["comment"]; ok {
		d.comment = "always"
		if t.at("comment", "if") != nil {
			d.leave("comment.if: comment is always, on-change, on-failure or never")
		}
	}
	for _, key := range t.keys() {
		switch key {
		case "coverage", "comment":
		case "testExecutionTime":
			d.leave("testExecutionTime: hand over JUnit with --tests and --tests-baseline, and set rules.tests.slower")
		case "diff", "report":
			d.leave("%s: what the main branch had is found by itself; --baseline-store names another place", key)
		case "badge", "coverageBadge":
			d.leave("%s: gatewright gate --badge FILE writes one", key)
		default:
			d.leave("%s: has no counterpart", key)
		}
	}
	if t.at("coverage", "badge") != nil {
		d.leave("coverage.badge: gatewright gate --badge FILE writes one")
	}
}

// acceptable takes "60%" or "current >= 60% && diff >= -0.5%".
func (d *draft) acceptable(condition string) {
	leastNow := regexp.MustCompile(`(?:^|current\s*>=?|^\s*>=?)\s*([0-9.]+)\s*%?`)
	leastDiff := regexp.MustCompile(`diff\s*>=?\s*(-?[0-9.]+)\s*%?`)
	understood := false
	if m := leastNow.FindStringSubmatch(condition); m != nil {
		if v, ok := number(m[1]); ok {
			d.rule("total", v)
			understood = true
		}
	}
	if m := leastDiff.FindStringSubmatch(condition); m != nil {
		if v, ok := number(strings.TrimPrefix(m[1], "-")); ok && (strings.HasPrefix(m[1], "-") || v == 0) {
			d.rule("drop", v)
			understood = true
		}
	}
	if !understood || strings.Contains(condition, "||") {
		d.leave("coverage.acceptable: %q: look at rules.total and rules.drop", condition)
	}
}

// codacy takes Codacy's file (docs.codacy.com, "Codacy configuration file").
func (d *draft) codacy(t tree) {
	for _, g := range list(t.at("exclude_paths")) {
		d.glob(g)
	}
	for _, key := range t.keys() {
		switch key {
		case "exclude_paths":
		case "engines":
			d.leave("engines: stay in %s, which the service reads; hand over results with --findings", d.from)
		default:
			d.leave("%s: has no counterpart", key)
		}
	}
	d.leave("gates are set at the service: rules.services with its name asks for its verdict")
}

// sonar takes SonarQube's file (docs.sonarsource.com, "Analysis parameters").
func (d *draft) sonar(p map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		value := p[key]
		switch {
		case key == "sonar.coverage.exclusions" || key == "sonar.exclusions":
			for _, g := range commas(value) {
				d.glob(g)
			}
		case key == "sonar.sarifReportPaths":
			d.leave("%s: --findings %s", key, value)
		case key == "sonar.junit.reportPaths" || strings.HasSuffix(key, ".xunit.reportPath") || key == "sonar.testExecutionReportPaths":
			d.leave("%s: --tests with JUnit files: %s", key, value)
		// The languages' plugins have each a name of their own for it.
		case strings.Contains(key, "overage") && (strings.HasSuffix(key, "eportPaths") || strings.HasSuffix(key, "eportPath")),
			strings.HasSuffix(key, ".lcov.reportPaths"), strings.HasSuffix(key, ".reportsPaths"), strings.HasSuffix(key, ".xmlReportPaths"):
			d.reports = append(d.reports, commas(value)...)
		case key == "sonar.qualitygate.wait":
			d.leave("%s: the gate is gatewright gate itself; set rules.total and rules.patch (80 is that tool's own)", key)
		case key == "sonar.test.inclusions", key == "sonar.tests", key == "sonar.sources":
			d.leave("%s: reports say which files they cover", key)
		case key == "sonar.sourceEncoding", key == "sonar.projectKey", key == "sonar.projectName", key == "sonar.projectVersion", key == "sonar.organization", key == "sonar.host.url":
		default:
			d.leave("%s: has no counterpart", key)
		}
	}
	d.rule("patch", 80) // "Sonar way"
}
