package codeant

import (
	"embed"
	"io"
	"net/http"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// The scripts that CodeAnt's CI steps fetch and run. These are our own: they
// take the same flags and make the same requests. CodeAnt's cloud wraps its
// scripts in base64; every other host, and so this one, serves them plain.
//
//go:embed *.sh
var scripts embed.FS

func scriptPaths() map[string]string {
	return map[string]string{
		"/pr/analysis/coverage/script/get":      "coverage.sh",
		"/analysis/ci/scan/script/get":          "scan.sh",
		"/analysis/ci/quality-gates/script/get": "gates.sh",
	}
}

func serveScript(w http.ResponseWriter, r *http.Request, name string) {
	text, err := scripts.ReadFile(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, strings.ReplaceAll(string(text), "@BASE@", answer.Origin(r)))
}
