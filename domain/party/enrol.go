package party

import (
	"errors"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Input is what is told about a party when it is first met.
type Input struct {
	Kind     Kind
	Name     string
	IDType   IDType // "" takes IDCard for people and USCC for organisations
	Number   string
	Mobile   string // optional
	Address  string // optional
	Division string // optional, twelve digits

	OrgKind     string
	LegalName   string
	LegalNumber string
	Override    string // why a code that fails only its check character is taken
}

// tidy makes one form of what was typed.
func (in *Input) tidy() {
	if in.IDType == "" && in.Kind == Organization {
		in.IDType = USCC
	} else if in.IDType == "" {
		in.IDType = IDCard
	}
	for _, text := range []*string{&in.Name, &in.Address, &in.OrgKind, &in.LegalName, &in.Override, &in.Division} {
		*text = strings.TrimSpace(*text)
	}
	in.Number, in.LegalNumber, in.Mobile = number.Tidy(in.Number), number.Tidy(in.LegalNumber), number.TidyMobile(in.Mobile)
}

// check reports what is wrong with a tidy input on a day, field by field.
func (in *Input) check(today calendar.Date) fault.Fields {
	bad := fault.Fields{}
	bad.Need(in.Kind == Person || in.Kind == Organization, "kind", "party.kind")
	bad.Need(isName(in.Name), "name", "party.name")
	bad.Need(in.Mobile == "" || number.IsMobile(in.Mobile), "mobile", "party.mobile")
	bad.Need(utf8.RuneCountInString(in.Address) <= 200, "address", "party.address")
	bad.Need(in.Division == "" || len(in.Division) == 12 && strings.Trim(in.Division, "0123456789") == "", "division", "party.division")
	bad.Need((in.Kind == Organization) == (in.IDType == USCC), "id_type", "party.id_type")
	if err := in.checkNumber(today); err != nil {
		bad.Need(false, "number", fault.Code(err))
	}
	if in.Kind == Organization {
		bad.Need(in.LegalName == "" || isName(in.LegalName), "legal_name", "party.name")
		if _, err := ParseIDNumber(in.LegalNumber); in.LegalNumber != "" && err != nil {
			bad.Need(false, "legal_number", fault.Code(err))
		}
	}
	return bad
}

func (in *Input) checkNumber(today calendar.Date) error {
	switch in.IDType {
	case IDCard:
		n, err := ParseIDNumber(in.Number)
		if err == nil && n.Birth > today {
			err = fault.New(fault.Invalid, "party.id_date")
		}
		return err
	case USCC:
		err := CheckUSCC(in.Number)
		if fault.Code(err) == "party.uscc_check" && in.Override != "" {
			return nil
		}
		return err
	case Passport:
		return checkPassport(in.Number)
	default:
		return fault.New(fault.Invalid, "party.id_type")
	}
}

// isName takes what is written as a name: two to sixty characters, no digits
// alone, no control characters.
func isName(text string) bool {
	n := utf8.RuneCountInString(text)
	return isPlain(text) && n >= 2 && n <= 60 && strings.Trim(text, "0123456789 ") != ""
}

// isPlain takes text of one line without marks of a page's source.
func isPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '<' || r == '>' })
}

// Enrol returns the party with the number of in, adding it if there is none; it
// is for a member of staff who has seen the paper, inside their own unit of
// work, and asks for the right party.enrol. An organisation's code that fails
// only its check character is taken if in.Override says why; that is recorded.
// Invalid faults name the fields; a known number under another name is the
// Conflict party.name_differs.
//
// Somebody who has only declared who they are may be anybody. What the window
// has seen takes over: name, mobile number, division where one is given, an
// organisation's legal representative, and level of assurance; the accounts
// that were opened by declaration are closed, and the result says so in
// TakenOver. Every mandate that was given until then is revoked, for whoever gave
// it may have been a stranger. A declared mobile number goes with them, for it would open an
// account again.
func (s *Service) Enrol(tx *db.Tx, who auth.Actor, in Input) (Party, error) {
	in.tidy()
	if err := in.check(calendar.DateOf(tx.Now())).Err(); err != nil {
		return Party{}, err
	}
	p := in.party(tx.NewID(), Seen)
	if CheckUSCC(in.Number) != nil && in.IDType == USCC {
		p.Override = Override{Reason: in.Override, By: who.Staff, At: tx.Now()}
	}
	if in.LegalNumber != "" {
		legal, err := find(tx, s.Box, `number_index = $1 AND kind = 'person'`, s.numberIndex(in.LegalNumber))
		if err != nil {
			return Party{}, err
		}
		if legal != nil && legal.Name == in.LegalName && legal.Assurance != Declared {
			p.Legal = legal.ID
		}
	}
	added, err := insert(tx, s, p, "")
	if err != nil {
		return Party{}, err
	}
	if !added {
		return s.known(tx, who, in, p.Legal)
	}
	if p.Override.Reason != "" {
		err = s.log(tx, who, "party.number_overridden", Chain(p.ID), map[string]string{"reason": p.Override.Reason})
	}
	return p, err
}

// known returns the party that already has the number of in; legal is the party
// that the window knows as its legal representative.
func (s *Service) known(tx *db.Tx, who auth.Actor, in Input, legal int64) (Party, error) {
	p, err := find(tx, s.Box, `number_index = $1 AND kind = $2`+tx.ForUpdate(), s.numberIndex(in.Number), in.Kind)
	if err != nil {
		return Party{}, err
	}
	if p == nil {
		return Party{}, errors.New("party: a number is taken and nobody has it")
	}
	if p.Assurance == Declared {
		return s.takeOver(tx, who, *p, in, legal)
	}
	if p.Name != in.Name {
		return Party{}, fault.New(fault.Conflict, "party.name_differs")
	}
	return *p, nil
}

// takeOver puts what a window has seen in the place of what was declared.
func (s *Service) takeOver(tx *db.Tx, who auth.Actor, p Party, in Input, legal int64) (Party, error) {
	closed, err := auth.CloseAll(tx, auth.Applicant, p.ID)
	if err != nil {
		return Party{}, err
	}
	revoked, err := s.revokeAll(tx, who, p.ID)
	if err != nil {
		return Party{}, err
	}
	renamed := p.Name != in.Name
	p.Name, p.Assurance, p.Registered, p.TakenOver = in.Name, Seen, false, closed > 0
	if in.Mobile != "" || p.TakenOver {
		p.Mobile = in.Mobile
	}
	if in.Division != "" {
		p.Division = in.Division
	}
	p.Legal, p.LegalName, p.LegalNumber = legal, in.LegalName, in.LegalNumber
	if err := changeIdentified(tx, s, p); err != nil {
		return Party{}, err
	}
	return p, s.log(tx, who, "party.identified", Chain(p.ID), map[string]any{"accounts_closed": closed, "mandates_revoked": revoked, "renamed": renamed})
}

func (in *Input) party(id int64, assurance string) Party {
	return Party{
		ID: id, Kind: in.Kind, Name: in.Name, IDType: in.IDType, Number: in.Number, Mobile: in.Mobile,
		Address: in.Address, Division: in.Division, Assurance: assurance,
		OrgKind: in.OrgKind, LegalName: in.LegalName, LegalNumber: in.LegalNumber,
	}
}
