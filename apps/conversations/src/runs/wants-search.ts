import type { CreateResponse, FileSearchTool } from '@kumiki/api';

/** The search before the answer; null when none was requested or `tool_choice` forbids it. */
export function wantedSearch(request: Pick<CreateResponse, 'tools' | 'tool_choice'>): FileSearchTool | null {
  const tool = request.tools?.find(({ type }) => type === 'file_search');
  if (tool?.type !== 'file_search') return null;
  const choice = request.tool_choice;
  if (choice === 'none') return null;
  if (typeof choice !== 'object' || choice === null) return tool;
  if (choice.type === 'allowed_tools') return choice.tools.some(({ type }) => type === 'file_search') ? tool : null;
  return choice.type === 'file_search' ? tool : null;
}

export function wantsSearch(request: Pick<CreateResponse, 'tools' | 'tool_choice'>): boolean {
  return wantedSearch(request) !== null;
}
