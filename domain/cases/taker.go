package cases

import (
	"slices"
	"strings"

	"onedoor.app/domain/office"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Taker is a post, or somebody at it, to whom a step may go. To is what the acts are told: the code of the post, with
// "/" and the staff number of one person.
type Taker struct {
	To, Unit, UnitName, Post, Name string
	OtherUnit                      bool
	Decides                        bool // at a post that decides, where whoever reviews may not (审核与决定分离)
}

// mostTakers is how many a page offers to choose from. Others may be named by their staff number.
const mostTakers = 200

// working are the kinds of posts whose people work on cases.
var working = []office.PostKind{office.Review, office.Decide, office.Leader, office.Inspect, office.Legal}

// Takers lists who may be asked by the actor, or given, a step: those of its own unit first, within it those alone.
func (s *Service) Takers(tx *db.Tx, who auth.Actor, t Task, within bool) ([]Taker, error) {
	seats, err := s.Office.Seats(tx)
	if err != nil {
		return nil, err
	}
	var list []Taker
	for _, own := range []bool{true, false} {
		for _, seat := range seats {
			if (seat.Post.Unit == t.Unit) != own || within && !own || !slices.Contains(working, seat.Post.Kind) || len(seat.Holders) == 0 {
				continue
			}
			all := Taker{To: seat.Post.Code, Unit: seat.Post.Unit, UnitName: seat.Unit.Name, Post: seat.Post.Name, OtherUnit: !own, Decides: t.Slot != slotDecide && seat.Post.Kind == office.Decide}
			if seat.Post.Code != t.Post {
				list = append(list, all)
			}
			for _, h := range seat.Holders {
				if h.ID == who.Staff {
					continue
				}
				one := all
				one.To, one.Name = all.To+"/"+h.No, h.Name
				list = append(list, one)
			}
		}
	}
	return list[:min(len(list), mostTakers)], nil
}

// taker is where a step goes.
type taker struct {
	post  office.Post
	staff int64   // one person of the post, 0: whoever comes
	all   []int64 // the people who may act there
}

// taker reads what a page sends: a post, a post with one of its people, or a staff number alone.
func (ch *change) taker(to string) (k taker, err error) {
	bad := fault.Fields{"to": "cases.taker_unknown"}.Err()
	code, no, _ := strings.Cut(strings.TrimSpace(to), "/")
	var person office.Staff
	if no == "" && code != "" {
		if p, err := ch.s.Office.StaffByNo(ch.tx, strings.ToUpper(code)); err == nil {
			person, code = p, ""
		} else if !fault.Is(err, fault.Unknown) {
			return k, err
		}
	} else if no != "" {
		if person, err = ch.s.Office.StaffByNo(ch.tx, no); err != nil {
			return k, unknownAs(err, bad)
		}
	}
	if code == "" && person.ID != 0 {
		a, err := ch.s.Office.Actor(ch.tx, person.ID)
		if err != nil {
			return k, err
		}
		if code, err = ch.workingPost(a); err != nil {
			return k, err
		}
	}
	if code == "" {
		return k, bad
	}
	if k.post, err = ch.s.Office.Post(ch.tx, code); err != nil {
		return k, unknownAs(err, bad)
	}
	list, err := ch.s.Office.Holders(ch.tx, code)
	if err != nil {
		return k, err
	}
	for _, h := range list {
		if person.ID == 0 || h.Staff == person.ID {
			k.all = append(k.all, h.Staff)
		}
	}
	if k.staff = person.ID; len(k.all) == 0 || !slices.Contains(working, k.post.Kind) {
		return k, bad
	}
	return k, nil
}

// workingPost is the first post of somebody at which cases are worked on, "" if they have none.
func (ch *change) workingPost(a auth.Actor) (string, error) {
	for _, p := range a.Posts {
		post, err := ch.s.Office.Post(ch.tx, p.Code)
		if err != nil {
			return "", err
		}
		if p.Deputy == 0 && slices.Contains(working, post.Kind) {
			return p.Code, nil
		}
	}
	return "", nil
}

func unknownAs(err, instead error) error {
	if fault.Is(err, fault.Unknown) {
		return instead
	}
	return err
}

// apart keeps the separations of the law wherever a deciding step goes: who received the case does not decide it (受办分离),
// nor does who reviewed it (审核与决定分离). Of a whole post one person who may is enough.
func (ch *change) apart(t Task, k taker) error {
	if t.Slot != slotDecide {
		return nil
	}
	reviewed, err := reviewersOf(ch.tx, ch.c)
	if err != nil {
		return err
	}
	bad := "cases.taker_received"
	for _, id := range k.all {
		switch {
		case slices.Contains(ch.c.Receivers, id):
		case slices.Contains(reviewed, id):
			bad = "cases.taker_reviewed"
		default:
			return nil
		}
	}
	return fault.Fields{"to": bad}.Err()
}

// decidesApart keeps who gave an opinion at a step that was handed to them, or beside one, from deciding, and who reviewed
// from deciding at a step that was handed to them. Where the drawing itself gives both steps to one post, it is for the
// drawing to say.
func (ch *change) decidesApart(t Task) error {
	list, err := listOpinions(ch.tx, ch.c.ID)
	if err != nil {
		return err
	}
	begun, err := firstRow(ch.tx, ch.c.ID, t.Token)
	if err != nil {
		return err
	}
	people := []int64{ch.who.Staff}
	if deputy, _ := ch.who.Holds(t.Post); deputy != 0 {
		people = append(people, deputy)
	}
	for _, o := range list {
		mine := slices.Contains(people, o.Staff) || o.DeputyFor != 0 && slices.Contains(people, o.DeputyFor)
		here := o.Node == t.Node && o.ID > begun // an element may have taken the name of another, a step is one only
		if mine && o.Undone == "" && !here && (o.Added || t.Handed) {
			return fault.New(fault.Forbidden, "cases.reviewed_it")
		}
	}
	return nil
}
