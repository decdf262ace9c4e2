import type { Provider } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
export function consulProvider(_config: ConsulCatalogConfig, _ns: string): Provider {
  return {
    name: 'consulcatalog',
    async *watch() {
      yield { parts: [], diagnostics: [] };
    },
  };
}
