package scan

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/reference"
)

// TestMain lets the many short documents lie about longer: looking for them takes
// more than all else here.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// ours lists the tags of a document as this package reads it.
func ours(r io.Reader) (tags []string, err error) {
	x := NewXML(r)
	for x.Next() {
		if !x.Start() {
			tags = append(tags, "/"+string(x.Name()))
			continue
		}
		var b strings.Builder
		b.Write(x.Name())
		for name, raw := range attributes(x) {
			value, err := unescape(nil, raw)
			if err != nil {
				return tags, err
			}
			fmt.Fprintf(&b, " %s=%q", local(name), normalise(string(value)))
		}
		tags = append(tags, b.String())
	}
	return tags, x.Err()
}

// attributes are those of the tag in hand as they are written, prefix and
// references and all.
func attributes(x *XML) iter.Seq2[[]byte, []byte] {
	x.reread()
	return func(yield func(name, value []byte) bool) {
		for _, a := range x.attrs {
			if !yield(x.b.data[a.name.from:a.name.to], x.b.data[a.value.from:a.value.to]) {
				return
			}
		}
	}
}

// local is a name without its prefix.
func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// theirs lists them as encoding/xml reads it.
func theirs(r io.Reader) (tags []string, err error) {
	d := xml.NewDecoder(r)
	d.CharsetReader = asItIs
	for {
		token, err := d.Token()
		switch t := token.(type) {
		case xml.StartElement:
			var b strings.Builder
			b.WriteString(t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, normalise(a.Value))
			}
			tags = append(tags, b.String())
		case xml.EndElement:
			tags = append(tags, "/"+t.Name.Local)
		}
		if err == io.EOF {
			return tags, nil
		}
		if err != nil {
			return tags, err
		}
	}
}

// normalise leaves the ends of lines out of the comparison: encoding/xml turns
// \r\n into \n inside values.
func normalise(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// samples are what documents may look like, well-formed.
func samples() []string {
	return []string{
		`<a/>`, `<a></a>`, `<a ></a >`, `<a b="1" c='2'/>`, "<a\n\tb = \"1\"\r\n c\n=\n'2'\n/>",
		`<a b="&lt;&gt;&amp;&quot;&apos;&#65;&#x42;"/>`, `<a b='"' c="'"/>`, `<a b="a>b/c=d"/>`,
		`<?xml version="1.0" encoding="UTF-8"?><!-- <x> --><!DOCTYPE a SYSTEM "x.dtd"><a/>`,
		`<!DOCTYPE a [<!ELEMENT a (b|c)> <!-- > ' --> <!ENTITY e "v>">]><a/>`,
		`<a><![CDATA[<b>]]]]><![CDATA[></b>]]><c/></a>`, `<a><?pi <x> ?><b/></a>`, `<x:a xmlns:x="u" x:b="1"><x:c/></x:a>`,
		`<a>text &amp; more<b/>tail</a>`, `<!-- a --><a/><!-- b -->`, `<a b=""/>`, `<a-b.c_d/>`, `<ä ö="ü"/>`, `<a><b><c><d/></c></b></a>`, ` <a/> `,
	}
}

func TestXMLLikeEncodingXML(t *testing.T) {
	for _, doc := range samples() {
		want, err := theirs(strings.NewReader(doc))
		if err != nil {
			t.Fatalf("%s: encoding/xml: %v", doc, err)
		}
		for how, r := range map[string]io.Reader{
			"whole": strings.NewReader(doc), "byte by byte": iotest.OneByteReader(strings.NewReader(doc)),
			"with its end": iotest.DataErrReader(strings.NewReader(doc)),
		} {
			got, err := ours(r)
			if err != nil {
				t.Errorf("%s (%s): %v", doc, how, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (%s): (-encoding/xml +ours)\n%s", doc, how, diff)
			}
		}
	}
}

// TestXMLAcrossBuffers puts every kind of token across the end of the buffer.
func TestXMLAcrossBuffers(t *testing.T) {
	for _, doc := range samples() {
		doc = strings.TrimSpace(doc)
		for shift := range len(doc) + 1 {
			padded := strings.Repeat(" ", firstBuffer-shift) + doc
			if strings.HasPrefix(doc, "<?xml") {
				padded = doc + padded[:0]
			}
			want, _ := theirs(strings.NewReader(doc))
			got, err := ours(strings.NewReader(padded))
			if err != nil || !cmp.Equal(want, got) {
				t.Fatalf("%s at %d before the end: %v\n%s", doc, shift, err, cmp.Diff(want, got))
			}
		}
	}
}

// TestTextIsBounded: what is kept of a CDATA section is, as any token.
func TestTextIsBounded(t *testing.T) {
	x := NewXML(strings.NewReader("<a><![CDATA[" + strings.Repeat("x", 40<<20) + "]]></a>"))
	if !x.Next() {
		t.Fatal(x.Err())
	}
	if text := x.Text(); x.Err() == nil || !strings.Contains(x.Err().Error(), "a single token is longer") {
		t.Errorf("%d bytes, %v", len(text), x.Err())
	}
}

func TestXMLRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		`<a>`:                                   "line 1: the document ends inside <a>; expected </a>",
		"<a>\n<b>\n</a>":                        "line 3: </a> where </b> was expected",
		`</a>`:                                  "line 1: </a> closes nothing",
		`<a b=1/>`:                              "line 1: attribute b of <a> has no quoted value",
		`<a b/>`:                                `line 1: '/' inside <a> where an attribute was expected`,
		`<a b="`:                                "line 1: the document ends inside a tag; expected '>'",
		"<a\n\n<b/>":                            `line 3: '<' inside <a> where an attribute was expected`,
		`< a/>`:                                 `line 1: ' ' after '<' where a name was expected`,
		`<a/b>`:                                 `line 1: '/' inside <a> where '/>' was expected`,
		`<!-- `:                                 `line 1: the document ends where "-->" was expected`,
		`<!DOCTYPE a`:                           "line 1: the document ends inside a tag; expected '>'",
		`<!x>`:                                  "line 1: '<!' where a tag, a comment or a DOCTYPE was expected",
		strings.Repeat("<a>", MaxDepth+1):       "line 1: elements nest deeper than 512",
		"<a" + manyAttributes(513) + "/>":       "line 1: <a> has more than 512 attributes",
		`<a b="1" c="2" b="3"/>`:                `line 1: attribute b of <a> stands there twice`,
		"<a b=\"" + strings.Repeat("x", 40<<20): "line 1: a single token is longer than 16777216 bytes",
	} {
		_, err := ours(strings.NewReader(doc))
		if err == nil || err.Error() != want {
			t.Errorf("%.40s: %v, want %s", doc, err, want)
		}
		var place *Error
		if !errors.As(err, &place) {
			t.Errorf("%.40s: an error without a place", doc)
		}
	}
}

// TestXMLEntities: nothing a DOCTYPE declares is expanded or loaded.
func TestXMLEntities(t *testing.T) {
	x := NewXML(strings.NewReader(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]><a b="&y;"/>`))
	if !x.Next() {
		t.Fatal(x.Err())
	}
	if v, _ := x.Attr("b"); v != "" || x.Err() == nil || !strings.Contains(x.Err().Error(), "unknown entity &y;") {
		t.Errorf("%q, %v", v, x.Err())
	}
}

func TestXMLText(t *testing.T) {
	x := NewXML(strings.NewReader(`<a> x &amp; <!-- no -->y<![CDATA[<z>]]><?pi?> <b/>tail</a>`))
	x.Next()
	if got := string(x.Text()); got != " x & y<z> " || x.Err() != nil {
		t.Errorf("%q, %v", got, x.Err())
	}
	if !x.Next() || string(x.Name()) != "b" {
		t.Errorf("after the text: %s", x.Name())
	}
	if got := x.Text(); got != nil {
		t.Errorf("text of an empty element: %q", got)
	}
}

// TestXMLReference reads every XML file of the reference data both ways.
func TestXMLReference(t *testing.T) {
	n := 0
	err := filepath.WalkDir(reference.Path(t, "fixtures"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".xml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		want, werr := theirs(bytes.NewReader(data))
		got, gerr := ours(bytes.NewReader(data))
		if werr == nil {
			n++
			if gerr != nil || !slices.Equal(want, got) {
				t.Errorf("%s: %v", filepath.Base(path), gerr)
			}
		} else if gerr == nil && len(bytes.TrimSpace(data)) > 0 {
			t.Logf("%s: read here, refused by encoding/xml: %v", filepath.Base(path), werr)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Errorf("only %d documents compared", n)
	}
	t.Logf("%d documents alike", n)
}

// FuzzXML: whatever encoding/xml accepts, we read alike; nothing panics.
func FuzzXML(f *testing.F) {
	for _, doc := range samples() {
		f.Add([]byte(doc))
	}
	f.Add([]byte(`<A c=""c=""/>`))
	f.Add([]byte(`<?xml version="1.0" encoding="x"?><a b="" b=""/>`))
	f.Add([]byte(strings.Repeat("<a>", MaxDepth+1) + strings.Repeat("</a>", MaxDepth+1)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, gerr := ours(bytes.NewReader(doc))
		want, werr := theirs(bytes.NewReader(doc))
		if werr != nil || bytes.ContainsAny(doc, "\x00") || bytes.Contains(doc, []byte("<!")) {
			return // only what both take; declarations are read in no detail here
		}
		if strings.Contains(string(doc), ":") {
			return // encoding/xml has names of several colons its own way
		}
		if gerr != nil && (doubled(doc) || deep(want)) {
			return // that an attribute stands in a tag once, and how deep elements nest, encoding/xml does not ask
		}
		if gerr != nil {
			t.Fatalf("refused: %v", gerr)
		}
		if !cmp.Equal(want, got) {
			t.Fatalf("(-encoding/xml +ours)\n%s", cmp.Diff(want, got))
		}
	})
}

// doubled reports whether a tag of the document has two attributes of one name, which
// XML forbids (1.0, section 3.1, "Unique Att Spec").
func doubled(doc []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = asItIs
	for {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		start, _ := token.(xml.StartElement)
		names := map[string]bool{}
		for _, a := range start.Attr {
			if names[a.Name.Local] {
				return true
			}
			names[a.Name.Local] = true
		}
	}
}

// deep reports whether some of the tags that theirs returns nest deeper than is read here.
func deep(tags []string) bool {
	depth := 0
	for _, tag := range tags {
		if depth++; depth > MaxDepth {
			return true
		}
		if strings.HasPrefix(tag, "/") {
			depth -= 2
		}
	}
	return false
}

// asItIs takes a document of any encoding for one of UTF-8.
func asItIs(_ string, r io.Reader) (io.Reader, error) { return r, nil }

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` b%d=""`, i)
	}
	return b.String()
}

// TestNothingInHand asks for the tag of a document that ends inside one.
func TestNothingInHand(t *testing.T) {
	const whole = `<coverage version="1"><a:file path="x" more="yes"/></coverage>`
	for n := range len(whole) {
		for _, x := range []*XML{NewXML(strings.NewReader(whole[:n])), NewXML(iotest.OneByteReader(strings.NewReader(whole[:n])))} {
			for x.Next() {
			}
			if name, path := x.Name(), x.Raw("path"); len(name) > 0 || path != nil {
				t.Errorf("%s: %q with %q", whole[:n], name, path)
			}
		}
		if x, ok := Root([]byte(whole[:n])); ok && !x.Next() && len(x.Name()) > 0 {
			t.Errorf("%s: %q", whole[:n], x.Name())
		}
	}
}
