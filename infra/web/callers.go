package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Client is the address that a request comes from, of an IPv6 one its network of
// 64 bits, which is what one household gets. A proxy on this machine names its
// client last in X-Forwarded-For; nobody else's word is taken for it.
func Client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	from, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if from.IsLoopback() {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			from = last
		}
	}
	if from = from.Unmap().WithZone(""); from.Is6() && !from.IsLoopback() {
		if network, err := from.Prefix(64); err == nil {
			return network.Masked().String()
		}
	}
	return from.String()
}

// Pace is how often something may be done: so many times at once, and once more
// after each Every.
type Pace struct {
	Burst int
	Every time.Duration
}

// callersKept is how many keys Callers remembers.
const callersKept = 8192

// Callers holds those who ask to a pace, each by a key such as their address.
// The zero value is ready. It remembers a bounded number of keys and forgets
// first those that have rested long enough to start afresh.
type Callers struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// May reports whether key may be served at the moment now, and counts it.
func (c *Callers) May(key string, p Pace, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.all[key]
	if l == nil {
		if len(c.all) >= callersKept {
			c.forget(now)
		}
		if c.all == nil {
			c.all = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(rate.Every(p.Every), p.Burst)
		c.all[key] = l
	}
	return l.AllowN(now, 1)
}

// forget makes room. If nobody has rested, everybody is forgotten: a flood from
// thousands of addresses is not for this to stop.
func (c *Callers) forget(now time.Time) {
	for key, l := range c.all {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(c.all, key)
		}
	}
	if len(c.all) >= callersKept {
		clear(c.all)
	}
}
