import { noPrompting } from './no-prompting.ts';
import type { Prompting, PromptingSpec } from './prompting.ts';

/** Loads only the code that the kind of model needs. */
export async function createPrompting(spec: PromptingSpec): Promise<Prompting> {
  switch (spec.kind) {
    case 'template': {
      const { createLlamaPrompting } = await import('./llama/llama-prompting.ts');
      return createLlamaPrompting(spec.template);
    }
    case 'simulated': {
      const { simulatedPrompting } = await import('./simulated/simulated-prompting.ts');
      return simulatedPrompting;
    }
    case 'none':
      return noPrompting;
  }
}
