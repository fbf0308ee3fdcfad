package points

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzCTC(f *testing.F) {
	coveragetest.Fuzz(f, CTC().Parse, []string{"ctc"},
		`<coverage ctcreportVersion="10"><file location="a.cpp"><line number="3" isExecuted="Executed"/><line number="4" isExecuted="NotExecuted"/></file></coverage>`)
}

func FuzzDotCover(f *testing.F) {
	coveragetest.Fuzz(f, DotCover().Parse, []string{"dotcover"},
		`<Root CoveragePercent="50" ReportType="DetailedXml"><FileIndices><File Index="1" Name="a.cs"/></FileIndices><Statement FileIndex="1" Line="3" EndLine="4" Covered="True"/></Root>`)
}

func FuzzMProf(f *testing.F) {
	coveragetest.Fuzz(f, MProf().Parse, []string{"mprof"},
		`<coverage version="0.3"><assembly name="x"/><method filename="a.cs"><statement counter="9" line="3"/><statement counter="0" line="4"/></method></coverage>`)
}

func FuzzNCover(f *testing.F) {
	coveragetest.Fuzz(f, NCover().Parse, []string{"ncover1"},
		`<coverage profilerVersion="1.5.8"><module><method><seqpnt visitcount="1" line="9" endline="10" excluded="false" document="a.cs"/></method></module></coverage>`)
}

func FuzzPartCover(f *testing.F) {
	coveragetest.Fuzz(f, PartCover().Parse, []string{"partcover"},
		`<PartCoverReport><File id="1" url="a.cs"/><Type><Method><pt visit="1" fid="1" sl="8" el="9"/></Method></Type></PartCoverReport>`)
}

func FuzzScoverage(f *testing.F) {
	coveragetest.Fuzz(f, Scoverage().Parse, []string{"scoverage"},
		`<scoverage><packages><statement source="a.scala" start="3" line="4" branch="true" invocation-count="2" ignored="false"/></packages></scoverage>`)
}
