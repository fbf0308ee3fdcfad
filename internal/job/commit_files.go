package job

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/git"
)

// filesOf lists a commit, nil where the checkout has none such.
func (j *Job) filesOf(ctx context.Context, commit string) (*commitFiles, error) {
	if j.repo == nil {
		return nil, nil
	}
	if _, err := j.repo.Resolve(ctx, commit); err != nil {
		return nil, ctx.Err() // nothing is committed yet
	}
	list, err := j.repo.List(ctx, commit)
	return &commitFiles{list}, err
}

// commitFiles are the files of a commit as the baseline wants them.
type commitFiles struct{ *git.Listing }

func (f commitFiles) All() []string { return f.Files }

// has reports whether the commit has a file, or files in a folder of that path.
func (f commitFiles) has(below string) bool {
	if below == "" || f.ID(below) != "" {
		return true
	}
	i, _ := slices.BinarySearch(f.Files, below+"/")
	return i < len(f.Files) && strings.HasPrefix(f.Files[i], below+"/")
}

// places says where lines were in the baseline's commit: by git where the
// checkout has it, else by files whose text is the same.
func (j *Job) places(ctx context.Context, files *commitFiles, commit string) baseline.Places {
	if _, err := j.repo.Resolve(ctx, j.old.Commit); err == nil {
		if change, err := diff.Git(ctx, j.repo, j.old.Commit, commit); err == nil && !change.Cut {
			return byDiff{change}
		}
	}
	return byText{files, j.old.Blobs}
}

type byDiff struct{ change diff.Change }

// nearby is how many lines around an edit its effects are expected in.
const nearby = 3

func (d byDiff) Before(path string, line int) (string, int, bool, bool) {
	return d.change.Before(path, line, nearby)
}

type byText struct {
	now    *commitFiles
	before map[string]string
}

func (t byText) Before(path string, line int) (string, int, bool, bool) {
	id := t.now.ID(path)
	return path, line, false, id != "" && t.before[path] == id
}
