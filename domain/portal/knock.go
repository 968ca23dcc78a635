package portal

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Sign-ins from one address: a whole hall may stand behind one, so the burst is
// that of a morning; guessing a password at this pace takes years, and each
// account rests after five wrong ones anyway.
const (
	knockBurst = 300
	knockEvery = time.Second / 2
	knockers   = 4096 // addresses remembered
)

// knocks limits how often one address may try to sign in. The zero value is
// ready; it remembers a bounded number of addresses and forgets first those that
// have rested long enough to start afresh.
type knocks struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// may reports whether address may knock at the moment now.
func (k *knocks) may(address string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]*rate.Limiter{}
	}
	l := k.all[address]
	if l == nil {
		if len(k.all) >= knockers {
			k.forget(now)
		}
		l = rate.NewLimiter(rate.Every(knockEvery), knockBurst)
		k.all[address] = l
	}
	return l.AllowN(now, 1)
}

// forget makes room. If nobody has rested, everybody is forgotten: under a flood
// from thousands of addresses the limit of each account still holds.
func (k *knocks) forget(now time.Time) {
	for address, l := range k.all {
		if l.TokensAt(now) >= knockBurst {
			delete(k.all, address)
		}
	}
	if len(k.all) >= knockers {
		clear(k.all)
	}
}
