// Tokens stay in the page's memory: a reload signs out.
window.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#api",
  docExpansion: "list",
  filter: true,
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  persistAuthorization: false,
  displayRequestDuration: true,
  validatorUrl: null,
});
