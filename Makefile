# make TARGET; without one, the targets.
.PHONY: help test lint fuzz e2e bench
help: ; @grep -E '^[a-z0-9]+:' Makefile | cut -d: -f1 | grep -v help
test: ; go test ./... && cd e2e && go test ./...
lint: ; go vet ./... && staticcheck ./... && gofumpt -l . && go test ./internal/archtest
fuzz: ; scripts/fuzz.sh
e2e: ; for suite in e2e/suites/*; do $$suite || exit; done
bench: ; bench/coverage.sh
