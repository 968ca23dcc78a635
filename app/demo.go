package app

import (
	"context"

	"onedoor.app/domain/portal"
	"onedoor.app/infra/i18n"
)

// demoAccounts are the accounts of the sample city that a visitor tries first:
// one for each hand that a case passes through.
var demoAccounts = []struct {
	group    string // text key
	accounts []portal.DemoAccount
}{
	{"app.demo.applicants", []portal.DemoAccount{
		{Login: "p01", Name: "周叙白", Work: "app.demo.person"},
		{Login: "o01", Name: "云川栖霞餐饮管理有限公司", Work: "app.demo.company"},
		{Login: "a01", Name: "沈砚舟", Work: "app.demo.agent"},
	}},
	{"app.demo.desk", []portal.DemoAccount{{Login: "yc1005", Name: "金映雪", Work: "app.demo.clerk"}, {Login: "yc1004", Name: "吕念慈", Work: "app.demo.window_chief"}}},
	{"app.demo.work", []portal.DemoAccount{
		{Login: "yc1021", Name: "金春梅", Work: "app.demo.reviewer"},
		{Login: "yc1031", Name: "萧书瑶", Work: "app.demo.inspector"},
		{Login: "yc1020", Name: "吕志远", Work: "app.demo.approver"},
	}},
	{"app.demo.issue", []portal.DemoAccount{{Login: "yc1033", Name: "赵婉清", Work: "app.demo.issuer"}, {Login: "yc1034", Name: "王尚文", Work: "app.demo.deliverer"}}},
	{"app.demo.watch", []portal.DemoAccount{{Login: "yc1036", Name: "吕朝晖", Work: "app.demo.supervisor"}, {Login: "yc1001", Name: "赵静怡", Work: "app.demo.leader"}}},
	{"app.demo.keep", []portal.DemoAccount{{Login: "yc1038", Name: "喻执中", Work: "app.demo.catalog"}, {Login: "yc1102", Name: "卫清和", Work: "app.demo.review"}, {Login: "yc1039", Name: "潘秀英", Work: "app.demo.admin"}}},
}

// demo lists the demo accounts in the reader's language.
func (s *services) demo(ctx context.Context) ([]portal.DemoGroup, error) {
	var groups []portal.DemoGroup
	for _, g := range demoAccounts {
		group := portal.DemoGroup{Title: i18n.T(ctx, g.group)}
		for _, a := range g.accounts {
			a.Work = i18n.T(ctx, a.Work)
			group.Accounts = append(group.Accounts, a)
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// DemoAccounts lists the same accounts in a language, for whoever starts the
// demonstration at a terminal.
func (a *App) DemoAccounts(ctx context.Context, lang string) ([]portal.DemoGroup, error) {
	return a.services.demo(i18n.With(ctx, a.words, lang))
}
