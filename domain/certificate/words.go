package certificate

import (
	"context"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
)

// validWords says how long a certificate is valid.
func validWords(ctx context.Context, until calendar.Date) string {
	if until == 0 {
		return i18n.T(ctx, "certificate.valid.unlimited")
	}
	return i18n.T(ctx, "certificate.valid.until", "day", until.Words(ctx))
}

// statusWords names a status.
func statusWords(ctx context.Context, s Status) string {
	return i18n.T(ctx, "certificate.status."+string(s))
}
