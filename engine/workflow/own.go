package workflow

import (
	"regexp"
	"strconv"
	"strings"
)

// askings finds in a condition, in this order: has(result.x); "x" in result; other strings; result["x"] and result.x,
// a dot before them included; any other word.
var askings = regexp.MustCompile(`\bhas\s*\(\s*(step|result)\s*\.\s*(\w+)\s*\)` +
	`|("[^"\\]*"|'[^'\\]*')\s+in\s+(step|result)\b` +
	`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'` +
	`|(?:(\.)\s*)?\b(step|result)\s*(?:\[\s*("[^"\\]*"|'[^'\\]*')\s*\]|\.\s*(\w+))` +
	`|\w+`)

// own writes a condition of a called process with the full ids of the elements of its process, under which their
// outcomes are kept: the process itself knows nothing of who calls it.
func (f *file) own(cel string) string {
	if f.prefix == "" {
		return cel
	}
	var b strings.Builder
	end := 0
	for _, m := range askings.FindAllStringSubmatchIndex(cel, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return cel[m[2*i]:m[2*i+1]]
		}
		id := group(2) + strings.Trim(group(3)+group(7), `"'`) + group(8)
		called := group(8) != "" && strings.HasPrefix(strings.TrimSpace(cel[m[1]:]), "(")
		if !f.elements[id] || group(5) != "" || called {
			continue
		}
		full := strconv.Quote(f.prefix + id)
		b.WriteString(cel[end:m[0]])
		end = m[1]
		switch {
		case group(1) != "":
			b.WriteString("(" + full + " in " + group(1) + ")")
		case group(4) != "":
			b.WriteString(full + " in " + group(4))
		default:
			b.WriteString(group(6) + "[" + full + "]")
		}
	}
	return b.String() + cel[end:]
}

// elementsOf are the ids of what a process holds, its subprocesses included.
func elementsOf(e *elem, all map[string]bool) map[string]bool {
	for _, k := range e.kids {
		if id := k.get("id"); id != "" && k.name.Space == nsModel {
			all[id] = true
		}
		elementsOf(k, all)
	}
	return all
}
