package catalog

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// maxFile is how large a text that is pasted or sent along may be, mostText one file of a package: a base catalogue of
// thousands is one.
const (
	maxFile  = 1 << 20
	mostText = 16 << 20
)

// CertificateType is a kind of certificate that items ask for or give.
type CertificateType struct {
	Code     string `yaml:"code"`
	Name     string `yaml:"name"`
	Issuer   string `yaml:"issuer"`
	Holder   string `yaml:"holder"` // person, organization or person|organization
	Validity string `yaml:"validity"`
}

// Package is the catalogue part of a package folder (docs/package.md), read and
// checked, but not yet published.
type Package struct {
	Items        []*Item
	Templates    map[string]Template
	Flows        []Template // those that the package itself brings
	Bases        []Base     // of the base catalogue
	Certificates []CertificateType
	Library      []LibraryMaterial
	Refused      []Refusal

	reforms reformsFile
	files   map[string][]byte // blank and sample forms by their hash
	older   map[string]*Item  // by code, those that the library words otherwise, as they are written
}

// LoadPackage publishes the items of a package folder: items/*.yaml with flows.yaml,
// standards.yaml and materials.yaml beside them. What did not change makes no new version; an item
// that is not right is refused and the others are published all the same.
func (s *Service) LoadPackage(ctx context.Context, fsys fs.FS) (Report, error) {
	p, err := ReadPackage(fsys)
	if err != nil {
		return Report{}, err
	}
	if err := s.keepFiles(ctx, p.files); err != nil {
		return Report{}, err
	}
	var report Report
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		report = Report{Refused: slices.Clone(p.Refused)}
		if err := saveCertificateTypes(tx, p.Certificates); err != nil {
			return err
		}
		if err := s.loadBases(tx, p.Bases); err != nil {
			return err
		}
		if err := bringLibraries(tx, p.Library); err != nil {
			return err
		}
		if err := keepTemplates(tx, p.Templates); err != nil {
			return err
		}
		return s.publishAll(tx, auth.Actor{Kind: auth.System}, originPackage, p.Items, p.Templates, &report)
	})
	return report, err
}

// ReadPackage reads and checks the catalogue part of a package folder.
func ReadPackage(fsys fs.FS) (*Package, error) {
	p := &Package{Templates: map[string]Template{FlowStandard: standard()}, files: map[string][]byte{}, older: map[string]*Item{}}
	var flows struct {
		Flows []Template `yaml:"flows"`
	}
	if err := readYAML(fsys, "flows.yaml", &flows, false); err != nil {
		return nil, err
	}
	for _, t := range flows.Flows {
		t.Root, _ = asRoot.read(asRoot.write(t.Root)) // without lists of nothing
		p.Flows = append(p.Flows, t)
		p.Templates[t.ID] = t
	}
	var standards struct {
		Certificates []CertificateType `yaml:"certificate_types"`
	}
	if err := readYAML(fsys, "standards.yaml", &standards, false); err != nil {
		return nil, err
	}
	p.Certificates = standards.Certificates
	if err := p.readBases(fsys); err != nil {
		return nil, err
	}
	if err := p.readLibrary(fsys); err != nil {
		return nil, err
	}
	if err := readYAML(fsys, reformsName, &p.reforms, false); err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "items/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		p.read(fsys, name)
	}
	p.link(fsys)
	return p, nil
}

// read takes one item file in, or refuses it and says all that is wrong with it.
func (p *Package) read(fsys fs.FS, name string) {
	f, text, err := readItem(fsys, name)
	if err != nil {
		p.refuse(name, lineIn(err), "catalog.package.unreadable", yamlWords(err))
		return
	}
	if f.ID+".yaml" != path.Base(name) {
		p.refuse(name, lineOf(text, Wrong{Where: "id"}), "catalog.package.name", f.ID)
		return
	}
	it := f.item()
	written := *it
	written.Materials = slices.Clone(it.Materials)
	if where, err := p.inherit(fsys, it, f.Materials); err != nil {
		w := Wrong{fault.Code(err), where}
		p.refuse(name, lineOf(text, w), w.Code, w.Where)
		return
	}
	wrong := it.Wrong()
	for _, w := range wrong {
		p.refuse(name, lineOf(text, w), w.Code, w.Where)
	}
	if len(wrong) > 0 {
		return
	}
	p.Items = append(p.Items, it)
	if !reflect.DeepEqual(written.Materials, it.Materials) && len(written.Wrong()) == 0 {
		p.older[it.Code] = &written
	}
}

// link refuses items that refer to what is not in the package, and those whose drawings
// were changed: the drawing is made from the steps.
func (p *Package) link(fsys fs.FS) {
	known := map[string]bool{}
	for _, it := range p.Items {
		known[it.Code] = true
	}
	for _, c := range p.Certificates {
		known[c.Code] = true
	}
	p.Items = slices.DeleteFunc(p.Items, func(it *Item) bool {
		name := itemPath(it.Code)
		wrong := it.dangling(known, p.Templates)
		if len(wrong) == 0 {
			wrong = p.redrawn(fsys, it)
		}
		for _, w := range wrong {
			text, _ := readText(fsys, name)
			p.refuse(name, lineOf(text, w), w.Code, w.Where)
		}
		return len(wrong) > 0
	})
}

// redrawn lists drawings of the package that say something else than the steps do.
func (p *Package) redrawn(fsys fs.FS, it *Item) (w []Wrong) {
	for _, id := range it.flowIDs() {
		name := drawingPath(it.Code, id)
		there, err := readText(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		source, _, failed := it.drawing(p.Templates[id])
		if err != nil || failed != nil || !bytes.Equal(bytes.TrimSpace(source), bytes.TrimSpace(there)) {
			w = append(w, Wrong{"catalog.package.drawing", name})
		}
	}
	return w
}

func (p *Package) refuse(name string, line int, code, where string) {
	p.Refused = append(p.Refused, Refusal{File: name, Line: line, Name: strings.TrimSuffix(path.Base(name), ".yaml"), Code: code, Where: where})
}

// readYAML reads one file. A file that is missing reads as empty unless it must be
// there; a must-read file may hold no key that v does not have.
func readYAML(fsys fs.FS, name string, v any, strict bool) error {
	text, err := readText(fsys, name)
	if errors.Is(err, fs.ErrNotExist) && !strict {
		return nil
	}
	if err != nil {
		return err
	}
	return decodeYAML(name, text, v, strict)
}

func readText(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostText+1))
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", name, err)
	}
	if len(text) > mostText {
		return nil, fmt.Errorf("catalog: %s: larger than %d bytes", name, mostText)
	}
	return text, nil
}

func decodeYAML(name string, text []byte, v any, strict bool) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(strict)
	if err := dec.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("catalog: %s: %w", name, err)
	}
	return nil
}

// itemFile is an item as its file has it.
type itemFile struct {
	ID       string `yaml:"id"`
	Like     string `yaml:"like"` // another item of the package, of which this file has only what differs
	Name     string `yaml:"name"`
	MainItem string `yaml:"main_item"`
	SubItem  string `yaml:"sub_item"`
	Type     string `yaml:"type"`
	TypeName string `yaml:"type_name"`
	Codes    struct {
		Base      string `yaml:"base_code"`
		Implement string `yaml:"implement_code"`
		Handle    string `yaml:"handle_code"`
		Local     string `yaml:"local_code"`
		Pattern   string `yaml:"pattern"`
		Status    string `yaml:"status"`
	} `yaml:"codes"`
	Unit        string    `yaml:"unit"`
	Body        string    `yaml:"implementing_unit"`
	UseLevel    string    `yaml:"use_level"`
	Audience    []string  `yaml:"audience"`
	ProjectType string    `yaml:"project_type"`
	ProjectName string    `yaml:"project_type_name"`
	Themes      []string  `yaml:"themes"`
	Keywords    []string  `yaml:"keywords"`
	Basis       []Basis   `yaml:"legal_basis"`
	Conditions  []string  `yaml:"conditions"`
	Statutory   limitFile `yaml:"statutory_limit"`
	Promised    limitFile `yaml:"promised_limit"`
	Fee         feeFile   `yaml:"fee"`
	Result      Result    `yaml:"result"`
	ActsOn      *ActsOn   `yaml:"acts_on"`
	Visits      int       `yaml:"visits"`
	OnlineDepth string    `yaml:"online_depth"`
	Offer       Offer     `yaml:"service"`
	Modes       Modes     `yaml:"modes"`
	Legal       Legal     `yaml:"legal"`
	Record      `yaml:",inline"`
	Flow        string         `yaml:"flow"`
	Situations  []Situation    `yaml:"situations"`
	Rules       []Rule         `yaml:"rules"`
	Materials   []materialFile `yaml:"materials"`
	Form        struct {
		ID     string      `yaml:"id"`
		Fields []fieldFile `yaml:"fields"`
	} `yaml:"form"`
	Steps        []Step    `yaml:"steps"`
	Special      []Special `yaml:"special_procedures"`
	Regulator    string    `yaml:"regulator"`
	CurrencyNote string    `yaml:"currency_note"`
	LevelNote    string    `yaml:"level_note"`
	Bare         bool      `yaml:"bare"` // came from a list
}

type limitFile struct {
	Value      *int   `yaml:"value"`
	Unit       string `yaml:"unit"`
	UnitName   string `yaml:"unit_name"`
	OnSpot     bool   `yaml:"on_the_spot"`
	Starts     string `yaml:"starts"`
	Basis      string `yaml:"basis"`
	Confidence string `yaml:"confidence"`
}

type feeFile struct {
	Charged   bool      `yaml:"charged"`
	PayOnline bool      `yaml:"pay_online"`
	Items     []FeeItem `yaml:"items"`
}

type materialFile struct {
	ID         string     `yaml:"id"`
	Name       string     `yaml:"name"`
	Kind       string     `yaml:"kind"`
	Source     string     `yaml:"source"`
	Necessity  string     `yaml:"necessity"`
	Form       string     `yaml:"form"`
	Originals  int        `yaml:"originals"`
	Copies     int        `yaml:"copies"`
	Trust      string     `yaml:"trust_grade"`
	Deferrable *deferFile `yaml:"deferrable"` // left out: as the library says
	ReplacedBy []string   `yaml:"replaced_by"`
	Points     []string   `yaml:"acceptance_points"`
	Library    string     `yaml:"library"`
	Extra      []string   `yaml:"extra_points"`
	Pledge     bool       `yaml:"pledge"`
	Proof      bool       `yaml:"proof"`
	Basis      string     `yaml:"basis"`
	Issuer     string     `yaml:"issuer"`
	Age        string     `yaml:"age"`
	Spec       string     `yaml:"spec"`
	SourceNote string     `yaml:"source_note"`
	FillNote   string     `yaml:"fill_note"`
	Plain      string     `yaml:"plain"`
	Remark     string     `yaml:"remark"`
	Blank      *File      `yaml:"blank"`
	Sample     *File      `yaml:"sample"`
}

type deferFile struct {
	Allowed bool   `yaml:"allowed"`
	Days    int    `yaml:"days"`
	Unit    string `yaml:"unit"`
}

type fieldFile struct {
	Key      string `yaml:"key"`
	Label    string `yaml:"label"`
	Type     string `yaml:"type"`
	Required bool   `yaml:"required"`
	Element  string `yaml:"element"`
	After    string `yaml:"not_before"`
	Rule     struct {
		Pattern   string   `yaml:"pattern"`
		Min       *float64 `yaml:"min"`
		Max       *float64 `yaml:"max"`
		MinLength int      `yaml:"min_length"`
		MaxLength int      `yaml:"max_length"`
		Scale     int      `yaml:"scale"`
		Options   []string `yaml:"options"`
		Check     string   `yaml:"check"`
		Must      string   `yaml:"must"`
	} `yaml:"validation"`
}

// limitUnits are the digits of the code list time_unit.
var limitUnits = map[string]string{"1": Workday, "2": Day, "3": Hour, "4": Minute, "5": Month}

func (l limitFile) limit() Limit {
	out := Limit{OnSpot: l.OnSpot, Starts: l.Starts, Basis: l.Basis, Confidence: l.Confidence}
	if l.Value != nil {
		out.Value, out.Unit = *l.Value, cmp.Or(limitUnits[l.Unit], "?"+l.Unit)
	}
	return out
}

func (f *itemFile) item() *Item {
	it := &Item{
		Code: f.ID, Name: f.Name, MainItem: f.MainItem, SubItem: f.SubItem, Type: f.Type,
		BaseCode: f.Codes.Base, ImplementCode: f.Codes.Implement, HandleCode: f.Codes.Handle,
		LocalCode: f.Codes.Local, CodeStatus: f.Codes.Status,
		Unit: f.Unit, Body: f.Body, Regulator: f.Regulator, UseLevel: f.UseLevel, Audience: f.Audience,
		ProjectType: f.ProjectType, Themes: f.Themes, Keywords: f.Keywords, Basis: f.Basis, Conditions: f.Conditions,
		StatutoryLimit: f.Statutory.limit(), PromisedLimit: f.Promised.limit(),
		Fee: Fee(f.Fee), Result: f.Result, Visits: f.Visits, OnlineDepth: f.OnlineDepth, Offer: f.Offer, Modes: f.Modes, Legal: f.Legal,
		ActsOn: f.ActsOn, Record: f.Record,
		Situations: f.Situations, Rules: f.Rules, Steps: f.Steps, Special: f.Special, FlowID: f.Flow,
		CurrencyNote: f.CurrencyNote, LevelNote: f.LevelNote, Bare: f.Bare,
	}
	for _, m := range f.Materials {
		it.Materials = append(it.Materials, m.material())
	}
	for _, fd := range f.Form.Fields {
		it.Fields = append(it.Fields, Field{
			Key: fd.Key, Label: fd.Label, Type: fd.Type, Required: fd.Required, Element: fd.Element,
			Pattern: fd.Rule.Pattern, Min: fd.Rule.Min, Max: fd.Rule.Max, MinLength: fd.Rule.MinLength,
			MaxLength: fd.Rule.MaxLength, Scale: fd.Rule.Scale, Options: fd.Rule.Options, Must: fd.Rule.Must, NotBefore: fd.After,
		})
	}
	return it
}

func (m materialFile) material() Material {
	out := Material{
		ID: m.ID, Name: m.Name, Kind: m.Kind, Source: m.Source, Necessity: m.Necessity, Form: m.Form,
		Originals: m.Originals, Copies: m.Copies, Trust: m.Trust, ReplacedBy: m.ReplacedBy, Points: m.Points,
		Library: m.Library, Extra: m.Extra, Pledge: m.Pledge, Proof: m.Proof, Basis: m.Basis, Issuer: m.Issuer, Age: m.Age, Spec: m.Spec,
		SourceNote: m.SourceNote, FillNote: m.FillNote, Plain: m.Plain, Remark: m.Remark, Blank: m.Blank, Sample: m.Sample,
	}
	if m.Deferrable != nil && m.Deferrable.Allowed {
		out.DeferDays = m.Deferrable.Days
	}
	return out
}
