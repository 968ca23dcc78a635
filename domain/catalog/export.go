package catalog

import (
	"context"
	"io"
	"reflect"
	"slices"
	"strings"

	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// exported is how many items are read at a time, so that no snapshot is held for long.
const exported = 250

// Export writes the items in force: those of a body, or all with body "". Two exports of the
// same items are the same bytes. What it writes Import reads back as no news; CSV holds the
// main sheet alone, so that complete items can only go on as a workbook or a package. It
// needs the right catalog.keep.
func (s *Service) Export(ctx context.Context, who auth.Actor, format exchange.Format, body string, w io.Writer, tell Progress) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	switch format {
	case exchange.CSV:
		return s.exportCSV(ctx, body, w, tell)
	case exchange.XLSX:
		return s.exportWorkbook(ctx, body, w, tell)
	case exchange.Package:
		return s.exportPackage(ctx, body, w, tell)
	}
	return fault.New(fault.Invalid, "catalog.export.format")
}

// eachOut hands on the items in force in the order of their codes, byte by byte, with the names of
// their bodies. Databases sort capitals and signs in ways of their own, so the codes are sorted here.
func (s *Service) eachOut(ctx context.Context, body string, tell Progress, take func(records []*itemRow) error) error {
	codes, err := s.codesOut(ctx, body)
	if err != nil {
		return err
	}
	done := 0
	names := map[string][2]string{}
	for chunk := range slices.Chunk(codes, exported) {
		var list []*itemRow
		if err := s.DB.Read(ctx, func(tx *db.Tx) error {
			items, err := listBodies(tx, chunk)
			list = make([]*itemRow, 0, len(items))
			for _, code := range chunk {
				it := items[code]
				if it == nil {
					continue
				}
				if _, ok := names[it.Body]; !ok {
					names[it.Body] = [2]string{s.unitNamed(tx, it.Body), s.unitCode(tx, it.Body)}
				}
				list = append(list, &itemRow{Item: *it, state: stateOf(it), unitName: names[it.Body][0], uscc: names[it.Body][1]})
			}
			return err
		}); err != nil {
			return err
		}
		if err := take(list); err != nil {
			return err
		}
		done += len(chunk)
		say(tell, "writing", done, len(codes))
	}
	return nil
}

// codesOut are the codes of the items in force, sorted.
func (s *Service) codesOut(ctx context.Context, body string) (codes []string, err error) {
	for after := ""; ; {
		var list []string
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = listCodesOut(tx, body, after, 5000)
			return err
		}); err != nil {
			return nil, err
		}
		if len(list) == 0 {
			slices.Sort(codes)
			return codes, nil
		}
		codes, after = append(codes, list...), list[len(list)-1]
	}
}

func stateOf(it *Item) string {
	if it.Bare {
		return stateBare
	}
	return stateWhole
}

func (s *Service) unitNamed(tx *db.Tx, code string) string {
	if s.UnitName == nil {
		return code
	}
	return s.UnitName(tx, code)
}

func (s *Service) unitCode(tx *db.Tx, code string) string {
	if s.UnitUSCC == nil {
		return ""
	}
	return s.UnitUSCC(tx, code)
}

// rows writes an item as the row of the main sheet and the rows of the others. A bare item
// whose parts are those of its kind has none of these, and no code of a unit that another
// catalogue would not know.
func (s *Service) rows(r *itemRow) (main []string, others [][][]string) {
	derived := r.Bare && s.derives(&r.Item)
	out := *r
	if derived && r.unitName != "" && r.Unit == r.Body {
		out.Unit, out.Body = "", ""
	}
	for _, c := range mainColumns {
		main = append(main, c.get(&out))
	}
	others = make([][][]string, len(partSheets))
	for i, p := range partSheets {
		if !derived || !p.shape() {
			others[i] = p.write(&r.Item)
		}
	}
	return main, others
}

// derives reports whether the parts of a bare item are just those of its kind.
func (s *Service) derives(it *Item) bool {
	again := *it
	again.completeBare(s.Counter)
	a, err := it.hash()
	b, err2 := again.hash()
	return err == nil && err2 == nil && a == b
}

func (s *Service) exportCSV(ctx context.Context, body string, w io.Writer, tell Progress) error {
	t, err := exchange.NewTable(w)
	if err != nil {
		return err
	}
	var heads []string
	for _, c := range mainColumns {
		heads = append(heads, c.Text)
	}
	if err := t.Write(heads); err != nil {
		return err
	}
	if err := s.eachOut(ctx, body, tell, func(list []*itemRow) error {
		for _, r := range list {
			main, _ := s.rows(r)
			if err := t.Write(main); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return t.Close()
}

func mainHeads() []exchange.Heading {
	heads := make([]exchange.Heading, len(mainColumns))
	for i, c := range mainColumns {
		heads[i] = c.Heading
	}
	return heads
}

func headsOf[T any](columns []column[T]) []exchange.Heading {
	heads := make([]exchange.Heading, len(columns))
	for i, c := range columns {
		heads[i] = c.Heading
	}
	return heads
}

func (s *Service) exportWorkbook(ctx context.Context, body string, w io.Writer, tell Progress) error {
	b, err := exchange.NewWorkbook(w)
	if err != nil {
		return err
	}
	if err := b.Sheet(mainSheet, mainHeads(), false); err != nil {
		return err
	}
	others := make([][][]string, len(partSheets))
	if err := s.eachOut(ctx, body, tell, func(list []*itemRow) error {
		for _, r := range list {
			main, rows := s.rows(r)
			if err := b.Write(main); err != nil {
				return err
			}
			for i := range rows {
				others[i] = append(others[i], rows[i]...)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for i, p := range partSheets {
		if err := writeSheet(b, p.name(), p.heads(), others[i]); err != nil {
			return err
		}
		others[i] = nil
	}
	if err := s.exportBeside(ctx, b); err != nil {
		return err
	}
	return b.Close()
}

func writeSheet(b *exchange.Workbook, name string, heads []exchange.Heading, rows [][]string) error {
	if err := b.Sheet(name, heads, false); err != nil {
		return err
	}
	for _, r := range rows {
		if err := b.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// exportBeside writes what items refer to.
func (s *Service) exportBeside(ctx context.Context, b *exchange.Workbook) error {
	k, err := s.known(ctx)
	if err != nil {
		return err
	}
	if err := writeSheet(b, certificateSheet, headsOf(certificateColumns), cellsOf(certificateColumns, k.certificates)); err != nil {
		return err
	}
	if err := writeSheet(b, librarySheet, headsOf(sharedColumns), cellsOf(sharedColumns, k.library)); err != nil {
		return err
	}
	return writeSheet(b, flowSheet, headsOf(flowColumns), cellsOf(flowColumns, k.flows))
}

func cellsOf[T any](columns []column[T], things []T) (rows [][]string) {
	for _, t := range things {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = c.get(&t)
		}
		rows = append(rows, cells)
	}
	return rows
}

// known reads what items refer to. The flow that the program itself brings along is left out.
func (s *Service) known(ctx context.Context) (k brought, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		k = brought{}
		if k.certificates, err = listCertificateTypes(tx, mostTypes); err != nil {
			return err
		}
		library, err := listWholeLibrary(tx)
		if err != nil {
			return err
		}
		for _, m := range library {
			k.library = append(k.library, m.LibraryMaterial)
		}
		flows, err := listTemplates(tx)
		k.flows = slices.DeleteFunc(flows, func(t Template) bool { return reflect.DeepEqual(t, standard()) })
		slices.SortFunc(k.certificates, func(a, b CertificateType) int { return strings.Compare(a.Code, b.Code) })
		slices.SortFunc(k.library, func(a, b LibraryMaterial) int { return strings.Compare(a.Code, b.Code) })
		slices.SortFunc(k.flows, func(a, b Template) int { return strings.Compare(a.ID, b.ID) })
		return err
	})
	return k, err
}

// WriteTemplate writes an empty workbook with every sheet, what belongs into each column, and
// lists to choose from.
func WriteTemplate(w io.Writer) error {
	b, err := exchange.NewWorkbook(w)
	if err != nil {
		return err
	}
	heads := mainHeads()
	for i := range heads {
		heads[i].Need = slices.Contains([]string{headName, headType, headBody}, heads[i].Text)
	}
	if err := b.Sheet(mainSheet, heads, true); err != nil {
		return err
	}
	for _, p := range partSheets {
		if err := b.Sheet(p.name(), p.heads(), true); err != nil {
			return err
		}
	}
	if err := b.Sheet(certificateSheet, headsOf(certificateColumns), true); err != nil {
		return err
	}
	if err := b.Sheet(librarySheet, headsOf(sharedColumns), true); err != nil {
		return err
	}
	if err := b.Sheet(flowSheet, headsOf(flowColumns), true); err != nil {
		return err
	}
	return b.Close()
}
