package db

import "database/sql/driver"

// badValue carries an encoding failure to the driver, which reports it.
type badValue struct{ err error }

// Value implements driver.Valuer.
func (b badValue) Value() (driver.Value, error) { return nil, b.err }
