package cli

import "fmt"

// The console's methods under the names that files not converted yet use.
func (a *App) say(format string, args ...any)  { a.Say(format, args...) }
func (a *App) warn(format string, args ...any) { a.Warn(format, args...) }
func (a *App) printJSON(v any) error           { return a.Print(v) }
func (a *App) color() bool                     { return a.Color() }
func (a *App) path(name string) string         { return a.Path(name) }
func (a *App) env(name string) string          { return a.Env(name) }

// count is "1 file", "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
