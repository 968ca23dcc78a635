package inout

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// endings are how files of the formats are called and announced.
var endings = map[exchange.Format][2]string{
	exchange.CSV:     {"csv", "text/csv; charset=utf-8"},
	exchange.XLSX:    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	exchange.Package: {"zip", "application/zip"},
}

// send answers with a file to keep. It is written whole before it is sent: half a workbook
// that looks like one is worse than none.
func send(w http.ResponseWriter, name string, format exchange.Format, write func(w io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", endings[format][1])
	h.Set("Content-Disposition", `attachment; filename="`+name+"."+endings[format][0]+`"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Cache-Control", "private, no-store")
	_, err := b.WriteTo(w)
	return err
}

func (p *Pages) template(w http.ResponseWriter, _ *http.Request) error {
	return send(w, "items-template", exchange.XLSX, catalog.WriteTemplate)
}

func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	format := exchange.Format(r.URL.Query().Get("format"))
	if !format.Known() {
		format = exchange.XLSX
	}
	return send(w, "items", format, func(w io.Writer) error {
		return p.Catalog.Export(r.Context(), auth.From(r.Context()), format, r.URL.Query().Get("body"), w, nil)
	})
}

// problems sends all problems of an import as a table.
func (p *Pages) problems(w http.ResponseWriter, r *http.Request) error {
	i, err := p.find(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var heads []exchange.Heading
	for _, key := range []string{"file", "sheet", "row", "column", "heading", "item", "reason"} {
		heads = append(heads, exchange.Heading{Text: i18n.T(ctx, "inout."+key), Wide: key == "reason" || key == "item", Number: key == "row"})
	}
	each := func(write func(row []string) error) error {
		return p.Catalog.ImportProblems(ctx, i, func(x catalog.Refusal) error {
			line := ""
			if x.Line > 0 {
				line = strconv.Itoa(x.Line)
			}
			return write([]string{x.File, x.Sheet, line, x.Column, x.Heading, x.Name, x.Words(ctx)})
		})
	}
	if r.URL.Query().Get("format") == string(exchange.CSV) {
		return send(w, "problems", exchange.CSV, func(w io.Writer) error { return writeCSV(w, heads, each) })
	}
	return send(w, "problems", exchange.XLSX, func(w io.Writer) error {
		b, err := exchange.NewWorkbook(w)
		if err != nil {
			return err
		}
		if err := b.Sheet(i18n.T(ctx, "inout.problems"), heads, false); err != nil {
			return err
		}
		if err := each(b.Write); err != nil {
			return err
		}
		return b.Close()
	})
}

// versions sends the versions that an import brought in force, with the digests of their content: what the digest in the
// evidence is over.
func (p *Pages) versions(w http.ResponseWriter, r *http.Request) error {
	i, err := p.find(r)
	if err != nil {
		return err
	}
	var list []catalog.VersionHash
	if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		list, err = p.Catalog.ImportedVersions(tx, i.ID)
		return err
	}); err != nil {
		return err
	}
	return send(w, "versions", exchange.CSV, func(w io.Writer) error {
		t, err := exchange.NewTable(w)
		if err != nil {
			return err
		}
		if err := t.Write([]string{i18n.T(r.Context(), "inout.code"), i18n.T(r.Context(), "inout.version"), i18n.T(r.Context(), "inout.hash")}); err != nil {
			return err
		}
		for _, v := range list {
			if err := t.Write([]string{v.Code, strconv.Itoa(v.Number), v.Hash}); err != nil {
				return err
			}
		}
		return t.Close()
	})
}

// writeCSV writes the rows that each hands over, below their heads.
func writeCSV(w io.Writer, heads []exchange.Heading, each func(write func(row []string) error) error) error {
	t, err := exchange.NewTable(w)
	if err != nil {
		return err
	}
	var head []string
	for _, h := range heads {
		head = append(head, h.Text)
	}
	if err := t.Write(head); err != nil {
		return err
	}
	if err := each(t.Write); err != nil {
		return err
	}
	return t.Close()
}
