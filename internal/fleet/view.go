package fleet

import (
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// view is all that is known of one repository when it is decided: nothing is asked
// afterwards, so that a decision can be tested for every state there is.
type view struct {
	repo      forge.Repository
	added     bool
	add       bool // not added yet, and to be
	vanished  bool // known to the journal, and not listed by the forge
	absent    bool // asked for by name, and not listed by the forge
	noPlace   bool // its CI is switched off, and a secret of it is asked for
	state     *repoState
	tokens    []service.Token
	listed    bool // tokens are all there are
	tokensErr error
	places    []SeenPlace
	statted   bool // places show what exists
	placeErr  error
	now       time.Time
}

// closed reports whether the repository's secrets cannot be written, whatever
// else is found out.
func (v view) closed() bool {
	return v.vanished || v.absent || v.repo.Archived || v.repo.Disabled || v.noPlace || !v.repo.Writable || !v.added
}

// worth reports whether there is something to be asked: of a repository that is
// closed, only what became of tokens that the journal knows. Ten thousand archived
// repositories would else cost as much of the rate limit as those in use.
func (v view) worth() bool { return !v.closed() || v.added && !v.vanished && v.state.alive() }

// token returns the token of the id as the service lists it.
func (v view) token(id string) (service.Token, bool) {
	i := slices.IndexFunc(v.tokens, func(t service.Token) bool { return t.ID == id })
	if i < 0 {
		return service.Token{}, false
	}
	return v.tokens[i], true
}

// marked reports whether every place that exists carries this tool's own mark. One
// without it is somebody else's, whatever the others say.
func (v view) marked() bool {
	return v.exists() && !slices.ContainsFunc(v.places, func(p SeenPlace) bool { return p.Exists && !p.Marked })
}

// possible reports whether every place that exists may have been written by this tool:
// it carries the mark, or the journal says so and nothing else does.
func (v view) possible() bool {
	return v.exists() && !slices.ContainsFunc(v.places, func(p SeenPlace) bool { return p.foreign(v.state) })
}

// intruded reports whether all that is there is surely not this tool's, and what an
// earlier run left on its way is in no place.
func (v view) intruded() bool {
	return v.exists() && v.state.current == nil && !slices.ContainsFunc(v.places, func(p SeenPlace) bool { return !p.Unmarked || v.state.wrote(p.Place) })
}

// foreign reports whether the place holds a secret that this tool did not write, as far
// as its mark and the journal show.
func (p *SeenPlace) foreign(state *repoState) bool {
	return p != nil && p.Exists && !p.Marked && (p.Unmarked || !state.wrote(p.Place))
}

// exists reports whether a secret of the name is in any place, whoever wrote it.
func (v view) exists() bool { return exists(v.places) }
