package fleet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
)

// Token names are how tokens are found again without any journal. They read
//
//	gw-acme-api-5f3a91c0-k7q2m4xz-1
//
// owner of the fleet, repository in words, eight digits that stand for exactly
// this repository and secret, the run, and a count within the run. Letters,
// digits and dashes only, at most 100: Codacy allows no more.

const (
	keyLen  = 8
	runLen  = 8
	slugMax = 48
)

// defaultOwner begins the names of tokens whose fleet has no owner of its own.
const defaultOwner = "gw"

// NewRun returns the name of a run, 40 random bits.
func NewRun() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// subjectOf names what the journal's entries are about: one secret of one
// repository, by the forge's own number, which survives renaming.
func (f *Fleet) subjectOf(repo forge.Repository) string {
	id := repo.ID
	if id == "" {
		id = repo.Owner + "/" + repo.Name
	}
	return f.subjectPrefix() + id + "/" + f.Policy.Secret
}

// subjectPrefix holds the forge's host where it is not the public one: numbers
// of two forges are not the same repository.
func (f *Fleet) subjectPrefix() string {
	at := f.Forge.Name
	if f.Forge.Host != "" {
		at += "@" + f.Forge.Host
	}
	return f.Service.Name + "/" + at + "/"
}

// owns reports whether the repository is of this fleet's service, forge,
// organization and secret.
func (f *Fleet) owns(s *repoState) bool {
	owner, _ := splitRepo(s.repo)
	within := strings.EqualFold(owner, f.Policy.Org) || strings.HasPrefix(strings.ToLower(owner), strings.ToLower(f.Policy.Org)+"/")
	return within && strings.HasPrefix(s.id, f.subjectPrefix()) && strings.HasSuffix(s.id, "/"+f.Policy.Secret)
}

// repositoryOf returns the repository as the journal knows it.
func (f *Fleet) repositoryOf(s *repoState) forge.Repository {
	owner, name := splitRepo(s.repo)
	id := strings.TrimSuffix(strings.TrimPrefix(s.id, f.subjectPrefix()), "/"+f.Policy.Secret)
	if id == s.repo {
		id = ""
	}
	return forge.Repository{ID: id, Owner: owner, Name: name}
}

func (f *Fleet) owner() string {
	if f.Policy.Owner == "" {
		return defaultOwner
	}
	return f.Policy.Owner
}

// key stands for one subject of one owner in token names.
func (f *Fleet) key(subject string) string {
	sum := sha256.Sum256([]byte(f.owner() + "\n" + subject))
	return hex.EncodeToString(sum[:])[:keyLen]
}

func (f *Fleet) tokenName(repo forge.Repository, run string, count int) string {
	return fmt.Sprintf("%s-%s-%s-%s-%d", f.owner(), slug(repo.Owner+"-"+repo.Name), f.key(f.subjectOf(repo)), run, count)
}

// ours reports whether the name is one that this fleet gave to a token of the
// subject, and in which run.
func (f *Fleet) ours(subject, name string) (run string, ok bool) {
	parts := strings.Split(name, "-")
	n := len(parts)
	if n < 4 || !strings.HasPrefix(name, f.owner()+"-") {
		return "", false
	}
	if _, err := strconv.Atoi(parts[n-1]); err != nil || parts[n-3] != f.key(subject) || len(parts[n-2]) != runLen {
		return "", false
	}
	return parts[n-2], true
}

func slug(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteRune(c)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
		if b.Len() >= slugMax {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
