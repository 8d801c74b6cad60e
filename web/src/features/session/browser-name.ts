// A name that a person knows the device by; the whole text stands in the tooltip.
export function browserName(userAgent: string): string {
  const browsers: [RegExp, string][] = [
    [/Edg\/(\d+)/, "Edge"],
    [/OPR\/(\d+)/, "Opera"],
    [/coc_coc_browser\/(\d+)/, "Cốc Cốc"],
    [/Firefox\/(\d+)/, "Firefox"],
    [/Chrome\/(\d+)/, "Chrome"],
    [/Version\/(\d+).*Safari/, "Safari"],
  ];
  const systems: [RegExp, string][] = [
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "macOS"],
    [/Linux/, "Linux"],
  ];
  const browser = browsers.map(([r, n]) => [r.exec(userAgent)?.[1], n] as const).find(([v]) => v);
  const system = systems.find(([r]) => r.test(userAgent))?.[1];
  const name = [browser && `${browser[1]} ${browser[0]}`, system].filter(Boolean).join(" · ");
  return name || userAgent.slice(0, 40) || "?";
}
