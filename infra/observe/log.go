// Package observe tells operators how the program fares: a log of what it did
// and numbers to watch.
//
// Neither ever holds personal data: requests are named by their route pattern,
// never by their address, and nobody is named at all.
package observe

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// Logger writes JSON lines from level ("debug", "info", "warn" or "error") up.
func Logger(w io.Writer, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(strings.TrimSpace(level))); err != nil {
		return nil, fmt.Errorf("observe: %q is not a log level", level)
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least})), nil
}

// Stopwatch starts now and returns what tells the time since. It measures; it is
// no clock: what happened when comes from the database's clock alone.
func Stopwatch() func() time.Duration {
	began := time.Now() //nolint:forbidigo // a duration, not a moment
	return func() time.Duration { return time.Since(began) }
}
