package cases

import (
	"context"
	"slices"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
)

// Correction hands in what the notice asked for (补正). Every material that it named
// must have a new file, or have come on paper (paper, at the window); what is missing
// is an Invalid fault at material.<key>.
func (s *Service) Correction(ctx context.Context, who auth.Actor, on On, paper []string) (Done, error) {
	return s.correct(ctx, who, on, paper, false)
}

// CorrectInPart is Correction with what has come, for an applicant who was told what
// is still missing: that stays found wanting, and the window may ask for it once
// more, or not accept the application. At least one material must have come.
func (s *Service) CorrectInPart(ctx context.Context, who auth.Actor, on On, paper []string) (Done, error) {
	return s.correct(ctx, who, on, paper, true)
}

func (s *Service) correct(ctx context.Context, who auth.Actor, on On, paper []string, partly bool) (Done, error) {
	return s.change(ctx, who, "correct", on, []any{paper, partly}, func(ch *change) error {
		if err := s.may(ch.tx, who, mayCorrect, ch.c, ""); err != nil {
			return err
		}
		if ch.c.State() != StateCorrecting {
			return fault.New(fault.Conflict, "cases.not_correcting")
		}
		if who.Kind != auth.Staff {
			paper = nil
		}
		round := ch.c.Matter.Corrections
		list, err := listMaterials(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		if who.Kind == auth.Staff {
			ch.c.Receivers = ch.signers("")
		}
		missing, came, handed := fault.Fields{}, []Material{}, []File{}
		for _, m := range list {
			if m.Verdict != Correct {
				continue
			}
			sent := slices.ContainsFunc(m.Files, func(f File) bool {
				return f.Round == round+1 && !f.Replaced && (who.Kind != auth.Staff || f.Scanned)
			})
			onPaper := slices.Contains(paper, m.Key)
			if !sent && !onPaper {
				missing.Need(false, "material."+m.Key, "cases.material_missing")
				continue
			}
			m.Source, m.Verdict, m.Reason, m.Points, m.Found = SourceUpload, Unjudged, "", nil, ch.coming()
			m.FitBy, m.FitAt = 0, time.Time{}
			if !sent {
				m.Source = SourcePaper
			}
			came = append(came, m)
			files := m.handedBy(who, round+1)
			handed = append(handed, files...)
			if err := ch.takeCorrected(m, files, round+1); err != nil {
				return err
			}
		}
		if len(missing) > 0 && (!partly || len(came) == 0) {
			return missing.Err()
		}
		fixes := keysOf(Unjudged, came)
		in := Input{By: who.Staff, Role: ch.applicantRole(), Mandate: who.For != 0, Fixes: fixes, Channel: ChannelOnline}
		if who.Kind == auth.Staff {
			in.Channel = ChannelWindow
		}
		if err := ch.do(move{
			act: string(ActCorrect), legal: &in, document: ch.correctedDocument(list, fixes), files: handed, found: came,
		}); err != nil {
			return err
		}
		return ch.tell(EventCorrected, "")
	})
}

// takeCorrected keeps a material that came as the correction.
func (ch *change) takeCorrected(m Material, files []File, round int) error {
	if err := changeMaterial(ch.tx, ch.c.ID, m); err != nil {
		return err
	}
	if err := handFiles(ch.tx, ch.c.ID, m.Key, files); err != nil {
		return err
	}
	return replaceFiles(ch.tx, ch.c.ID, m.Key, round)
}
