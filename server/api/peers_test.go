package api_test

import "testing"

// What the page sends is taken.
func TestL5_AConnectionIsMadeAsThePageSendsIt(t *testing.T) {
	t.Parallel()
	i := install(t)
	c := i.as(t, i.operator(t))
	var made struct {
		Secret string
		Peer   struct {
			ID      string
			MostMiB int
			Version int
		}
	}
	c.post("/api/administration/peers", object{"kind": "system", "name": "Phần mềm", "system": "so-noi-vu.h59", "mostMiB": 512, "perMinute": 600, "reused": false}).need(t, 201).into(t, &made)
	if len(made.Secret) != 26 || made.Peer.MostMiB != 512 {
		t.Errorf("%+v", made)
	}
	c.post("/api/administration/peers", object{"kind": "installation", "name": "Phần mềm", "system": "x", "endpoint": "https://h41.example/axis", "ourSystem": "y", "ourSecret": "z",
		"publicKey": "AAAA"}).refused(t, 422, "invalid_request")
}
