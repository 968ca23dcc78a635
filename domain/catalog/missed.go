package catalog

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/search"
	"onedoor.app/infra/db"
)

// missed remembers what people looked for and did not find (未命中检索), so that officials see
// which words are missing, and nobody's personal data. Three things keep these out:
//
//   - only words of the thesaurus and of a list of counters and trades are kept ([Anonymous]); of
//     all others nothing but how many there were. So no name is kept, of whatever people, written in
//     characters or letters, alone or beside what its bearer sought; nor anything with five digits in
//     all, an @ or an address, what follows words such as 我叫 or 身份证号, and everything long;
//   - what fewer than three different visitors asked for on one day is held in the memory of
//     the process alone and is never written anywhere;
//   - visitors are told apart by one of 256 numbers, made of their address with a key that
//     only the process knows and that it forgets with the day: no number leads back.
//
// The memory is bounded, and so is what one day may add to the database.
type missed struct {
	mu      sync.Mutex
	day     calendar.Date
	seed    maphash.Seed
	asked   map[string]*missing
	writing bool
	wait    sync.WaitGroup
}

// missing is what is known today about some words.
type missing struct {
	who         map[byte]bool // at most enoughVisitors
	asked, poor int           // not written yet
}

const (
	enoughVisitors = 3    // as many must have asked before anything is written
	maxWaiting     = 2000 // different words that a process remembers of a day
	maxMissedDay   = 1000 // different words that a day may add
	missedKept     = 400  // days
)

// NoteMissed counts a search of a visitor that found nothing, or (poor) only what comes near.
// It never fails and never waits for the database: what is ripe is written afterwards.
func (s *Service) NoteMissed(ctx context.Context, visitor, text string, poor bool) {
	t := s.thesaurus.Load()
	if t == nil {
		t = builtinThesaurus()
	}
	words := t.anonymous(text) // "": counted with all that are not kept
	if s.missed.note(calendar.DateOf(s.DB.Now()), visitor, words, poor) {
		s.missed.wait.Go(func() { s.writeMissed(context.WithoutCancel(ctx)) })
	}
}

// note reports whether there is something to write and nobody who does it.
func (m *missed) note(day calendar.Date, visitor, words string, poor bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil || m.day != day {
		m.day, m.seed, m.asked = day, maphash.MakeSeed(), map[string]*missing{}
	}
	one := m.asked[words]
	if one == nil {
		if len(m.asked) >= maxWaiting {
			return false
		}
		one = &missing{who: map[byte]bool{}}
		m.asked[words] = one
	}
	one.asked++
	if poor {
		one.poor++
	}
	if len(one.who) < enoughVisitors {
		one.who[byte(maphash.String(m.seed, visitor))] = true
	}
	if len(one.who) < enoughVisitors || m.writing {
		return false
	}
	m.writing = true
	return true
}

// ripe hands out what enough visitors asked for, and counts it from nought again. Without
// anything to write, nobody writes any more.
func (m *missed) ripe() (day calendar.Date, all map[string]missing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all = map[string]missing{}
	for words, one := range m.asked {
		if len(one.who) >= enoughVisitors && one.asked > 0 {
			all[words] = missing{asked: one.asked, poor: one.poor}
			one.asked, one.poor = 0, 0
		}
	}
	m.writing = len(all) > 0
	return m.day, all
}

// writingTakes is how long one attempt to write may last.
const writingTakes = 10 * time.Second

func (s *Service) writeMissed(ctx context.Context) {
	for {
		day, all := s.missed.ripe()
		if len(all) == 0 {
			return
		}
		limited, cancel := context.WithTimeout(ctx, writingTakes)
		err := s.DB.Write(limited, func(tx *db.Tx) error { return addMissed(tx, day, all) })
		cancel()
		if err != nil { // a count that is lost harms nobody
			slog.WarnContext(ctx, "searches without result were not counted", "err", err)
		}
	}
}

// MissedWritten waits until what was noted and is ripe has been written.
func (s *Service) MissedWritten() { s.missed.wait.Wait() }

// Missed lists up to limit words that people did not find since a day, those asked for most
// often first; after is the key of the page before.
func (s *Service) Missed(tx *db.Tx, since calendar.Date, after MissedKey, limit int) (list []Missing, more bool, err error) {
	limit = min(max(limit, 1), maxPage)
	list, err = listMissed(tx, since, after, limit+1)
	if len(list) > limit {
		list, more = list[:limit], true
	}
	return list, more, err
}

// MissedOthers is how many searches since a day were counted and not kept, because they were made of
// other words than those of the catalogue.
func (s *Service) MissedOthers(tx *db.Tx, since calendar.Date) (int, error) {
	return countOthers(tx, since)
}

// Missing is what people looked for and did not find.
type Missing struct {
	Words string
	Asked int
	Poor  int // of them, found something that only came near
	Last  calendar.Date
}

// Key is the place of the words in the list.
func (m Missing) Key() MissedKey { return MissedKey{m.Asked, m.Words} }

// MissedKey is a place in the list; the zero key stands before the first.
type MissedKey struct {
	Asked int
	Words string
}

// Finds returns the first items that a search finds by now; sure is false where they only
// come near.
func (s *Service) Finds(tx *db.Tx, text string) (hits []Hit, sure bool, err error) {
	hits, _, _, as, err := s.search(tx, text, Filter{}, "", mostTried)
	return hits, as.How != search.Part && as.How != search.Near, err
}
