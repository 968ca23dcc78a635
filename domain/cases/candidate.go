package cases

import (
	"slices"

	"onedoor.app/domain/office"
	"onedoor.app/infra/db"
)

// Candidate is somebody who may be named for a site check, with where they work.
type Candidate struct{ No, Name, Unit, Post string }

// mostCandidates is how many people a page offers to choose from.
const mostCandidates = 60

// Candidates lists whom a procedure on a case may name: those appointed to posts of a unit first, then those of every
// other inspecting post, mostCandidates at most. Nobody stands twice. Others may be named by their staff number all the same.
func (s *Service) Candidates(tx *db.Tx, unit string) (list []Candidate, err error) {
	seats, err := s.Office.Seats(tx)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	take := func(fits func(office.Seat) bool) {
		for _, seat := range seats {
			if !fits(seat) {
				continue
			}
			for _, h := range seat.Holders {
				if !seen[h.ID] && len(list) < mostCandidates {
					seen[h.ID] = true
					list = append(list, Candidate{No: h.No, Name: h.Name, Unit: seat.Unit.Name, Post: seat.Post.Name})
				}
			}
		}
	}
	take(func(x office.Seat) bool { return x.Post.Unit == unit && x.Post.Kind == office.Inspect })
	take(func(x office.Seat) bool { return x.Post.Unit == unit })
	take(func(x office.Seat) bool { return x.Post.Kind == office.Inspect })
	return slices.Clip(list), nil
}
