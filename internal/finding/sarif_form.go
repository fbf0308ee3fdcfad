package finding

// The parts of SARIF 2.1.0 that are read (OASIS sarif-v2.1.0, sections 3.13 on).
type (
	sarifTool struct {
		Driver     component   `json:"driver"`
		Extensions []component `json:"extensions"`
	}
	component struct {
		Name            string      `json:"name"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID             string                 `json:"id"`
		HelpURI        string                 `json:"helpUri"`
		Default        struct{ Level string } `json:"defaultConfiguration"`
		MessageStrings map[string]message     `json:"messageStrings"`
		Properties     properties             `json:"properties"`
	}
	properties struct {
		SecuritySeverity any      `json:"security-severity"`
		Tags             []string `json:"tags"`
	}
	message struct {
		Text      string   `json:"text"`
		ID        string   `json:"id"`
		Arguments []string `json:"arguments"`
	}
	artifactLocation struct {
		URI   string `json:"uri"`
		Base  string `json:"uriBaseId"`
		Index *int   `json:"index"`
	}
	sarifResult struct {
		RuleID    string `json:"ruleId"`
		RuleIndex *int   `json:"ruleIndex"`
		Rule      struct {
			ID        string `json:"id"`
			Index     *int   `json:"index"`
			Component struct {
				Index *int `json:"index"`
			} `json:"toolComponent"`
		} `json:"rule"`
		Level     string  `json:"level"`
		Kind      string  `json:"kind"`
		Message   message `json:"message"`
		Locations []struct {
			Physical struct {
				Artifact artifactLocation `json:"artifactLocation"`
				Region   struct {
					StartLine int `json:"startLine"`
					EndLine   int `json:"endLine"`
				} `json:"region"`
			} `json:"physicalLocation"`
		} `json:"locations"`
		Fingerprints        map[string]string `json:"fingerprints"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
		BaselineState       string            `json:"baselineState"`
		Suppressions        []struct {
			Status string `json:"status"`
		} `json:"suppressions"`
		Properties properties `json:"properties"`
	}
)
