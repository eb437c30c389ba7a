import { noPrompting } from '../engine/no-prompting.ts';
import type { Prompting, PromptingSpec } from '../engine/prompting.ts';

/** Loads only the code that the kind of model needs. */
export async function createPrompting(spec: PromptingSpec): Promise<Prompting> {
  switch (spec.kind) {
    case 'template': {
      const { createLlamaPrompting } = await import('../engine/llama/llama-prompting.ts');
      return createLlamaPrompting(spec.template);
    }
    case 'simulated': {
      const { simulatedPrompting } = await import('../engine/simulated/simulated-prompting.ts');
      return simulatedPrompting;
    }
    case 'none':
      return noPrompting;
  }
}
