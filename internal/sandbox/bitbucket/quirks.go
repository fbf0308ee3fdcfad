package bitbucket

// Limited is a quirk that a seed can switch on (docs/fidelity/bitbucket.md): every request
// is answered with its limit, in plain text and with no header that says how long.
const Limited = "bitbucket-plain-limit"
