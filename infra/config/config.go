// Package config fills a struct from named values and reports every mistake at
// once.
//
// A field is tagged `env:"ONEDOOR_LISTEN" default:"…" help:"…"`; `secret:"true"`
// masks it when it is printed. Kinds: string, int, bool, time.Duration.
package config

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"time"
)

// Read fills the struct that into points to from lookup and defaults.
func Read(lookup func(string) (string, bool), into any) error {
	var errs []error
	each(into, func(f reflect.StructField, v reflect.Value) {
		text, ok := lookup(f.Tag.Get("env"))
		if !ok {
			text = f.Tag.Get("default")
		}
		if err := set(v, text); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.Tag.Get("env"), err))
		}
	})
	return errors.Join(errs...)
}

func set(v reflect.Value, text string) (err error) {
	switch v.Interface().(type) {
	case time.Duration:
		var d time.Duration
		if d, err = time.ParseDuration(text); err == nil {
			v.SetInt(int64(d))
		}
	case string:
		v.SetString(text)
	case int:
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err == nil {
			v.SetInt(n)
		}
	case bool:
		var b bool
		if b, err = strconv.ParseBool(text); err == nil {
			v.SetBool(b)
		}
	default:
		err = fmt.Errorf("%s is not a kind of setting", v.Type())
	}
	return err
}

// Print writes each setting with its value and meaning, secrets masked.
func Print(w io.Writer, from any) error {
	var errs []error
	each(from, func(f reflect.StructField, v reflect.Value) {
		text := fmt.Sprint(v.Interface())
		if f.Tag.Get("secret") != "" && text != "" {
			text = "(set, hidden)"
		}
		_, err := fmt.Fprintf(w, "%s=%s\n    %s\n", f.Tag.Get("env"), text, f.Tag.Get("help"))
		errs = append(errs, err)
	})
	return errors.Join(errs...)
}

func each(of any, do func(reflect.StructField, reflect.Value)) {
	v := reflect.Indirect(reflect.ValueOf(of))
	for i := range v.NumField() {
		do(v.Type().Field(i), v.Field(i))
	}
}
