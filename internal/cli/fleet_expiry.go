package cli

import (
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fleet"
)

// warnOfExpiry says that the forge's token ends soon, or before the run can.
func warnOfExpiry(a *connect.To, f *connect.Fleet, p fleet.Plan) {
	ends := f.ForgeClock.CredentialEnds()
	left := time.Until(ends).Round(time.Minute)
	takes := time.Duration(p.Forecast.Seconds) * time.Second
	switch {
	case ends.IsZero() || left > 7*24*time.Hour && left > takes:
	case left < takes:
		a.Warn("the token of %s expires in %s, and this takes at least %s: what is left then fails, so renew it first", f.Forge.Name, left, takes)
	default:
		a.Warn("the token of %s expires on %s", f.Forge.Name, ends.Format("2006-01-02 15:04 MST"))
	}
}
