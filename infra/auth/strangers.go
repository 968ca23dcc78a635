package auth

import (
	"sync"
	"time"
)

// strangersKept is how many unknown logins are remembered.
const strangersKept = 8192

// tries is how often a wrong password was given, and until when there is a rest.
type tries struct {
	failed int
	locked time.Time
}

// after is what another wrong or right password at the moment now makes of it.
// The rest begins and ends with no failures.
func (t tries) after(right bool, now time.Time) tries {
	switch {
	case right:
		return tries{}
	case t.failed+1 < maxFailed:
		return tries{failed: t.failed + 1}
	default:
		return tries{locked: now.Add(lockFor)}
	}
}

// strangers counts the wrong passwords of logins that nobody has, as those of
// accounts are counted: a login that rests says nothing about whether it exists.
// It forgets everybody rather than grow without bound.
type strangers struct {
	mu  sync.Mutex
	all map[string]tries // by digest of the login
}

// rests tells for how long a login rests still.
func (s *strangers) rests(login string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[digest(login)].locked.Sub(now)
}

// count records a wrong password, or tells that the login rests.
func (s *strangers) count(login string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := digest(login)
	t, known := s.all[key]
	if now.Before(t.locked) {
		return resting(t.locked.Sub(now))
	}
	if s.all == nil || !known && len(s.all) >= strangersKept {
		s.all = map[string]tries{}
	}
	s.all[key] = t.after(false, now)
	return nil
}
