package db

import "database/sql"

// Null binds v, and NULL in place of a zero v.
func Null[T int64 | string](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// OrZero scans a column into v, and the zero value in place of NULL.
func OrZero[T int64 | string](v *T) any { return orZero[T]{v} }

type orZero[T any] struct{ v *T }

// Scan implements sql.Scanner.
func (z orZero[T]) Scan(src any) error {
	var n sql.Null[T]
	err := n.Scan(src)
	*z.v = n.V
	return err
}
