package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Element is one of the things that an implementation has in common with its base item wherever it is carried out
// (四级十同): the four of 国发〔2018〕27号, name, codes, basis and kind, the six of 国发〔2022〕5号, conditions, audience,
// procedure, materials, statutory limit and result, the promise, which the statutory limit of the base bounds, the levels
// at which the power may be carried out and the bodies in whose name.
type Element string

// The elements.
const (
	ElementName       Element = "name"
	ElementCode       Element = "code"
	ElementBasis      Element = "basis"
	ElementType       Element = "type"
	ElementConditions Element = "conditions"
	ElementAudience   Element = "audience"
	ElementProcedure  Element = "procedure"
	ElementMaterials  Element = "materials"
	ElementLimit      Element = "limit"
	ElementResult     Element = "result"
	ElementPromise    Element = "promise"
	ElementLevel      Element = "level" // 行使层级
	ElementBody       Element = "body"  // 行使主体
)

// Lock says how far an implementation may leave its base item in one element.
type Lock string

// The locks.
const (
	LockSame    Lock = "same"    // it may not
	LockShorter Lock = "shorter" // it may take less time
	LockFewer   Lock = "fewer"   // it may ask for less
	LockFree    Lock = "free"    // it may differ
)

// Locks are the locks of every element. Local lists of what is the same differ: each source of base items has its own.
type Locks map[Element]Lock

// locking is an element with what may be set for it; the first is our default.
type locking struct {
	element Element
	locks   []Lock
}

var lockings = []locking{
	{ElementName, []Lock{LockSame, LockFree}},
	{ElementCode, []Lock{LockSame}},
	{ElementBasis, []Lock{LockSame, LockFree}},
	{ElementType, []Lock{LockSame}},
	{ElementConditions, []Lock{LockSame, LockFewer, LockFree}},
	{ElementAudience, []Lock{LockSame, LockFree}},
	{ElementProcedure, []Lock{LockSame, LockFewer, LockFree}},
	{ElementMaterials, []Lock{LockFewer, LockSame, LockFree}},
	{ElementLimit, []Lock{LockSame, LockShorter, LockFree}},
	{ElementResult, []Lock{LockSame, LockFree}},
	{ElementPromise, []Lock{LockShorter, LockFree}},
	{ElementLevel, []Lock{LockSame, LockFree}},
	{ElementBody, []Lock{LockSame, LockFree}},
}

// Elements lists the elements in the order of pages.
func Elements() []Element {
	list := make([]Element, len(lockings))
	for i, l := range lockings {
		list[i] = l.element
	}
	return list
}

// LocksFor lists what may be set for an element, our default first; nil for what is none.
func LocksFor(e Element) []Lock {
	for _, l := range lockings {
		if l.element == e {
			return slices.Clone(l.locks)
		}
	}
	return nil
}

// DefaultLocks are those in force where a source has set none.
func DefaultLocks() Locks {
	l := Locks{}
	for _, x := range lockings {
		l[x.element] = x.locks[0]
	}
	return l
}

// Of is the lock of an element, our default where none is set. What is no element is free.
func (l Locks) Of(e Element) Lock {
	allowed := LocksFor(e)
	switch lock := l[e]; {
	case slices.Contains(allowed, lock):
		return lock
	case len(allowed) > 0:
		return allowed[0]
	}
	return LockFree
}

// DeviationKind says in what an implementation leaves its base item.
type DeviationKind string

// The kinds.
const (
	Differs DeviationKind = "differs"
	Longer  DeviationKind = "longer"  // takes more time
	More    DeviationKind = "more"    // asks for more
	Lacking DeviationKind = "missing" // leaves out
)

// Deviation is one element in which an implementation leaves its base item. Of lists, Base and Item hold only that in
// which the two differ. Limits are written "20 workday", kinds and audiences by their codes, procedures by their slots, bodies
// by the codes of their units.
type Deviation struct {
	Element Element       `json:"element"`
	Kind    DeviationKind `json:"kind"`
	Base    []string      `json:"base"` // what the base says
	Item    []string      `json:"item"` // what the item says
}

// Deviations lists where an item leaves its base item further than the locks allow, in the order of Elements. What the
// base leaves open binds nobody. It is pure and total.
func Deviations(b *Base, it *Item, l Locks) []Deviation {
	var list []Deviation
	for _, e := range Elements() {
		if d, ok := deviation(b, it, e, l.Of(e)); ok {
			list = append(list, d)
		}
	}
	return list
}

// deviation compares one element.
func deviation(b *Base, it *Item, e Element, lock Lock) (Deviation, bool) {
	if lock == LockFree {
		return Deviation{}, false
	}
	switch e {
	case ElementName:
		return textDeviation(e, b.Name, it.carries())
	case ElementCode:
		return codeDeviation(b, it)
	case ElementType:
		return textDeviation(e, b.Type, it.Type)
	case ElementResult:
		return textDeviation(e, b.Result, it.Result.Name)
	case ElementBasis:
		return listDeviation(e, lock, lawsOf(b.Basis), lawsOf(it.Basis))
	case ElementConditions:
		return listDeviation(e, lock, b.Conditions, it.Conditions)
	case ElementAudience:
		return listDeviation(e, lock, b.Audience, it.Audience)
	case ElementProcedure:
		return listDeviation(e, lock, b.Procedure, slots(it.Steps))
	case ElementMaterials:
		return materialDeviation(b, it, lock)
	case ElementLimit:
		return limitDeviation(b.StatutoryLimit, it.StatutoryLimit, e, lock)
	case ElementPromise:
		return limitDeviation(b.StatutoryLimit, it.PromisedLimit, e, LockShorter)
	case ElementLevel:
		return oneOf(e, b.UseLevels, it.UseLevel)
	case ElementBody:
		return oneOf(e, b.Bodies, it.Body)
	}
	return Deviation{}, false
}

// carries is the name of what the item carries out: of its sub-item, else its main item, else its own.
func (it *Item) carries() string { return cmp.Or(it.SubItem, it.MainItem, it.Name) }

func textDeviation(e Element, base, item string) (Deviation, bool) {
	if base == "" || sameText(base, item) {
		return Deviation{}, false
	}
	return Deviation{e, Differs, []string{base}, []string{item}}, true
}

// oneOf holds what an item says against those that its base item allows.
func oneOf(e Element, allowed []string, value string) (Deviation, bool) {
	if len(allowed) == 0 || value == "" || slices.Contains(allowed, value) {
		return Deviation{}, false
	}
	return Deviation{e, Differs, allowed, []string{value}}, true
}

// sameText compares texts as a reader does: the end of the sentence and the width of letters do not matter.
func sameText(a, b string) bool { return plainText(a) == plainText(b) }

func plainText(s string) string { return strings.TrimRight(narrow(strings.TrimSpace(s)), "。；;., ") }

// codeDeviation compares the base code, and the base code inside the codes that are made of it.
func codeDeviation(b *Base, it *Item) (Deviation, bool) {
	var off []string
	if it.BaseCode != b.Code {
		off = append(off, it.BaseCode)
	}
	if len(it.ImplementCode) == implementLength {
		if it.ImplementCode[bodyLength:] != b.Code {
			off = append(off, it.ImplementCode)
		}
		if len(it.HandleCode) == handleLength && it.HandleCode[:implementLength] != it.ImplementCode {
			off = append(off, it.HandleCode)
		}
	}
	return Deviation{ElementCode, Differs, []string{b.Code}, off}, len(off) > 0
}

// The lengths of codes, and of the credit code with the level before the base code.
const (
	bodyLength      = 19
	implementLength = 31
	handleLength    = 33
)

// lawsOf are laws with their articles, by which the basis is compared: the gist is in own words everywhere.
func lawsOf(list []Basis) []string {
	var all []string
	for _, x := range list {
		all = append(all, ground(x))
	}
	return all
}

func ground(b Basis) string { return strings.TrimSpace("《" + b.Law + "》" + b.Article) }

// slots are the stations of a road, each once.
func slots(steps []Step) []string {
	var all []string
	for _, s := range steps {
		if !slices.Contains(all, s.Slot) {
			all = append(all, s.Slot)
		}
	}
	return all
}

// listDeviation compares lists without regard to their order.
func listDeviation(e Element, lock Lock, base, item []string) (Deviation, bool) {
	if len(base) == 0 {
		return Deviation{}, false
	}
	lacks, more := missingFrom(base, item), missingFrom(item, base)
	if lock == LockFewer {
		lacks = nil
	}
	return parted(e, lacks, more)
}

// parted is the deviation of two lists by what each has alone.
func parted(e Element, lacks, more []string) (Deviation, bool) {
	d := Deviation{Element: e, Kind: Differs, Base: lacks, Item: more}
	switch {
	case len(lacks) == 0 && len(more) == 0:
		return Deviation{}, false
	case len(lacks) == 0:
		d.Kind = More
	case len(more) == 0:
		d.Kind = Lacking
	}
	return d, true
}

// missingFrom are the texts of a list that another list has not.
func missingFrom(list, other []string) (rest []string) {
	for _, x := range list {
		if !slices.ContainsFunc(other, func(y string) bool { return sameText(x, y) }) {
			rest = append(rest, x)
		}
	}
	return rest
}

// is reports whether a material of an item is this one of the base: under its name, or the same one of the library
// under another name.
func (m BaseMaterial) is(o Material) bool {
	return sameText(m.Name, o.Name) || m.Library != "" && m.Library == o.Library
}

// material is that of the base which a material of an item is; of several the one that is asked of everybody.
func (b *Base) material(m Material) (found BaseMaterial, ok bool) {
	for _, x := range b.Materials {
		if x.is(m) && (!ok || x.Required) {
			found, ok = x, true
		}
	}
	return found, ok
}

// oversteps reports whether an item asks for a material that the base does not ask for, or not of everybody.
func (b *Base) oversteps(m Material) bool {
	x, ok := b.material(m)
	return !ok || m.Necessity == necessityYes && !x.Required
}

func materialDeviation(b *Base, it *Item, lock Lock) (Deviation, bool) {
	if len(b.Materials) == 0 {
		return Deviation{}, false
	}
	var lacks, more []string
	for _, m := range it.Materials {
		if b.oversteps(m) {
			more = append(more, m.Name)
		}
	}
	for _, m := range b.Materials {
		if lock == LockSame && !slices.ContainsFunc(it.Materials, m.is) {
			lacks = append(lacks, m.Name)
		}
	}
	return parted(ElementMaterials, lacks, more)
}

func limitDeviation(base, item Limit, e Element, lock Lock) (Deviation, bool) {
	longer := item.exceeds(base)
	same := item.Value == base.Value && item.Unit == base.Unit
	if base.Value == 0 || same || lock == LockShorter && !longer {
		return Deviation{}, false
	}
	d := Deviation{e, Differs, []string{base.token()}, []string{item.token()}}
	if longer {
		d.Kind = Longer
	}
	return d, true
}

// token writes a limit as Deviation does; "0 " is none.
func (l Limit) token() string { return strconv.Itoa(l.Value) + " " + l.Unit }

// ParseLimit reads what Deviation wrote of a limit; what is no limit is none.
func ParseLimit(token string) Limit {
	value, unit, _ := strings.Cut(token, " ")
	n, err := strconv.Atoi(value)
	if err != nil || n <= 0 {
		return Limit{}
	}
	return Limit{Value: n, Unit: unit}
}

// Conform gives the item with one element as its base has it; the rest stays as it is, but that answers no longer point
// at what is gone. Conforming an element removes its deviation and makes none. It is pure and total: the item given is
// not changed, and one that does not deviate comes back as it is. Whether the result may be published is for
// [Item.Wrong] to say: steps that are added still want a post and days.
func Conform(b *Base, it *Item, e Element, l Locks) *Item {
	out := *it
	lock := l.Of(e)
	if _, off := deviation(b, it, e, lock); !off {
		return &out
	}
	switch e {
	case ElementName:
		if out.SubItem != "" {
			out.SubItem = b.Name
		} else {
			out.MainItem = b.Name
		}
	case ElementCode:
		out.BaseCode = b.Code
		if len(out.ImplementCode) == implementLength {
			out.ImplementCode = out.ImplementCode[:bodyLength] + b.Code
			if len(out.HandleCode) == handleLength {
				out.HandleCode = out.ImplementCode + out.HandleCode[implementLength:]
			}
		}
	case ElementBasis:
		out.Basis = slices.Clone(b.Basis)
	case ElementType:
		out.Type = b.Type
	case ElementConditions:
		out.Conditions = conformTexts(b.Conditions, it.Conditions, lock)
	case ElementAudience:
		out.Audience = slices.Clone(b.Audience)
	case ElementProcedure:
		out.conformSteps(b, lock)
	case ElementMaterials:
		out.conformMaterials(b, lock)
	case ElementLimit:
		out.StatutoryLimit = b.StatutoryLimit
	case ElementResult:
		out.Result.Name = b.Result
	case ElementPromise:
		out.PromisedLimit.Value, out.PromisedLimit.Unit = b.StatutoryLimit.Value, b.StatutoryLimit.Unit
	case ElementLevel:
		out.UseLevel = b.UseLevels[0]
	case ElementBody:
		out.Body = b.Bodies[0]
	}
	return &out
}

// conformTexts takes over the base's list, or leaves out what the base has not.
func conformTexts(base, item []string, lock Lock) []string {
	if lock == LockSame {
		return slices.Clone(base)
	}
	return slices.DeleteFunc(slices.Clone(item), func(x string) bool { return len(missingFrom([]string{x}, base)) > 0 })
}

// conformMaterials drops what the base does not ask for, eases what it does not ask of everybody and, where all is the
// same, adds what is lacking.
func (it *Item) conformMaterials(b *Base, lock Lock) {
	gone := map[string]bool{}
	var kept []Material
	for _, m := range it.Materials {
		x, ok := b.material(m)
		if !ok {
			gone[m.ID] = true
			continue
		}
		if m.Necessity == necessityYes && !x.Required {
			m.Necessity = necessityNo
		}
		kept = append(kept, m)
	}
	for _, x := range b.Materials {
		if lock != LockSame || slices.ContainsFunc(kept, x.is) {
			continue
		}
		m := Material{ID: freeID("m", kept, func(m Material) string { return m.ID }), Name: x.Name, Library: x.Library, Kind: "3", Source: "99", Form: "3", Originals: 1, Necessity: necessityNo}
		if x.Required {
			m.Necessity = necessityYes
		}
		kept = append(kept, m)
	}
	it.Materials = kept
	it.dropEffects(func(e Effect) bool {
		return (e.Op == OpRequireMaterial || e.Op == OpDropMaterial) && gone[e.Target]
	})
}

// conformSteps drops the steps whose slots the base has not and, where all is the same, adds one for each slot that is
// lacking, in its place.
func (it *Item) conformSteps(b *Base, lock Lock) {
	gone := map[string]bool{}
	var kept []Step
	for _, s := range it.Steps {
		if len(missingFrom([]string{s.Slot}, b.Procedure)) > 0 {
			gone[s.ID] = true
			continue
		}
		kept = append(kept, s)
	}
	for i, slot := range b.Procedure {
		if lock != LockSame || len(missingFrom([]string{slot}, slots(kept))) == 0 {
			continue
		}
		at := len(kept) // before the first step whose slot comes later
		for j, s := range kept {
			if slices.Contains(b.Procedure[i:], s.Slot) {
				at = j
				break
			}
		}
		kept = slices.Insert(kept, at, Step{ID: freeID("s", kept, func(s Step) string { return s.ID }), Slot: slot, Name: slot, Unit: it.Unit, Clock: "none"})
	}
	it.Steps = kept
	it.dropEffects(func(e Effect) bool {
		return (e.Op == OpRequireStep || e.Op == OpSkipStep || e.Op == OpAssignPost) && gone[e.Target]
	})
}

// freeID is the first of x1, x2… that no part has.
func freeID[T any](letter string, parts []T, id func(T) string) string {
	for n := 1; ; n++ {
		free := fmt.Sprintf("%s%d", letter, n)
		if !slices.ContainsFunc(parts, func(p T) bool { return id(p) == free }) {
			return free
		}
	}
}

// dropEffects leaves out what answers and rules do to things that are gone, without touching what the item shares.
func (it *Item) dropEffects(gone func(Effect) bool) {
	it.Situations = slices.Clone(it.Situations)
	for i := range it.Situations {
		options := slices.Clone(it.Situations[i].Options)
		for j := range options {
			options[j].Effects = slices.DeleteFunc(slices.Clone(options[j].Effects), gone)
		}
		it.Situations[i].Options = options
	}
	it.Rules = slices.Clone(it.Rules)
	for i := range it.Rules {
		it.Rules[i].Effects = slices.DeleteFunc(slices.Clone(it.Rules[i].Effects), gone)
	}
}

// Slots are the stations that a road can have, in the order in which they come.
func Slots() []string {
	return []string{
		"accept", "town", "survey", "review", "check", "test", "expert", "assess", "hearing", "eval", "consult", "review2", "publicity",
		"decide", "pay", "print", "issue", "postcheck",
	}
}
