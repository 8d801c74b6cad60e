import type { Signature, SignatureReport } from "@/api/schema";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { showMoment } from "@/ui/dates";
import { Facts } from "@/ui/page";
import { Notice } from "@/ui/states";
import css from "./signing.module.css";

// What the signatures of one file say, in words.
export function Report({ report }: { report: SignatureReport }) {
  const t = useText().signing.panel;
  if (report.refused) return <Notice look="stop">{report.refused}</Notice>;
  return (
    <>
      {report.activeContent ? <Notice look="stop">{t.active}</Notice> : null}
      {report.signatures.length === 0 ? <p>{t.none}</p> : null}
      {report.signatures.map((s) => (
        <One key={`${s.kind} ${s.fingerprint ?? ""} ${s.claimedAt ?? ""}`} signature={s} />
      ))}
    </>
  );
}

function One({ signature: s }: { signature: Signature }) {
  const t = useText().signing.panel;
  return (
    <div className={css.signature}>
      <div className={css.line}>
        <strong>{s.signer}</strong>
        <Badge tone={s.valid ? "done" : "late"}>{s.valid ? t.valid : t.notValid}</Badge>
      </div>
      {s.training ? <p className={css.training}>{t.training}</p> : null}
      <Facts
        facts={[
          [t.kinds[s.kind] ?? s.kind, s.agency && s.agency !== s.signer ? s.agency : " "],
          [t.state, s.integrityText],
          s.stampedAt ? [t.stamped, showMoment(s.stampedAt)] : s.claimedAt && [t.claimed, showMoment(s.claimedAt)],
          [t.certificate, `${s.certificateText}; ${s.revocationText}`],
          [t.issuer, s.issuer],
          s.level && [t.level, `PAdES B-${s.level}`],
        ]}
      />
      {s.later.some((c) => !c.allowed) ? (
        <ul className={css.changes}>
          {s.later
            .filter((c) => !c.allowed)
            .map((c) => (
              <li key={`${c.revision} ${c.text}`}>
                {t.later}, {t.revision(c.revision)}: {c.text} – <strong>{t.notAllowed}</strong>
              </li>
            ))}
        </ul>
      ) : null}
    </div>
  );
}
