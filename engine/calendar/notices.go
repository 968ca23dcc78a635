package calendar

// notices holds what the General Office of the State Council (国务院办公厅) announced for each year: the days off and
// the weekend days worked instead. Days are written month*100+day. An ordinary weekend that merely follows a holiday
// is listed only if the notice counts it among the days off.
//
// The notice for 2019 also moved the end of 2018, that for 2023 the last day of 2022; those days stand in the year
// they belong to. In 2020 the second notice lengthened the Spring Festival and took back the make-up day of 1 February.
var notices = []Year{
	{Year: 2016, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2015-12/10/content_10394.htm",
	}, Breaks: []Break{
		{"元旦", 101, 101, nil},
		{"春节", 207, 213, []int{206, 214}},
		{"清明节", 404, 404, nil},
		{"劳动节", 501, 502, nil},
		{"端午节", 609, 611, []int{612}},
		{"中秋节", 915, 917, []int{918}},
		{"国庆节", 1001, 1007, []int{1008, 1009}},
	}},
	{Year: 2017, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2016-12/01/content_5141603.htm",
	}, Breaks: []Break{
		{"元旦", 101, 102, nil},
		{"春节", 127, 202, []int{122, 204}},
		{"清明节", 402, 404, []int{401}},
		{"劳动节", 501, 501, nil},
		{"端午节", 528, 530, []int{527}},
		{"中秋节、国庆节", 1001, 1008, []int{930}},
	}},
	{Year: 2018, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2017-11/30/content_5243579.htm",
	}, Breaks: []Break{
		{"元旦", 101, 101, nil},
		{"春节", 215, 221, []int{211, 224}},
		{"清明节", 405, 407, []int{408}},
		{"劳动节", 429, 501, []int{428}},
		{"端午节", 618, 618, nil},
		{"中秋节", 924, 924, nil},
		{"国庆节", 1001, 1007, []int{929, 930}},
		{"元旦", 1230, 1231, []int{1229}},
	}},
	{Year: 2019, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2018-12/06/content_5346276.htm",
		"https://www.gov.cn/zhengce/zhengceku/2019-03/22/content_5375877.htm",
	}, Breaks: []Break{
		{"元旦", 101, 101, nil},
		{"春节", 204, 210, []int{202, 203}},
		{"清明节", 405, 405, nil},
		{"劳动节", 501, 504, []int{428, 505}},
		{"端午节", 607, 607, nil},
		{"中秋节", 913, 913, nil},
		{"国庆节", 1001, 1007, []int{929, 1012}},
	}},
	{Year: 2020, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2019-11/21/content_5454164.htm",
		"https://www.gov.cn/zhengce/zhengceku/2020-01/27/content_5472352.htm",
	}, Breaks: []Break{
		{"元旦", 101, 101, nil},
		{"春节", 124, 202, []int{119}},
		{"清明节", 404, 406, nil},
		{"劳动节", 501, 505, []int{426, 509}},
		{"端午节", 625, 627, []int{628}},
		{"国庆节、中秋节", 1001, 1008, []int{927, 1010}},
	}},
	{Year: 2021, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2020-11/25/content_5564127.htm",
	}, Breaks: []Break{
		{"元旦", 101, 103, nil},
		{"春节", 211, 217, []int{207, 220}},
		{"清明节", 403, 405, nil},
		{"劳动节", 501, 505, []int{425, 508}},
		{"端午节", 612, 614, nil},
		{"中秋节", 919, 921, []int{918}},
		{"国庆节", 1001, 1007, []int{926, 1009}},
	}},
	{Year: 2022, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2021-10/25/content_5644835.htm",
	}, Breaks: []Break{
		{"元旦", 101, 103, nil},
		{"春节", 131, 206, []int{129, 130}},
		{"清明节", 403, 405, []int{402}},
		{"劳动节", 430, 504, []int{424, 507}},
		{"端午节", 603, 605, nil},
		{"中秋节", 910, 912, nil},
		{"国庆节", 1001, 1007, []int{1008, 1009}},
		{"元旦", 1231, 1231, nil},
	}},
	{Year: 2023, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/2022-12/08/content_5730844.htm",
	}, Breaks: []Break{
		{"元旦", 101, 102, nil},
		{"春节", 121, 127, []int{128, 129}},
		{"清明节", 405, 405, nil},
		{"劳动节", 429, 503, []int{423, 506}},
		{"端午节", 622, 624, []int{625}},
		{"中秋节、国庆节", 929, 1006, []int{1007, 1008}},
	}},
	{Year: 2024, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/202310/content_6911528.htm",
	}, Breaks: []Break{
		{"元旦", 101, 101, nil},
		{"春节", 210, 217, []int{204, 218}},
		{"清明节", 404, 406, []int{407}},
		{"劳动节", 501, 505, []int{428, 511}},
		{"端午节", 610, 610, nil},
		{"中秋节", 915, 917, []int{914}},
		{"国庆节", 1001, 1007, []int{929, 1012}},
	}},
	{Year: 2025, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
	}, Breaks: []Break{
		{"元旦", 101, 101, nil},
		{"春节", 128, 204, []int{126, 208}},
		{"清明节", 404, 406, nil},
		{"劳动节", 501, 505, []int{427}},
		{"端午节", 531, 602, nil},
		{"国庆节、中秋节", 1001, 1008, []int{928, 1011}},
	}},
	{Year: 2026, Notices: []string{
		"https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
	}, Breaks: []Break{
		{"元旦", 101, 103, []int{104}},
		{"春节", 215, 223, []int{214, 228}},
		{"清明节", 404, 406, nil},
		{"劳动节", 501, 505, []int{509}},
		{"端午节", 619, 621, nil},
		{"中秋节", 925, 927, nil},
		{"国庆节", 1001, 1007, []int{920, 1010}},
	}},
}
