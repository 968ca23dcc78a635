package office

import (
	"slices"

	"onedoor.app/infra/db"
)

// standard are the roles that the rights of this program name.
var standard = []Role{
	{"leader", "局领导", "审批重大事项、批准延长期限"},
	{"section_chief", "科室负责人", "本科室任务与人员"},
	{"approver", "审批人", "作出决定，不得办理本人受理的件"},
	{"reviewer", "审查人", "提出审查意见"},
	{"clerk", "综合窗口受理人", "收件、补正告知、受理"},
	{"guide", "导办员", "导办、查件"},
	{"inspector", "勘验员", "现场核查，须两人以上"},
	{"issuer", "制证员", "用印制证"},
	{"deliverer", "出件员", "核验领取人身份后出件"},
	{"supervisor", "督查员", "看全部时限，只读不改"},
	{"legal_supervisor", "法制审核员", "法制审核与听证主持"},
	{"catalog_officer", "事项管理员", "维护事项、材料、表单和流程"},
	{"system_admin", "系统管理员", "单位、人员与参数"},
	{"security_admin", "安全管理员", "权限分配"},
	{"audit_admin", "审计管理员", "日志审计"},
	{"chief_representative", "首席代表", "部门驻厅决定人"},
	{"township_chief", "镇街中心主任", ""},
	{"township_clerk", "镇街受理人", ""},
	{"archivist", "档案管理员", "归档"},
}

// StandardRoles returns the roles that the rights of this program name, which
// every installation has.
func StandardRoles() []Role { return slices.Clone(standard) }

func addRoles(tx *db.Tx) error {
	for i, r := range standard {
		if err := addRole(tx, r, i); err != nil {
			return err
		}
	}
	return nil
}

// carried is a role that goes with posts of a kind.
type carried struct {
	role string
	in   []UnitKind // only in such units; none: in every one
}

// carries says which roles go with a post of each kind: an appointment gives
// them, and a deputy takes over those that the holder has. Roles that the holder
// has for other posts stay behind.
var carries = map[PostKind][]carried{
	Leader: {{role: "leader"}},
	Decide: {
		{role: "approver"},
		{"section_chief", []UnitKind{Bureau, Section}},
		{"chief_representative", []UnitKind{Department}},
		{"township_chief", []UnitKind{Township}},
	},
	Review:    {{role: "reviewer"}},
	Receive:   {{role: "clerk"}, {"township_clerk", []UnitKind{Township}}},
	Guide:     {{role: "guide"}},
	Inspect:   {{role: "inspector"}},
	Issue:     {{role: "issuer"}},
	Deliver:   {{role: "deliverer"}},
	Supervise: {{role: "supervisor"}},
	Legal:     {{role: "legal_supervisor"}},
	Catalog:   {{role: "catalog_officer"}},
	SysAdmin:  {{role: "system_admin"}},
	SecAdmin:  {{role: "security_admin"}},
	Audit:     {{role: "audit_admin"}},
	Archive:   {{role: "archivist"}},
}

// apart are the posts of the three administrators, none of whom may stand in
// for another or hold two of the three (三员分立).
var apart = map[PostKind]bool{SysAdmin: true, SecAdmin: true, Audit: true}

// gives returns the roles that come with a post of a kind in a unit of a kind.
func gives(kind PostKind, unit UnitKind) (roles []string) {
	for _, c := range carries[kind] {
		if len(c.in) == 0 || slices.Contains(c.in, unit) {
			roles = append(roles, c.role)
		}
	}
	return roles
}

// goesWith reports whether a role goes with posts of a kind, in any unit.
func goesWith(kind PostKind, role string) bool {
	return slices.ContainsFunc(carries[kind], func(c carried) bool { return c.role == role })
}

// lends reports whether a deputy takes over a role with a post of a kind, if its
// holder has it. Those of the three administrators cannot be lent at all.
func lends(kind PostKind, role string) bool { return !apart[kind] && goesWith(kind, role) }

// kinds are the kinds of posts in the order of forms, each with the end of the
// code that such a post is given.
var kinds = []struct {
	kind   PostKind
	suffix string
}{
	{Receive, "clerk"}, {Review, "rev"}, {Inspect, "inspect"}, {Decide, "chief"}, {Issue, "issue"}, {Deliver, "output"},
	{Guide, "guide"}, {Leader, "leader"}, {Supervise, "watch"}, {Legal, "legal"}, {Catalog, "catalog"}, {Archive, "archive"},
	{SysAdmin, "sys"}, {SecAdmin, "sec"}, {Audit, "audit"},
}

// suffix is the end of the code of posts of a kind, "" for no kind.
func suffix(kind PostKind) string {
	for _, k := range kinds {
		if k.kind == kind {
			return k.suffix
		}
	}
	return ""
}
