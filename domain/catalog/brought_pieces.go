package catalog

import (
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Beside counts what a file brings besides items that is new or changed.
type Beside struct {
	Bases        int `json:"bases,omitempty"`        // of the base catalogue
	Certificates int `json:"certificates,omitempty"` // types of certificates
	Flows        int `json:"flows,omitempty"`
	Materials    int `json:"materials,omitempty"` // of the library
	Reforms      int `json:"reforms,omitempty"`
	Seals        int `json:"seals,omitempty"`
}

// Total is how many there are in all.
func (b Beside) Total() int {
	return b.Bases + b.Certificates + b.Flows + b.Materials + b.Reforms + b.Seals
}

// piece is one thing that a file brings besides items and that is news.
type piece struct {
	kind, code    string
	name          string
	before, after string // digests; before is "" for what is new
	chain         string // of the evidence; "" for that of the import
	keep          func(tx *db.Tx, who auth.Actor, why string) error
}

func count(pieces []piece) (b Beside) {
	n := map[string]*int{
		"base": &b.Bases, "certificate": &b.Certificates, "flow": &b.Flows, "material": &b.Materials, "reform": &b.Reforms, "seal": &b.Seals,
	}
	for _, p := range pieces {
		*n[p.kind]++
	}
	return b
}

// pieces lists what of it is news, in the order in which it is taken in. What was brought before stays as it has been
// changed since.
func (s *Service) pieces(tx *db.Tx, b brought) (all []piece, err error) {
	for _, list := range []func(*db.Tx, brought) ([]piece, error){
		s.certificatePieces, s.basePieces, s.materialPieces, s.flowPieces, s.reformPieces,
	} {
		some, err := list(tx, b)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// contentHash is hashOf for what holds texts, numbers and lists of them alone, which can always be written.
func contentHash(v any) string {
	hash, _ := hashOf(v)
	return hash
}

func (s *Service) certificatePieces(tx *db.Tx, b brought) (all []piece, err error) {
	if len(b.certificates) == 0 {
		return nil, nil
	}
	types, err := listCertificateTypes(tx, mostTypes)
	if err != nil {
		return nil, err
	}
	now := map[string]CertificateType{}
	for _, c := range types {
		now[c.Code] = c
	}
	for _, c := range b.certificates {
		p := piece{kind: "certificate", code: c.Code, name: c.Name, chain: "catalog.certificate_type:" + c.Code}
		if was, there := now[c.Code]; there {
			p.before = contentHash(was)
		}
		if p.after = contentHash(c); p.after == p.before {
			continue
		}
		now[c.Code] = c
		p.keep = func(tx *db.Tx, _ auth.Actor, _ string) error { return saveCertificateTypes(tx, []CertificateType{c}) }
		all = append(all, p)
	}
	return all, nil
}

func (s *Service) basePieces(tx *db.Tx, b brought) (all []piece, err error) {
	for i := range b.bases {
		base := &b.bases[i]
		now, _, err := findBase(tx, base.Code, "")
		if err != nil {
			return nil, err
		}
		p := piece{kind: "base", code: base.Code, name: base.Name, chain: "catalog.base:" + base.Code}
		if p.after, err = base.hash(); err != nil {
			return nil, err
		}
		if now != nil {
			if p.before, err = now.hash(); err != nil {
				return nil, err
			}
			brought, err := wasBrought(tx, base.Code, p.after, originPackage)
			if err != nil {
				return nil, err
			}
			if brought || p.before == p.after {
				continue
			}
		}
		p.keep = func(tx *db.Tx, who auth.Actor, why string) error {
			_, err := s.putBase(tx, writer{Actor: who}, originPackage, nil, base, why)
			return err
		}
		all = append(all, p)
	}
	return all, nil
}

func (s *Service) materialPieces(tx *db.Tx, b brought) (all []piece, err error) {
	if len(b.library) == 0 {
		return nil, nil
	}
	entries, err := listWholeLibrary(tx)
	if err != nil {
		return nil, err
	}
	now := map[string]broughtMaterial{}
	for _, e := range entries {
		now[e.Code] = e
	}
	for _, m := range b.library {
		p := piece{kind: "material", code: m.Code, name: m.Name, chain: "catalog-material:" + m.Code, after: contentHash(m)}
		was, there := now[m.Code]
		if there {
			p.before = contentHash(was.LibraryMaterial)
		}
		if there && (was.brought == p.after || p.before == p.after && was.Retired == m.Retired) {
			continue
		}
		p.keep = func(tx *db.Tx, _ auth.Actor, _ string) error { return bringLibrary(tx, m, p.after) }
		all = append(all, p)
	}
	return all, nil
}

func (s *Service) flowPieces(tx *db.Tx, b brought) (all []piece, err error) {
	if len(b.flows) == 0 {
		return nil, nil
	}
	flows, err := s.Templates(tx)
	if err != nil {
		return nil, err
	}
	last := map[string]Template{}
	for _, t := range b.flows {
		last[t.ID] = t
	}
	for _, id := range sortedKeys(last) { // two servers that load at once take the rows in one order
		t := last[id]
		p := piece{kind: "flow", code: id, name: t.Name, chain: "catalog.flow:" + id, after: contentHash(t)}
		if was, there := flows[id]; there {
			p.before = contentHash(was)
		}
		if p.after == p.before {
			continue
		}
		p.keep = func(tx *db.Tx, _ auth.Actor, _ string) error { return saveTemplate(tx, t) }
		all = append(all, p)
	}
	return all, nil
}

// reformPieces are entries of the ledger and seals that have not been entered. The first of them takes in all: seals name
// entries of the ledger.
func (s *Service) reformPieces(tx *db.Tx, b brought) (all []piece, err error) {
	for _, e := range b.reforms.Reforms {
		id, err := findSource(tx, "catalog_reform", e.ID)
		if err != nil {
			return nil, err
		}
		if id == 0 {
			all = append(all, piece{kind: "reform", code: e.ID, name: e.Name, after: contentHash(e)})
		}
	}
	for _, e := range b.reforms.Seals {
		id, err := findSource(tx, "catalog_seal", e.ID)
		if err != nil {
			return nil, err
		}
		if id == 0 {
			all = append(all, piece{kind: "seal", code: e.ID, name: e.Name, after: contentHash(e)})
		}
	}
	for i := range all {
		all[i].keep = func(*db.Tx, auth.Actor, string) error { return nil }
	}
	if len(all) > 0 {
		all[0].keep = func(tx *db.Tx, who auth.Actor, _ string) error { return s.loadReforms(tx, who, b.reforms) }
	}
	return all, nil
}

// broughtFacts are what is kept of one of the pieces as evidence.
type broughtFacts struct {
	Import int64  `json:"import,string"`
	Name   string `json:"name"` // of the file
	Kind   string `json:"kind"`
	Code   string `json:"code"`
	Before string `json:"before,omitempty"` // digests of its content
	After  string `json:"after"`
	By     Doer   `json:"by"`
	Kept   string `json:"kept,omitempty"` // digest of the row that it became, of an entry of the library
}

// bring takes in what an import brings besides items, each with evidence of its own.
func (s *Service) bring(tx *db.Tx, who auth.Actor, i Imported, b brought) (Beside, error) {
	pieces, err := s.pieces(tx, b)
	if err != nil {
		return Beside{}, err
	}
	quiet := auth.Actor{ID: who.ID, Staff: who.Staff, Name: doerOf(who).Name, Kind: auth.System} // the evidence is written here
	for _, p := range pieces {
		if err := p.keep(tx, quiet, i.Name); err != nil {
			return Beside{}, err
		}
		if s.Log == nil {
			continue
		}
		chain := p.chain
		if chain == "" {
			chain = importChain(i.ID)
		}
		facts := broughtFacts{i.ID, i.Name, p.kind, p.code, p.before, p.after, doerOf(who), ""}
		if p.kind == "material" {
			kept, err := findKept(tx, (*keptMaterial).columns, selectKeptMaterial+`WHERE code = $1`, p.code)
			if err != nil {
				return Beside{}, err
			}
			facts.Kept = kept.sum()
		}
		if err := s.Log(tx, who, "catalog.import_brought", chain, facts); err != nil {
			return Beside{}, err
		}
	}
	return count(pieces), nil
}
