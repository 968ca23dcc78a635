package catalog

import "onedoor.app/engine/calendar"

// offered is the one condition under which an item i may be applied for on the day $1: it is not
// taken from the list, and the version in force plans to be on that day. Lists, search, counts,
// booklets and posters all go through it. [Item.OfferedOn] is the half of it that a version
// knows by itself.
const offered = `(NOT i.suspended AND EXISTS (SELECT 1 FROM catalog_measure m WHERE m.version = i.version AND m.since_day <= $1 AND m.until_day > $1))`

// anyDay stands in the place of offered where all items are meant.
const anyDay = `$1 <> ''`

// OfferedOn reports whether the days that the version plans by itself (计划生效日期,
// 计划取消日期) allow it to be applied for on a day; the last day counts.
func (it *Item) OfferedOn(day calendar.Date) bool {
	m := it.planned()
	return m.Since <= day.String() && day.String() < m.Until
}
