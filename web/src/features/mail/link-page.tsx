import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { client, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useWording } from "@/text/text";
import { buttonClass } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { Mark } from "@/ui/mark";
import { showSize } from "@/ui/numbers";
import { cardClass, Facts } from "@/ui/page";
import { Notice } from "@/ui/states";
import css from "./mail.module.css";

// For whoever holds the link out of a mail: nothing of the office shows here but
// the one document, and of a link that is closed not even that there was one.
export function LinkPage() {
  const { text, language } = useWording();
  const t = text.office.link;
  const { token } = useParams({ from: "/link/$token" });
  const { data, error, isPending } = useQuery({
    queryKey: ["link", token],
    queryFn: () => value(client.GET("/api/links/{token}", { params: { path: { token } } })),
    retry: false,
    gcTime: 0,
  });
  return (
    <main className={css.public}>
      <Mark size={34} />
      <h1>{t.title}</h1>
      {error ? <Notice look="stop">{asProblem(error).title}</Notice> : null}
      {isPending ? <p>{t.looking}</p> : null}
      {data ? (
        <>
          <section className={`${cardClass} ${css.linked}`}>
            <Facts
              facts={[
                [t.from, data.from],
                [t.to, data.to],
                data.reference && [t.reference, data.reference],
                [t.subject, data.subject],
                [t.until, showMoment(data.until)],
              ]}
            />
            <ul className={css.linkedFiles}>
              {data.files.map((f) => (
                <li key={f.sha256}>
                  <span>
                    <strong>{f.name}</strong>
                    <small>
                      {showSize(f.size, language)} · SHA-256 {f.sha256}
                    </small>
                  </span>
                  <a className={buttonClass("primary")} href={`/api/links/${token}/files/${f.sha256}`} rel="noreferrer" download>
                    <Download size={15} /> {t.fetch}
                  </a>
                </li>
              ))}
            </ul>
          </section>
          <p className={css.hint}>{t.once}</p>
          <p className={css.hint}>{t.force}</p>
        </>
      ) : null}
    </main>
  );
}
