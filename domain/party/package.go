package party

import (
	"context"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// packParty is one party of party.yaml of a package.
type packParty struct {
	ID            string
	Kind          string // person, organization, agent
	Name          string
	IDNo          string `yaml:"id_no"`
	Mobile        string
	ContactMobile string `yaml:"contact_mobile"`
	Address       string
	Division      string
	Assurance     string
	OrgKind       string `yaml:"org_kind"`
	CapitalWan    int64  `yaml:"capital_wan"`
	Scope         string
	Status        string
	Legal         string `yaml:"legal_representative"`
	LegalName     string `yaml:"legal_name"`
	LegalIDNo     string `yaml:"legal_id_no"`
	Mandates      []struct {
		Principal string
		Scope     []string
		From      string `yaml:"valid_from"`
		To        string `yaml:"valid_to"`
		Document  string
	}
}

const fenOfWan = 10_000 * 100

// LoadPackage reads party.yaml of a package folder. Parties that are there
// already stay as they are, so that loading twice changes nothing. Each new one
// gets accounts with passwordHash (see auth.Hash), whose logins are its id in
// the package, its number and its mobile number.
func (s *Service) LoadPackage(ctx context.Context, fsys fs.FS, passwordHash string) error {
	raw, err := fs.ReadFile(fsys, "party.yaml")
	if err != nil {
		return fmt.Errorf("party: %w", err)
	}
	var pack struct {
		Version string      `yaml:"version"`
		People  []packParty `yaml:"people"`
	}
	if err := yaml.Unmarshal(raw, &pack); err != nil {
		return fmt.Errorf("party: party.yaml: %w", err)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		ids, err := listPack(tx)
		if err != nil {
			return err
		}
		var fresh []packParty
		for _, p := range pack.People {
			if ids[p.ID] != 0 {
				continue
			}
			if ids[p.ID], err = s.loadParty(tx, p, passwordHash); err != nil {
				return fmt.Errorf("party: party.yaml: %s: %w", p.ID, err)
			}
			fresh = append(fresh, p)
		}
		for _, p := range fresh {
			if err := s.loadTies(tx, p, ids); err != nil {
				return fmt.Errorf("party: party.yaml: %s: %w", p.ID, err)
			}
		}
		return nil
	})
}

func (s *Service) loadParty(tx *db.Tx, m packParty, passwordHash string) (int64, error) {
	p := Party{
		ID: tx.NewID(), Kind: Person, Name: m.Name, IDType: IDCard, Number: number.Tidy(m.IDNo), Mobile: number.TidyMobile(m.Mobile),
		Address: m.Address, Division: m.Division, Assurance: m.Assurance, Registered: true,
	}
	if p.Assurance == "" {
		p.Assurance = Seen
	}
	if m.Kind == string(Organization) {
		p.Kind, p.IDType, p.Mobile = Organization, USCC, number.TidyMobile(m.ContactMobile)
		p.OrgKind, p.Capital, p.Scope, p.Status = m.OrgKind, m.CapitalWan*fenOfWan, m.Scope, m.Status
		p.LegalName, p.LegalNumber = m.LegalName, number.Tidy(m.LegalIDNo)
	}
	if err := p.check(); err != nil {
		return 0, err
	}
	added, err := insert(tx, s, p, m.ID)
	if err != nil {
		return 0, err
	}
	if !added {
		return 0, fmt.Errorf("its number is taken")
	}
	for _, login := range []string{m.ID, p.Number, p.Mobile} {
		if login == "" {
			continue
		}
		if _, err := auth.Open(tx, auth.Applicant, s.Login(login), p.ID, passwordHash); err != nil {
			return 0, err
		}
	}
	return p.ID, nil
}

// check refuses a party of a package whose number is wrong.
func (p Party) check() error {
	if p.Kind == Organization {
		return CheckUSCC(p.Number)
	}
	_, err := ParseIDNumber(p.Number)
	return err
}

// loadTies adds who represents a party and whom it may act for, which may come
// later in the file than the party itself.
func (s *Service) loadTies(tx *db.Tx, p packParty, ids map[string]int64) error {
	if p.Legal != "" {
		if ids[p.Legal] == 0 {
			return fmt.Errorf("legal representative %s is missing", p.Legal)
		}
		if err := changeLegal(tx, ids[p.ID], ids[p.Legal]); err != nil {
			return err
		}
	}
	for _, t := range p.Mandates {
		if ids[t.Principal] == 0 || !isDate(t.From) || !isDate(t.To) {
			return fmt.Errorf("mandate of %s", t.Principal)
		}
		m := Mandate{
			ID: tx.NewID(), Agent: ids[p.ID], Principal: ids[t.Principal],
			Items: t.Scope, From: t.From, To: t.To, Document: t.Document,
		}
		if err := insertMandate(tx, m); err != nil {
			return err
		}
		if err := s.log(tx, auth.Actor{Kind: auth.System}, "party.entrusted", Chain(m.Principal), m); err != nil {
			return err
		}
	}
	return nil
}
