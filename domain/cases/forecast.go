package cases

import (
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// Forecast is what another calendar would do to the cases under way.
type Forecast struct {
	Looked  int // cases with open clocks
	Cases   int // those of them with clocks that change
	Later   int // clocks that fall due later
	Sooner  int
	Certain int // clocks that are provisional no longer
	First   []Foreseen
	More    bool // not every case was looked at
}

// Foreseen is one case that would change.
type Foreseen struct {
	Case  int64
	No    string
	Item  string
	Moved []Moved
}

// Foresee tells what would happen if cal came into force. It looks at up to most
// cases and names the first few.
func (s *Service) Foresee(tx *db.Tx, cal *calendar.Calendar, most, few int) (f Forecast, err error) {
	const page = 1000
	law := &Law{Cal: cal}
	for after := int64(0); ; {
		list, err := listUncounted(tx, anyVersion, after, page)
		if err != nil {
			return f, err
		}
		for _, u := range list {
			after = u.id
			if f.Looked++; f.Looked > most {
				f.Looked, f.More = most, true
				return f, nil
			}
			_, moved := law.Recount(u.matter)
			f.add(u, moved, few)
		}
		if len(list) < page {
			return f, nil
		}
	}
}

// anyVersion is the name of no calendar.
const anyVersion = "-"

func (f *Forecast) add(u uncounted, moved []Moved, few int) {
	if len(moved) == 0 {
		return
	}
	f.Cases++
	for _, m := range moved {
		if m.Is > m.Was {
			f.Later++
		}
		if m.Is < m.Was {
			f.Sooner++
		}
		if m.Certain {
			f.Certain++
		}
	}
	if len(f.First) < few {
		f.First = append(f.First, Foreseen{Case: u.id, No: u.no, Item: u.item, Moved: moved})
	}
}
