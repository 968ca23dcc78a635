package certificate

import (
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// own are the lines of a face that every version has of its own; the others tell what was granted.
var own = []string{"number", "holder", "holder_number", "validity", "from", "until", "basis", "issuer", "decided"}

// same tells the lines of two faces that say the same thing.
func (r FaceRow) same(o FaceRow) bool {
	if r.Key != "" || o.Key != "" {
		return r.Key == o.Key
	}
	return r.Label == o.Label
}

// line is what a face says where r stands.
func (f Face) line(r FaceRow) (FaceRow, bool) {
	i := slices.IndexFunc(f.Rows, r.same)
	if i < 0 {
		return FaceRow{}, false
	}
	return f.Rows[i], true
}

// carried are the words of the next version of a certificate: those of the version that counts, with what this case changes.
// A case changes what its form says otherwise than the certificate did when it was applied for. Several cases may be under
// way about one certificate, a renewal and a change say: whichever is made last, none takes back what was granted in
// another.
func (s *Service) carried(tx *db.Tx, g Grant, mine Face, now Certificate) (Face, error) {
	if now.Origin != MadeHere {
		return mine, nil
	}
	versions, err := listVersions(tx, now.Root) // the newest first
	if err != nil {
		return mine, err
	}
	i := slices.IndexFunc(versions, func(v Certificate) bool { return !v.MadeAt.After(g.Applied) })
	if i < 0 {
		i = len(versions) - 1
	}
	base := versions[i]
	if err := s.unseal(&base); err != nil {
		return mine, err
	}
	return g.over(mine, now, base), nil
}

// over lays what the form says over the version that counts; base is the one that its applicant had.
func (g Grant) over(mine Face, now, base Certificate) Face {
	rows := slices.Clone(mine.Rows)
	for i, r := range rows {
		if is, known := now.Face.line(r); known && !slices.Contains(own, r.Key) && g.leaves(r, is, now, base) {
			rows[i] = is
		}
	}
	for i, is := range now.Face.Rows { // what its form does not ask for
		if _, asked := mine.line(is); !asked && !slices.Contains(own, is.Key) {
			rows = slices.Insert(rows, min(i, len(rows)), is)
		}
	}
	mine.Rows = rows
	return mine
}

// leaves reports whether a line stays as it is: a renewal changes none, and a change leaves what its form says as the
// certificate did. Of two that change the same line the one that was decided later counts.
func (g Grant) leaves(r, is FaceRow, now, base Certificate) bool {
	was, known := base.Face.line(r)
	switch {
	case g.Renews:
		return true
	case now.ID == base.ID:
		return false
	case known && r.Value == was.Value:
		return true
	case known && is.Value == was.Value:
		return false
	}
	return calendar.DateOf(g.Decided) < now.From
}
