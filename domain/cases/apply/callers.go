package apply

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Questions about a case without signing in: so many at once, and one more after
// each pause, from one address and about one case number. Four characters guessed
// at this pace take months, and the address is stopped long before.
const (
	addressBurst, addressPause = 30, 20 * time.Second
	numberBurst, numberPause   = 10, 10 * time.Minute
	remembered                 = 8192
)

// callers limits how often may be asked. The zero value is ready; it remembers a
// bounded number of keys.
type callers struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// may reports whether an address may ask about a case number now.
func (c *callers) may(r *http.Request, no string, now time.Time) bool {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.one("a"+address, addressPause, addressBurst).AllowN(now, 1) &&
		(no == "" || c.one("n"+no, numberPause, numberBurst).AllowN(now, 1))
}

func (c *callers) one(key string, pause time.Duration, burst int) *rate.Limiter {
	if l := c.all[key]; l != nil {
		return l
	}
	if c.all == nil || len(c.all) >= remembered {
		c.all = map[string]*rate.Limiter{}
	}
	l := rate.NewLimiter(rate.Every(pause), burst)
	c.all[key] = l
	return l
}
