// As letras são as do sistema: as do tema padrão viriam de um servidor de fora.
const LETRA = "system-ui, sans-serif";

Redoc.init(
  "openapi.json",
  {
    expandResponses: "",
    hideDownloadButton: true,
    sortRequiredPropsFirst: true,
    theme: { typography: { fontFamily: LETRA, headings: { fontFamily: LETRA } } },
    labels: {
      arrayOf: "Lista de ",
      callbackResponses: "Respostas de retorno",
      const: "Valor",
      default: "Padrão",
      deprecated: "Obsoleto",
      download: "Baixar",
      downloadSpecification: "Baixar o contrato",
      enum: "Valores",
      enumSingleValue: "Valor",
      example: "Exemplo",
      examples: "Exemplos",
      noResultsFound: "Nada encontrado",
      recursive: "Recursivo",
      requestSamples: "Exemplo de pedido",
      responseSamples: "Exemplo de resposta",
      responses: "Respostas",
      webhook: "Aviso",
    },
  },
  document.getElementById("contrato"),
);
