package command

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"congvan/server/app/accounts"
	"congvan/server/app/intake"
	"congvan/server/domain/access"
	"congvan/server/domain/exchange"
)

// demoMailboxAgency is the code of Sở Nội vụ, whose mailbox it is.
const demoMailboxAgency = "H59.08"

// seedMailbox connects the demo's mailbox, or tells where its server is now.
func (in *installation) seedMailbox(ctx context.Context, running *servers) error {
	host, portText, err := net.SplitHostPort(running.mail.Place().IMAP)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	list, err := in.mail.Mailboxes(ctx, accounts.System())
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Address == demoMailbox {
			_, err := in.mail.EditMailbox(ctx, accounts.System(), m.ID, m.Version, intake.MailboxChange{Host: &host, Port: &port, Password: &running.mailKey})
			return err
		}
	}
	agency, err := in.demoAgency(ctx, demoMailboxAgency)
	if err != nil {
		return err
	}
	_, err = in.mail.AddMailbox(ctx, accounts.System(), access.Command{}, exchange.OfficialMailbox{AgencyID: agency, Address: demoMailbox,
		Host: host, Port: port, Security: exchange.MailPlain, Username: demoMailbox}, intake.MailboxSecret{Password: running.mailKey})
	return err
}
