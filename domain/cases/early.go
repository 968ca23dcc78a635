package cases

import (
	"errors"
	"maps"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// How early a renewal may be asked for is a matter of the statute of the item (catalog.Ahead); the Administrative Licence
// Law says only how late that may be (50¶1).

// From is the first day on which an application on the item may be made about a certificate with that last day; 0: today
// and every day.
func (s *Service) From(tx *db.Tx, it *catalog.Item, until calendar.Date) (calendar.Date, error) {
	if it.Legal.RenewFrom.Days == 0 || until == 0 {
		return 0, nil
	}
	law, err := s.law(tx)
	if err != nil {
		return 0, err
	}
	first := it.Legal.RenewFrom.First(law.Cal, until)
	if first <= today(tx) {
		return 0, nil
	}
	return first, nil
}

// early is the field of a draft that names or declares a certificate whose renewal may not be asked for yet, and the first
// day on which it may; 0: it may.
func (s *Service) early(tx *db.Tx, it *catalog.Item, d Draft, about Held) (field string, first calendar.Date, err error) {
	until, field := about.Until, "certificate"
	if about.ID == 0 {
		f := ofElement(it, elementUntil)
		if it.ActsOn == nil || f == nil {
			return "", 0, nil
		}
		field = "form." + f.Key
		if until, err = calendar.ParseDate(typed(it, d.Form, elementUntil)); err != nil {
			return "", 0, nil //nolint:nilerr // CheckForm says what is wrong with it
		}
	}
	first, err = s.From(tx, it, until)
	return field, first, err
}

// withDay gives the words of a field of an Invalid fault the day that they mention.
func withDay(err error, field string, day calendar.Date) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || day == 0 {
		return err
	}
	told := *f
	if told.Args = maps.Clone(f.Args); told.Args == nil {
		told.Args = map[string]any{}
	}
	told.Args[field+".day"] = day.String()
	return &told
}
