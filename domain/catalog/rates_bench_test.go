package catalog

import (
	"fmt"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// BenchmarkRates answers for a province's catalogue: 11,000 items, each with three versions over two years. The rates page
// is "figures" and "series"; each says how many times as long the same takes from the versions (slowly).
func BenchmarkRates(b *testing.B) {
	const items = 11_000
	d, err := db.Open(b.Context(), b.TempDir()+"/bench.db")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	for _, s := range measured {
		if err := d.Migrate(b.Context(), s.Module, s.Files); err != nil {
			b.Fatal(err)
		}
	}
	now := calendar.NewDate(2024, 1, 2).Start()
	s := &Service{DB: d.WithClock(func() time.Time { return now })}
	for version := range 3 {
		for from := 0; from < items; from += batch {
			if err := s.DB.Write(b.Context(), func(tx *db.Tx) error { return fillBatch(s, tx, from, version) }); err != nil {
				b.Fatal(err)
			}
		}
		now = now.AddDate(0, 9, 0)
	}
	run := func(name string, fn func(tx *db.Tx) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := s.DB.Read(b.Context(), fn); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	day := calendar.DateOf(now)
	against := func(name string, slow, fast func(tx *db.Tx) error) {
		var before time.Duration
		b.Run(name+"/versions", func(b *testing.B) {
			for b.Loop() {
				if err := s.DB.Read(b.Context(), slow); err != nil {
					b.Fatal(err)
				}
			}
			before = b.Elapsed() / time.Duration(b.N)
		})
		b.Run(name+"/sums", func(b *testing.B) {
			for b.Loop() {
				if err := s.DB.Read(b.Context(), fast); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(before)*float64(b.N)/float64(b.Elapsed()), "times-faster")
		})
	}
	against("figures", func(tx *db.Tx) error { _, err := slowSums(tx, day.String()); return err },
		func(tx *db.Tx) error { _, err := s.FiguresAt(tx, day); return err })
	against("series", func(tx *db.Tx) error { _, err := slowSeries(tx, "", day); return err },
		func(tx *db.Tx) error { _, err := s.Series(tx, Scope{}, day); return err })
	run("lists", func(tx *db.Tx) error { _, err := s.ListStates(tx); return err })
	run("page", func(tx *db.Tx) error { _, err := s.ListRows(tx, ListPowers, ListFilter{}, "", 30); return err })
	run("groups", func(tx *db.Tx) error { _, _, err := s.ListGroups(tx, ListPowers); return err })
	run("members", func(tx *db.Tx) error { _, err := s.Members(tx, ListPowers); return err })
}

func fillBatch(s *Service, tx *db.Tx, from, version int) error {
	for i := from; i < from+batch; i++ {
		it := &Item{
			Code: fmt.Sprintf("item-%05d", i), Name: fmt.Sprintf("事项第%d号", i), Type: Types()[i%7], Unit: "A", Body: fmt.Sprintf("B%02d", i%40), ProjectType: "2",
			PromisedLimit: Limit{Value: 10 - version, Unit: Workday}, StatutoryLimit: Limit{Value: 20, Unit: Workday}, Offer: Offer{Online: true},
			Materials: make([]Material, 9-version), Steps: make([]Step, 5),
		}
		code := []string{it.Code}
		before, err := listStanding(tx, code, "")
		if err != nil {
			return err
		}
		hash, err := it.hash()
		if err != nil {
			return err
		}
		if err := s.publish(tx, system, originPage, it, hash, before[it.Code], nil); err != nil {
			return err
		}
	}
	return nil
}
