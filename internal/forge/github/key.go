package github

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// parseKey reads an App's private key, PKCS#1 or PKCS#8, in each of the forms
// that it is pasted in: PEM as downloaded or with CRLF, with its line breaks
// written "\n" or turned into spaces, in quotes, or all of it in base64 again.
func parseKey(v secret.Value) (*rsa.PrivateKey, error) {
	der, ok := derOf(v.Expose())
	if !ok {
		return nil, keyError("is not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, keyError("is not an RSA key")
	}
	return key, nil
}

func keyError(what string) error {
	return fault.WithHint(fault.Errorf(fault.Input, "the GitHub App's private key %s", what),
		"it is the .pem file from the App's page, whole: -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----, as it is, with \\n for line breaks, or in base64")
}

// derOf returns what the PEM block holds, and whether there is one.
func derOf(text string) ([]byte, bool) {
	const begin, end, dashes = "-----BEGIN ", "-----END ", "-----"
	if !strings.Contains(text, begin) {
		whole, err := base64.StdEncoding.DecodeString(withoutSpace(text))
		if err != nil {
			return nil, false
		}
		text = string(whole)
	}
	text = strings.NewReplacer(`\r`, "", `\n`, "\n").Replace(text)
	_, text, _ = strings.Cut(text, begin)
	_, text, _ = strings.Cut(text, dashes)
	body, _, whole := strings.Cut(text, end)
	der, err := base64.StdEncoding.DecodeString(withoutSpace(body))
	return der, whole && err == nil && len(der) > 0
}

func withoutSpace(text string) string { return strings.Join(strings.Fields(text), "") }
