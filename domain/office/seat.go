package office

import (
	"slices"
	"strings"

	"onedoor.app/infra/db"
)

// Seat is a post with the people in it, as those who keep the posts see it.
type Seat struct {
	Unit     Unit
	Post     Post
	Holders  []Person      // appointed and still here
	Deputies []Arrangement // in force or still to come, by holder
	Names    map[int64]string
}

// Person is somebody as lists show them.
type Person struct {
	ID   int64
	No   string
	Name string
	Unit string
}

// Apart reports whether nobody may stand in at this seat (三员分立).
func (s Seat) Apart() bool { return apart[s.Post.Kind] }

// Seats returns every post with its people, by unit, those of a bureau first.
func (s *Service) Seats(tx *db.Tx) ([]Seat, error) {
	units, err := listUnits(tx)
	if err != nil {
		return nil, err
	}
	byCode, order := make(map[string]Unit, len(units)), make(map[string]int, len(units))
	for i, u := range tree(units) {
		byCode[u.Code], order[u.Code] = u.Unit, i
	}
	posts, err := listPosts(tx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(posts, func(a, b Post) int { return order[a.Unit] - order[b.Unit] })
	seats := make([]Seat, len(posts))
	at := make(map[string]*Seat, len(posts))
	for i, p := range posts {
		seats[i] = Seat{Unit: byCode[p.Unit], Post: p, Names: map[int64]string{}}
		at[p.Code] = &seats[i]
	}
	if err := fillSeats(tx, at, today(tx)); err != nil {
		return nil, err
	}
	return seats, nil
}

// speaksOf reports whether a seat's unit or post, or its people too, contain what
// is looked for.
func (s Seat) speaksOf(query string, people bool) bool {
	if strings.Contains(s.Unit.Name, query) || strings.Contains(s.Post.Name, query) {
		return true
	}
	for _, name := range s.Names {
		if people && strings.Contains(name, query) {
			return true
		}
	}
	return false
}

// Seat returns one post with its people and those who might stand in: everybody
// of the same body.
func (s *Service) Seat(tx *db.Tx, post string) (seat Seat, colleagues []Person, err error) {
	if seat.Post, err = findPost(tx, post); err != nil {
		return seat, nil, err
	}
	if seat.Unit, err = findUnit(tx, seat.Post.Unit); err != nil {
		return seat, nil, err
	}
	seat.Names = map[int64]string{}
	if err := fillSeats(tx, map[string]*Seat{post: &seat}, today(tx)); err != nil {
		return seat, nil, err
	}
	colleagues, err = listColleagues(tx, seat.Unit)
	return seat, colleagues, err
}

func fillSeats(tx *db.Tx, at map[string]*Seat, day string) error {
	holders, err := listSitting(tx)
	if err != nil {
		return err
	}
	for _, h := range holders {
		if seat := at[h.post]; seat != nil {
			seat.Holders = append(seat.Holders, h.Person)
			seat.Names[h.ID] = h.Name
		}
	}
	standing, err := listStanding(tx, day)
	if err != nil {
		return err
	}
	for _, d := range standing {
		if seat := at[d.Post]; seat != nil {
			seat.Deputies = append(seat.Deputies, d.Arrangement)
			seat.Names[d.Deputy] = d.name
		}
	}
	return nil
}

// holding returns the names of the holders.
func (s Seat) holding() []string {
	names := make([]string, len(s.Holders))
	for i, h := range s.Holders {
		names[i] = h.Name
	}
	return names
}

// standing returns the names of those who stand in on a day, nobody twice.
func (s Seat) standing(day string) []string {
	var names []string
	for _, a := range s.Deputies {
		if name := s.Names[a.Deputy]; a.On(day) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// deputised reports whether somebody stands in for a holder, now or later.
func (s Seat) deputised(holder int64) bool {
	return slices.ContainsFunc(s.Deputies, func(a Arrangement) bool { return a.Holder == holder })
}
