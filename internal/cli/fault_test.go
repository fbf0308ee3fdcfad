package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// parseFault reads a misbehaviour written as key=value words, for scripts:
// system, method, path, skip, times, status, body, header=Name:value, delay,
// reset=before|after, truncate=true.
func parseFault(words []string) (f world.Fault, err error) {
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "system":
			f.System = value
		case "method":
			f.Method = value
		case "path":
			f.Path = value
		case "body":
			f.Body = value
		case "skip":
			f.Skip, err = strconv.Atoi(value)
		case "times":
			f.Times, err = strconv.Atoi(value)
		case "status":
			f.Status, err = strconv.Atoi(value)
		case "delay":
			f.Delay, err = time.ParseDuration(value)
		case "truncate":
			f.Truncate, err = strconv.ParseBool(value)
		case "header":
			name, text, _ := strings.Cut(value, ":")
			if f.Header == nil {
				f.Header = map[string]string{}
			}
			f.Header[name] = strings.TrimSpace(text)
		case "reset":
			f.Reset, err = parseWhen(value)
		default:
			err = fmt.Errorf("known: system, method, path, skip, times, status, body, header, delay, reset, truncate")
		}
		if err != nil {
			return f, fmt.Errorf("fault %q: %w", word, err)
		}
	}
	return f, nil
}

func parseWhen(text string) (world.When, error) {
	switch text {
	case "before":
		return world.BeforeEffect, nil
	case "after":
		return world.AfterEffect, nil
	default:
		return world.NotReset, fmt.Errorf("reset is before or after")
	}
}
