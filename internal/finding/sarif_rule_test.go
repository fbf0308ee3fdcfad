package finding

import "testing"

// TestRuleOfItsComponent: a result that names the component of its rule is not
// taken for one with the same id that does not, whichever comes first.
func TestRuleOfItsComponent(t *testing.T) {
	s := parse(t, `{"version":"2.1.0","runs":[{"tool":{
  "driver":{"name":"d","rules":[{"id":"R","helpUri":"https://driver"}]},
  "extensions":[{"name":"pack","rules":[{"id":"R","helpUri":"https://pack"}]}]},
 "results":[
  {"ruleId":"R","message":{"text":"m"}},
  {"ruleId":"R","rule":{"toolComponent":{"name":"pack"}},"message":{"text":"m"}},
  {"ruleId":"R","rule":{"toolComponent":{"index":0}},"message":{"text":"m"}}]}]}`)
	for i, want := range []string{"https://driver", "https://pack", "https://pack"} {
		if got := s.Findings[i].Help; got != want {
			t.Errorf("result %d: %q, want %q", i, got, want)
		}
	}
}
