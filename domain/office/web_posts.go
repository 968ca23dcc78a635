package office

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	postsPath = "/admin/posts"
	seatsPage = 60 // posts of one page
)

func seatPath(post string) string { return postsPath + "/" + url.PathEscape(post) }

// seatsView is the list of posts.
type seatsView struct {
	ui.Page
	Query   string
	Vacant  bool // only posts that nobody holds
	Groups  []seatGroup
	Posts   int // that the list holds
	People  int // in them
	Empty   int // of all posts, nobody's
	Waiting map[string]int
	Stuck   int // vacant posts that published items name
	Next    string
	Rest    int // posts of the next page
	Today   string
}

// seatGroup is the posts of one unit.
type seatGroup struct {
	Unit  Unit
	Seats []Seat
}

func (v seatsView) chips(all, vacant string) []ui.Link {
	return []ui.Link{
		{Text: all, Href: postsPath, Current: !v.Vacant && v.Query == ""},
		{Text: vacant, Href: postsPath + "?vacant=1", Current: v.Vacant, Count: strconv.Itoa(v.Empty)},
	}
}

// showSeats lists posts; ?q= finds by unit and post.
func (s *Service) showSeats(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.seatsPage(w, r, seatsView{Query: q.Get("q"), Vacant: q.Get("vacant") != ""}, q.Get("after"))
}

// findSeats finds by the names of people as well: it is posted, because they do
// not belong in addresses.
func (s *Service) findSeats(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	return s.seatsPage(w, r, seatsView{Query: r.PostForm.Get("q")}, "")
}

func (s *Service) seatsPage(w http.ResponseWriter, r *http.Request, v seatsView, after string) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "office.title"))
	v.Page.Path = postsPath
	var seats []Seat
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Today = today(tx)
		all, err := s.Seats(tx)
		if err != nil {
			return err
		}
		v.Waiting, err = s.waiting(tx)
		seats = v.choose(all, r.Method == http.MethodPost)
		return err
	})
	if err != nil {
		return err
	}
	v.page(seats, after)
	return web.Show(w, r, http.StatusOK, seatsList(v))
}

// choose counts what is vacant and keeps what is asked for.
func (v *seatsView) choose(all []Seat, people bool) (kept []Seat) {
	in := map[int64]bool{}
	for _, seat := range all {
		vacant := len(seat.Holders) == 0
		if vacant {
			v.Empty++
			if v.Waiting[seat.Post.Code] > 0 {
				v.Stuck++
			}
		}
		if v.Vacant && !vacant || !seat.speaksOf(strings.TrimSpace(v.Query), people) {
			continue
		}
		kept = append(kept, seat)
		for _, h := range seat.Holders {
			in[h.ID] = true
		}
	}
	v.Posts, v.People = len(kept), len(in)
	return kept
}

// page keeps the posts after one, by unit. What is found by a posted search is
// shown whole.
func (v *seatsView) page(seats []Seat, after string) {
	for i, seat := range seats {
		if seat.Post.Code == after {
			seats = seats[i+1:]
			break
		}
	}
	if len(seats) > seatsPage {
		q := url.Values{"after": {seats[seatsPage-1].Post.Code}}
		if v.Vacant {
			q.Set("vacant", "1")
		}
		if v.Query != "" {
			q.Set("q", v.Query)
		}
		v.Rest = min(len(seats)-seatsPage, seatsPage)
		seats, v.Next = seats[:seatsPage], postsPath+"?"+q.Encode()
	}
	at := map[string]int{}
	for _, seat := range seats {
		i, seen := at[seat.Unit.Code]
		if !seen {
			i = len(v.Groups)
			at[seat.Unit.Code] = i
			v.Groups = append(v.Groups, seatGroup{Unit: seat.Unit})
		}
		v.Groups[i].Seats = append(v.Groups[i].Seats, seat)
	}
}

// waiting is how many published items name each post, by itself or by a rule that
// may choose it.
func (s *Service) waiting(tx *db.Tx) (map[string]int, error) {
	if s.Waiting == nil {
		return nil, nil
	}
	named, err := s.Waiting(tx)
	if err != nil {
		return nil, err
	}
	for rule, kind := range townshipRules {
		candidates, err := listCandidates(tx, kind)
		if err != nil {
			return nil, err
		}
		for _, c := range candidates {
			named[c.Code] += named[rule]
		}
	}
	return named, nil
}

// postView is the form of a new post.
type postView struct {
	ui.Page
	Key     string
	Typed   Post
	Units   []Unit
	Trouble string
	Wrong   map[string]string
}

func (v postView) summary() []ui.Wrong { return summary(v.Trouble, v.Wrong, "unit", "kind", "name") }

func (s *Service) showNewPost(w http.ResponseWriter, r *http.Request) error {
	return s.newPostPage(w, r, http.StatusOK, postView{Typed: Post{Unit: r.URL.Query().Get("unit")}})
}

func (s *Service) newPostPage(w http.ResponseWriter, r *http.Request, code int, v postView) error {
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) { v.Units, err = listUnits(tx); return err })
	if err != nil {
		return err
	}
	v.Key = rand.Text()
	v.Page = s.Frame(r, i18n.T(r.Context(), "office.add_post"))
	v.Page.Path, v.Page.Wrong = postsPath+"/new", v.Trouble != ""
	return web.Show(w, r, code, newPostPage(v))
}

func (s *Service) postNewPost(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	p := Post{Unit: f.Get("unit"), Name: f.Get("name"), Kind: PostKind(f.Get("kind"))}
	made, err := s.AddPost(ctx, auth.From(ctx), f.Get("_key"), p)
	if mendable(err) {
		return s.newPostPage(w, r, web.Status(err), postView{Typed: p, Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err)})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "office.done.post", seatPath(made.Code))
}
