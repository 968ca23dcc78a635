package db

// Waiting is how many units of work wait for the writer of SQLite.
func (d *DB) Waiting() int {
	if l, ok := d.engine.(*lite); ok {
		return len(l.queue)
	}
	return 0
}
