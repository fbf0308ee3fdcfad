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
// # Clocks
//
// Four clocks are compared: this machine's, the forge's as its answers show it (the
// Date header), the forge's as it keeps the time of a secret's last write, and the
// service's as it keeps the time of a token's creation. Grace and expiry go by the
// forge's answers, for a machine's clock may be hours off. A time of writing is held
// to be of our own write within serverTolerance of the answer, or within tolerance of
// this machine's clock where no answer is known; once it was seen, only that very
// time will do (see changed).
//
// # What is believed
//
// A plan is advice, and may be anybody's. A journal says which tokens and secrets are
// whose, and is believed as far as the names of tokens bear it out, or, where they
// have none, if it is signed by this run's key. The list of the service is what
// exists. A list that lacks something, an answer that was lost, a page that broke off
// prove nothing: whatever follows from "it is not there" is done only after a list
// that came whole. Without a journal, names, creation times and the forge's time of
// the last write say what a journal would, less surely; where they leave a doubt, the
// repository gets a new token and the doubtful ones retire.
//
// # Several machines
//
// One process at a time holds a journal. Two with a journal each, by mistake or after
// a move, find each other's tokens by their names: one that the other made since
// keeps this one from revoking anything, and its next plan rotates, for which of the
// two the secret holds cannot be read.
package fleet
