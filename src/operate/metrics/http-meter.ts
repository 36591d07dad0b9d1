import { Distribution } from '../../core/distribution.js';
import { counter, type Family, gauge, histogram } from './family.js';

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** One request: the template of its route, not its path, so that there are few of them. */
export type Answered = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** From the handler's call to the answer's head, seconds: an event stream ends much later. */
  readonly seconds: number;
};

/** What HTTP counts, kept as plain numbers: one is added per request. */
export class HttpMeter {
  readonly #requests = new Map<string, { readonly labels: Record<string, string>; n: number }>();
  readonly #durations = new Map<string, Distribution>();
  streamsOpen = 0;
  /** Event streams that were cut because their client took nothing for too long. */
  streamsCut = 0;

  answered({ method: called, route, status, seconds }: Answered): void {
    const method = METHODS.has(called) ? called : 'OTHER';
    const key = `${method} ${route} ${status}`;
    const known = this.#requests.get(key);
    if (known) known.n++;
    else this.#requests.set(key, { labels: { method, route, status: String(status) }, n: 1 });
    let durations = this.#durations.get(route);
    if (!durations) {
      durations = new Distribution();
      this.#durations.set(route, durations);
    }
    durations.observe(seconds);
  }

  families(): Family[] {
    return [
      counter(
        'stele_http_requests_total',
        'Requests by route template, method and status',
        [...this.#requests.values()].map(({ labels, n }) => [labels, n]),
      ),
      histogram(
        'stele_http_request_duration_seconds',
        'From a request to the head of its answer',
        [...this.#durations].map(([route, seconds]) => [{ route }, seconds]),
      ),
      gauge('stele_event_streams_open', 'Clients that follow events', this.streamsOpen),
      counter(
        'stele_event_streams_cut_total',
        'Clients that were cut because they took nothing for too long',
        this.streamsCut,
      ),
    ];
  }
}
