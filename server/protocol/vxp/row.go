package vxp

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// The rows of answers. What is empty is left out when they are written: a null
// breaks the official client. They are read as they come: nulls, missing keys,
// numbers for texts and texts for numbers.
type (
	// Agency is one row of the directory, in old codes or in new ones.
	Agency struct {
		ID       string `json:"id,omitempty"`
		ParentID string `json:"pid,omitempty"` // with old codes
		Code     string `json:"code,omitempty"`
		Code102  string `json:"code102,omitempty"` // with new codes: the old one
		Name     string `json:"name,omitempty"`
		Mail     string `json:"mail,omitempty"`
		OldCode  string `json:"oldCode,omitempty"` // with old codes: the one before it
	}
	// Unit is one row of the directory's changes.
	Unit struct {
		ID         string `json:"id,omitempty"`
		ParentID   string `json:"pid,omitempty"`
		Code       string `json:"code,omitempty"`
		Name       string `json:"name,omitempty"`
		Mail       string `json:"mail,omitempty"`
		Version    int    `json:"version"`
		CenterCode string `json:"centerCode,omitempty"`
		Deleted    bool   `json:"deleted"`
		ModifyDate string `json:"modifyDate,omitempty"`
		IsAgency   bool   `json:"isAgency"`
	}
	// Received is a message that waits. To is one recipient when it is written;
	// several become a row each.
	Received struct {
		DocID       string     `json:"docId,omitempty"`
		ServiceType string     `json:"serviceType,omitempty"`
		MessageType Message    `json:"messageType,omitempty"`
		CreatedTime string     `json:"created_time,omitempty"`
		UpdatedTime string     `json:"updated_time,omitempty"`
		From        string     `json:"from,omitempty"`
		To          Recipients `json:"to,omitempty"`
		Status      Transport  `json:"status,omitempty"`
		StatusDesc  string     `json:"status_desc,omitempty"`
	}
	// Sent is what became of a message at one recipient.
	Sent struct {
		ServiceType       string    `json:"serviceType,omitempty"`
		MessageType       Message   `json:"messageType,omitempty"`
		SenderDocID       string    `json:"senderDocId,omitempty"`
		ReceiverDocID     string    `json:"receiverDocId,omitempty"`
		FromCode          string    `json:"fromCode,omitempty"`
		ToCode            string    `json:"toCode,omitempty"`
		Notation          string    `json:"notation,omitempty"`
		Title             string    `json:"title,omitempty"`
		SentTime          string    `json:"sentTime,omitempty"`
		ReceivedTime      string    `json:"receivedTime,omitempty"`
		SendStatus        Transport `json:"sendStatus,omitempty"`
		SendStatusDesc    string    `json:"sendStatusDesc,omitempty"`
		ReceiveStatus     Transport `json:"receiveStatus,omitempty"`
		ReceiveStatusDesc string    `json:"receiveStatusDesc,omitempty"`
	}
	// Registration is what registers an agency.
	Registration struct {
		ID         string `json:"id"`
		ParentCode string `json:"pcode"`
		Code       string `json:"code"`
		Name       string `json:"name"`
		Mail       string `json:"mail"`
		Mobile     string `json:"mobile"`
		Fax        string `json:"fax"`
	}
	// Recipients are the agencies of one row.
	Recipients []string
)

// MarshalJSON writes the first, as a text.
func (r Recipients) MarshalJSON() ([]byte, error) { return json.Marshal(r[0]) }

// UnmarshalJSON reads a row as it comes.
func (a *Agency) UnmarshalJSON(raw []byte) error {
	return readRow(raw, fields{"id": &a.ID, "pid": &a.ParentID, "code": &a.Code, "code102": &a.Code102, "name": &a.Name, "mail": &a.Mail, "oldCode": &a.OldCode})
}

// UnmarshalJSON reads a row as it comes.
func (u *Unit) UnmarshalJSON(raw []byte) error {
	return readRow(raw, fields{"id": &u.ID, "pid": &u.ParentID, "code": &u.Code, "name": &u.Name, "mail": &u.Mail, "version": &u.Version,
		"centerCode": &u.CenterCode, "deleted": &u.Deleted, "modifyDate": &u.ModifyDate, "isAgency": &u.IsAgency})
}

// UnmarshalJSON reads a row as it comes.
func (r *Received) UnmarshalJSON(raw []byte) error {
	return readRow(raw, fields{"docId": &r.DocID, "serviceType": &r.ServiceType, "messageType": (*string)(&r.MessageType),
		"created_time": &r.CreatedTime, "updated_time": &r.UpdatedTime, "from": &r.From, "to": &r.To,
		"status": (*string)(&r.Status), "status_desc": &r.StatusDesc})
}

// UnmarshalJSON reads a row as it comes.
func (s *Sent) UnmarshalJSON(raw []byte) error {
	return readRow(raw, fields{"serviceType": &s.ServiceType, "messageType": (*string)(&s.MessageType), "senderDocId": &s.SenderDocID,
		"receiverDocId": &s.ReceiverDocID, "fromCode": &s.FromCode, "toCode": &s.ToCode, "notation": &s.Notation, "title": &s.Title,
		"sentTime": &s.SentTime, "receivedTime": &s.ReceivedTime, "sendStatus": (*string)(&s.SendStatus), "sendStatusDesc": &s.SendStatusDesc,
		"receiveStatus": (*string)(&s.ReceiveStatus), "receiveStatusDesc": &s.ReceiveStatusDesc})
}

// UnmarshalJSON reads a registration as it comes.
func (r *Registration) UnmarshalJSON(raw []byte) error {
	return readRow(raw, fields{"id": &r.ID, "pcode": &r.ParentCode, "code": &r.Code, "name": &r.Name, "mail": &r.Mail, "mobile": &r.Mobile, "fax": &r.Fax})
}

// fields are where the values of a row go: pointers to string, int, bool or
// Recipients.
type fields map[string]any

var errRow = errors.New("a row of the answer has an unexpected form")

// readRow reads one object leniently, by the exact case of its keys.
func readRow(raw []byte, into fields) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return err
	}
	for key, to := range into {
		value, ok := given[key]
		if !ok || bytes.Equal(value, []byte("null")) {
			continue
		}
		if list, several := to.(*Recipients); several && value[0] == '[' {
			if err := json.Unmarshal(value, (*[]string)(list)); err != nil {
				return err
			}
			continue
		}
		text, err := scalar(value)
		if err != nil {
			return err
		}
		if err := put(to, text); err != nil {
			return err
		}
	}
	return nil
}

// scalar gives a text, a number or a truth value as text.
func scalar(raw json.RawMessage) (string, error) {
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case '{', '[':
		return "", errRow
	case 'n': // null
		return "", nil
	}
	return string(raw), nil
}

func put(to any, text string) (err error) {
	switch to := to.(type) {
	case *string:
		*to = text
	case *Recipients:
		if text != "" {
			*to = Recipients{text}
		}
	case *int:
		if text = strings.TrimSpace(text); text != "" {
			*to, err = strconv.Atoi(text)
		}
	case *bool:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "1":
			*to = true
		case "false", "0", "":
			*to = false
		default:
			err = errRow
		}
	}
	return err
}
