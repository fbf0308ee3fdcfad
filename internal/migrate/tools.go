package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// codecov takes Codecov's file (docs.codecov.com, "codecov.yml Reference").
func (d *draft) codecov(t tree) {
	for _, p := range append(list(t.at("ignore")), list(t.at("coverage", "ignore"))...) { // the latter where it stood at first
		d.ignore = append(d.ignore, d.pattern(p)...)
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
		d.codecovStatus("project", t.at("coverage", "status", "project"))
		d.codecovStatus("patch", t.at("coverage", "status", "patch"))
	}
	for _, c := range items(t.at("component_management", "individual_components")) {
		part := d.component(text(c, "name", "component_id"), list(c.at("paths")))
		statuses := items(c.at("statuses"))
		if len(statuses) == 0 {
			statuses = items(t.at("component_management", "default_rules", "statuses"))
		}
		for _, s := range statuses {
			d.target(part, text(s, "type"), s)
		}
	}
	flags := t.under("flags")
	for _, name := range flags.keys() {
		d.component(name, list(flags.under(name).at("paths")))
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

// pattern returns globs for one of Codecov's patterns, which is the beginning of
// paths, a glob or a regular expression, by the characters that it has
// (PathPatternSchemaField of its shared library).
func (d *draft) pattern(text string) []string {
	p := strings.TrimPrefix(strings.TrimPrefix(text, "./"), "^")
	switch {
	case strings.Trim(p, "/") == "": // which is all, or nothing
		return d.globs("", text)
	case strings.HasPrefix(p, "!"), strings.Contains(p, "**"), strings.Contains(p, "/*"), strings.Contains(p, "*") && !strings.Contains(p, "]*") && !strings.Contains(p, ".*"):
		return d.globs(p, text)
	case strings.ContainsAny(p, "*$[]"):
		whole, ends := strings.CutSuffix(p, "$")
		p = strings.ReplaceAll(strings.ReplaceAll(whole, ".*", "**"), `\.`, ".")
		if strings.ContainsAny(strings.ReplaceAll(p, "**", ""), `*?[]$`) {
			p = "$" // which is none of ours
		}
		if ends || strings.HasSuffix(p, "*") {
			return d.globs(p, text)
		}
	}
	globs := d.globs(strings.TrimSuffix(p, "/")+"/**", text) // and what is called so
	if len(globs) > 0 && !strings.HasSuffix(p, "/") && path.Ext(p) != "" {
		globs = append(globs, p)
	}
	return globs
}

// codecovStatus takes the status of everything, or of the patch.
func (d *draft) codecovStatus(theirs string, status any) {
	if status == nil || isOn(status) { // Codecov's own rules where nothing is said
		status = tree{"default": tree{}}
	}
	s, _ := mapping(status)
	for _, name := range s.keys() {
		one, ok := mapping(s[name])
		paths := list(one.at("paths"))
		switch {
		case isOff(s[name]) || isOff(one.at("enabled")):
		case name != "default" && len(paths) > 0:
			d.target(d.component(name, paths), theirs, one)
		case name != "default":
			d.leave("coverage.status.%s.%s: write a component with its paths", theirs, name)
		case ok || isOn(s[name]):
			if d.rules == nil {
				d.rules = map[string]any{}
			}
			d.target(d.rules, theirs, one)
		}
	}
}

// target puts the target of a status, "project" or "patch", among the rules of
// everything or of a component; nil takes none.
func (d *draft) target(rules map[string]any, theirs string, one tree) {
	if rules == nil {
		return
	}
	value, fixed := number(one.at("target")) // else it is auto: what the base has
	threshold, _ := number(one.at("threshold"))
	level := ""
	if isOn(one.at("informational")) {
		level = "warn"
	}
	least := leveled("min", max(value-threshold, 0), level) // Codecov lets a number pass that is below its target by the threshold
	switch {
	case fixed && theirs == "patch":
		rules["patch"] = least
	case fixed:
		rules["total"] = least
	case theirs != "patch":
		rules["drop"] = leveled("max", threshold, level)
	default:
		d.leave("coverage.status.patch with target auto: set rules.patch to a number")
	}
}

// leveled is a threshold, with its level where it has one.
func leveled(key string, value float64, level string) any {
	if level == "" {
		return value
	}
	return map[string]any{key: value, "level": level}
}

// component returns the part of the repository of that name, which it adds if it
// is not there; nil where it has no paths.
func (d *draft) component(name string, paths []string) map[string]any {
	if i := slices.IndexFunc(d.components, func(c map[string]any) bool { return c["name"] == name }); i >= 0 {
		return d.components[i]
	}
	var globs []string
	for _, p := range paths {
		globs = append(globs, d.pattern(p)...)
	}
	if name == "" || len(globs) == 0 {
		d.leave("component %q has no paths", name)
		return nil
	}
	c := map[string]any{"name": name, "paths": globs}
	d.components = append(d.components, c)
	return c
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
	for part := range strings.SplitSeq(condition, "&&") {
		m := regexp.MustCompile(`^\s*(current|diff|)\s*(?:>=?|)\s*(-?)([0-9.]+)\s*%?\s*$`).FindStringSubmatch(part)
		if m == nil {
			m = make([]string, 4)
		}
		v, ok := number(m[3])
		switch {
		case ok && m[1] == "diff" && (m[2] != "" || v == 0):
			d.rule("drop", v)
		case ok && m[1] != "diff":
			d.rule("total", v)
		default:
			d.leave("coverage.acceptable: %q: look at rules.total and rules.drop", condition)
		}
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
		case regexp.MustCompile(`\.(junit|[nx]unit|vstest|tests)\.reports?Paths?$|^sonar\.testExecutionReportPaths$`).MatchString(key):
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
