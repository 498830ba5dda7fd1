// Shows openapi.json with Scalar. Every feature that contacts another host is off; the page's content security policy would
// stop it too.
Scalar.createApiReference("#reference", {
  url: "openapi.json",
  // As the documents have them.
  orderSchemaPropertiesBy: "preserve",
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
});
