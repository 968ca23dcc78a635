package ui

// Lamp is the light of a time limit. It means time and nothing else.
type Lamp string

const (
	Blue   Lamp = "blue"   // 正常
	Yellow Lamp = "yellow" // 临期
	Red    Lamp = "red"    // 超期
	Stop   Lamp = "stop"   // 停表
)

// Tone is what a tag, a note or a verdict says of its fact.
type Tone string

const (
	ToneNone Tone = ""
	ToneGood Tone = "good" // in order; said in the accent, since green is no light's
	ToneWarn Tone = "warn" // still missing, can be mended
	ToneBad  Tone = "bad"  // wrong, refused
	ToneLine Tone = "line" // tags only: an outline
)

// Badge is a fact in one or two words.
type Badge struct {
	Text string
	Tone Tone
}

func (t Tone) tag() string {
	switch t {
	case ToneGood:
		return "tag tag--accent"
	case ToneWarn:
		return "tag tag--warn"
	case ToneBad:
		return "tag tag--bad"
	case ToneLine:
		return "tag tag--line"
	default:
		return "tag"
	}
}

func (t Tone) note() string {
	switch t {
	case ToneGood:
		return "note note--accent"
	case ToneWarn:
		return "note note--warn"
	case ToneBad:
		return "note note--bad"
	default:
		return "note"
	}
}

func (t Tone) verdict() string {
	switch t {
	case ToneGood:
		return "verdict verdict--ok"
	case ToneWarn:
		return "verdict verdict--warn"
	case ToneBad:
		return "verdict verdict--bad"
	default:
		return "verdict"
	}
}

// icon is the shape that goes with the tone, so that colour never stands alone.
func (t Tone) icon() string {
	switch t {
	case ToneGood:
		return "ok"
	case ToneWarn:
		return "alert"
	case ToneBad:
		return "no"
	default:
		return "info"
	}
}

// Mark is a verdict in words. Icon replaces the tone's own.
type Mark struct {
	Tone Tone
	Text string
	Icon string
}

func (m Mark) icon() string {
	if m.Icon != "" {
		return m.Icon
	}
	return m.Tone.icon()
}

// Work is a piece of work in progress.
type Work struct {
	Title string
	Done  int
	Total int
	Words string // 1,204 / 1,872　约 20 秒
	Note  string // 可以离开这页，办完会提醒您。
}
