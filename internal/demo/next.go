package demo

// Next is what to try while the stand-ins run; it takes the folder and the commit.
const Next = `
Try next, in another terminal:

  cd %s
  . ./env.sh                    # addresses and fresh tokens of all stand-ins
  gatewright doctor --service codacy --repository acme/api
  gatewright coverage upload --dry-run --service codacy --repository acme/api
  gatewright gate --service codacy --repository acme/api --commit %s --pull-request 7
  gatewright fleet plan --service codacy --forge github --org acme

Interrupt (Ctrl-C) to end them.
`
