import { Link } from "@tanstack/react-router";
import type { Arrival, SenderTrust } from "@/api/schema";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import css from "./mail.module.css";

const tone: Record<SenderTrust["degree"], Tone> = { signed: "done", domain: "done", server: "accent", claimed: "soon", doubt: "late" };

// How far the sender may be believed, in one word, and why behind it.
export function TrustNote({ trust }: { trust: SenderTrust }) {
  const t = useText().office.trust;
  const why = [
    trust.certificate && `${t.certificates[trust.certificate] ?? trust.certificate}${trust.signer ? `: ${trust.signer}` : ""}`,
    trust.signedBy.length > 0 && t.signedBy(trust.signedBy.join(", ")),
    trust.broken?.length && t.broken(trust.broken.join(", ")),
    trust.pending && t.pending,
    trust.findings.length > 0 && t.serverSays(trust.server, trust.findings.join("; ")),
  ].filter(Boolean);
  return (
    <span>
      <Badge tone={tone[trust.degree]}>{t.degrees[trust.degree]}</Badge> <span className={css.hint}>{why.join(". ")}</span>
    </span>
  );
}

// The document of one's own that the mail answers.
export function AnsweredLink({ mail }: { mail: NonNullable<Arrival["mail"]> }) {
  if (!mail.answers) return null;
  return (
    <Link to="/outgoing/$id" params={{ id: mail.answers.id }}>
      {[mail.answers.reference, mail.answers.subject].filter(Boolean).join(" · ")}
    </Link>
  );
}
