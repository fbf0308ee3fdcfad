package cli

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/doctor"
)

// doctorCmd is bounded as a whole: it is run where something does not answer.
type doctorCmd struct {
	connect.ServiceFlags `group:"Service and token"`
	connect.TargetFlags  `group:"Target"`
}

func (doctorCmd) Help() string {
	return `Shows what Gatewright sees here: the CI, the repository and commit and where each is read, the token (never its
text), whether the service answers, proxy and clock; and what to do where something is wrong.

Exit codes: 0 nothing stands in the way; else that of the first thing that does (2 input, 3 token, 4 service).`
}

func (c doctorCmd) Run(ctx context.Context, to *connect.To, set *settings) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	d := &doctor.Doctor{To: to, Service: c.ServiceFlags, Target: c.TargetFlags, Settings: set.lines(to.Console)}
	return d.Examine(ctx)
}
