// O token digitado só vive na página: fechar é sair. O selo do validador chamaria um servidor de fora.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#contrato",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  queryConfigEnabled: false,
  validatorUrl: null,
});
