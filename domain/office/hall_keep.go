package office

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// SetHall says where and when the hall is open; it asks for the right office.keep.
// Windows and zones stay. Input faults: office.name, office.address,
// office.hours_order, office.hours_words.
func (s *Service) SetHall(ctx context.Context, who auth.Actor, key string, h Hall) error {
	h.Name, h.Address = strings.TrimSpace(h.Name), strings.TrimSpace(h.Address)
	for _, words := range []*string{&h.Hours.Noon, &h.Hours.Evening, &h.Hours.SelfHelp} {
		*words = strings.TrimSpace(*words)
	}
	h.Windows, h.Zones = nil, nil
	return s.keepHall(ctx, who, "office.set_hall", key, h, func(tx *db.Tx) error {
		bad := fault.Fields{}
		bad.Need(isLine(h.Name, 2, 60), "name", "office.name")
		bad.Need(isLine(h.Address, 0, 120), "address", "office.address")
		for field, words := range map[string]string{"noon": h.Hours.Noon, "evening": h.Hours.Evening, "selfhelp": h.Hours.SelfHelp} {
			bad.Need(isLine(words, 0, 120), field, "office.hours_words")
		}
		for field, day := range h.Hours.days() {
			bad.Need(len(*day) < 2 || (*day)[0].To <= (*day)[1].From, field+"_2", "office.hours_order")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		set := h
		before, err := findHall(tx)
		switch {
		case err == nil:
			set.Zones, set.Division = before.Zones, before.Division
		case !fault.Is(err, fault.Unknown):
			return err
		default:
			set.Division = s.Division
		}
		if err := putHall(tx, set); err != nil {
			return err
		}
		return s.log(tx, who, "office.hall_set", hallChain, set)
	})
}

// days are the hours by the name of the sort of day.
func (h *Hours) days() map[string]*[]Span {
	return map[string]*[]Span{"weekday": &h.Weekday, "saturday": &h.Saturday, "sunday": &h.Sunday}
}

// windowKinds are the kinds of windows: 综合窗口 and 出件窗口.
var windowKinds = []string{"generic", "output"}

// AddWindow opens a window; ChangeWindow changes everything of it but its code.
// Both ask for the right office.keep. Input faults: office.window_code,
// office.window_taken, office.name, office.window_kind, office.zone,
// office.post_choose, office.window_staff (does not hold that post), office.scope.
func (s *Service) AddWindow(ctx context.Context, who auth.Actor, key string, w Window) error {
	w.tidy()
	return s.keepHall(ctx, who, "office.add_window", key, w, func(tx *db.Tx) error {
		bad, err := w.check(tx)
		if err != nil {
			return err
		}
		all, err := listWindows(tx)
		if err != nil {
			return err
		}
		bad.Need(!slices.ContainsFunc(all, func(o Window) bool { return o.Code == w.Code }), "code", "office.window_taken")
		if err := bad.Err(); err != nil {
			return err
		}
		if err := insertWindow(tx, w, len(all)); err != nil {
			return err
		}
		return s.log(tx, who, "office.window_added", hallChain, w)
	})
}

// ChangeWindow is described at AddWindow; an unknown code is the fault row.unknown.
func (s *Service) ChangeWindow(ctx context.Context, who auth.Actor, key string, w Window) error {
	w.tidy()
	return s.keepHall(ctx, who, "office.change_window", key, w, func(tx *db.Tx) error {
		if _, err := findWindow(tx, w.Code); err != nil {
			return err
		}
		bad, err := w.check(tx)
		if err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if err := changeWindow(tx, w); err != nil {
			return err
		}
		return s.log(tx, who, "office.window_changed", hallChain, w)
	})
}

// CloseWindow takes a window away; it asks for the right office.keep.
func (s *Service) CloseWindow(ctx context.Context, who auth.Actor, key, code string) error {
	return s.keepHall(ctx, who, "office.close_window", key, code, func(tx *db.Tx) error {
		w, err := findWindow(tx, code)
		if err != nil {
			return err
		}
		if err := removeWindow(tx, code); err != nil {
			return err
		}
		return s.log(tx, who, "office.window_closed", hallChain, w)
	})
}

// keepHall is keep, and tells afterwards that the hall has changed.
func (s *Service) keepHall(ctx context.Context, who auth.Actor, what, key string, asked any, fn func(tx *db.Tx) error) error {
	err := keep(ctx, s, who, what, key, asked, new(struct{}), fn)
	if err == nil && s.HallChanged != nil {
		s.HallChanged()
	}
	return err
}

func (w *Window) tidy() {
	for _, text := range []*string{&w.Code, &w.Name, &w.Zone, &w.Scope} {
		*text = strings.TrimSpace(*text)
	}
	w.Code = strings.ToUpper(w.Code)
}

func (w Window) check(tx *db.Tx) (fault.Fields, error) {
	bad := fault.Fields{}
	bad.Need(len(w.Code) <= 10 && w.Code != "" && strings.Trim(w.Code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "", "code", "office.window_code")
	bad.Need(isLine(w.Name, 2, 40), "name", "office.name")
	bad.Need(slices.Contains(windowKinds, w.Kind), "kind", "office.window_kind")
	bad.Need(isLine(w.Zone, 1, 40), "zone", "office.zone")
	bad.Need(isLine(w.Scope, 0, 120), "scope", "office.scope")
	_, err := findPost(tx, w.Post)
	bad.Need(err == nil, "post", "office.post_choose")
	if fault.Is(err, fault.Unknown) {
		return bad, nil
	}
	if err != nil || w.Staff == 0 {
		return bad, err
	}
	held, err := listPostsOf(tx, w.Staff)
	bad.Need(slices.Contains(held, w.Post), "staff", "office.window_staff")
	return bad, err
}
