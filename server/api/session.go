package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/accounts"
)

// sessionRoom answers the operations of signing in, the person, and their
// sessions and tokens.
type sessionRoom struct {
	accounts *accounts.Service
	secure   bool
}

// ReadMe tells who is signed in.
func (r sessionRoom) ReadMe(ctx context.Context, _ gen.ReadMeRequestObject) (gen.ReadMeResponseObject, error) {
	return gen.ReadMe200JSONResponse(me(identityOf(ctx).Holder)), nil
}

func me(h accounts.Holder) gen.Me {
	return gen.Me{AccountId: uuid.UUID(h.ID), Login: h.Login, FullName: h.FullName, Email: h.Email,
		Language: gen.MeLanguage(h.Language), Operator: h.Operator, MustChangePassword: h.MustChangePassword, Positions: positions(h.Positions)}
}

func positions(list []accounts.Position) []gen.Position {
	out := make([]gen.Position, len(list))
	for i, p := range list {
		out[i] = gen.Position{Id: uuid.UUID(p.ID), AccountId: uuid.UUID(p.AccountID), FullName: p.FullName, AgencyId: uuid.UUID(p.AgencyID),
			AgencyName: p.AgencyName, UnitId: optionalID(p.UnitID), UnitName: absent(p.UnitName), Role: gen.Role(p.Role), Title: p.Title,
			ValidFrom: date(p.Validity.From), ValidUntil: optionalDate(p.Validity.Until), Version: p.Version}
	}
	return out
}
