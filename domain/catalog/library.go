package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// LibraryMaterial is an entry of the library of materials (材料库): what a kind of paper
// is, said once for all items that ask for it.
type LibraryMaterial struct {
	Code string `yaml:"code" json:"code"`
	Name string `yaml:"name" json:"name"`

	Kind       string   `yaml:"kind" json:"kind"`                          // as of Material
	Source     string   `yaml:"source" json:"source"`                      // 10 申请人自备, 20 政府部门核发, 99 其他
	SourceNote string   `yaml:"source_note" json:"source_note,omitempty"`  // where to get it
	Trust      string   `yaml:"trust_grade" json:"trust"`                  // A to D
	Form       string   `yaml:"form" json:"form"`                          // 1 纸质, 2 电子化, 3 纸质或者电子化
	Spec       string   `yaml:"spec" json:"spec,omitempty"`                // paper and size
	Points     []string `yaml:"acceptance_points" json:"points,omitempty"` // what the clerk looks at and ticks
	ReplacedBy []string `yaml:"replaced_by" json:"replaced_by,omitempty"`  // certificate types that stand in for it
	Issuer     string   `yaml:"issuer" json:"issuer,omitempty"`            // who issues it
	Age        string   `yaml:"age" json:"age,omitempty"`                  // how old it may be
	Basis      string   `yaml:"basis" json:"basis,omitempty"`              // why it may be asked for
	DeferDays  int      `yaml:"defer_days" json:"defer_days,omitempty"`    // working days by which it may come later, unless the item says otherwise
	Pledge     bool     `yaml:"pledge" json:"pledge,omitempty"`            // a pledge may stand in for it
	Proof      bool     `yaml:"proof" json:"proof,omitempty"`              // another body certifies something by it
	FillNote   string   `yaml:"fill_note" json:"fill_note,omitempty"`      // how to fill it in
	Plain      string   `yaml:"plain" json:"plain,omitempty"`              // what it is, in plain words
	Blank      *File    `yaml:"blank" json:"blank,omitempty"`              // the empty form
	Sample     *File    `yaml:"sample" json:"sample,omitempty"`            // one that is filled in
	Former     []string `yaml:"-" json:"former,omitempty"`                 // names that it had: an item that calls it so takes the new one over

	Version int       `yaml:"-" json:"-"`       // of the entry: what a change is made on
	Retired bool      `yaml:"retired" json:"-"` // no new item takes it
	Changed time.Time `yaml:"-" json:"-"`
	Place   string    `yaml:"-" json:"-"` // key of lists
}

// Bounds of an entry.
const (
	mostPoints    = 30
	mostPoint     = 200 // characters
	mostLine      = 300
	mostDefer     = 60 // working days
	mostFormer    = 20 // names that are remembered
	libraryLength = 50 // entries a page
)

var libraryCode = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Wrong says what is wrong with the entry by itself: its field to a fault code.
func (m LibraryMaterial) Wrong() fault.Fields {
	bad := fault.Fields{}
	short := func(text string, most int) bool { return utf8.RuneCountInString(text) <= most }
	bad.Need(libraryCode.MatchString(m.Code), "code", "catalog.library.code")
	bad.Need(m.Name != "" && short(m.Name, 100), "name", "catalog.library.name")
	for field, one := range map[string]struct {
		value string
		of    []string
	}{
		"kind": {m.Kind, []string{"1", "2", "3"}}, "source": {m.Source, []string{"10", fromGovernment, "99"}},
		"trust": {m.Trust, []string{"A", "B", "C", "D"}}, "form": {m.Form, []string{"1", formElectronic, "3"}},
	} {
		bad.Need(slices.Contains(one.of, one.value), field, "catalog.library.choose")
	}
	for field, text := range map[string]string{"source_note": m.SourceNote, "spec": m.Spec, "issuer": m.Issuer, "age": m.Age, "basis": m.Basis, "fill_note": m.FillNote, "plain": m.Plain} {
		bad.Need(short(text, mostLine), field, "catalog.library.long")
	}
	bad.Need(len(m.Points) > 0 && len(m.Points) <= mostPoints && !slices.ContainsFunc(m.Points, func(p string) bool { return p == "" || !short(p, mostPoint) }), "points", "catalog.library.points")
	bad.Need(m.DeferDays >= 0 && m.DeferDays <= mostDefer, "defer_days", "catalog.library.defer")
	bad.Need(!catchAll.MatchString(m.Name), "name", "catalog.library.vague")
	return bad
}

// Refresh returns the item as it is with what an entry of the library says today, and
// leaves it as it is itself: the same item where nothing differs. The item's own are the name
// of the material unless it is one that the entry had before, whether it is necessary, how many
// originals and copies, how much later it may come, and the points that it adds.
func Refresh(it *Item, lib LibraryMaterial) *Item {
	next := *it
	next.Materials = slices.Clone(it.Materials)
	same := true
	for i := range next.Materials {
		m := &next.Materials[i]
		if m.Library != lib.Code {
			continue
		}
		was := *m
		m.take(lib)
		same = same && was.as(*m)
	}
	if same {
		return it
	}
	return &next
}

// take takes over what the library says.
func (m *Material) take(lib LibraryMaterial) {
	if m.Name == "" || slices.Contains(lib.Former, m.Name) {
		m.Name = lib.Name
	}
	m.Kind, m.Source, m.SourceNote, m.Trust, m.Form, m.Spec = lib.Kind, lib.Source, lib.SourceNote, lib.Trust, lib.Form, lib.Spec
	m.Points = slices.Concat(lib.Points, m.Extra)
	m.ReplacedBy = slices.Clone(lib.ReplacedBy)
	m.Issuer, m.Age, m.Basis, m.Pledge, m.Proof = lib.Issuer, lib.Age, cmp.Or(lib.Basis, m.Basis), lib.Pledge, lib.Proof
	m.FillNote, m.Plain, m.Blank, m.Sample = lib.FillNote, lib.Plain, lib.Blank, lib.Sample
}

// formerFor are the names that the entry had before it is called by another, the latest first.
func (m LibraryMaterial) formerFor(name string) []string {
	all := slices.Clone(m.Former)
	if m.Name != "" {
		all = append([]string{m.Name}, all...)
	}
	var list []string
	for _, n := range all {
		if n != name && !slices.Contains(list, n) && len(list) < mostFormer {
			list = append(list, n)
		}
	}
	return list
}

// as reports whether two materials say the same of what the library decides.
func (m Material) as(o Material) bool {
	file := func(a, b *File) bool {
		return a == nil && b == nil || a != nil && b != nil && a.Hash == b.Hash && a.Name == b.Name
	}
	return m.Name == o.Name && m.Kind == o.Kind && m.Source == o.Source && m.SourceNote == o.SourceNote && m.Trust == o.Trust && m.Form == o.Form &&
		m.Spec == o.Spec && slices.Equal(m.Points, o.Points) && slices.Equal(m.ReplacedBy, o.ReplacedBy) && m.Issuer == o.Issuer && m.Age == o.Age &&
		m.Basis == o.Basis && m.Pledge == o.Pledge && m.Proof == o.Proof && m.FillNote == o.FillNote && m.Plain == o.Plain &&
		file(m.Blank, o.Blank) && file(m.Sample, o.Sample)
}

// Inherit returns the item with what the library says today of all its materials that name an
// entry, to be published so: a version keeps its copy. An entry that does not exist is the
// Invalid fault catalog.item.library.
func (s *Service) Inherit(tx *db.Tx, it *Item) (*Item, error) {
	for _, m := range it.Materials {
		if m.Library == "" {
			continue
		}
		lib, err := s.LibraryMaterial(tx, m.Library)
		if fault.Is(err, fault.Unknown) {
			return nil, fault.New(fault.Invalid, "catalog.item.library", "where", m.ID+" "+m.Library)
		}
		if err != nil {
			return nil, err
		}
		it = Refresh(it, lib)
	}
	return it, nil
}

// LibraryMaterial returns an entry of the library; an unknown code is the Unknown fault
// catalog.library.none.
func (s *Service) LibraryMaterial(tx *db.Tx, code string) (LibraryMaterial, error) {
	return findLibrary(tx, code)
}

// Library lists entries by their names after a key, those whose name or code holds the text;
// next is the key of the following page, "" at the end.
func (s *Service) Library(tx *db.Tx, text, after string) (list []LibraryMaterial, next string, err error) {
	list, err = listLibrary(tx, strings.TrimSpace(text), after, libraryLength+1)
	if len(list) > libraryLength {
		list = list[:libraryLength]
		next = list[libraryLength-1].Place
	}
	return list, next, err
}

// Use is an item in force that has a material of the library.
type Use struct {
	Entry
	Materials []string // what it is called there
	Older     bool     // it still carries older words
}

// Uses lists the items in force that have an entry, after a key.
func (s *Service) Uses(tx *db.Tx, lib LibraryMaterial, after string) (list []Use, next string, err error) {
	entries, err := listEntries(tx, [][2]string{{facetMaterial, lib.Code}}, true, after, libraryLength+1)
	if err != nil {
		return nil, "", err
	}
	if len(entries) > libraryLength {
		entries = entries[:libraryLength]
		next = entries[libraryLength-1].Place
	}
	for _, e := range entries {
		it, err := s.Version(tx, e.ID)
		if err != nil {
			return nil, "", err
		}
		u := Use{Entry: e, Older: Refresh(it, lib) != it}
		for _, m := range it.Materials {
			if m.Library == lib.Code {
				u.Materials = append(u.Materials, m.Name)
			}
		}
		list = append(list, u)
	}
	return list, next, nil
}

// enactMaterial takes an entry into the library (on is 0) or puts other words into it; on is the version that was looked at,
// and another one since is the Stale fault catalog.library.stale. A code that is taken is the Conflict fault
// catalog.library.taken; what is wrong is an Invalid fault by field. Items in force keep the older words until they are
// published anew: see Spread. The files of the entry stay: see enactForm.
func (s *Service) enactMaterial(tx *db.Tx, who writer, on int, m LibraryMaterial, why string) error {
	bad := m.Wrong()
	for _, code := range m.ReplacedBy {
		_, err := findCertificateType(tx, code)
		if err != nil && !fault.Is(err, fault.Unknown) {
			return err
		}
		bad.Need(err == nil, "replaced_by", "catalog.library.certificate")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := lockLibrary(tx, m.Code)
	switch {
	case on == 0 && err == nil:
		return fault.New(fault.Conflict, "catalog.library.taken")
	case err != nil && (on != 0 || !fault.Is(err, fault.Unknown)):
		return err
	case was.Version != on:
		return fault.New(fault.Stale, "catalog.library.stale")
	}
	m.Version, m.Retired, m.Blank, m.Sample = on+1, was.Retired, was.Blank, was.Sample
	m.Former = was.formerFor(m.Name)
	act := "catalog.material_changed"
	if on == 0 {
		act = "catalog.material_added"
	}
	return s.saveMaterial(tx, who, act, m, why)
}

func (s *Service) saveMaterial(tx *db.Tx, who writer, act string, m LibraryMaterial, reason string) error {
	if err := saveLibrary(tx, m, ""); err != nil {
		return err
	}
	if err := saveLibraryWriter(tx, m.Code, personOf(who.Actor)); err != nil || s.Log == nil {
		return err
	}
	return s.Log(tx, who.acts(), act, "catalog-material:"+m.Code, who.facts(map[string]any{"version": m.Version, "retired": m.Retired, "material": m, "reason": reason}))
}

// The files of an entry.
const (
	BlankForm  = "blank"  // 空白表格
	SampleForm = "sample" // 示例样表
)

// enactForm gives an entry its blank or sample form, which KeepFile has kept, or takes it away where f is nil; one that is not
// kept is an Invalid fault of the field file. Other faults as for enactMaterial.
func (s *Service) enactForm(tx *db.Tx, who writer, on int, code, which string, f *File, why string) error {
	m, err := lockOn(tx, code, on)
	if err != nil {
		return err
	}
	if f != nil {
		kept, err := listFiles(tx, []string{f.Hash})
		if err != nil {
			return err
		}
		if kept[f.Hash].Hash == "" {
			return fault.Fields{"file": "catalog.file.none"}.Err()
		}
	}
	switch which {
	case BlankForm:
		m.Blank = f
	case SampleForm:
		m.Sample = f
	default:
		return fault.New(fault.Unknown, "catalog.file.none")
	}
	m.Version++
	return s.saveMaterial(tx, who, "catalog.material_changed", m, why)
}

// lockOn locks an entry that nobody has changed since a version of it was looked at.
func lockOn(tx *db.Tx, code string, on int) (LibraryMaterial, error) {
	m, err := lockLibrary(tx, code)
	if err == nil && m.Version != on {
		err = fault.New(fault.Stale, "catalog.library.stale")
	}
	return m, err
}

// enactRetirement takes an entry out of use, or back into it: no item takes a retired one that has it not already. The
// reason is kept. Faults as for enactMaterial.
func (s *Service) enactRetirement(tx *db.Tx, who writer, on int, code string, retired bool, reason string) error {
	bad := fault.Fields{}
	reason = strings.TrimSpace(reason)
	bad.Need(reason != "" && utf8.RuneCountInString(reason) <= mostLine, "reason", "catalog.library.reason")
	if err := bad.Err(); err != nil {
		return err
	}
	m, err := lockOn(tx, code, on)
	if err != nil {
		return err
	}
	m.Version, m.Retired = on+1, retired
	return s.saveMaterial(tx, who, "catalog.material_retired", m, reason)
}
