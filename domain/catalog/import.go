package catalog

import (
	"cmp"
	"context"
	"io"
	"path"
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Keep is the right to read in lists and packages.
const Keep = "catalog.keep"

// batch is how many items one unit of work publishes, so that a long list does not
// keep the others waiting.
const batch = 250

// Import publishes a list of items, CSV or XLSX: one line an item, with at least its
// name, kind and department under headings of columns. Such an item is bare: it has the
// form, materials, steps and limits of its kind, so that a case can be filed on it.
//
// Lines that are not right are refused with their number and the reason; the others are
// taken in. Reading the same list twice changes nothing, and an item that is already
// complete is never replaced by a bare one. A file that is no such list is an Invalid
// fault. It needs the right catalog.keep.
func (s *Service) Import(ctx context.Context, who auth.Actor, name string, r io.Reader) (Report, error) {
	report, _, err := s.importList(ctx, who, name, r)
	return report, err
}

// importList also tells the id under which the report is kept.
func (s *Service) importList(ctx context.Context, who auth.Actor, name string, r io.Reader) (report Report, id int64, err error) {
	if who.Kind != auth.System && !who.May(Keep) {
		return report, 0, fault.New(fault.Forbidden, "right.missing")
	}
	rows, err := readTable(name, r)
	if err != nil {
		return report, 0, err
	}
	l, err := readList(rows)
	if err != nil {
		return report, 0, err
	}
	report.Refused = l.refused
	if err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.findUnits(tx, l) }); err != nil {
		return report, 0, err
	}
	var items []*Item
	for _, e := range l.entries {
		items = append(items, e.item(s.Counter, l.units[e.department]))
	}
	for chunk := range slices.Chunk(items, batch) {
		var part Report
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			part = Report{}
			kept, err := s.sparing(tx, chunk, l, &part)
			if err != nil {
				return err
			}
			return s.publishAll(tx, who, originImport, kept, map[string]Template{FlowStandard: standard()}, &part)
		})
		if err != nil {
			return report, 0, err
		}
		report.add(part)
	}
	slices.SortStableFunc(report.Refused, func(a, b Refusal) int { return cmp.Compare(a.Line, b.Line) })
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id = tx.NewID()
		if err := insertImport(tx, id, path.Base(name), who.ID, report); err != nil || s.Log == nil || who.Kind == auth.System {
			return err
		}
		return s.Log(tx, who, "catalog.imported", "catalog:import", map[string]any{
			"import": id, "added": report.Added, "changed": report.Changed, "unchanged": report.Unchanged, "refused": len(report.Refused),
		})
	})
	return report, id, err
}

// findUnits turns the departments of a list into units.
func (s *Service) findUnits(tx *db.Tx, l *list) error {
	l.units = map[string]string{}
	for _, e := range l.entries {
		if l.units[e.department] != "" {
			continue
		}
		code := e.department
		if s.Unit != nil {
			var err error
			if code, err = s.Unit(tx, e.department, l.uscc[e.department]); err != nil {
				return err
			}
		}
		l.units[e.department] = code
	}
	return nil
}

// sparing leaves out the items that are already complete and refuses their lines.
func (s *Service) sparing(tx *db.Tx, items []*Item, l *list, report *Report) ([]*Item, error) {
	codes := make([]string, len(items))
	for i, it := range items {
		codes[i] = it.Code
	}
	complete, err := listComplete(tx, codes)
	if err != nil {
		return nil, err
	}
	var kept []*Item
	for _, it := range items {
		if complete[it.Code] {
			report.Refused = append(report.Refused, Refusal{Line: l.lines[it.Code], Name: it.Name, Code: "catalog.import.complete", Where: it.Code})
			continue
		}
		kept = append(kept, it)
	}
	return kept, nil
}
