/** The browser and system named in a `User-Agent`, by their usual names; null for unknown ones. */
export function describeBrowser(userAgent: string): string | null {
  const browser = first(browsers, userAgent);
  const system = first(systems, userAgent);
  if (browser === null && system === null) return null;
  return [browser, system].filter((part) => part !== null).join(' · ');
}

type Sign = readonly [pattern: RegExp, name: string];

/** In this order: most of them call themselves Chrome and Safari too. */
const browsers: readonly Sign[] = [
  [/\bEdgA?(?:iOS)?\/(\d{1,4})/, 'Edge'],
  [/\bOPR\/(\d{1,4})/, 'Opera'],
  [/\bSamsungBrowser\/(\d{1,4})/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d{1,4})/, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|Chromium|CriOS)\/(\d{1,4})/, 'Chrome'],
  [/\bVersion\/(\d{1,4})[^ ]* .*\bSafari\//, 'Safari'],
];

const systems: readonly Sign[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPad\b/, 'iPad'],
  [/\biPhone\b/, 'iPhone'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

function first(signs: readonly Sign[], text: string): string | null {
  for (const [pattern, name] of signs) {
    const match = pattern.exec(text);
    if (match !== null) return match[1] === undefined ? name : `${name} ${match[1]}`;
  }
  return null;
}
