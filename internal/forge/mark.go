package forge

import "encoding/json"

// Mark is the description of everything that this tool writes, where a forge
// has a place for one.
const Mark = "written by gatewright"

// Description is where a forge keeps the mark. Its servers of before show none: then
// nothing is known of who wrote the secret. One that is null or another text is
// somebody else's.
type Description struct {
	shown bool
	text  string
}

// UnmarshalJSON is called only where an answer has the field, null included.
func (d *Description) UnmarshalJSON(text []byte) error {
	d.shown = true
	return json.Unmarshal(text, &d.text)
}

// Mark enters into the stat what the description shows.
func (d Description) Mark(s *Stat) {
	s.Ours = d.text == Mark
	s.Unmarked = d.shown && !s.Ours
}
