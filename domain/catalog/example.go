package catalog

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// Example returns a value that Check accepts, for simulations and the sample
// city. It belongs to nobody: numbers of people and bodies carry the division
// code 379900, which is not in use.
func (f Field) Example() string {
	switch f.Type {
	case FieldIDNo:
		return "379900198706120117"
	case FieldUSCC:
		return "113799009901Y1710E"
	case FieldMobile:
		return "15400020001"
	case FieldDate:
		return "2026-06-01"
	case FieldInteger, FieldDecimal:
		n := 1.0
		if f.Min != nil {
			n = max(n, *f.Min)
		}
		if f.Max != nil {
			n = min(n, *f.Max)
		}
		return strconv.FormatFloat(n, 'f', -1, 64)
	case FieldChoice, FieldMulti:
		if f.Must != "" || len(f.Options) == 0 {
			return f.Must
		}
		return f.Options[0]
	case FieldYesNo:
		if f.Must != "" {
			return f.Must
		}
		return "true"
	}
	if f.Pattern != "" {
		if strings.Contains(f.Label, "月份") {
			return "2026-06"
		}
		return matching(f.Pattern)
	}
	text := []rune(f.exampleText())
	for len(text) < f.MinLength {
		text = append(text, text...)
	}
	if f.MaxLength > 0 && len(text) > f.MaxLength {
		text = text[:f.MaxLength]
	}
	return string(text)
}

// exampleText is what somebody might write, by what the field is called.
func (f Field) exampleText() string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(f.Label, w) })
	}
	switch {
	case f.Type == FieldAddress || has("地址", "住所", "地点", "坐落", "所在地"):
		return "云川市望湖区湖滨街道样例路1号"
	case has("姓名", "联系人", "法定代表人", "经办人", "负责人", "人员", "管理人", "校长", "经理"):
		return "安样例"
	case has("名称", "单位", "字号", "店名"):
		return "云川样例商行"
	case has("账号", "编号", "号"):
		return "YC20260001"
	}
	return "按规定条件办理，内容属实。"
}

// matching writes the shortest plain text that a pattern matches.
func matching(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	write(&b, re)
	return b.String()
}

func write(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(min(re.Rune[0]+1, re.Rune[1]))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('1')
	case syntax.OpRepeat:
		for range re.Min {
			write(b, re.Sub[0])
		}
	case syntax.OpPlus, syntax.OpCapture, syntax.OpAlternate:
		write(b, re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			write(b, sub)
		}
	default: // anchors and what may be empty write nothing
	}
}
