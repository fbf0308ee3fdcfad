package job

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// What a scanner that has not ended would have found is not known, whoever was
// allowed to fail beside it.
func TestUnscanned(t *testing.T) {
	const done, failed, pending = service.Done, service.Failing + "no results", "pending"
	for name, test := range map[string]struct {
		scanners map[string]string
		allow    bool
		missing  []string
		kind     fault.Kind
	}{
		"all":             {map[string]string{"sast": done}, false, nil, fault.OK},
		"failed":          {map[string]string{"sast": done, "iac": failed}, false, []string{"scanner iac: failed: no results"}, fault.Service},
		"allowed":         {map[string]string{"sast": done, "iac": failed}, true, nil, fault.OK},
		"pending":         {map[string]string{"sast": done, "sca": pending}, false, []string{"scanner sca: pending"}, fault.Timeout},
		"allowed pending": {map[string]string{"sast": failed, "sca": pending}, true, []string{"scanner sca: pending"}, fault.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			j := Job{Scan: Scan{Wait: true, AllowFailed: test.allow}, scanned: service.ScanResult{Status: "partial", Scanners: test.scanners}}
			j.page.Findings = &summary.Findings{}
			j.unscanned()
			if diff := cmp.Diff(test.missing, j.page.Findings.Missing); diff != "" {
				t.Error(diff)
			}
			if got := fault.Of(j.incomplete()); got != test.kind {
				t.Errorf("an error of kind %v, want %v", got, test.kind)
			}
		})
	}
}
