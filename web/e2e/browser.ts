/** The system's Chromium, quiet: nothing fetched from its maker while tests run. */
export const browserOptions = {
  launchOptions: {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      // A name that is not this machine's, for what browsers withhold from plain http elsewhere.
      "--host-resolver-rules=MAP casa.example 127.0.0.1",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
export const desktop = { viewport: { width: 1440, height: 900 } } as const;
