import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/shell.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { watchPlaces } from './api/keep-place.js';
import { approvals } from './architecture/approvals.js';
import { tones } from './architecture/tones.js';
import { sayApprovals } from './forms/approvals.js';
import { Console } from './shell/console.js';
import { applyTheme } from './shell/theme.js';
import { sayTones } from './ui/tone.js';

sayTones(tones);
sayApprovals(approvals);
applyTheme();
watchPlaces();
/** Without a live connection what is on the screen is asked anew this often when looked at again. */
const STALE_AFTER_MS = 15_000;
const client = new QueryClient({
  defaultOptions: {
    // A node on the same machine answers also when the machine is in no network.
    queries: { staleTime: STALE_AFTER_MS, networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Router base="/console">
          <Console />
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
