package visualstudio

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"vs-dynamic-xml"},
		`<results><modules><module><functions><function><ranges><range source_id="0" covered="partial" start_line="9" end_line="10"/></ranges></function></functions><source_files><source_file id="0" path="a.cs"/></source_files></module></modules></results>`)
}

func FuzzParseDataSet(f *testing.F) {
	coveragetest.Fuzz(f, ParseDataSet, []string{"vstest-coveragexml"},
		`<CoverageDSPriv><Module><NamespaceTable><Class><Method><Lines><LnStart>9</LnStart><LnEnd>9</LnEnd><Coverage>0</Coverage><SourceFileID>1</SourceFileID></Lines></Method></Class></NamespaceTable></Module><SourceFileNames><SourceFileID>1</SourceFileID><SourceFileName>a.cs</SourceFileName></SourceFileNames></CoverageDSPriv>`)
}
