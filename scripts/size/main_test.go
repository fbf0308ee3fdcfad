package main

import (
	"debug/elf"
	"os"
	"runtime"
	"strings"
	"testing"
)

// The test itself is a program of the Go in use: should its tables be laid out
// anew, this fails.
func TestAccountOfThisTest(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "linux" {
		t.Skip("its programs are not ELF")
	}
	f, err := elf.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tables, err := readTables(f)
	if err != nil {
		t.Fatal(err)
	}
	sums, shared := tables.account(packageOf)
	var all cost
	for _, c := range sums {
		all.add(c)
	}
	if text := int(f.Section(".text").Size); all.code != text {
		t.Errorf("code of all packages is %d, the section .text %d", all.code, text)
	}
	if whole := len(tables.section); shared < 0 || shared > whole/5 {
		t.Errorf("%d of %d bytes of tables belong to no function", shared, whole)
	}
	for _, name := range []string{"runtime", "debug/elf", "testing"} {
		if c := sums[name]; c.functions < 20 || c.tables < c.code/10 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	var out strings.Builder
	if err := run(&out, self, 3, 0); err != nil || !strings.Contains(out.String(), " runtime") {
		t.Errorf("%v, %s", err, out.String())
	}
}

func TestPackageOf(t *testing.T) {
	for function, want := range map[string]string{
		"main.main":                        "main",
		"net/http.(*Client).Do":            "net/http",
		"slices.SortFunc[...]":             "slices",
		"slices.Sort[go.shape.[]a/b.C]":    "slices",
		"go.yaml.in/yaml/v3.Unmarshal":     "go.yaml.in/yaml/v3",
		"crypto/entropy/v1%2e0%2e0.Seed":   "crypto/entropy/v1.0.0",
		"type:.eq.net/http.http2FrameType": "type: equality and hashes",
	} {
		if got := packageOf(function); got != want {
			t.Errorf("packageOf(%q) = %q, want %q", function, got, want)
		}
	}
}
