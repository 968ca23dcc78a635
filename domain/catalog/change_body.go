package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// clone copies an item with all that hangs on it, as a published version keeps it.
func clone(it *Item) (*Item, error) {
	body, err := json.Marshal(it)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	next := &Item{}
	if err := json.Unmarshal(body, next); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	tidy(reflect.ValueOf(next))
	return next, nil
}

// tidy makes lists and maps without entries nil, so that two items with the same content
// have the same hash.
func tidy(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			tidy(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				tidy(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Len() == 0 && v.CanSet() {
			v.SetZero()
		}
		for i := range v.Len() {
			tidy(v.Index(i))
		}
	case reflect.Map:
		if v.Len() == 0 && v.CanSet() {
			v.SetZero()
		}
	default: // what holds nothing else
	}
}

func sameContent(a, b *Item) (bool, error) {
	one, err := a.hash()
	if err != nil {
		return false, err
	}
	other, err := b.hash()
	return one == other, err
}
