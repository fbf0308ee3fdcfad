package finding

import (
	"path"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage/match"
)

// address is where a file is, as a log says it. index is that of an artifact,
// -1 without one.
type address struct {
	uri, base string
	index     int
}

func (p *sarif) address() address {
	var a place
	p.place(&a)
	return p.addressOf(&a)
}

func (p *sarif) addressOf(a *place) address { return address{p.once(a.uri), p.once(a.base), a.index} }

// places matches all addresses of a run to files of the commit, those that
// results name and those of its artifacts, together: how one tool writes its
// paths shows from all of them. The Path of one that is no file of the commit
// is the tool's own.
func (p *sarif) places(r *run) (results, artifacts []match.Match) {
	paths := make([]string, 0, len(r.addresses.items)+len(r.artifacts))
	for _, a := range r.addresses.items {
		paths = append(paths, r.path(a))
	}
	for _, a := range r.artifacts {
		paths = append(paths, r.path(a))
	}
	n := len(r.addresses.items)
	o := p.options.Match
	o.Shared = true
	if dir := r.path(r.dir); absolute(dir) { // what relative addresses are relative to (SARIF 2.1.0, 3.20.19)
		o.Sources = []string{dir}
	}
	places := p.options.Tree.Paths(paths, o)
	for i := range places {
		m := &places[i]
		switch {
		case m.How == match.AsIs && absolute(m.Path):
			m.How = match.Missing
		case m.Path != "":
			continue
		default:
			m.Path = paths[i]
		}
		if i < n && m.Path != "" {
			put(&p.set.Unmatched, m.Path, m.Reason())
		}
	}
	return places[:n], places[n:]
}

// path is a file as the tool names it, cleaned; "" if the address names none.
func (r *run) path(a address) string {
	if a.uri == "" && a.index >= 0 && a.index < len(r.artifacts) {
		a = r.artifacts[a.index]
	}
	file := uriPath(a.uri)
	if file == noFile {
		return ""
	}
	for depth := 0; a.base != "" && depth < 8 && !absolute(file); depth++ {
		base, ok := r.bases[a.base]
		if !ok || base.uri == "" && base.base == "" {
			break
		}
		if base.uri != "" {
			file = strings.TrimSuffix(uriPath(base.uri), "/") + "/" + file
		}
		a = base
	}
	if file == "" {
		return ""
	}
	return path.Clean(file)
}

// uriPath is the path of a file's address, its escapes undone. Tools write
// plain paths where SARIF wants addresses, so "#" and "?" are part of the path,
// and an escape that is none stays as it is.
func uriPath(uri string) string {
	scheme, rest, ok := strings.Cut(uri, ":")
	switch {
	case ok && strings.EqualFold(scheme, "file"):
		uri = rest
		if host, ok := strings.CutPrefix(rest, "//"); ok {
			switch name, below, _ := strings.Cut(host, "/"); {
			case name == "" || strings.EqualFold(name, "localhost"):
				uri = "/" + below
			case strings.HasSuffix(name, ":"): // file://C:/x
				uri = host
			}
		}
	case ok && len(scheme) > 1 && !strings.ContainsAny(scheme, "/."):
		return uri // of the web, or of an archive
	}
	uri = strings.ReplaceAll(unescape(uri), `\`, "/")
	if len(uri) > 3 && uri[0] == '/' && uri[2] == ':' && uri[3] == '/' { // file:///C:/x
		uri = uri[1:]
	}
	return uri
}

func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && c > 0 {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func absolute(file string) bool {
	return strings.HasPrefix(file, "/") || len(file) > 2 && file[1] == ':' && file[2] == '/'
}
