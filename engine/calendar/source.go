package calendar

import "onedoor.app/infra/db"

// Source tells the calendar in force in a unit of work. Two answers in one unit of work are the same.
type Source func(*db.Tx) (*Calendar, error)

// Compiled is the source of a program that knows no notices but those compiled in.
func Compiled(*db.Tx) (*Calendar, error) { return Official(), nil }
