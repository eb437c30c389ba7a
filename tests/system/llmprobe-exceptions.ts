/**
 * MUST assertions of llmprobe that fail against the product with the demo model, each with the reason why that is
 * correct. The key is `<surface>/<test id>/<assertion id>` as in its JSON report.
 */
export const llmprobeExceptions: Readonly<Record<string, string>> = {};
