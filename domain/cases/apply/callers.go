package apply

import (
	"net/http"
	"time"

	"onedoor.app/infra/web"
)

// Questions about a case without signing in, from one address and about one case
// number. Four characters guessed at this pace take months, and the address is
// stopped long before.
const numberBurst = 10

var (
	addressPace = web.Pace{Burst: 30, Every: 20 * time.Second}
	numberPace  = web.Pace{Burst: numberBurst, Every: 10 * time.Minute}
)

// callers limits how often may be asked. The zero value is ready.
type callers struct{ addresses, numbers web.Callers }

// may reports whether an address may ask about a case number now.
func (c *callers) may(r *http.Request, no string, now time.Time) bool {
	return c.addresses.May(web.Client(r), addressPace, now) && c.numbers.May(no, numberPace, now)
}
