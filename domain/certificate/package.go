package certificate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/db"
)

// Type is a type of certificates (证照类型).
type Type struct {
	Code     string // as the catalogue names it: CT-FOOD
	Name     string
	Definer  string // 统一社会信用代码 of the authority that defines it
	Serial   int64  // among the types of the definer
	TypeCode string // 证照类型代码, 21 characters
	Issuers  string // who issues such certificates, in words
	Holders  string // "person", "organization" or "person|organization"
	Validity string // in words: 5年, 长期, 见证面
	Layout   Layout
}

func (t Type) title() string {
	if t.Layout.Title != "" {
		return t.Layout.Title
	}
	return t.Name
}

// prefix begins the numbers of the type.
func (t Type) prefix() string {
	p := t.Layout.Prefix
	if p == "" {
		p = strings.TrimPrefix(tidy(t.Code), "CT")
	}
	p = p[:min(len(p), maxPrefix)]
	if p == "" || strings.Trim(p, alphabet36) != "" {
		return "Z"
	}
	return p
}

// typeCode is the code of a type among those that definer defines: the definer's
// code and the serial in three digits and letters.
func typeCode(definer string, serial int64) string {
	b := []byte("000")
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = alphabet36[serial%36]
		serial /= 36
	}
	return definer + string(b)
}

// pack is what this capability reads of a package folder.
type pack struct {
	Types []struct {
		Code, Name, Issuer, Holder, Validity string
	} `yaml:"certificate_types"`
	Layouts map[string]Layout `yaml:"layouts"`
	Units   []struct {
		Kind string
		USCC string `yaml:"uscc"`
	} `yaml:"units"`
	People []packParty `yaml:"people"`
}

type packParty struct {
	Name, Kind   string
	IDNo         string `yaml:"id_no"`
	Certificates []struct {
		Type, Number string
		HolderMatch  bool `yaml:"holder_match"`
	}
}

// LoadPackage reads the certificates' part of a package folder: the types of
// standards.yaml, what stands on them from certificates.yaml (which may be
// missing), the bureau of office.yaml, which defines the types, and the
// certificates that the parties of party.yaml hold already. Loading twice
// changes nothing; a type keeps its code for ever.
func (s *Service) LoadPackage(ctx context.Context, fsys fs.FS) error {
	var p pack
	for _, name := range []string{"standards.yaml", "office.yaml", "party.yaml", "certificates.yaml"} {
		raw, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) && name == "certificates.yaml" {
			continue
		}
		if err == nil {
			err = yaml.Unmarshal(raw, &p)
		}
		if err != nil {
			return fmt.Errorf("certificate: %s: %w", name, err)
		}
	}
	definer := ""
	for _, u := range p.Units {
		if u.Kind == "bureau" {
			definer = u.USCC
			break
		}
	}
	if len(definer) != usccLength {
		return errors.New("certificate: office.yaml: no bureau with a credit code")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		types, err := p.loadTypes(tx, definer)
		if err != nil {
			return err
		}
		for _, owner := range p.People {
			if err := s.importOf(tx, owner, types); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p pack) loadTypes(tx *db.Tx, definer string) (map[string]Type, error) {
	list, err := listTypes(tx)
	if err != nil {
		return nil, err
	}
	known, last := map[string]Type{}, int64(0)
	for _, t := range list {
		known[t.Code] = t
		if t.Definer == definer {
			last = max(last, t.Serial)
		}
	}
	for _, in := range p.Types {
		t, old := known[in.Code]
		if !old {
			last++
			t = Type{Code: in.Code, Definer: definer, Serial: last, TypeCode: typeCode(definer, last)}
		}
		t.Name, t.Issuers, t.Holders, t.Validity, t.Layout = in.Name, in.Issuer, in.Holder, in.Validity, p.Layouts[in.Code]
		if err := putType(tx, t); err != nil {
			return nil, err
		}
		known[in.Code] = t
	}
	return known, nil
}

// importOf takes over the certificates that a party of the package holds.
func (s *Service) importOf(tx *db.Tx, owner packParty, types map[string]Type) error {
	for _, in := range owner.Certificates {
		t, known := types[in.Type]
		if !known {
			return fmt.Errorf("certificate: party.yaml: no type %s", in.Type)
		}
		if !in.HolderMatch {
			continue
		}
		key := s.Box.Index(numberKey(in.Type, in.Number))
		if there, err := hasNumber(tx, key); err != nil || there {
			if err != nil {
				return err
			}
			continue
		}
		party, found, err := s.Party(tx, owner.IDNo)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		kind := Person
		if owner.Kind == string(Organization) {
			kind = Organization
		}
		c := Certificate{
			ID: tx.NewID(), Origin: Imported, Type: t.Code, Name: t.Name, Number: in.Number, Party: party,
			Issuer: t.Issuers, Status: Valid, MadeAt: tx.Now(),
			Face: Face{Title: t.Name, Number: in.Number, Holder: owner.Name, Kind: kind, Issuer: t.Issuers}, Version: 1,
		}
		c.Root = c.ID
		if c.sealed, err = s.seal(c); err != nil {
			return err
		}
		if err := insert(tx, c, key); err != nil {
			return err
		}
	}
	return nil
}

// numberKey tells certificates of all issuers apart.
func numberKey(typ, number string) string { return typ + ":" + tidy(number) }

// versionKey tells the versions of one number apart too.
func versionKey(c Certificate) string {
	key := numberKey(c.Type, c.Number)
	if c.Version > 1 {
		key += "#" + strconv.Itoa(c.Version)
	}
	return key
}

// Types returns every type, by code.
func (s *Service) Types(tx *db.Tx) ([]Type, error) { return listTypes(tx) }
