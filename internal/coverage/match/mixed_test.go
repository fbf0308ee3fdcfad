package match

import (
	"slices"
	"testing"
)

// TestRunsPutTogether has reports that the reports of several packages were put into, each with paths relative to its package:
// what two of the packages have is neither's, for one record may have the lines of both.
func TestRunsPutTogether(t *testing.T) {
	both := []string{"core/lib/a.dart", "domain/lib/a.dart"}
	core, domain := each(5, "core/lib/c%d.dart"), each(2, "domain/lib/x/d%d.dart")
	begin := func(paths []string) (out []string) {
		for _, p := range paths {
			out = append(out, p+" folder")
		}
		return out
	}
	for _, tt := range []booking{
		{
			name: "one file shows a second package", commit: slices.Concat(both, core, domain),
			report: append(each(5, "lib/c%d.dart"), "lib/a.dart", "lib/x/d0.dart"),
			want:   append(begin(core), "- ambiguous | begin in core/, and others in domain/", "- not-in-commit | begins elsewhere"),
		},
		{
			name: "each package has evidence of its own", commit: slices.Concat(both, core, each(4, "domain/lib/%d/d.dart")),
			report: slices.Concat(each(5, "lib/c%d.dart"), each(4, "lib/%d/d.dart"), []string{"lib/a.dart"}),
			want:   slices.Concat(begin(core), begin(each(4, "domain/lib/%d/d.dart")), []string{"- ambiguous"}),
		},
		{
			name: "the root is the other", commit: slices.Concat(both[:1], core, []string{"lib/a.dart", "lib/x/d0.dart"}),
			report: append(each(5, "lib/c%d.dart"), "lib/a.dart", "lib/x/d0.dart"),
			want:   append(begin(core), "- ambiguous | begin in core/, and others at the root of the repository (core/", "lib/x/d0.dart exact"),
		},
		{
			name: "no file of another package", commit: slices.Concat(both, core, domain),
			report: append(each(5, "lib/c%d.dart"), "lib/a.dart", "lib/x/gone.dart"),
			want:   append(begin(core), "core/lib/a.dart folder", "- not-in-commit"),
		},
		{
			name: "a name alone, which any folder may have", commit: slices.Concat(both, core, []string{"domain/setup.dart"}),
			report: append(each(5, "lib/c%d.dart"), "lib/a.dart", "setup.dart"),
			want:   append(begin(core), "core/lib/a.dart folder", "- not-in-commit"),
		},
		{
			name: "the report lies in one of them", commit: slices.Concat(both, core, domain), o: Options{Location: "core/coverage/lcov.info"},
			report: append(each(5, "lib/c%d.dart"), "lib/a.dart", "lib/x/d0.dart"),
			want:   append(begin(core), "core/lib/a.dart folder", "- not-in-commit"),
		},
		{
			name: "two files that the root lacks", commit: append(each(2, "m/lib/%d.dart"), "lib/a.dart", "lib/b.dart", "lib/c.dart", "m/lib/a.dart"),
			report: append(each(2, "lib/%d.dart"), "lib/a.dart", "lib/b.dart", "lib/c.dart"),
			want:   []string{"- not-in-commit", "- not-in-commit", "lib/a.dart exact", "lib/b.dart exact", "lib/c.dart exact"},
		},
		{
			name: "three", commit: append(each(3, "m/lib/%d.dart"), "lib/a.dart", "lib/b.dart", "lib/c.dart", "lib/d.dart", "m/lib/a.dart"),
			report: append(each(3, "lib/%d.dart"), "lib/a.dart", "lib/b.dart", "lib/c.dart", "lib/d.dart"),
			want: []string{
				"- not-in-commit", "- not-in-commit", "- not-in-commit",
				"- ambiguous | root of the repository, and others in m/ (lib/a.dart, m/lib/a.dart)", "lib/b.dart exact", "lib/c.dart exact", "lib/d.dart exact",
			},
		},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestFlagOfRunsPutTogether has a path of two packages: no folder that it could begin in would be right for all that the report
// has under it, so that the flag leaves the file to the user.
func TestFlagOfRunsPutTogether(t *testing.T) {
	commit := append(each(5, "core/lib/c%d.dart"), "core/lib/a.dart", "domain/lib/a.dart", "domain/lib/d.dart")
	report := append(each(5, "lib/c%d.dart"), "lib/a.dart", "lib/d.dart")
	if flag := NewTree(commit).Paths(report, Options{})[5].Flag(); flag != "--path-map lib/a.dart=FILE" {
		t.Errorf("%q", flag)
	}
}
