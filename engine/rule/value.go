package rule

import (
	"encoding/json"
	"reflect"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// adapter turns Go values into CEL values as JSON has them: maps answer null for
// a key that is not set, at every depth, and every number is a double, so that a
// value that was stored as JSON and read back answers as it did before.
type adapter struct{ types.Adapter }

func (a adapter) NativeToValue(v any) ref.Val {
	switch v := v.(type) {
	case map[string]any:
		return lenient{types.NewStringInterfaceMap(a, v), types.NullValue}
	case map[string]string:
		return lenient{types.NewStringStringMap(a, v), types.NullValue}
	case map[string]bool:
		return lenient{types.NewMap(a, v), types.NullValue}
	case []any:
		return types.NewDynamicList(a, v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return types.NewErr("not a number: %s", v)
		}
		return types.Double(f)
	case nil, bool, string, float64, ref.Val:
		return a.Adapter.NativeToValue(v)
	}
	switch n := reflect.ValueOf(v); {
	case n.CanInt():
		if d, ok := v.(time.Duration); ok {
			return a.Adapter.NativeToValue(d)
		}
		return types.Double(n.Int())
	case n.CanUint():
		return types.Double(n.Uint())
	case n.CanFloat():
		return types.Double(n.Float())
	case n.Kind() == reflect.Map && n.Type().Key().Kind() == reflect.String:
		return lenient{types.NewDynamicMap(a, v), types.NullValue}
	case n.Kind() == reflect.Slice && n.Type().Elem().Kind() != reflect.Uint8:
		return types.NewDynamicList(a, v)
	}
	return a.Adapter.NativeToValue(v)
}

// lenient is a map in which an unset key reads as a fixed value. Contains,
// Size, iteration and equality see only what is set.
type lenient struct {
	traits.Mapper
	unset ref.Val
}

func (m lenient) Find(key ref.Val) (ref.Val, bool) {
	v, found := m.Mapper.Find(key)
	if !found && v == nil {
		return m.unset, true
	}
	return v, found
}

func (m lenient) Get(key ref.Val) ref.Val {
	if v, _ := m.Find(key); v != nil {
		return v
	}
	return m.unset
}

// bind gives every declared container a value and its own reading of unset keys.
func (e *Env) bind(vars map[string]any) map[string]any {
	a := adapter{e.base}
	out := make(map[string]any, len(e.vars))
	for name, typ := range e.vars {
		v, given := vars[name]
		given = given && v != nil
		switch typ {
		case Flags, Words, Map:
			out[name] = mapping(a, typ, v, given)
		case List:
			if !given {
				v = []any{}
			}
			out[name] = a.NativeToValue(v)
		case Dyn:
			out[name] = a.NativeToValue(v)
		default:
			if given {
				out[name] = e.base.NativeToValue(v)
			}
		}
	}
	return out
}

func mapping(a adapter, typ Type, v any, given bool) any {
	if !given {
		v = map[string]any{}
	}
	m, ok := a.NativeToValue(v).(lenient)
	if !ok {
		return v // of the wrong type: the rule reports it if it looks
	}
	switch typ {
	case Flags:
		m.unset = types.False
	case Words:
		m.unset = types.String("")
	}
	return m
}

var (
	anySlice = reflect.TypeFor[[]any]()
	anyMap   = reflect.TypeFor[map[string]any]()
)

// native turns a result back into plain Go.
func native(v ref.Val) any {
	switch v := v.(type) {
	case types.Null:
		return nil
	case traits.Mapper:
		if m, err := v.ConvertToNative(anyMap); err == nil {
			return plain(m)
		}
	case traits.Lister:
		if l, err := v.ConvertToNative(anySlice); err == nil {
			return plain(l)
		}
	}
	return v.Value()
}

func plain(v any) any {
	switch v := v.(type) {
	case ref.Val:
		return native(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = plain(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	}
	return v
}
