package catalog

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

//go:embed synonyms.txt
var synonymText string

// Synonym is one entry of the thesaurus (同义词): what people say, and what items are called.
type Synonym struct {
	ID      int64
	Said    []string // any of them
	Meant   []string // names, words of names or codes of items, the best first; none: the words say nothing
	Retired bool     // kept, but without effect
	Lock    int      // grows with every change
	At      time.Time
}

// The bounds of the thesaurus: every search reads all of it.
const (
	maxSynonyms  = 5000
	maxSaid      = 60
	maxMeant     = maxAlso
	maxSaidRunes = 40
)

// clean makes the words comparable and takes out empty and doubled ones.
func (e *Synonym) clean() {
	tidy := func(list []string, fn func(string) string) (out []string) {
		for _, w := range list {
			if w = fn(w); w != "" && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
		return out
	}
	e.Said = tidy(e.Said, spelling)
	e.Meant = tidy(e.Meant, func(w string) string { return strings.Join(strings.Fields(w), " ") })
}

func (e Synonym) wrong() error {
	bad := fault.Fields{}
	bad.Need(len(e.Said) > 0 && len(e.Said) <= maxSaid, "said", "catalog.synonym.said")
	bad.Need(len(e.Meant) <= maxMeant, "meant", "catalog.synonym.meant")
	for _, w := range e.Said {
		// One character alone stands in far too many sentences to mean something.
		bad.Need(utf8.RuneCountInString(w) <= maxSaidRunes && (len(e.Meant) == 0 || utf8.RuneCountInString(w) > 1), "said", "catalog.synonym.word")
	}
	for _, w := range e.Meant {
		bad.Need(utf8.RuneCountInString(w) <= maxQuery, "meant", "catalog.synonym.word")
	}
	return bad.Err()
}

// SeedSynonyms takes the entries that come with the program into the database, once: from
// then on they are the officials' to keep.
func (s *Service) SeedSynonyms(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if version, err := findThesaurusVersion(tx); err != nil || version > 0 {
			return err
		}
		for _, e := range readSynonyms(synonymText) {
			e.clean()
			e.ID, e.Lock = tx.NewID(), 1
			if err := insertSynonym(tx, e, 0); err != nil {
				return err
			}
		}
		return changeThesaurus(tx)
	})
}

// Synonyms lists up to limit entries, the newest first, those with words that contain text;
// before is the id of the last one of the page before, 0 for the first page.
func (s *Service) Synonyms(tx *db.Tx, text string, before int64, limit int) (list []Synonym, next int64, err error) {
	limit = min(max(limit, 1), maxPage)
	list, err = listSynonyms(tx, spelling(text), before, limit+1)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// Synonym returns an entry; an unknown one is an Unknown fault.
func (s *Service) Synonym(tx *db.Tx, id int64) (Synonym, error) { return findSynonym(tx, id, "") }

// KeepSynonym adds an entry without an ID, or changes one; then e.Lock is that of the entry
// as it was read, and a Stale fault says that somebody else was faster. The change is in
// force with the next search. It needs the right catalog.keep.
func (s *Service) KeepSynonym(ctx context.Context, who auth.Actor, key string, e Synonym) (id int64, err error) {
	if err := mayKeep(who); err != nil {
		return 0, err
	}
	e.clean()
	if err := e.wrong(); err != nil {
		return 0, err
	}
	act := "catalog.synonym_changed"
	if e.ID == 0 {
		act = "catalog.synonym_added"
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, act, key, e, &id, func() error {
			if err := changeThesaurus(tx); err != nil { // others wait here, so that no two keep the same words
				return err
			}
			if err := doubled(tx, e); err != nil {
				return err
			}
			if e.ID != 0 {
				id = e.ID
				return s.changeSynonym(tx, who, act, e)
			}
			n, err := countSynonyms(tx)
			switch {
			case err != nil:
				return err
			case n >= maxSynonyms:
				return fault.New(fault.Conflict, "catalog.synonym.full", "n", maxSynonyms)
			}
			added := e
			added.ID, added.Lock, added.Retired = tx.NewID(), 1, false
			id = added.ID
			if err := insertSynonym(tx, added, who.ID); err != nil {
				return err
			}
			return s.synonymChanged(tx, who, act, added)
		})
	})
	return id, err
}

// RetireSynonym takes an entry out of force, or brings it back. It needs the right catalog.keep.
func (s *Service) RetireSynonym(ctx context.Context, who auth.Actor, id int64, lock int, retired bool) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := findSynonym(tx, id, tx.ForUpdate())
		if err != nil || e.Retired == retired { // done already, by the first of two clicks
			return err
		}
		e.Retired, e.Lock = retired, lock
		if err := changeThesaurus(tx); err != nil {
			return err
		}
		act := "catalog.synonym_retired"
		if !retired {
			act = "catalog.synonym_restored"
			if err := doubled(tx, e); err != nil {
				return err
			}
		}
		return s.changeSynonym(tx, who, act, e)
	})
}

func (s *Service) changeSynonym(tx *db.Tx, who auth.Actor, act string, e Synonym) error {
	was, err := findSynonym(tx, e.ID, tx.ForUpdate())
	switch {
	case err != nil:
		return err
	case was.Lock != e.Lock:
		return fault.New(fault.Stale, "catalog.synonym.stale")
	}
	if act == "catalog.synonym_changed" {
		e.Retired = was.Retired
	}
	e.Lock++
	if err := updateSynonym(tx, e, who.ID); err != nil {
		return err
	}
	return s.synonymChanged(tx, who, act, e)
}

// synonymChanged keeps the change as evidence.
func (s *Service) synonymChanged(tx *db.Tx, who auth.Actor, act string, e Synonym) error {
	if s.Log == nil {
		return nil
	}
	return s.Log(tx, who, act, "catalog:synonyms", map[string]any{"id": e.ID, "said": e.Said, "meant": e.Meant})
}

// doubled refuses words that another entry in force has already: which of the two holds
// nobody could see. Words that the entry itself had before, and that were in force, stay.
func doubled(tx *db.Tx, e Synonym) error {
	all, err := listSynonymsInForce(tx)
	if err != nil {
		return err
	}
	var had []string
	for _, x := range all {
		if x.ID == e.ID {
			had = x.Said
		}
	}
	for _, x := range all {
		for _, w := range x.Said {
			if x.ID != e.ID && slices.Contains(e.Said, w) && !slices.Contains(had, w) {
				return fault.New(fault.Conflict, "catalog.synonym.double", "word", w, "other", strings.Join(x.Said[:min(len(x.Said), mostTold)], "、"))
			}
		}
	}
	return nil
}

// mostTold is how many words of another entry a refusal names.
const mostTold = 4

// Pointless lists the meanings of an entry that no item holds, so that they would lead
// nowhere; of an entry that cannot be kept as it is there is nothing to say.
func (s *Service) Pointless(tx *db.Tx, e Synonym) (list []string, err error) {
	if e.clean(); e.wrong() != nil {
		return nil, nil
	}
	for _, meant := range e.Meant {
		hits, err := search.Exact(tx, searchKind, "", meant)
		if err != nil {
			return nil, err
		}
		if len(hits) == 0 {
			list = append(list, meant)
		}
	}
	return list, nil
}

// TrySynonym shows the first items that a search finds now, and with an entry as it would be.
func (s *Service) TrySynonym(tx *db.Tx, text string, e Synonym) (now, then []Hit, err error) {
	e.clean()
	t, err := s.words(tx)
	if err != nil {
		return nil, nil, err
	}
	all, err := listSynonymsInForce(tx)
	if err != nil {
		return nil, nil, err
	}
	if t.version == 0 {
		all = readSynonyms(synonymText)
	}
	all = slices.DeleteFunc(all, func(x Synonym) bool { return e.ID != 0 && x.ID == e.ID })
	if !e.Retired {
		all = append(all, e)
	}
	if now, _, _, _, err = s.searchWith(tx, t, text, Filter{}, "", mostTried); err == nil {
		then, _, _, _, err = s.searchWith(tx, newThesaurus(all, 0), text, Filter{}, "", mostTried)
	}
	return now, then, err
}

// mostTried is how many items a trial shows.
const mostTried = 5

// words is the thesaurus in force: that of the database, or that of the program before
// there is one.
func (s *Service) words(tx *db.Tx) (*thesaurus, error) {
	version, err := findThesaurusVersion(tx)
	if err != nil {
		return nil, err
	}
	if t := s.thesaurus.Load(); t != nil && t.version == version {
		return t, nil
	}
	entries := builtin()
	if version > 0 {
		if entries, err = listSynonymsInForce(tx); err != nil {
			return nil, err
		}
	}
	t := newThesaurus(entries, version)
	s.thesaurus.Store(t)
	return t, nil
}

// builtin is what comes with the program, read once.
var builtin = sync.OnceValue(func() []Synonym { return readSynonyms(synonymText) })

// readSynonyms reads lines "said said = meant meant" and "- idle idle". An underscore stands
// for a blank inside a phrase.
func readSynonyms(text string) (list []Synonym) {
	split := func(text string) []string {
		words := strings.Fields(text)
		for i, w := range words {
			words[i] = strings.ReplaceAll(w, "_", " ")
		}
		return words
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch left, right, found := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "-"):
			list = append(list, Synonym{Said: split(line[1:])})
		case found:
			list = append(list, Synonym{Said: split(left), Meant: split(right)})
		}
	}
	return list
}

// spelling writes words as they are compared: half width, lower case, one blank between
// words, Latin ones without the s of their plural.
func spelling(text string) string {
	var b strings.Builder
	text = strings.ToLower(norm.NFKC.String(text))
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-'_./%", r)
	}) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		word = toneless(word)
		if len(word) > 4 && isLatin(word) && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") {
			word = word[:len(word)-1]
		}
		b.WriteString(word)
	}
	return b.String()
}

// toneless takes the tones off pinyin: "miànguǎn" is "mianguan". What is no pinyin, such as
// "café", stays as it is.
func toneless(word string) string {
	if isLatin(word) {
		return word
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
	if isLatin(plain) && len(search.Spelled(plain)) > 0 {
		return plain
	}
	return word
}

func isLatin(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
