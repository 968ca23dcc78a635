package cases

func (s *step) banFalseMaterials() { // 78
	if s.m.Terms.Safety && s.in.Ground == GroundFalseMaterials {
		s.startUntil(ClockBan, s.law.Cal.AddMonths(s.today, 12))
	}
}

func (s *step) banFraud() { // 79
	if s.m.Terms.Safety && s.in.Ground == GroundFraud {
		s.startUntil(ClockBan, s.law.Cal.AddMonths(s.today, 36))
	}
}

// granted is the effect of every grant, also of one that the law itself makes.
func (s *step) granted() {
	s.endAll()
	s.m.Decider = s.in.By
	t := s.m.Terms
	if t.Delivery > 0 {
		s.start(ClockDelivery, s.asOf, t.Delivery, UnitWorkday) // 44
	}
	if t.Kind == KindLicence {
		s.start(ClockPublicity, s.asOf, t.Settings.PublishDays, UnitWorkday) // 40
	}
	if s.m.Has(FlagPledged) {
		s.start(ClockPostCheck, s.asOf, t.Settings.PledgeCheckMonths, UnitMonth)
	}
	if t.Renewal && s.m.Certificate != nil {
		s.renew()
	}
}

func (s *step) renew() {
	c, months := s.m.Certificate, s.m.Terms.ValidityMonths
	c.Renewed = RenewedByDecision
	if s.act == ActDeemRenewed {
		c.Renewed = RenewedByLaw
		if n := s.m.Terms.Settings.DeemedRenewalTerm; n > 0 {
			months = n
		}
	}
	switch {
	case c.Expires == 0 || months == 0:
	case s.m.Terms.FromDecision: // that day counts; nobody's term ends sooner because it was renewed
		from := s.asOf
		if s.act == ActDeemRenewed { // the law renews when the last day is over
			from = max(from, c.Expires+1)
		}
		c.Expires = max(c.Expires, s.law.Cal.AddMonths(from, months)-1)
	default: // runs on from the day after the old term, or from today if that is past
		c.Expires = s.law.Cal.AddMonths(max(c.Expires, s.asOf), months)
	}
	c.State = CertificateValid
}

func (s *step) refused() {
	s.endAll()
	s.m.Decider = s.in.By
	s.start(ClockService, s.asOf, s.m.Terms.Settings.RefusalServiceDays, UnitWorkday)
	s.banFalseMaterials()
}

func (s *step) makeCertificate() {
	switch c := s.m.Certificate; {
	case c == nil:
		s.m.Certificate = &Certificate{State: CertificateValid, Expires: s.in.Until}
	case s.in.Until != 0: // of the new version
		c.Expires = s.in.Until
	}
}

// reissue: who has the certificate already is to get the next version too. One that was not handed over yet is handed over
// as the next version, once; entries from before that was told owe nothing.
func (s *step) reissue() {
	if s.in.HandOver && s.m.State == StateDelivered {
		s.m.Certificate.Owed = true
	}
}

// publish: a grant when it was made (40), an award before it is decided.
func (s *step) publish() {
	s.end(ClockPublicity)
	s.m.Publicised = s.m.Publicised || s.m.Terms.Kind == KindAward
}
