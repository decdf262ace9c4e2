import type { Provider } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
export function dockerProvider(_config: DockerConfig): Provider {
  return {
    name: 'docker',
    async *watch() {
      yield { parts: [], diagnostics: [] };
    },
  };
}
