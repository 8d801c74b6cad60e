package command

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"

	"congvan/server/app/delivery"
	"congvan/server/app/intake"
	"congvan/server/config"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/protocol/edxml"
	"congvan/server/protocol/vxp"
	"congvan/storage/blob"
)

// axisSettings are how to reach the other end of a connection.
func axisSettings(cfg config.Config, c exchange.Connection, secret string) vxp.Settings {
	return vxp.Settings{Endpoint: c.Endpoint, System: c.OurSystem, Secret: secret, AllowPrivate: cfg.AllowPrivatePeers, AllowPlain: cfg.AllowPlainPeers,
		Peer: c.Kind == exchange.PeerInstallation, Package: c.MostBytes}
}

// connectAxis makes channels to other systems.
func connectAxis(cfg config.Config) delivery.Connect {
	return func(c exchange.Connection, secret string, pack delivery.Pack) (delivery.Channel, error) {
		client, err := vxp.NewClient(axisSettings(cfg, c, secret))
		if err != nil {
			return nil, err
		}
		channel := vxp.Channel{Client: client, Most: c.Largest(), Package: pack}
		if c.Kind == exchange.PeerInstallation {
			channel.Keys = c.Keys()
		}
		return channel, nil
	}
}

// writePackages writes messages in edXML, signed where a key is configured.
func writePackages(cfg config.Config) (delivery.Write, error) {
	signer, err := packageSigner(cfg.PackageKeyFile)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, w io.Writer, e exchange.Envelope, open delivery.Open) error {
		return vxp.Write(ctx, w, e, open, signer)
	}, nil
}

// packageSigner reads the key and the certificate that packages are signed with.
func packageSigner(path string) (*edxml.Signer, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // nothing is signed
	}
	pair, err := tls.LoadX509KeyPair(path, path)
	if err != nil {
		return nil, fmt.Errorf("read the key of packages (CONGVAN_PACKAGE_KEY_FILE): %w", err)
	}
	key, ok := pair.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key of packages (CONGVAN_PACKAGE_KEY_FILE) is no RSA key")
	}
	return &edxml.Signer{Key: key, Certificate: pair.Leaf}, nil
}

// keepFile stores a file of ours.
func keepFile(blobs *blob.Store) delivery.Keep {
	return func(ctx context.Context, r io.Reader) (exchange.FileRef, error) {
		ref, err := blobs.Put(ctx, r, blob.Hint{})
		return exchange.FileRef{Hash: ref.Hash, Size: ref.Size, MediaType: ref.MediaType}, err
	}
}

// unpackEdXML reads packages in edXML.
func unpackEdXML(cfg config.Config) intake.Unpack {
	return func(r io.Reader, keep func(io.Reader) (exchange.FileRef, error)) (exchange.OpenedPackage, error) {
		return vxp.ReadBy(edxml.Options{AllowSHA1: cfg.PackageAllowSHA1}, r, keep)
	}
}

// askAxis asks the national axis what waits.
func askAxis(cfg config.Config) intake.Ask {
	return func(c exchange.Connection, secret string) (intake.AxisCalls, error) {
		client, err := vxp.NewClient(axisSettings(cfg, c, secret))
		if err != nil {
			return intake.AxisCalls{}, err
		}
		return intake.AxisCalls{
			Waiting: func(ctx context.Context, content exchange.Content) ([]intake.WaitingMessage, error) {
				return waitingOf(ctx, client, content)
			},
			Open:  client.Download,
			Taken: func(ctx context.Context, name string) error { return client.UpdateStatus(ctx, name, vxp.Done) },
			Refused: func(ctx context.Context, name string) error {
				return client.UpdateStatus(ctx, name, vxp.Fail)
			},
			Directory: func(ctx context.Context) ([]intake.ListedAgency, error) { return directoryOf(ctx, client) },
			Signed:    client.Directory,
		}, nil
	}
}

func waitingOf(ctx context.Context, client *vxp.Client, content exchange.Content) ([]intake.WaitingMessage, error) {
	message := vxp.Document
	if content == exchange.StatusContent {
		message = vxp.Status
	}
	rows, err := client.Received(ctx, message)
	if err != nil {
		return nil, err
	}
	list := make([]intake.WaitingMessage, 0, len(rows))
	for _, r := range rows {
		if r.Status == vxp.Done || r.Status == vxp.Fail || r.DocID == "" {
			continue // told already
		}
		m := intake.WaitingMessage{Name: r.DocID}
		for _, to := range r.To {
			if code, err := org.ParseAgencyCode(to); err == nil {
				m.To = append(m.To, code)
			}
		}
		list = append(list, m)
	}
	return list, nil
}

// directoryOf takes the list with what ended; an axis without it has at least
// the plain one.
func directoryOf(ctx context.Context, client *vxp.Client) ([]intake.ListedAgency, error) {
	units, err := client.Synchronise(ctx)
	if err == nil {
		list := make([]intake.ListedAgency, 0, len(units))
		for _, u := range units {
			if code, err := org.ParseAgencyCode(u.Code); err == nil && u.IsAgency {
				list = append(list, intake.ListedAgency{Code: code, Name: u.Name, Email: u.Mail, Ended: u.Deleted})
			}
		}
		return list, nil
	}
	if fault.KindOf(err) == fault.Unavailable {
		return nil, err
	}
	rows, err := client.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]intake.ListedAgency, 0, len(rows))
	for _, a := range rows {
		code, err := org.ParseAgencyCode(a.Code)
		if err != nil {
			continue
		}
		listed := intake.ListedAgency{Code: code, Name: a.Name, Email: a.Mail}
		if old, err := org.ParseAgencyCode(a.OldCode); err == nil && old != code {
			listed.OldCode = old
		}
		list = append(list, listed)
	}
	return list, nil
}

// serverName is how receipts name this installation.
func serverName(public *url.URL) string { return public.Host }
