package coverage

// Moved returns the report with the lines of some of its files where they are in
// another version of them, given by to, which reports false for a line that is not
// in that one; and how many of the files the report has. The others are shared.
func (r *Report) Moved(paths []string, to func(path string, line int) (int, bool)) (out *Report, moved int) {
	out = r.copied()
	for _, path := range paths {
		f := out.Lookup(path)
		if f == nil {
			continue
		}
		moved++
		old := *f
		f.columns = nil
		for line, hits := range old.Lines() {
			if line, ok := to(path, line); ok {
				f.Hit(line, hits)
			}
		}
		for line, b := range old.Branches() {
			if line, ok := to(path, line); ok {
				f.SetBranches(line, b)
			}
		}
	}
	return out, moved
}
