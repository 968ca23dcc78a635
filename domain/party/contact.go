package party

import (
	"context"
	"strings"
	"unicode/utf8"

	"onedoor.app/engine/number"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Contact is somebody to call about a party's affairs.
type Contact struct {
	ID     int64
	Name   string
	Tie    string // who they are to the party: 经办人, 女儿
	Mobile string `json:"-"`
}

const maxContacts = 20

// Contacts returns the contacts of a party, twenty at most, oldest first.
func (s *Service) Contacts(tx *db.Tx, party int64) ([]Contact, error) {
	return listContacts(tx, s.Box, party)
}

// AddContact adds a contact to the party for whom who acts; key makes a form
// count once. Invalid faults name the fields; more than twenty contacts are the
// Conflict fault party.contacts_full.
func (s *Service) AddContact(ctx context.Context, who auth.Actor, c Contact, key string) error {
	c.Name, c.Tie, c.Mobile = strings.TrimSpace(c.Name), strings.TrimSpace(c.Tie), number.TidyMobile(c.Mobile)
	bad := fault.Fields{}
	bad.Need(isName(c.Name), "contact_name", "party.name")
	bad.Need(utf8.RuneCountInString(c.Tie) <= 20 && isPlain(c.Tie), "contact_tie", "party.tie")
	bad.Need(number.IsMobile(c.Mobile), "contact_mobile", "party.mobile")
	if err := bad.Err(); err != nil {
		return err
	}
	request := s.Box.Index("contact:" + c.Name + "\x00" + c.Tie + "\x00" + c.Mobile)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "party.contact", key, request, &c.ID, func() error {
			before, err := listContacts(tx, s.Box, who.Principal())
			if err != nil {
				return err
			}
			if len(before) >= maxContacts {
				return fault.New(fault.Conflict, "party.contacts_full")
			}
			c.ID = tx.NewID()
			return insertContact(tx, s.Box, who.Principal(), c)
		})
	})
}

// RemoveContact removes a contact of the party for whom who acts; another's is
// the fault row.unknown, and one that is gone already counts as removed.
func (s *Service) RemoveContact(ctx context.Context, who auth.Actor, id int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error { return removeContact(tx, who.Principal(), id) })
}
