package forge

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
)

// Descriptor is all that is known of a forge before it is opened. Each package
// below this one exports its own.
type Descriptor struct {
	Name  string // "github"
	Title string // "GitHub"

	Tokens    []string                      // variables that hold a token; the first that is set wins
	TokenHint string                        // how to set one
	Prefixes  []Prefix                      // of its tokens, longest first where one is the beginning of another
	JobToken  bool                          // a CI package's token input may hold one of this forge
	Notice    func(tokenFrom string) string // what has been announced for a token from that variable; "" if nothing; nil: for none
	App       App                           // variables of an application's identity, used instead of a token; zero if there is none

	Addresses []string                    // variables that hold its address
	API       func(address string) string // the API's base URL from its own address or that of the web pages
	Public    func(owner string) string   // the API's base URL of the public one; "" if there is none
	Blob      string                      // what stands between a repository's web address and a file's path, %s for the commit; "" if nothing does

	Limits pace.Profile // from which pacing, forecast and stand-in take them
	Free   bool         // an answer that nothing changed (304) counts in none of them but the minute's

	Web     string // of the public one's pages; "" if there is none
	Clone   string // address of a repository for git below the pages', with OWNER and NAME in it
	GitUser string // whom git names beside a token, over https
	Comment Flavour
	Secret  SecretRules
	Options []Option // of WriteOptions, those that it has
	Gaps    []Gap

	// Open makes the forge. Nothing is sent.
	Open func(Opening) (Forge, error)
}

// App names the variables of an application's identity.
type App struct{ ID, Key string }

// Prefix is what the forge's tokens of one kind begin with.
type Prefix struct {
	Text string
	What string // "GitHub App installation token"
}

// Flavour is what a forge's comments take and render.
type Flavour struct {
	Longest int  // characters of a comment, marker included
	Mermaid bool // draws Mermaid diagrams
	HTML    bool // renders HTML, and hides HTML comments
}

// SecretRules are a forge's rules for secrets.
type SecretRules struct {
	Name     func(name string) error // nil: allowed; else why it is refused
	Longest  int                     // of a value, in bytes or characters; 0: not known
	Chars    bool                    // Longest counts characters
	Counts   string                  // how many secrets one place may hold, in words; "" if not known
	Fallback Store                   // the store that is meant where none is named
	Holders  bool                    // secrets are kept in named variable groups and pipelines
	AnyCase  bool                    // names that differ by case alone are one secret
	Group    bool                    // people call an owner's own secrets those of a group
}

// Check returns an Input error if the forge refuses the name or the value,
// before anything is sent. A zero value is not looked at.
func (r SecretRules) Check(title, name string, value secret.Value) error {
	if r.Name != nil {
		if err := r.Name(name); err != nil {
			return err
		}
	}
	n, chars := value.Len()
	unit := "bytes"
	if r.Chars {
		n, unit = chars, "characters"
	}
	if r.Longest > 0 && n > r.Longest {
		size := ""
		if !r.Chars {
			size = fmt.Sprintf(" (%d KB)", r.Longest>>10)
		}
		return fault.Errorf(fault.Input, "the value for %s has %d %s; %s takes at most %d%s", name, n, unit, title, r.Longest, size)
	}
	return nil
}

// Option is a choice that only some forges have for a new secret.
type Option string

// The options.
const (
	Visibility Option = "visibility"
	Selected   Option = "selected-repos"
	Protected  Option = "protected"
	Hidden     Option = "hidden"
)

// WriteOptions choose what a new secret is made with. A secret that is there
// already keeps what it has, unless an option says otherwise.
type WriteOptions struct {
	Visibility string   // all, private or selected: repositories that see an organization's secret; "" is private for a new one
	Selected   []string // names of repositories, for visibility selected
	Masked     bool     // mask the value in job logs
	Hidden     bool     // and hide it from people
	Protected  bool     // only protected branches and tags see it
}

// Gap is something that a forge cannot do.
type Gap struct {
	What    string // "commit status on a pull request that a branch policy reads"
	Instead string // what to do
}

// Opening is everything a forge is opened with.
type Opening struct {
	Rest      rest.Config // of the API, without a credential
	Token     secret.Value
	TokenFrom string       // the variable or file that Token was read from
	AppID     string       // instead of Token, where the descriptor has an App
	AppKey    secret.Value // its private key
	Owner     string       // whose repositories or secrets are meant; may be ""
	Write     WriteOptions
}

// Below returns a Descriptor.API that accepts the address of the API, which
// ends in path, or that of the web pages above it.
func Below(path string) func(address string) string {
	return func(address string) string { return strings.TrimSuffix(address, path) + path }
}

// Fixed returns a Descriptor.Public that is the same for every owner.
func Fixed(base string) func(owner string) string { return func(string) string { return base } }

// SourceURL returns the web address of a repository's files at a commit, up to
// their paths, or "" if the forge's addresses cannot be put together so.
func (d Descriptor) SourceURL(web, owner, name, commit string) string {
	if d.Blob == "" || web == "" || owner == "" || commit == "" {
		return ""
	}
	repository := (&url.URL{Path: "/" + owner + "/" + name}).EscapedPath()
	return strings.TrimRight(web, "/") + repository + strings.ReplaceAll(d.Blob, "%s", url.PathEscape(commit))
}

// CheckName refuses what most forges do not take for the name of a secret:
// anything but letters, digits and underscores, and a digit in front. thing is
// the forge's word for a secret. It is asked before any request, so that nothing
// is minted for a name that cannot be stored.
func CheckName(thing, forge, name string) error {
	if name == "" {
		return fault.Errorf(fault.Input, "the %s has no name", thing)
	}
	for i, r := range name {
		if !IsWord(r) || i == 0 && r >= '0' && r <= '9' {
			return fault.Errorf(fault.Input, "%s name %q: %s allows letters, digits and underscores, and no digit in front", thing, name, forge)
		}
	}
	return nil
}

// IsWord reports whether r is an underscore, or a letter or digit of ASCII.
func IsWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}
