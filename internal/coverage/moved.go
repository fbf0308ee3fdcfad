package coverage

// Moved returns the report with some of its files, and their lines, where they are
// in another version of them, given by to, which reports false for a line that is not
// in that one; line 0 asks for the file. The second result is how many of the files
// the report has. The others are shared.
func (r *Report) Moved(paths []string, to func(path string, line int) (string, int, bool)) (out *Report, moved int) {
	moves := make(map[string]bool, len(paths))
	for _, path := range paths {
		moves[path] = true
	}
	out = r.copied(func(f *File) bool { return !moves[f.Path] })
	for _, old := range r.Files() {
		if !moves[old.Path] {
			continue
		}
		moved++
		name, _, ok := to(old.Path, 0)
		if !ok {
			name = old.Path
		}
		f := out.Adopt(&File{largest: old.largest, guessed: old.guessed}, name)
		for line, hits := range old.Lines() {
			if _, line, ok := to(old.Path, line); ok {
				f.Hit(line, hits)
			}
		}
		for line, b := range old.Branches() {
			if _, line, ok := to(old.Path, line); ok {
				f.SetBranches(line, b)
			}
		}
	}
	return out, moved
}
