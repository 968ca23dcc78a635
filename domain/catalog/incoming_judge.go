package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"onedoor.app/infra/db"
)

// verdict is what is to be done with one entry.
type verdict struct {
	news    string // newsAdded, newsChanged, newsNone or newsRefused
	staged  staged
	refused []Refusal

	department string // of a row that is taken in, where it names one
	unmade     bool   // it is not there yet

	code string // of the entry, with the version of the item that was in force, 0 for none
	was  int64
}

const (
	newsAdded   = "added"
	newsChanged = "changed"
	newsNone    = "unchanged"
	newsRefused = "refused"
)

// judge holds some of the entries against what is in force. It changes nothing.
func (s *Service) judge(tx *db.Tx, in *incoming, from, to int) ([]verdict, error) {
	codes := in.codes(from, to)
	before, err := listStanding(tx, codes, in.origin)
	if err != nil {
		return nil, err
	}
	var current map[string]*Item
	if in.list != nil && (in.wants || in.hasLists(from, to)) {
		if current, err = listBodies(tx, codes); err != nil {
			return nil, err
		}
	}
	list := make([]verdict, 0, to-from)
	for i := from; i < to; i++ {
		v, err := s.judgeOne(tx, in, i, before[codes[i-from]], current[codes[i-from]])
		if err != nil {
			return nil, err
		}
		v.code, v.was = codes[i-from], before[codes[i-from]].version
		list = append(list, v)
	}
	return list, nil
}

// hasLists reports whether some of the rows do not say in what state their items are.
func (in *incoming) hasLists(from, to int) bool {
	return slices.ContainsFunc(in.list.entries[from:to], func(e *listed) bool { return e.state == "" })
}

func (s *Service) judgeOne(tx *db.Tx, in *incoming, i int, old standing, current *Item) (verdict, error) {
	var it *Item
	var got reading
	if in.pack != nil {
		it = in.pack.Items[i]
	} else {
		var err error
		e := in.list.entries[i]
		got = in.list.read(e, footing{counter: s.Counter, current: current, unit: func(name, uscc string) (string, bool) {
			code, known, failed := s.lookUnit(tx, in, name, uscc)
			err = failed
			return code, known
		}})
		if err != nil {
			return verdict{}, err
		}
		if len(got.wrong) > 0 {
			return verdict{news: newsRefused, refused: got.wrong}, nil
		}
		it = got.item
		wrong, err := s.loose(tx, in, it)
		if err != nil {
			return verdict{}, err
		}
		for _, w := range wrong {
			got.wrong = append(got.wrong, in.wrong(i, it, w))
		}
		if len(got.wrong) > 0 {
			return verdict{news: newsRefused, refused: append(got.wrong, got.doubts...)}, nil
		}
	}
	lost, err := s.lacks(tx, in, formsOf(it)...)
	if err != nil {
		return verdict{}, err
	}
	if lost != nil {
		return verdict{news: newsRefused, refused: []Refusal{in.lackingForm(i, it, lost)}}, nil
	}
	v, err := in.settle(it, old)
	if err != nil || v.news == newsNone || v.news == newsRefused {
		for k, x := range v.refused {
			v.refused[k] = in.wrong(i, it, Wrong{x.Code, x.Where})
		}
		return v, err
	}
	it = v.staged.Item
	if in.list != nil {
		e := in.list.entries[i]
		if current != nil && !current.Bare && e.state == "" {
			return verdict{news: newsRefused, refused: []Refusal{in.list.refusal(e, "catalog.import.complete", headCode, e.code)}}, nil
		}
		if len(got.doubts) > 0 {
			return verdict{news: newsRefused, refused: got.doubts}, nil
		}
		if e.state == "" && current != nil && old.origin == originPage {
			if again, err := s.broughtBefore(in, e, it, old); again || err != nil {
				return verdict{news: newsNone}, err
			}
		}
		v.department, v.unmade = got.department, got.newUnit
	}
	if broken := in.broken(i, it, (*Item).Flaws); len(broken) > 0 {
		return verdict{news: newsRefused, refused: broken}, nil
	}
	if strange, err := s.unknown(tx, in, i, it); err != nil || len(strange) > 0 {
		return verdict{news: newsRefused, refused: strange}, err
	}
	if off, err := s.strays(tx, in, i, it, old); err != nil || len(off) > 0 {
		return verdict{news: newsRefused, refused: off}, err
	}
	v.staged.ID, v.staged.item = s.DB.NewID(), old.item
	if old.item == 0 {
		v.staged.item = s.DB.NewID()
	}
	v.staged.place = place(it, v.staged.item)
	return v, nil
}

// strays lists where an entry would lead an item that is here farther from its base item than it is, as for a draft. What
// was not here before is taken as it is, for it is so today.
func (s *Service) strays(tx *db.Tx, in *incoming, i int, it *Item, old standing) (list []Refusal, err error) {
	if old.item == 0 || it.Bare {
		return nil, nil
	}
	off, err := s.oversteps(tx, old.number, it)
	for _, d := range off {
		list = append(list, in.refusal(i, "catalog.deviates."+string(d.Element), strings.Join(d.Item, " · ")))
	}
	return list, err
}

// refusal names a problem of an entry.
func (in *incoming) refusal(i int, code, where string) Refusal {
	if in.list != nil {
		return in.list.refusal(in.list.entries[i], code, "", where)
	}
	it := in.pack.Items[i]
	return Refusal{File: itemPath(it.Code), Name: it.Name, Code: code, Where: where}
}

// settle tells whether an item is news. What is written as it is in force is none, though the library may say it
// otherwise today; what is news is worded as the library words it.
func (in *incoming) settle(it *Item, old standing) (verdict, error) {
	written := it
	if in.pack != nil && in.pack.older[it.Code] != nil {
		written = in.pack.older[it.Code]
	}
	next, w := in.inherit(it)
	if len(w) > 0 {
		v := verdict{news: newsRefused}
		for _, x := range w {
			v.refused = append(v.refused, Refusal{Code: x.Code, Where: x.Where})
		}
		return v, nil
	}
	if written != next && old.item != 0 {
		if v, err := in.compare(written, old); err != nil || v.news == newsNone {
			return v, err
		}
	}
	return in.compare(next, old)
}

// broughtBefore reports whether a row of a list says what the list said before: a change
// that was made on the page since then stays.
func (s *Service) broughtBefore(in *incoming, e *listed, it *Item, old standing) (bool, error) {
	fresh := in.list.read(e, footing{counter: s.Counter, unit: func(string, string) (string, bool) { return it.Body, true }})
	if len(fresh.wrong) > 0 {
		return false, nil
	}
	if _, err := in.draw(fresh.item); err != nil {
		return false, err
	}
	hash, err := fresh.item.hash()
	return hash == old.brought, err
}

// compare draws an item's flows and tells whether it is news.
func (in *incoming) compare(it *Item, old standing) (verdict, error) {
	sources, err := in.draw(it)
	if err != nil {
		return verdict{}, err
	}
	hash, err := it.hash()
	if err != nil {
		return verdict{}, err
	}
	v := verdict{news: newsAdded, staged: staged{Item: it, base: old.version, hash: hash, flows: sources, origin: in.origin}}
	it.Version = old.number + 1
	switch {
	case old.item == 0:
	case old.hash == hash || old.brought == hash && old.origin == originPage:
		return verdict{news: newsNone}, nil
	default:
		v.news = newsChanged
	}
	return v, nil
}

// draw draws the flows of an item; those with the same steps share their drawings.
func (in *incoming) draw(it *Item) (map[string][]byte, error) {
	ids := it.flowIDs()
	key, err := json.Marshal(struct {
		Steps   []Step
		Special []Special
		Flows   []string
	}{it.Steps, it.Special, ids})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(key)
	name := hex.EncodeToString(sum[:])
	d, ok := in.drawn[name]
	if !ok {
		if d.sources, err = it.drawAll(in.templates); err != nil {
			return nil, err
		}
		d.hashes = it.FlowHashes
		if len(in.drawn) < 20_000 {
			in.drawn[name] = d
		}
	}
	it.FlowHashes, it.FlowHash = d.hashes, d.hashes[it.FlowID]
	return d.sources, nil
}

// loose lists what an item refers to that is neither in the file nor in the catalogue.
func (s *Service) loose(tx *db.Tx, in *incoming, it *Item) ([]Wrong, error) {
	w := it.dangling(in.known, in.templates)
	var ask []string
	for _, x := range w {
		if x.Code == "catalog.item.unknown" {
			ask = append(ask, x.Where)
		}
	}
	if len(ask) == 0 {
		return w, nil
	}
	there, err := listStanding(tx, ask, in.origin)
	for code := range there {
		in.known[code] = true
	}
	return slices.DeleteFunc(w, func(x Wrong) bool { return x.Code == "catalog.item.unknown" && in.known[x.Where] }), err
}

// lookUnit finds the unit of a department; known is false while it is not there.
func (s *Service) lookUnit(tx *db.Tx, in *incoming, name, uscc string) (code string, known bool, err error) {
	switch {
	case s.Unit == nil:
		return name, true, nil
	case in.units[name] != "":
		code = in.units[name]
	case s.FindUnit != nil:
		if code, err = s.FindUnit(tx, name, uscc); err != nil {
			return "", false, err
		}
		known = code != ""
	}
	if code == "" {
		code = "new" // any code will do until it is known which it will have
	}
	in.used[name] = code
	if in.uscc[name] == "" {
		in.uscc[name] = uscc
	}
	return code, known, nil
}
