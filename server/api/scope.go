package api

import "congvan/server/domain/access"

// scopes tells which scope a token needs for an operation. An operation that
// is missing here is refused to everybody, and fails a test.
var scopes = map[string]access.Scope{
	"signOut":        access.ScopeSession,
	"readMe":         access.ScopeRead,
	"changeMe":       access.ScopeSession,
	"changePassword": access.ScopeSession,
	"listSessions":   access.ScopeSession,
	"revokeSession":  access.ScopeSession,
	"listTokens":     access.ScopeSession,
	"createToken":    access.ScopeSession,
	"revokeToken":    access.ScopeSession,

	"listAgencies":   access.ScopeRead,
	"readAgency":     access.ScopeRead,
	"readAgencyTree": access.ScopeRead,
	"listGroups":     access.ScopeRead,
	"listPeople":     access.ScopeRead,
	"listKinds":      access.ScopeRead,

	"uploadFile": access.ScopeDraft,
	"readUpload": access.ScopeDraft,
	"tusCreate":  access.ScopeDraft,
	"tusOffset":  access.ScopeDraft,
	"tusSend":    access.ScopeDraft,
	"tusDelete":  access.ScopeDraft,

	"listDocuments":      access.ScopeRead,
	"readDocument":       access.ScopeRead,
	"previewNumber":      access.ScopeRead,
	"listDeliveries":     access.ScopeRead,
	"listDocumentEvents": access.ScopeRead,
	"readDocumentFile":   access.ScopeRead,
	"draftDocument":      access.ScopeDraft,
	"editDocument":       access.ScopeDraft,
	"discardDocument":    access.ScopeDraft,
	"submitDocument":     access.ScopeDraft,
	"withdrawDocument":   access.ScopeDraft,
	"approveDocument":    access.ScopeApprove,
	"sendBackDocument":   access.ScopeApprove,
	"numberDocument":     access.ScopeNumber,
	"issueDocument":      access.ScopeIssue,
	"requeueDelivery":    access.ScopeIssue,

	"listArrivals":         access.ScopeRead,
	"readArrival":          access.ScopeRead,
	"previewArrivalNumber": access.ScopeRead,
	"listArrivalEvents":    access.ScopeRead,
	"readArrivalFile":      access.ScopeRead,
	"markArrivalRead":      access.ScopeRead,
	"registerArrival":      access.ScopeRegister,
	"refuseArrival":        access.ScopeRegister,

	"listRegisters":       access.ScopeRead,
	"listRegisterEntries": access.ScopeRead,
	"readRegisterBook":    access.ScopeRead,

	"listMailboxes":      access.ScopeRead,
	"addMailbox":         access.ScopeAdministration,
	"editMailbox":        access.ScopeAdministration,
	"testMailbox":        access.ScopeAdministration,
	"listQuarantine":     access.ScopeRead,
	"readQuarantined":    access.ScopeRead,
	"readQuarantinedRaw": access.ScopeRead,
	"retryQuarantined":   access.ScopeRegister,
	"discardQuarantined": access.ScopeRegister,

	"readWork":      access.ScopeRead,
	"streamChanges": access.ScopeRead,

	"listDelegations":  access.ScopeSession,
	"addDelegation":    access.ScopeSession,
	"revokeDelegation": access.ScopeSession,
	"listDuties":       access.ScopeRead,
	"setDuties":        access.ScopeSession,

	"addAgency":       access.ScopeAdministration,
	"editAgency":      access.ScopeAdministration,
	"listUnits":       access.ScopeAdministration,
	"addUnit":         access.ScopeAdministration,
	"editUnit":        access.ScopeAdministration,
	"listAccounts":    access.ScopeAdministration,
	"addAccount":      access.ScopeAdministration,
	"readAccount":     access.ScopeAdministration,
	"editAccount":     access.ScopeAdministration,
	"resetPassword":   access.ScopeAdministration,
	"addPosition":     access.ScopeAdministration,
	"editPosition":    access.ScopeAdministration,
	"addGroup":        access.ScopeAdministration,
	"editGroup":       access.ScopeAdministration,
	"removeGroup":     access.ScopeAdministration,
	"importDirectory": access.ScopeAdministration,
}

// beforeChange are the operations left to a person who must first change the password.
var beforeChange = map[string]bool{"readMe": true, "changePassword": true, "signOut": true}
