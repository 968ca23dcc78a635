package certificate

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one address may ask about numbers and files: enough for a hall that
// checks papers behind one address, too slow to try numbers out.
const (
	askBurst  = 40
	askEvery  = 2 * time.Second
	maxCaller = 4096 // addresses remembered
)

// callers limits how often one address may ask. The zero value is ready.
type callers struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// may reports whether address may ask at the moment now.
func (k *callers) may(address string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]*rate.Limiter{}
	}
	l := k.all[address]
	if l == nil {
		if len(k.all) >= maxCaller {
			k.forget(now)
		}
		l = rate.NewLimiter(rate.Every(askEvery), askBurst)
		k.all[address] = l
	}
	return l.AllowN(now, 1)
}

// forget makes room by dropping those that have rested long enough to start
// afresh, and everybody when nobody has.
func (k *callers) forget(now time.Time) {
	for address, l := range k.all {
		if l.TokensAt(now) >= askBurst {
			delete(k.all, address)
		}
	}
	if len(k.all) >= maxCaller {
		clear(k.all)
	}
}
