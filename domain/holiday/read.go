package holiday

import (
	"regexp"
	"strconv"
	"strings"

	"onedoor.app/engine/calendar"
)

var (
	aside     = regexp.MustCompile(`（[^（）]*）|\([^()]*\)`)
	heading   = regexp.MustCompile(`^[一二三四五六七八九十]+、([^：:]{1,20})[：:](.*)$`)
	dayRange  = regexp.MustCompile(`(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:至(?:(?:\d{4}年)?(\d{1,2})月)?(\d{1,2})日)?`)
	oneDay    = regexp.MustCompile(`(?:(\d{1,2})月)?(\d{1,2})日`)
	reference = regexp.MustCompile(`国办发明电〔\d{4}〕\d{1,4}号`)
	fullDate  = regexp.MustCompile(`(\d{4})年(\d{1,2})月(\d{1,2})日`)
)

// Read takes a notice out of its text as the General Office words it:
// “七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）上班。”
// What it does not find stays empty, for a person to fill in.
func Read(text string, year int) Notice {
	n := Notice{Year: year, No: reference.FindString(text)}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := fullDate.FindStringSubmatch(line); m != nil && m[0] == line {
			n.Issued = civil(m[1], m[2], m[3])
		}
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		plain := m[2]
		for aside.MatchString(plain) {
			plain = aside.ReplaceAllString(plain, "")
		}
		b := calendar.Break{Name: strings.TrimSpace(m[1])}
		for sentence := range strings.SplitSeq(plain, "。") {
			switch {
			case strings.Contains(sentence, "上班"):
				b.Work = append(b.Work, workdays(sentence)...)
			case strings.Contains(sentence, "放假") && b.From == 0:
				b.From, b.To = days(sentence, year)
			}
		}
		if b.From != 0 {
			n.Breaks = append(n.Breaks, b)
		}
	}
	return n
}

// days is the range of days off in a sentence. Days of the year before are left to
// the notice of that year.
func days(sentence string, year int) (from, to int) {
	m := dayRange.FindStringSubmatch(sentence)
	if m == nil {
		return 0, 0
	}
	from = number(m[2])*100 + number(m[3])
	to = from
	if m[5] != "" {
		month := number(m[2])
		if m[4] != "" {
			month = number(m[4])
		}
		to = month*100 + number(m[5])
	}
	if m[1] != "" && number(m[1]) < year {
		from = 101
	}
	return from, to
}

func workdays(sentence string) (list []int) {
	month := 0
	for _, m := range oneDay.FindAllStringSubmatch(sentence, -1) {
		if m[1] != "" {
			month = number(m[1])
		}
		list = append(list, month*100+number(m[2]))
	}
	return list
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // the pattern lets figures through only
	return n
}

func civil(y, m, d string) calendar.Date {
	date, err := calendar.ParseDate(y + "-" + pad(m) + "-" + pad(d))
	if err != nil {
		return 0
	}
	return date
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
