package catalog

import (
	"context"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/search"
	"onedoor.app/infra/db"
)

// missed remembers what people looked for and did not find (未命中检索), so that officials see
// which words are missing, and nobody's personal data. Three things keep these out:
//
//   - [Anonymous] takes out or refuses what may be personal: anything with five digits in all,
//     an @ or an address, what follows words such as 我叫 or 身份证号, what may be a Chinese
//     name, and everything long;
//   - what fewer than three different visitors asked for on one day is held in the memory of
//     the process alone and is never written anywhere;
//   - visitors are told apart by one of 256 numbers, made of their address with a key that
//     only the process knows and that it forgets with the day: no number leads back.
//
// The memory is bounded, and so is what one day may add to the database.
type missed struct {
	mu      sync.Mutex
	day     calendar.Date
	seed    maphash.Seed
	asked   map[string]*missing
	writing bool
	wait    sync.WaitGroup
}

// missing is what is known today about some words.
type missing struct {
	who         map[byte]bool // at most enoughVisitors
	asked, poor int           // not written yet
}

const (
	enoughVisitors = 3    // as many must have asked before anything is written
	maxWaiting     = 2000 // different words that a process remembers of a day
	maxMissedDay   = 1000 // different words that a day may add
	missedKept     = 400  // days
)

// NoteMissed counts a search of a visitor that found nothing, or (poor) only what comes near.
// It never fails and never waits for the database: what is ripe is written afterwards.
func (s *Service) NoteMissed(ctx context.Context, visitor, text string, poor bool) {
	words := Anonymous(text)
	if words == "" {
		return
	}
	if s.missed.note(calendar.DateOf(s.DB.Now()), visitor, words, poor) {
		s.missed.wait.Go(func() { s.writeMissed(context.WithoutCancel(ctx)) })
	}
}

// note reports whether there is something to write and nobody who does it.
func (m *missed) note(day calendar.Date, visitor, words string, poor bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked == nil || m.day != day {
		m.day, m.seed, m.asked = day, maphash.MakeSeed(), map[string]*missing{}
	}
	one := m.asked[words]
	if one == nil {
		if len(m.asked) >= maxWaiting {
			return false
		}
		one = &missing{who: map[byte]bool{}}
		m.asked[words] = one
	}
	one.asked++
	if poor {
		one.poor++
	}
	if len(one.who) < enoughVisitors {
		one.who[byte(maphash.String(m.seed, visitor))] = true
	}
	if len(one.who) < enoughVisitors || m.writing {
		return false
	}
	m.writing = true
	return true
}

// ripe hands out what enough visitors asked for, and counts it from nought again. Without
// anything to write, nobody writes any more.
func (m *missed) ripe() (day calendar.Date, all map[string]missing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all = map[string]missing{}
	for words, one := range m.asked {
		if len(one.who) >= enoughVisitors && one.asked > 0 {
			all[words] = missing{asked: one.asked, poor: one.poor}
			one.asked, one.poor = 0, 0
		}
	}
	m.writing = len(all) > 0
	return m.day, all
}

// writingTakes is how long one attempt to write may last.
const writingTakes = 10 * time.Second

func (s *Service) writeMissed(ctx context.Context) {
	for {
		day, all := s.missed.ripe()
		if len(all) == 0 {
			return
		}
		limited, cancel := context.WithTimeout(ctx, writingTakes)
		err := s.DB.Write(limited, func(tx *db.Tx) error { return addMissed(tx, day, all) })
		cancel()
		if err != nil { // a count that is lost harms nobody
			slog.WarnContext(ctx, "searches without result were not counted", "err", err)
		}
	}
}

// MissedWritten waits until what was noted and is ripe has been written.
func (s *Service) MissedWritten() { s.missed.wait.Wait() }

// Missed lists up to limit words that people did not find since a day, those asked for most
// often first; after is the key of the page before.
func (s *Service) Missed(tx *db.Tx, since calendar.Date, after MissedKey, limit int) (list []Missing, more bool, err error) {
	limit = min(max(limit, 1), maxPage)
	list, err = listMissed(tx, since, after, limit+1)
	if len(list) > limit {
		list, more = list[:limit], true
	}
	return list, more, err
}

// Missing is what people looked for and did not find.
type Missing struct {
	Words string
	Asked int
	Poor  int // of them, found something that only came near
	Last  calendar.Date
}

// Key is the place of the words in the list.
func (m Missing) Key() MissedKey { return MissedKey{m.Asked, m.Words} }

// MissedKey is a place in the list; the zero key stands before the first.
type MissedKey struct {
	Asked int
	Words string
}

// The bounds of what is kept of a search.
const (
	fewDigits  = 5  // so many digits may be part of a number of somebody
	mostHan    = 12 // characters
	mostLatin  = 4  // words
	longLatin  = 16 // letters of one
	mostOfText = 60 // characters typed: whoever writes more tells a story
)

// confessions are words after which people write about themselves.
var confessions = []string{
	"我叫", "我是", "我的名字", "名字", "姓名", "名叫", "本人", "身份证号", "证号", "号码", "手机", "电话", "微信", "邮箱", "住址", "地址", "家住", "住在", "户主", "联系人",
	"my name", "i am", "name is", "phone", "mobile", "email", "address", "live at", "passport no", "id no",
}

// Anonymous is what may be kept of what somebody typed: a few Chinese characters or Latin
// words without digits, or nothing at all.
func Anonymous(text string) string {
	text = strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(text, "")))
	if utf8.RuneCountInString(text) > mostOfText || strings.ContainsAny(text, "@/\\<>") || strings.Contains(text, "www.") {
		return ""
	}
	for _, c := range confessions {
		text, _, _ = strings.Cut(text, c)
	}
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) || strings.ContainsRune("〇零一二三四五六七八九十百千", r) {
			digits++
		}
	}
	if digits >= fewDigits {
		return ""
	}
	typed, _ := newThesaurusOfIdle().read(text)
	var kept []string
	han, latin := 0, 0
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch {
		case !isLatin(word):
			if !isHan(word) || nameLike(word) {
				return ""
			}
			if utf8.RuneCountInString(word) == 1 {
				continue // what is left of how people talk
			}
			han += utf8.RuneCountInString(word)
		default:
			latin++
			if len(word) > longLatin {
				return ""
			}
		}
		kept = append(kept, word)
	}
	if han > mostHan || latin > mostLatin || han+latin == 0 {
		return ""
	}
	return strings.Join(kept, " ")
}

// newThesaurusOfIdle knows the words that say nothing, those that come with the program.
var newThesaurusOfIdle = sync.OnceValue(func() *thesaurus {
	t := newThesaurus(builtin(), 0)
	return &thesaurus{idle: t.idle, mean: map[string][]string{}}
})

func isHan(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) < 0
}

// surnames are the frequent ones: nearly nine of ten people bear one of them. Doubled ones follow.
const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边净阚褚池党冷"

var doubleSurnames = []string{"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "端木", "长孙"}

// nameLike reports whether a word may be the name of somebody: two to four characters that
// begin with a surname, unless they say what is done or sought at a counter.
func nameLike(word string) bool {
	n := utf8.RuneCountInString(word)
	if n < 2 || n > 4 || strings.ContainsAny(word, "证店厂所馆院办补贴费税照厅") {
		return false
	}
	for _, d := range doubleSurnames {
		if strings.HasPrefix(word, d) {
			return true
		}
	}
	return strings.ContainsRune(surnames, firstRune(word))
}

// Finds returns the first items that a search finds by now; sure is false where they only
// come near.
func (s *Service) Finds(tx *db.Tx, text string) (hits []Hit, sure bool, err error) {
	hits, _, _, as, err := s.search(tx, text, Filter{}, "", mostTried)
	return hits, as.How != search.Part && as.How != search.Near, err
}
