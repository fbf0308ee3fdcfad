// Command baseline is what bench/coverage.sh measures gatewright against
// besides its peers: encoding/xml's fastest way through a document, the Go
// team's reader of cover profiles, a bare single pass over what the totals rest
// on, and a barer one that only hops to the numbers of hits.
package main

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"golang.org/x/tools/cover"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: baseline rawtoken|cover|bare|hop FILE")
	}
	name := os.Args[2]
	var n any
	var err error
	switch os.Args[1] {
	case "rawtoken":
		n, err = rawTokens(name)
	case "cover":
		n, err = profiles(name)
	case "bare":
		n, err = bare(name)
	case "hop":
		n, err = hop(name)
	default:
		err = errors.New("unknown baseline " + os.Args[1])
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)
}

func rawTokens(name string) (n int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	d := xml.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for {
		if _, err := d.RawToken(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}

func profiles(name string) (n int, err error) {
	all, err := cover.ParseProfiles(name)
	for _, p := range all {
		n += len(p.Blocks)
	}
	return n, err
}
