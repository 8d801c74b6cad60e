package receive_test

import (
	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/stretchr/testify/require"
)

// marked counts the messages that carry the product's keyword, as a person's
// program would see them.
func (o *office) marked() int {
	return o.having(&imap.SearchCriteria{Flag: []imap.Flag{"$CongvanReceived"}})
}

func (o *office) seen() int { return o.having(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}) }

func (o *office) having(criteria *imap.SearchCriteria) int {
	o.t.Helper()
	c, err := imapclient.DialInsecure(o.mail.Place().IMAP, nil)
	require.NoError(o.t, err)
	defer c.Close()
	require.NoError(o.t, c.Login(address, password).Wait())
	_, err = c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	require.NoError(o.t, err)
	found, err := c.UIDSearch(criteria, nil).Wait()
	require.NoError(o.t, err)
	return len(found.AllUIDs())
}
