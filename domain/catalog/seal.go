package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// SealState is what has become of a seal.
type SealState string

// The states of a seal whose unit gave its powers away.
const (
	SealInUse     SealState = "in_use"    // 在用
	SealRetired   SealState = "retired"   // 废止: no longer valid, still with its unit
	SealKept      SealState = "kept"      // 封存
	SealHandedOn  SealState = "handed_on" // 移交: to the public security organ or an archive
	SealDestroyed SealState = "destroyed" // 销毁
)

// SealAct is what is done with a seal.
type SealAct string

// The acts.
const (
	SealRetire  SealAct = "retire"
	SealKeep    SealAct = "keep"
	SealHandOn  SealAct = "hand_on"
	SealDestroy SealAct = "destroy"
)

// sealMove is one row of the table of seals.
type sealMove struct {
	from SealState
	act  SealAct
	to   SealState
}

// sealMoves is the whole life of a seal. A seal that was retired is sealed away before anything else, so that nobody has it
// in a drawer.
var sealMoves = []sealMove{
	{SealInUse, SealRetire, SealRetired},
	{SealRetired, SealKeep, SealKept},
	{SealKept, SealHandOn, SealHandedOn},
	{SealKept, SealDestroy, SealDestroyed},
}

// SealStates lists the states, in the order of a seal's life.
func SealStates() []SealState {
	return []SealState{SealInUse, SealRetired, SealKept, SealHandedOn, SealDestroyed}
}

// Acts lists what may be done with a seal in the state.
func (s SealState) Acts() (acts []SealAct) {
	for _, m := range sealMoves {
		if m.from == s {
			acts = append(acts, m.act)
		}
	}
	return acts
}

// after is the state after an act, false where the act is not possible.
func (s SealState) after(act SealAct) (SealState, bool) {
	i := slices.IndexFunc(sealMoves, func(m sealMove) bool { return m.from == s && m.act == act })
	if i < 0 {
		return s, false
	}
	return sealMoves[i].to, true
}

// Seal is one seal that a reform takes out of use (废止封存的印章).
type Seal struct {
	ID      int64
	Name    string // 云川市水利局行政审批专用章
	Number  string // 印章编码, "" where it has none
	Unit    string // whose it was: code, or name
	Reform  int64  // the entry of the ledger that ended its use, 0 for none
	State   SealState
	Day     string // of the last act
	Version int    // how many acts there were
	Steps   []SealStep
	Picture *Impression // nil: there is none
}

// SealStep is one act on a seal.
type SealStep struct {
	Act      SealAct `yaml:"act"`
	Day      string  `yaml:"date"`
	Document string  `yaml:"document"` // by which
	Place    string  `yaml:"place"`    // where it is kept, or whom it was handed to
	Keeper   string  `yaml:"keeper"`   // the post that answers for it; no name of a person
	At       time.Time
}

// wrong says by field what is wrong with an act after the one of a day.
func (p SealStep) wrong(last string, now time.Time) error {
	bad := fault.Fields{}
	bad.Need(dayUpTo(p.Day, now) && p.Day >= last, "day", "catalog.seal.day")
	bad.Need(utf8.RuneCountInString(p.Document) <= longestName && (p.Act != SealRetire || p.Document != ""), "document", "catalog.seal.document")
	bad.Need(utf8.RuneCountInString(p.Place) <= longestName && (p.Act == SealRetire || p.Act == SealDestroy || p.Place != ""), "place", "catalog.seal.place")
	bad.Need(utf8.RuneCountInString(p.Keeper) <= longestName && (p.Act != SealKeep || p.Keeper != ""), "keeper", "catalog.seal.keeper")
	return bad.Err()
}

// EnterSeal registers a seal that is in use, for whoever holds catalog.keep; sent twice under one key it is registered once.
// What is wrong is an Invalid fault by field.
func (s *Service) EnterSeal(ctx context.Context, who auth.Actor, key string, seal Seal) (id int64, err error) {
	if err := mayKeep(who); err != nil {
		return 0, err
	}
	seal = Seal{Name: strings.TrimSpace(seal.Name), Number: strings.TrimSpace(seal.Number), Unit: strings.TrimSpace(seal.Unit), Reform: seal.Reform}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.seal", key, seal, &id, func() (err error) {
			id, err = s.enterSeal(tx, who, seal, "")
			return err
		})
	})
	return id, err
}

// wrongSeal says by field what is wrong with a seal by itself.
func wrongSeal(seal Seal) fault.Fields {
	bad := fault.Fields{}
	bad.Need(seal.Name != "" && utf8.RuneCountInString(seal.Name) <= longestName, "name", "catalog.seal.name")
	bad.Need(utf8.RuneCountInString(seal.Number) <= 50, "number", "catalog.seal.number")
	bad.Need(seal.Unit != "" && utf8.RuneCountInString(seal.Unit) <= longestName, "unit", "catalog.seal.unit")
	return bad
}

func (s *Service) enterSeal(tx *db.Tx, who auth.Actor, seal Seal, source string) (int64, error) {
	bad := wrongSeal(seal)
	if seal.Reform != 0 {
		_, err := findReform(tx, seal.Reform, "")
		if err != nil && !fault.Is(err, fault.Unknown) {
			return 0, err
		}
		bad.Need(err == nil, "reform", "catalog.reform.none")
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	seal.ID, seal.State, seal.Day, seal.Version, seal.Steps = tx.NewID(), SealInUse, "", 0, nil
	if err := insertSeal(tx, seal, who.ID, source); err != nil {
		return 0, err
	}
	return seal.ID, s.prove(tx, who, actSeal, sealChain(seal.ID), seal.facts())
}

// ActOnSeal does one act of a seal's life, for whoever holds catalog.keep; sent twice under one key it is done once. on is
// the Version that was looked at: if somebody acted since, it is the Stale fault catalog.seal.stale. An act that the state
// does not allow is a Conflict fault, what is wrong with the rest an Invalid fault by field.
func (s *Service) ActOnSeal(ctx context.Context, who auth.Actor, key string, id int64, on int, step SealStep) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	for _, text := range []*string{&step.Day, &step.Document, &step.Place, &step.Keeper} {
		*text = strings.TrimSpace(*text)
	}
	asked := map[string]any{"seal": id, "on": on, "step": step}
	var done bool
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.seal_act", key, asked, &done, func() error {
			seal, err := findSeal(tx, id, tx.ForUpdate())
			switch {
			case err != nil:
				return err
			case seal.Version != on:
				return fault.New(fault.Stale, "catalog.seal.stale")
			}
			done = true
			return s.actOnSeal(tx, who, seal, step)
		})
	})
}

func (s *Service) actOnSeal(tx *db.Tx, who auth.Actor, seal Seal, step SealStep) error {
	next, ok := seal.State.after(step.Act)
	if !ok {
		return fault.New(fault.Conflict, "catalog.seal.state")
	}
	if err := step.wrong(seal.Day, tx.Now()); err != nil {
		return err
	}
	seal.State, seal.Day, seal.Version = next, step.Day, seal.Version+1
	if err := insertSealStep(tx, seal, step, who.ID); err != nil {
		return err
	}
	return s.prove(tx, who, step.Act.evidence(), sealChain(seal.ID), step.facts())
}

const (
	actSeal    = "catalog.seal_entered"
	sealsOfAll = "catalog:seal:" // begins the names of chains
)

func sealChain(id int64) string { return sealsOfAll + strconv.FormatInt(id, 10) }

// evidence is the name of the act in the ledger.
func (a SealAct) evidence() string { return "catalog.seal_" + string(a) }

// facts are what the ledger keeps of a seal.
func (s Seal) facts() map[string]any {
	return map[string]any{"name": s.Name, "number": s.Number, "unit": s.Unit, "reform": s.Reform}
}

// facts are what the ledger keeps of an act.
func (p SealStep) facts() map[string]any {
	return map[string]any{"day": p.Day, "document": p.Document, "place": p.Place, "keeper": p.Keeper}
}

// Seal returns a seal with all that was done with it; no such seal is an Unknown fault.
func (s *Service) Seal(tx *db.Tx, id int64) (Seal, error) {
	seal, err := findSeal(tx, id, "")
	if err != nil {
		return seal, err
	}
	if seal.Steps, err = listSealSteps(tx, id); err != nil {
		return seal, err
	}
	seal.Picture, err = findImpression(tx, id)
	return seal, err
}

// Seals returns up to limit seals after an id, the newest first (0: from the beginning), and the id to go on from, 0 for
// none.
func (s *Service) Seals(tx *db.Tx, after int64, limit int) (list []Seal, next int64, err error) {
	limit = min(max(limit, 1), maxPage)
	list, err = listSeals(tx, after, limit+1)
	if err != nil {
		return nil, 0, err
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	for i := range list {
		if list[i].Steps, err = listSealSteps(tx, list[i].ID); err != nil {
			return nil, 0, err
		}
	}
	return list, next, nil
}
