package app

import (
	"context"
	"fmt"
	"slices"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// sampleChange is a change of an item that is under way in the sample city.
type sampleChange struct {
	item    string
	by      string // staff number of who wrote it; "" of who approved it: nobody has
	checked string
	after   int // days from today to the day on which it is in force
	reason  string
	edit    func(it *catalog.Item)
}

// The two who keep the catalogue of the sample city: what one writes, the other looks at.
const (
	firstOfficer  = "YC1038"
	secondOfficer = "YC1102"
)

// sampleChanges are one that waits for review, one that is still being written, and one that is approved for a day to come.
var sampleChanges = []sampleChange{
	{
		item: "food-operation-new", by: firstOfficer, reason: "窗口统计，近一个月常有群众问面积很小的店能不能办，把答复写进办事指南。",
		edit: func(it *catalog.Item) {
			it.Keywords = append(it.Keywords, "开小吃店")
			it.Questions = append(it.Questions, catalog.Question{Question: "店面很小，也能办食品经营许可吗？", Answer: "能。场所与经营的食品品种、数量相适应就可以，没有统一的最小面积；拿不准的，可以先到导办台看平面图。"})
		},
	},
	{
		item: "food-operation-renew", by: firstOfficer, reason: "",
		edit: func(it *catalog.Item) { it.Keywords = append(it.Keywords, "食品证到期") },
	},
	{
		item: "food-operation-change", by: secondOfficer, checked: firstOfficer, after: 10, reason: "换法定代表人的申请人常选错事项，补上常用的叫法。",
		edit: func(it *catalog.Item) { it.Keywords = append(it.Keywords, "换法人", "食品证改名字") },
	},
}

// loadChanges puts the changes of the sample city under way, but for items of which there has been any change yet.
func (a *App) loadChanges(ctx context.Context) error {
	officers := map[string]auth.Actor{}
	begun := map[string]bool{}
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		for _, no := range []string{firstOfficer, secondOfficer} {
			who, err := a.staffOf(tx, no)
			if err != nil {
				return err
			}
			officers[no] = who
		}
		for _, x := range sampleChanges {
			list, _, err := a.services.catalog.Changes(tx, officers[x.by], catalog.ChangeFilter{Code: x.item}, 0, 1)
			if err != nil {
				return err
			}
			begun[x.item] = len(list) > 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	today := calendar.DateOf(a.DB.Now())
	for i, x := range sampleChanges {
		if begun[x.item] {
			continue
		}
		if err := a.loadChange(ctx, officers[x.by], officers[x.checked], today, fmt.Sprintf("sample-change-%d", i), x); err != nil {
			return fmt.Errorf("app: sample change of %s: %w", x.item, err)
		}
	}
	return nil
}

// staffOf is a member of staff as they act when they are signed in.
func (a *App) staffOf(tx *db.Tx, no string) (auth.Actor, error) {
	staff, err := a.services.office.StaffByNo(tx, no)
	if err != nil {
		return auth.Actor{}, err
	}
	who, err := a.services.office.Actor(tx, staff.ID)
	who.Staff, who.Rights = staff.ID, a.rights.of(who)
	return who, err
}

func (a *App) loadChange(ctx context.Context, by, checked auth.Actor, today calendar.Date, key string, x sampleChange) error {
	s := a.services.catalog
	c, err := s.Propose(ctx, by, key, x.item)
	if err != nil {
		return err
	}
	c, err = s.EditChange(ctx, by, c.ID, c.Lock, func(it *catalog.Item) error {
		it.Keywords, it.Questions = slices.Clip(it.Keywords), slices.Clip(it.Questions)
		x.edit(it)
		return nil
	})
	if err != nil || x.reason == "" {
		return err
	}
	if c, err = s.Submit(ctx, by, c.ID, c.Lock, x.reason); err != nil || x.checked == "" {
		return err
	}
	_, err = s.Approve(ctx, checked, c.ID, c.Lock, today+calendar.Date(x.after), "")
	return err
}
