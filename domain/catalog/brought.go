package catalog

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// mostTypes is how many kinds of certificates a file may name.
const mostTypes = 10_000

// brought is what a file brings besides items: what items refer to and, in a package, the base catalogue and the ledger of
// reform.
type brought struct {
	flows        []Template
	certificates []CertificateType
	bases        []Base
	library      []LibraryMaterial
	reforms      reformsFile
	files        map[string]keptForm // blank and sample forms by their hash
}

// learn reads what entries may refer to: what the file brings and what the catalogue has.
func (s *Service) learn(ctx context.Context, in *incoming) error {
	if err := s.fileAway(ctx); err != nil {
		return err
	}
	return s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		in.late, in.known, in.drawn = nil, map[string]bool{}, map[string]drawn{}
		in.used, in.uscc, in.seen, in.called = map[string]string{}, map[string]string{}, seen{}, map[string]string{}
		if in.templates, err = s.Templates(tx); err != nil {
			return err
		}
		for _, t := range in.flows {
			in.templates[t.ID] = t
		}
		types, err := listCertificateTypes(tx, mostTypes)
		for _, c := range append(types, in.certificates...) {
			in.known[c.Code] = true
		}
		for _, code := range in.codes(0, in.size()) {
			in.known[code] = true
		}
		if err != nil {
			return err
		}
		in.learnReforms(tx.Now())
		if err := in.learnLibrary(tx); err != nil {
			return err
		}
		if err := s.checkLibrary(tx, in); err != nil {
			return err
		}
		in.pieces, err = s.pieces(tx, in.brought)
		in.beside = count(in.pieces)
		return err
	})
}

// learnReforms leaves out what is not right of the ledger.
func (in *incoming) learnReforms(now time.Time) {
	var late []Refusal
	in.reforms, late = in.reforms.right(now)
	in.late = append(in.late, late...)
}

// learnLibrary makes out what the library will say: what the file says of an entry, unless it said the same before.
func (in *incoming) learnLibrary(tx *db.Tx) error {
	in.words = map[string]LibraryMaterial{}
	entries, err := listWholeLibrary(tx)
	if err != nil {
		return err
	}
	said := map[string]string{}
	for _, e := range entries {
		in.words[e.Code], said[e.Code] = e.LibraryMaterial, e.brought
	}
	for _, m := range in.library {
		hash, err := hashOf(m)
		if err != nil {
			return err
		}
		if said[m.Code] != hash {
			in.words[m.Code] = m
		}
	}
	return nil
}

// checkLibrary leaves out entries whose forms are nowhere: nobody could load them.
func (s *Service) checkLibrary(tx *db.Tx, in *incoming) error {
	kept := in.library[:0:0]
	for _, m := range in.library {
		lost, err := s.lacks(tx, in, m.Blank, m.Sample)
		if err != nil {
			return err
		}
		if lost == nil {
			kept = append(kept, m)
			continue
		}
		in.late = append(in.late, Refusal{Sheet: in.librarySheet(), File: in.libraryFile(), Name: m.Name, Code: "catalog.import.no_form", Where: m.Code, Part: Part{Name: m.Name, Rest: lost.Name}})
		delete(in.words, m.Code)
	}
	in.library = kept
	return nil
}

func (in *incoming) librarySheet() string {
	if in.list == nil {
		return ""
	}
	return librarySheet
}

func (in *incoming) libraryFile() string {
	if in.list == nil {
		return libraryFile
	}
	return ""
}

// lacks returns the first of the files that is neither brought nor kept as a form, nil for none. Of what type and size a
// form is, is what its content says and not who names it.
func (s *Service) lacks(tx *db.Tx, in *incoming, files ...*File) (*File, error) {
	for _, f := range files {
		if f == nil || s.Blobs == nil {
			continue
		}
		kept, known := in.there[f.Hash]
		if c, ok := in.files[f.Hash]; ok {
			kept, known = c.File, true
		}
		if !known {
			found, err := listFiles(tx, []string{f.Hash})
			if err != nil {
				return nil, err
			}
			kept = found[f.Hash]
			in.there[f.Hash] = kept
		}
		if kept.Hash == "" {
			return f, nil
		}
		if f.Type, f.Size = kept.Type, kept.Size; fileTypes[strings.ToLower(path.Ext(f.Name))] != f.Type {
			f.Name = kept.Name
		}
	}
	return nil, nil
}

// formsOf are the files of an item.
func formsOf(it *Item) []*File {
	list := []*File{it.Result.Sample}
	for _, m := range it.Materials {
		list = append(list, m.Blank, m.Sample)
	}
	return list
}

// inherit is the item with what the library says of its materials; w names one that no entry is.
func (in *incoming) inherit(it *Item) (*Item, []Wrong) {
	var w []Wrong
	for _, m := range it.Materials {
		if m.Library == "" {
			continue
		}
		if lib, ok := in.words[m.Library]; ok {
			it = Refresh(it, lib)
		} else {
			w = append(w, Wrong{"catalog.item.library", m.ID + " " + m.Library})
		}
	}
	return it, w
}

// right is the ledger without what is not right, and what that is.
func (f reformsFile) right(now time.Time) (out reformsFile, wrong []Refusal) {
	there := map[string]bool{}
	for _, e := range f.Reforms {
		e.tidy()
		err := e.wrong(now)
		if e.ID == "" || there[e.ID] {
			err = fault.Fields{"id": "catalog.reform.id"}.Err()
		}
		if err != nil {
			wrong = append(wrong, reformRefusal(e.Name, e.ID, err))
			continue
		}
		there[e.ID] = true
		out.Reforms = append(out.Reforms, e)
	}
	for _, e := range f.Seals {
		if err := e.wrong(there, now); err != nil {
			wrong = append(wrong, reformRefusal(e.Name, e.ID, err))
			continue
		}
		out.Seals = append(out.Seals, e)
	}
	return out, wrong
}

func reformRefusal(name, id string, err error) Refusal {
	return Refusal{File: reformsName, Name: name, Code: firstCode(err), Where: id}
}

// firstCode is what is wrong, of several fields the first.
func firstCode(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return fault.Code(err)
	}
	return f.Fields[sortedKeys(f.Fields)[0]]
}

// wrong plays the acts of a seal through. there are the entries of the ledger that the file has.
func (e sealEntry) wrong(there map[string]bool, now time.Time) error {
	if e.ID == "" {
		return fault.Fields{"id": "catalog.reform.id"}.Err()
	}
	if e.Reform != "" && !there[e.Reform] {
		return fault.Fields{"reform": "catalog.reform.none"}.Err()
	}
	if err := wrongSeal(Seal{Name: e.Name, Number: e.Number, Unit: e.Unit}).Err(); err != nil {
		return err
	}
	state, day := SealInUse, ""
	for _, step := range e.Acts {
		next, ok := state.after(step.Act)
		if !ok {
			return fault.New(fault.Conflict, "catalog.seal.state")
		}
		if err := step.wrong(day, now); err != nil {
			return err
		}
		state, day = next, step.Day
	}
	return nil
}
