package points

import (
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// CTC returns the XML that Testwell CTC++ makes for ReportGenerator. Lines that
// say whether they were executed are coverable.
func CTC() *Dialect {
	return &Dialect{
		root: func(x *scan.XML) bool { return string(x.Name()) == "coverage" && x.Raw("ctcreportVersion") != nil },
		ran: func(p *parser) (int64, bool) {
			switch string(p.x.Value(count)) {
			case "":
				return -1, true
			case "NotExecuted":
				return 0, true
			case "Executed", "PartlyExecuted":
				return 1, true
			}
			return 0, false
		},
		once:  true,
		point: scan.Record{Name: "line", Attrs: []string{from: "number", count: "isExecuted"}},
		files: names{in: []string{"file"}, path: "location"},
	}
}

// DotCover returns dotCover's detailed XML. It knows whether a statement ran,
// not how often.
func DotCover() *Dialect {
	return &Dialect{
		root: func(x *scan.XML) bool { return string(x.Name()) == "Root" && x.Raw("CoveragePercent") != nil },
		refused: func(x *scan.XML) string {
			if string(x.Raw("ReportType")) == "Xml" {
				return "the short report, which has no lines; expected ReportType DetailedXML"
			}
			return ""
		},
		stated: func(x *scan.XML) coverage.Stated {
			return points(x, "CoveredStatements", "TotalStatements")
		},
		ran: func(p *parser) (int64, bool) {
			word := p.x.Value(count)
			yes, ok := scan.Bool(word)
			if yes || string(word) == "1" {
				return 1, true
			}
			return 0, ok || string(word) == "0"
		},
		once:  true,
		point: scan.Record{Name: "Statement", Attrs: []string{file: "FileIndex", from: "Line", to: "EndLine", count: "Covered"}},
		files: names{in: []string{"File"}, path: "Name", id: "Index"},
	}
}

// MProf returns the XML of Mono's profiler. Its counters are no numbers of runs.
func MProf() *Dialect {
	return &Dialect{
		root: func(x *scan.XML) bool {
			return string(x.Name()) == "coverage" && x.Raw("version") != nil && x.Next() && string(x.Name()) == "assembly"
		},
		ran: func(p *parser) (int64, bool) {
			runs, ok := p.x.Count(count)
			return min(runs, 1), ok
		},
		once:  true,
		point: scan.Record{Name: "statement", Attrs: []string{from: "line", count: "counter"}},
		files: names{in: []string{"method"}, path: "filename", compiler: true},
	}
}

// NCover returns the XML of NCover 1. Excluded points are no points.
func NCover() *Dialect {
	return &Dialect{
		root: func(x *scan.XML) bool { return string(x.Name()) == "coverage" && x.Raw("profilerVersion") != nil },
		ran:  visits,
		point: scan.Record{Name: "seqpnt", Attrs: []string{
			file: "document", from: "line", to: "endline", count: "visitcount", skip: "excluded",
		}},
	}
}

// PartCover returns the XML of PartCover.
func PartCover() *Dialect {
	return &Dialect{
		root:  func(x *scan.XML) bool { return string(x.Name()) == "PartCoverReport" },
		ran:   visits,
		point: scan.Record{Name: "pt", Attrs: []string{file: "fid", from: "sl", to: "el", count: "visit"}},
		files: names{in: []string{"File", "file"}, path: "url", id: "id", compiler: true},
	}
}

// Scoverage returns scoverage's own XML for Scala. A line's hits are those of
// the statement on it that ran most; statements that branch are its branches.
func Scoverage() *Dialect {
	return &Dialect{
		root: func(x *scan.XML) bool { return string(x.Name()) == "scoverage" },
		stated: func(x *scan.XML) coverage.Stated {
			return points(x, "statements-invoked", "statement-count")
		},
		ran:  visits,
		once: true,
		point: scan.Record{Name: "statement", Attrs: []string{
			file: "source", from: "line", count: "invocation-count", skip: "ignored", branch: "branch", start: "start",
		}},
	}
}

func visits(p *parser) (int64, bool) { return p.x.Count(count) }

// points is a total of statements in two attributes of the root.
func points(x *scan.XML, covered, total string) coverage.Stated {
	s, _ := coverage.Attributes(x, coverage.UnitStatements, covered, total)
	return s
}
