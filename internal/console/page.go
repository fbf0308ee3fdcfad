package console

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gatewright/gatewright/internal/fault"
)

// AnnotationLimit is how many remarks of each level a step may make; 0 is no
// limit. GitHub's page shows 10 warnings and 10 errors from one step
// (docs.github.com, "Workflow commands"), of which one is kept for what the
// step itself has to say. Azure's page has no documented limit; beyond a few
// dozen its list is no help.
func (c Commands) AnnotationLimit() int {
	switch c.Dialect {
	case Workflow:
		return 9
	case Logging:
		return 50
	default:
		return 0
	}
}

// SummaryLimit returns how many bytes of Markdown the run's page still takes
// from this step. GitHub drops a step's summary whole once it passes 1 MiB, so
// what earlier commands of the step wrote counts.
func (c Commands) SummaryLimit() int {
	if c.Dialect != Workflow {
		return 4 << 20
	}
	const newline = 1
	limit := 1<<20 - newline
	if info, err := os.Stat(c.Getenv("GITHUB_STEP_SUMMARY")); err == nil {
		limit -= int(min(info.Size(), 1<<20))
	}
	return max(limit, 1)
}

// Summary puts Markdown on the run's page. ok is false where the CI has no
// place for one.
func (c Commands) Summary(markdown string) (ok bool, err error) {
	switch c.Dialect {
	case Workflow:
		return c.append("GITHUB_STEP_SUMMARY", markdown+"\n")
	case Logging:
		dir := c.Getenv("AGENT_TEMPDIRECTORY")
		if dir == "" {
			return false, nil
		}
		// The name is the heading on the page; what earlier commands wrote stays.
		path := filepath.Join(dir, "gatewright-summary.md")
		for i := 2; there(path); i++ {
			path = filepath.Join(dir, fmt.Sprintf("gatewright-summary-%d.md", i))
		}
		if err := os.WriteFile(path, []byte(markdown), 0o644); err != nil {
			return false, fault.Errorf(fault.Input, "write the summary: %w", err)
		}
		fmt.Fprintf(c.Out, "##vso[task.uploadsummary]%s\n", path)
		return true, nil
	default:
		return false, nil
	}
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Kind is what a CI takes a result file for.
type Kind string

// The kinds that some CI has a page of its own for.
const (
	Other     Kind = ""
	JUnit     Kind = "JUnit"
	Cobertura Kind = "Cobertura"
)

// Publish hands a result file to the CI's own page for its kind: on Azure the
// Tests and Code Coverage tabs. Other CIs name such files in their configuration.
func (c Commands) Publish(kind Kind, path string) {
	if c.Dialect != Logging {
		return
	}
	path = elsewhere(path)
	switch kind {
	case JUnit:
		c.logging(fmt.Sprintf("results.publish type=JUnit;runTitle=Gatewright;resultFiles=%s;testRunSystem=Gatewright;", escapeAzure(path)), "")
	case Cobertura:
		c.logging(fmt.Sprintf("codecoverage.publish codecoveragetool=Cobertura;summaryfile=%s;", escapeAzure(path)), "")
	}
}

// Artifact has the CI keep a file for other runs, where a command of a step can.
func (c Commands) Artifact(name, path string) {
	if c.Dialect == Logging {
		c.logging(fmt.Sprintf("artifact.upload containerfolder=%[1]s;artifactname=%[1]s", escapeAzure(name)), path)
	}
}

// elsewhere returns a file name for the agent, which reads the file in a folder
// of its own (ResultsCommandExtension of the agent): a coverage file that it does
// not find fails the step.
func elsewhere(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
