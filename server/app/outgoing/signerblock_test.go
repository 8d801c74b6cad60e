package outgoing_test

import (
	"slices"
	"testing"

	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

func TestC1_TheSignerBlockIsChosenInTheDraftAndKeptWithTheApproval(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.exec(t, `update agency set name = 'Ủy ban nhân dân tỉnh Trà Vinh' where id = $1`, c.sender.ID)
	c.exec(t, `update position set title = 'Chủ tịch' where id = $1`, c.sender.LeaderPosition)
	c.exec(t, `update position set title = 'Chánh Văn phòng' where id = $1`, seatOf(c.sender.Head))
	c.plan(t, c.steps()[3:])
	block := func(position org.ID, competence document.Competence) []string {
		t.Helper()
		b, err := c.out.SignerBlock(t.Context(), c.sender.Officer, c.sender.ID, position, competence)
		need(t, err)
		return b.Lines
	}
	if got, want := block(seatOf(c.sender.Head), ""), []string{"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}; !slices.Equal(got, want) {
		t.Errorf("a unit head: %q", got)
	}
	by := []string{"TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}
	if got := block(seatOf(c.sender.Head), document.ByAuthorisation); !slices.Equal(got, by) {
		t.Errorf("by authorisation: %q", got)
	}
	if _, err := c.out.SignerBlock(t.Context(), c.sender.Officer, c.sender.ID, c.officer, ""); err == nil {
		t.Error("an officer signs")
	}

	head, unknown, authorised := seatOf(c.sender.Head), document.Competence("TT"), document.ByAuthorisation
	edit := func(in outgoing.Draft) error {
		return c.out.Edit(t.Context(), c.sender.Officer, org.ID{}, c.id, c.read(t).Version, in)
	}
	wantCode(t, edit(outgoing.Draft{Competence: &unknown}), "invalid_request")
	need(t, edit(outgoing.Draft{ApproverPositionID: &head, Competence: &authorised}))
	if d := c.read(t); d.Competence != document.ByAuthorisation {
		t.Errorf("kept %q", d.Competence)
	}
	leader := c.sender.LeaderPosition
	need(t, edit(outgoing.Draft{ApproverPositionID: &leader}))
	if d := c.read(t); d.Competence != "" {
		t.Errorf("another signer kept %q", d.Competence)
	}
	need(t, edit(outgoing.Draft{ApproverPositionID: &head, Competence: &authorised}))
	c.submit(t)
	if d := c.read(t); len(d.SignerBlock) != 0 {
		t.Errorf("before the approval: %q", d.SignerBlock)
	}
	c.sender.Head.Positions[0].Title = "Chánh Văn phòng"
	need(t, c.out.Approve(t.Context(), c.sender.Head, access.Command{}, c.id, c.hash, ""))
	c.exec(t, `update position set title = 'Trưởng phòng' where id = $1`, head)
	if d := c.read(t); !slices.Equal(d.SignerBlock, by) || !slices.Equal(c.circuit(t).Block, by) {
		t.Errorf("%q, %q", d.SignerBlock, c.circuit(t).Block)
	}
	need(t, c.out.Number(t.Context(), c.sender.Clerk, access.Command{}, c.id, org.ID{}))
	list := c.entries(t)
	if len(list) != 1 || list[0].SignedBy() != c.sender.Head.FullName+" (TUQ. CHỦ TỊCH)" {
		t.Errorf("the register: %+v", list)
	}
}
