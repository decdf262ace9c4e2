import { Deadlines } from '../async/deadlines.js';
import { connectionError } from './workload-api-error.js';
import {
  WORKLOAD_API_TIMES,
  x509SvidMessages,
  type WorkloadApiAddress,
  type WorkloadApiTimes,
} from './workload-api.js';
import { readX509SvidResponse } from './x509-svid-response.js';
import type { X509Feed } from './x509-source.js';

/** What the Workload API says. */
export function workloadApiFeed(
  address: WorkloadApiAddress,
  times: WorkloadApiTimes = WORKLOAD_API_TIMES,
): X509Feed {
  const deadlines = new Deadlines();
  return {
    async *messages(signal) {
      const options = { deadlines, times, signal };
      for await (const message of x509SvidMessages(address, options)) {
        yield readX509SvidResponse(message);
      }
    },
    troubleOf(error) {
      const { reason, message } = connectionError(error);
      return { reason, detail: message };
    },
  };
}
