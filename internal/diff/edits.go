package diff

// Edits are where the lines of a file are in two versions of it.
type Edits struct {
	Path    string `json:"path"`
	OldPath string `json:"oldPath,omitempty"` // where it was called otherwise
	New     bool   `json:"new,omitempty"`     // no line of it is known to be in the old version
	// Hunks are the runs of lines that were replaced, ascending: the first line and
	// the number of those of the old version, and of the new. Of none, the line is
	// the one before.
	Hunks [][4]int `json:"hunks,omitempty"`
}

// Edits returns those of the files of a change that was read from a diff, in its order.
func (c Change) Edits() []Edits {
	var out []Edits
	for i, f := range c.Files {
		e, ok := c.edits[f.Path]
		if !ok || e.file != i {
			continue
		}
		to := Edits{Path: f.Path, OldPath: f.OldPath, New: f.Kind == Added || f.Binary || f.Submodule}
		for _, h := range e.hunks {
			to.Hunks = append(to.Hunks, [4]int{h.oldAt, h.old, h.newAt, h.new})
		}
		out = append(out, to)
	}
	return out
}

// OfEdits returns a change that knows where lines were, and not which are changed.
func OfEdits(list []Edits) Change {
	var c Change
	for _, e := range list {
		f := File{Path: e.Path, OldPath: e.OldPath, Kind: Modified}
		if e.New {
			f.Kind = Added
		}
		var hunks []hunk
		for _, h := range e.Hunks {
			hunks = append(hunks, hunk{oldAt: h[0], old: h[1], newAt: h[2], new: h[3]})
		}
		c.add(f, hunks)
	}
	return c
}

// Back returns the change from the new version to the old one, as OfEdits does.
func (c Change) Back() Change {
	var list []Edits
	for _, e := range c.Edits() {
		if e.New {
			continue // the old version does not have it
		}
		if e.OldPath != "" {
			e.Path, e.OldPath = e.OldPath, e.Path
		}
		for i, h := range e.Hunks {
			e.Hunks[i] = [4]int{h[2], h[3], h[0], h[1]}
		}
		list = append(list, e)
	}
	return OfEdits(list)
}
