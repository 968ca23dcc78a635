package cases

// settlesCheck: the record of a site check that is made while the step of the check waits for whoever makes it is the record
// of that step, and passes the case on (34¶3): nobody writes a second one.
func (t *telling) settlesCheck(mv *move) error {
	ch := t.ch
	if t.p.Act != ActInspect {
		return nil
	}
	tasks, err := listTasks(ch.tx, ch.c.ID)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Slot != slotCheck || task.Kind != "" || !task.Closed.IsZero() || ch.s.may(ch.tx, ch.who, mayReview, ch.c, task.Post) != nil {
			continue
		}
		on, err := ch.visitedOn(t.v["day"])
		if err != nil {
			return err
		}
		conclusion := t.v["conclusion"]
		if err := ch.opinion(task, conclusion, "核查日期："+day(on)+"。"+t.in.Result); err != nil {
			return err
		}
		mv.event = ch.complete(task, conclusion)
		return nil
	}
	return nil
}
