package party

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/number"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Mandate (授权委托) lets Agent act for Principal from From to To, YYYY-MM-DD,
// both days included.
type Mandate struct {
	ID        int64    `json:"id"`
	Agent     int64    `json:"agent"`
	Principal int64    `json:"principal"`
	Items     []string `json:"items"` // item codes; none means every item
	From      string   `json:"from"`
	To        string   `json:"to"`
	Document  string   `json:"document"` // what was signed: 授权委托书
	Revoked   bool     `json:"-"`
}

// Covers reports whether the mandate holds for an item on a day; an empty item
// asks whether it holds for any.
func (m Mandate) Covers(item, day string) bool {
	return !m.Revoked && m.From <= day && day <= m.To && (item == "" || len(m.Items) == 0 || slices.Contains(m.Items, item))
}

// Authority says by what right somebody acts for a party.
type Authority struct {
	How     How
	Mandate Mandate // when How is ByMandate
}

// How is a right to act for a party.
type How string

// The rights to act for a party.
const (
	Self      How = "self"
	ByLaw     How = "legal"   // legal representative 法定代表人
	ByMandate How = "mandate" // agent 代理人
)

// Mandate returns by what right agent may act for principal on an item (""
// asks for any item) at the moment of tx; none is the Forbidden fault
// party.no_mandate.
func (s *Service) Mandate(tx *db.Tx, agent, principal int64, item string) (Authority, error) {
	if agent == principal {
		return Authority{How: Self}, nil
	}
	all, err := authorities(tx, agent, principal)
	if err != nil {
		return Authority{}, err
	}
	day := today(tx)
	for _, p := range all {
		if p.How == ByLaw || p.Mandate.Covers(item, day) {
			return p.Authority, nil
		}
	}
	return Authority{}, fault.New(fault.Forbidden, "party.no_mandate")
}

// Principal is a party for whom somebody may act.
type Principal struct {
	ID   int64
	Name string
	Kind Kind
	Authority
}

// maxShown is how many rows of a list are read at once.
const maxShown = 100

// authorities are the rights by which an agent may act for one principal at the moment of tx, however many others there
// are: by law, then each mandate.
func authorities(tx *db.Tx, agent, principal int64) ([]Principal, error) {
	list, err := findRepresented(tx, agent, principal)
	if err != nil {
		return nil, err
	}
	given, err := listMandatedBy(tx, agent, principal, today(tx))
	return append(list, given...), err
}

// Principals returns for whom a person may act at the moment of tx, to choose from: the first hundred organisations that
// they represent by law, then those who gave them the first hundred mandates, once for each mandate. Whether they may act
// for somebody is Mandate's to say.
func (s *Service) Principals(tx *db.Tx, person int64) ([]Principal, error) {
	list, err := listRepresented(tx, person)
	if err != nil {
		return nil, err
	}
	mandated, err := listMandated(tx, person, today(tx))
	return append(list, mandated...), err
}

// Acting returns a, an applicant, as somebody who acts for principal, on the
// items of the mandates that hold at the moment of tx; when they may not any
// more, they act for themselves.
func (s *Service) Acting(tx *db.Tx, a auth.Actor, principal int64) (auth.Actor, error) {
	a.For, a.Items = 0, nil
	if principal == 0 || principal == a.Party {
		return a, nil
	}
	list, err := authorities(tx, a.Party, principal)
	if err != nil {
		return a, err
	}
	every := false
	for _, p := range list {
		a.For = principal
		if p.How == ByLaw || len(p.Mandate.Items) == 0 {
			every = true
		}
		a.Items = append(a.Items, p.Mandate.Items...)
	}
	if every {
		a.Items = nil
	}
	return a, nil
}

// Mandates returns those that a party gave and those that it holds, newest
// first, also revoked and past ones: up to limit, a hundred at most, below an id, 0 being the first page. next is the id for
// the page after, 0 for none.
func (s *Service) Mandates(tx *db.Tx, party, before int64, limit int) (list []Mandate, next int64, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	limit = min(max(limit, 1), maxShown)
	if list, err = listMandates(tx, party, before, limit+1); err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// Trust is what a principal enters to entrust somebody.
type Trust struct {
	AgentName   string
	AgentNumber string
	Items       []string // codes or names; none means every item
	From, To    string
	Document    string
	Key         string // the same key again is the same mandate
}

// Entrust gives a mandate in the name of the party for whom who acts; an agent
// cannot pass one on (party.no_passing_on, Forbidden). Invalid faults name the
// fields; an agent who is not known by this name and number is party.no_agent,
// an unknown item party.no_item. An organisation that has only declared who it
// is entrusts nobody: party.identify_first, Forbidden.
func (s *Service) Entrust(ctx context.Context, who auth.Actor, in Trust) (m Mandate, err error) {
	request := s.Box.Index(fmt.Sprintf("entrust:%d:%+v", who.Principal(), in))
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		m = Mandate{}
		return once.Do(tx, who, "party.entrust", in.Key, request, &m, func() (err error) {
			if err := s.mayEntrust(tx, who); err != nil {
				return err
			}
			if m, err = s.checkTrust(tx, who, in); err != nil {
				return err
			}
			m.ID = tx.NewID()
			if err := insertMandate(tx, m); err != nil {
				return err
			}
			return s.log(tx, who, "party.entrusted", Chain(m.Principal), m)
		})
	})
	return m, err
}

// ownAffair lets only the party itself and its legal representative pass.
func (s *Service) ownAffair(tx *db.Tx, who auth.Actor) error {
	a, err := s.Mandate(tx, who.Party, who.Principal(), "")
	if err == nil && a.How == ByMandate {
		err = fault.New(fault.Forbidden, "party.no_passing_on")
	}
	return err
}

// mayEntrust lets pass who may give mandates in the name of the party for whom
// they act.
func (s *Service) mayEntrust(tx *db.Tx, who auth.Actor) error {
	if err := s.ownAffair(tx, who); err != nil {
		return err
	}
	p, err := s.Find(tx, who.Principal())
	if err == nil && p.waits() {
		err = fault.New(fault.Forbidden, "party.identify_first")
	}
	return err
}

func (s *Service) checkTrust(tx *db.Tx, who auth.Actor, in Trust) (Mandate, error) {
	m := Mandate{Principal: who.Principal(), From: in.From, To: in.To, Document: strings.TrimSpace(in.Document)}
	bad := fault.Fields{}
	for _, typed := range in.Items {
		item, known, err := s.itemCode(tx, strings.TrimSpace(typed))
		if err != nil {
			return m, err
		}
		bad.Need(known, "items", "party.no_item")
		if item != "" && !slices.Contains(m.Items, item) {
			m.Items = append(m.Items, item)
		}
	}
	bad.Need(isDate(in.From), "from", "party.date")
	bad.Need(isDate(in.To), "to", "party.date")
	bad.Need(in.From <= in.To, "to", "party.date_order")
	bad.Need(in.To >= today(tx), "to", "party.date_past")
	n := utf8.RuneCountInString(m.Document)
	bad.Need(n >= 2 && n <= 100, "document", "party.document")
	agent, err := find(tx, s.Box, `number_index = $1 AND kind = 'person'`, s.numberIndex(number.Tidy(in.AgentNumber)))
	if err != nil {
		return m, err
	}
	known := agent != nil && agent.Name == strings.TrimSpace(in.AgentName)
	bad.Need(known, "agent_number", "party.no_agent")
	if known {
		m.Agent = agent.ID
		bad.Need(m.Agent != m.Principal, "agent_number", "party.own_agent")
	}
	return m, bad.Err()
}

// itemCode returns the code of an item that is named by code or name.
func (s *Service) itemCode(tx *db.Tx, typed string) (code string, known bool, err error) {
	if typed == "" || s.ItemCode == nil {
		return typed, true, nil
	}
	return s.ItemCode(tx, typed)
}

// Revoke ends a mandate at once; only the principal may. One that is revoked
// already is the Conflict fault party.mandate_over.
func (s *Service) Revoke(ctx context.Context, who auth.Actor, id int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := findMandate(tx, id, tx.ForUpdate())
		if err != nil {
			return err
		}
		if m.Principal != who.Principal() {
			return fault.New(fault.Unknown, "row.unknown")
		}
		if err := s.ownAffair(tx, who); err != nil {
			return err
		}
		if m.Revoked {
			return fault.New(fault.Conflict, "party.mandate_over")
		}
		return s.revoke(tx, who, m)
	})
}

// revoke ends a mandate that is in force or to come.
func (s *Service) revoke(tx *db.Tx, who auth.Actor, m Mandate) error {
	if err := changeRevoked(tx, m.ID); err != nil {
		return err
	}
	return s.log(tx, who, "party.revoked", Chain(m.Principal), m)
}

// revokeAll ends every mandate that a party gave, and returns how many they were.
func (s *Service) revokeAll(tx *db.Tx, who auth.Actor, principal int64) (n int, err error) {
	err = walkMandates(tx, principal, func(m Mandate) error {
		if m.Principal != principal || m.Revoked {
			return nil
		}
		n++
		return s.revoke(tx, who, m)
	})
	return n, err
}

func today(tx *db.Tx) string { return calendar.DateOf(tx.Now()).String() }

func isDate(text string) bool {
	_, err := calendar.ParseDate(text)
	return err == nil
}
