// Package fleet provides every repository of an organization with its own token: it
// plans, mints, stores, verifies, and retires what was replaced.
//
// # The saga of one repository's token
//
// Neither end of the road can be read back: the service shows a new token
// once, and the forge never shows a secret. So each step is written to the
// journal, and is on disk, before the next remote call:
//
//	planned    a token of this name is about to be minted
//	minted     it exists; sealed, it may be kept in the journal
//	storing    from here on a place may hold it
//	stored     this place holds it (once for each place)
//	verified   all places hold it, and the service accepts it
//	retiring   the tokens it replaced are revoked after their grace, not before T
//	revoked    … and are gone
//	done
//
// What a crash leaves behind is settled by the next run:
//
//   - planned: the mint's answer was lost. A token of that name, if there is
//     one, was never offered to any place: it is revoked, and another minted.
//   - minted: with its sealed form the run goes on where it stopped; without,
//     the token is revoked, for nobody knows its value.
//   - storing: a place may hold it. With its sealed form it is simply put
//     again. Without, it lives until another token is stored and verified
//     and the grace is over: a PUT that failed may have been applied.
//   - stored: the service still lists it, so it is good.
//
// Three rules keep repositories working. A token that may sit in a place is
// never revoked before its successor is stored, verified, and its grace is
// over. Before that revocation the place must still be as the successor's
// store left it. And nothing is touched that this fleet did not make or was
// told to adopt: names of tokens show whose they are, and the journal has
// which secrets were written by it.
//
// Without a journal, names, creation times and the forge's time of the last
// write say the same, less surely; where they leave a doubt, the repository
// gets a new token and the doubtful ones retire.
package fleet
