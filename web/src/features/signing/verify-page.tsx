import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { client, value } from "@/api/client";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Mark } from "@/ui/mark";
import { cardClass } from "@/ui/page";
import { Notice } from "@/ui/states";
import { Report } from "./report";
import css from "./signing.module.css";

// For anybody: nothing of the office shows here, and nothing of the file stays.
export function VerifyPage() {
  const t = useText().signing.verify;
  const check = useMutation({
    mutationFn: async (file: File) => ({
      name: file.name,
      report: await value(
        client.POST("/api/verify", {
          body: file as unknown as string,
          bodySerializer: (body) => body,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      ),
    }),
  });
  const found = check.data;
  return (
    <main className={css.public}>
      <Mark size={34} />
      <h1>{t.title}</h1>
      <p>{t.hint}</p>
      <div className={css.drop}>
        <strong>{check.isPending ? t.busy : found ? t.again : t.choose}</strong>
        <span>{t.drop}</span>
        <input
          type="file"
          accept="application/pdf"
          aria-label={t.choose}
          onChange={(e) => {
            const file = e.target.files?.[0];
            if (file) check.mutate(file);
            e.target.value = "";
          }}
        />
      </div>
      <FormProblem error={check.error} />
      {found ? (
        <section className={`${cardClass} ${css.card}`} aria-label={found.name}>
          <h2>{found.name}</h2>
          {found.report.refused ? null : found.report.signatures.length === 0 ? (
            <Notice>{t.unsigned}</Notice>
          ) : (
            <Notice look={found.report.valid ? "calm" : "stop"}>{found.report.valid ? t.trusted : t.untrusted}</Notice>
          )}
          {found.report.signatures.length > 0 || found.report.refused ? <Report report={found.report} /> : null}
        </section>
      ) : null}
      <p>
        <Link to="/sign-in">{t.home}</Link>
      </p>
    </main>
  );
}
